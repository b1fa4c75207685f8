"""Dataclasses as JSON data and back, and the places of what does not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Literal

import pytest

from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.jsondata import (
    Json,
    as_json,
    as_json_text,
    from_json,
    locate_key,
    mapping_in,
    parse_json,
)


@dataclass(frozen=True)
class Part:
    """A dataclass within another."""

    name: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Whole:
    """A dataclass with a field of every kind."""

    parts: tuple[Part, ...]
    seconds: float = 1.0
    count: int = 0
    kind: Literal["a", "b"] = "a"
    named: Mapping[str, Part] = field(default_factory=dict)
    data: Json = None


FULL = Whole(
    (Part("x", Mark("s.yaml", 2, 3)), Part("y")),
    2.5,
    3,
    "b",
    {"z": Part("z")},
    {"any": [1, None, True]},
)


def read(text: str) -> Whole:
    return from_json(Whole, parse_json(text, "w.json"), text, "w.json")


def error(text: str) -> str:
    with pytest.raises(KitError) as caught:
        read(text)
    return str(caught.value)


def test_every_field_is_the_same_afterwards() -> None:
    """What is written is read back: nested, in tuples, mappings and marks."""
    assert from_json(Whole, dict(as_json(FULL)), "", "") == FULL


def test_a_kind_of_text_or_number_is_one() -> None:
    """A subclass of these, as a library may have, is written as what it is."""

    class Loud(str):
        __slots__ = ()

    written = as_json(Whole((), data={"text": Loud("x"), "level": IntEnum("L", "A").A}))
    assert written == {"parts": [], "data": {"text": "x", "level": 1}}


def test_defaults_are_left_out() -> None:
    """A field that has its default is not written."""
    assert as_json(Whole((Part("x"),), count=0)) == {"parts": [{"name": "x"}]}


@pytest.mark.parametrize("data", [MappingProxyType({"a": ("x",)}), frozenset({2})])
def test_the_text_is_that_of_the_data(data: Json) -> None:
    """Whatever is written at once is the same as if its data were made before."""
    whole = replace(FULL, data=data)
    assert as_json_text([whole]) == json.dumps([as_json(whole)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"parts": [', "w.json:1:12: the file is cut off or damaged"),
        ('{"parts": NaN}', "w.json:1:1: the file is damaged"),
        ("{}", 'w.json:1:1: the key "parts" is missing'),
        (
            '{"parts": [],\n "secnds": 1}',
            'w.json:2:2: unknown key "secnds" (did you mean "seconds"?)',
        ),
        ('{"parts": {}}', "w.json:1:2: expected a list, not a mapping"),
        (
            '{"parts": [{"name": "x"}, {"name": 1}]}',
            "w.json:1:28: expected a text, not a whole number",
        ),
        (
            '{"parts": [], "count": true}',
            "w.json:1:15: expected a whole number, not true or false",
        ),
        (
            '{"parts": [], "kind": "c"}',
            'w.json:1:15: unknown value "c"; known: a, b',
        ),
        (
            '{"parts": [], "named": {"z": null}}',
            "w.json:1:25: expected a mapping, not nothing",
        ),
        (
            '{"parts": [{"name": "x", "mark": "s.yaml"}]}',
            "w.json:1:26: expected path:line:column",
        ),
    ],
)
def test_data_that_does_not_fit(text: str, message: str) -> None:
    """Data that does not fit is an error at its key or item."""
    assert error(text) == message


def test_whole_numbers_are_numbers() -> None:
    """A number without a fraction is read where a fraction is allowed."""
    assert repr(read('{"parts": [], "seconds": 2}').seconds) == "2.0"


@pytest.mark.parametrize(
    ("keys", "place"),
    [((), (1, 1)), (("b",), (2, 2)), (("b", 1), (2, 12)), (("b", 1, "c"), (2, 13))],
)
def test_place_of_a_key(keys: tuple[str | int, ...], place: tuple[int, int]) -> None:
    """A place is that of an object's key or of a list's item."""
    text = '{"a": [1],\n "b": [[], {"c": 2}]}'
    assert locate_key(keys, text, "x") == Mark("x", *place)


def test_mapping_in_bus_data() -> None:
    """A value that is missing or no mapping counts as an empty one."""
    wire: dict[str, Json] = {"session": {"lang": "en-US"}, "data": None}
    assert mapping_in(wire, "session") == {"lang": "en-US"}
    assert mapping_in(wire, "data") == mapping_in(wire, "context") == {}


def test_depth() -> None:
    """Data that is nested deeper than anything of the kit's is refused."""
    for text in ("5", "[" * 210 + "]" * 210):
        parse_json(text, "x")
    with pytest.raises(KitError) as caught:
        parse_json("[" * 211 + "]" * 211, "x")
    assert str(caught.value) == "x:1:1: it is nested more than 210 levels deep"


def test_a_place_without_the_text() -> None:
    """Where the text is not at hand, the place is its beginning."""
    assert locate_key(("a", 1), "", "x") == Mark("x")


def test_the_place_of_a_repeated_key() -> None:
    """Of equal keys the last one counts, as it does for what is read."""
    text = '{"a": [1], "a": {"b": 2}}'
    assert locate_key(("a", "b"), text, "x") == Mark("x", 1, 18)
