"""Tests that plain data are handled as by the functions that are replaced."""

from __future__ import annotations

import copy
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ovos_spec_tools.message import Message as Envelope

from ovos_dialogue_kit.assistant.core.plain_data import (
    _deepcopy,
    _jsonable_by,
    _serializing,
    handle_envelopes_fast,
    handle_messages_fast,
)
from ovos_dialogue_kit.assistant.core.shortcuts import log_errors_only
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox


class Carrier:
    """An object that messages carry; it is copied and serialised in its own way."""

    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Carrier) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Carrier{self.parts}"

    def serialize(self) -> dict[str, object]:
        return {"parts": list(self.parts)}


class Silent(list[object]):
    """A list that cannot be serialised in its own way, so it is walked through."""

    def serialize(self) -> object:
        raise ValueError


def data() -> list[Any]:
    """Return messages' data of all kinds."""
    shared = [1, {"a": None}]
    return [
        {},
        {"text": "a", "number": 1.5, "flag": True, "none": None},
        {"deep": [{"a": [[], {}, ({"b": 1},)]}]},
        {"twice": shared, "again": shared},
        {"object": Carrier({"a": [1]}), "list": [Carrier(), "a"]},
        {"order": OrderedDict(a=Carrier(), b=[1])},
        {"silent": Silent([Carrier(1), {"a": Carrier(2)}])},
        {"tuple": (Carrier(1), "a", [Carrier(2)]), "bytes": bytearray(b"a")},
        {1: "a", ("b", 2): [Carrier(3)], None: {2.5: "c"}},
    ]


@pytest.mark.parametrize("number", range(len(data())))
def test_copies(number: int) -> None:
    """They are equal and of the same kinds, and share with the original what is so."""
    value = data()[number]
    ours, theirs = _deepcopy(value), copy.deepcopy(value)
    assert ours == theirs == value
    assert repr(shape(ours, value)) == repr(shape(theirs, value))


def shape(made: Any, value: Any) -> Any:
    """Return the kinds in a copy, and whether each container is the original's."""
    if isinstance(made, dict):
        pairs = zip(made.items(), value.items(), strict=True)
        parts = [(shape(*keys), shape(*each)) for *keys, each in map(_paired, pairs)]
    elif isinstance(made, (list, tuple)):
        parts = [shape(*each) for each in zip(made, value, strict=True)]
    else:  # whether a text or a number is the same object means nothing
        return type(made), []
    return type(made), made is value, parts


def _paired(pairs: Any) -> Any:
    (key, made), (own, value) = pairs
    return key, own, (made, value)


def test_what_is_there_twice_is_so_in_the_copy() -> None:
    """Also if it is within itself, or in an object that is copied in its own way."""
    within: dict[str, Any] = {"a": []}
    within["a"].append(within)
    within["b"] = Carrier(within["a"])
    made = _deepcopy(within)
    assert made["a"][0] is made
    assert made["b"].parts[0] is made["a"]
    assert made is not within


def test_a_memo_is_used() -> None:
    """As by who copies an object part by part."""
    part: list[str] = []
    memo: dict[int, Any] = {}
    assert _deepcopy({"a": part}, memo)["a"] is _deepcopy([part], memo)[0]
    assert _deepcopy("a") == "a"


@pytest.mark.parametrize("number", range(len(data())))
def test_envelopes(number: int) -> None:
    """What ovos-spec-tools sends is the same."""
    stock = Envelope._to_jsonable
    ours, theirs = _jsonable_by(stock)(data()[number]), stock(data()[number])
    assert sent(ours) == sent(theirs)


def sent(value: Any) -> str:
    """Return what ``json`` makes of a value, or why it refuses it."""
    try:
        return json.dumps(value)
    except TypeError as error:
        return str(error)


@pytest.fixture(scope="module")
def json_dump(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Any], Any]]:
    """Return the function of ovos-bus-client 1 that is replaced."""
    folder = OwnFolder(tmp_path_factory.mktemp("home"))
    with borrowed(Sandbox(folder).environment(os.environ), ()):
        log_errors_only()  # or each line looks at all modules, those of the tests too
        message = import_module("ovos_bus_client.message").Message
        if not hasattr(message, "_json_dump"):
            pytest.skip("this ovos-bus-client has no such function")
        yield message._json_dump


@pytest.mark.ovos
def test_messages(json_dump: Callable[[Any], Any]) -> None:
    """What ovos-bus-client 1 sends is the same, and what it writes back, too."""
    for ours, theirs in zip(data(), data(), strict=True):
        made = _serializing(json_dump)(ours)
        assert repr(made) == repr(json_dump(theirs))
        assert made is not ours
        assert ours == theirs
    with pytest.raises(AssertionError):
        _serializing(json_dump)([])
    order = OrderedDict(a=[1])
    assert _serializing(json_dump)(order) == json_dump(order)


@pytest.mark.ovos
def test_messages_are_derived_fast(
    json_dump: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The installed ``Message`` copies and sends plain data without the slow way."""
    handle_messages_fast()
    module = import_module("ovos_bus_client.message")
    monkeypatch.setattr(copy, "deepcopy", _refuse)
    message = module.Message("a", {"b": [1]}, {"session": {"c": {"d": "e"}}})
    assert message.reply("f").context == message.context
    assert module.Message._json_dump is not json_dump
    frame = json.loads(message.serialize())
    assert frame == {"type": "a", "data": {"b": [1]}, "context": message.context}


@pytest.mark.ovos
def test_envelopes_are_derived_fast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ``Message`` of ovos-spec-tools copies and sends plain data fast, too."""
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        envelope = import_module("ovos_spec_tools.message").Message
        monkeypatch.setattr(envelope, "_to_jsonable", staticmethod(_refuse))
        handle_envelopes_fast()
        monkeypatch.setattr(copy, "deepcopy", _refuse)
        message = envelope("a", {"b": [1]}, {"session": {"session_id": "c"}})
        assert message.reply("f").context == message.context
        frame = json.loads(message.serialize())
    assert frame == {"type": "a", "data": {"b": [1]}, "context": message.context}


def _refuse(*_: object) -> None:
    raise AssertionError
