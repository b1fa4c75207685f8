"""Tests that twins are found as ovos-bus-client finds them."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from ovos_spec_tools import messages
from ovos_spec_tools.message import Message
from ovos_spec_tools.messages import NamespaceTranslator

from ovos_dialogue_kit.assistant.core.shortcuts import log_errors_only
from ovos_dialogue_kit.assistant.core.twins import (
    _guarding,
    _witnessing,
    find_twins_fast,
)
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

TOPICS = ("speak", "ovos.utterance.speak", "mycroft.stop", "ovos.stop", "a:b.intent")


class Time:
    """A clock of seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def arrivals(count: int, clock: Time) -> Iterator[Message]:
    """Yield messages of which many are twins of one of the last seconds."""
    chance = random.Random(5)  # noqa: S311  # not secret
    for _ in range(count):
        clock.now += chance.choice((0.0, 0.0, 0.3, 1.0, 2.5))
        data = {"utterance": chance.choice("abc")}
        yield Message(chance.choice(TOPICS), data, {"session": {"lang": "en-US"}})


def test_mirrors() -> None:
    """The same ones are found among many, whatever time passes between them."""
    translator, clock = NamespaceTranslator(), Time()
    ours = _guarding(messages)(translator, clock)
    theirs = translator.new_mirror_guard(clock)
    found = [(ours(each), theirs(each)) for each in arrivals(2000, clock)]
    assert {(True, True), (False, False)} == set(found)
    assert not ours(None)
    assert not theirs(None)


def test_what_is_no_json_is_compared_by_its_text() -> None:
    """As by the original; what cannot be compared is no mirror."""
    translator, clock = NamespaceTranslator(), Time()
    for guard in (
        _guarding(messages)(translator, clock),
        translator.new_mirror_guard(clock),
    ):
        for data, is_found in (({"a": Path("b")}, True), ({("a",): 1}, False)):
            assert not guard(Message("speak", data))
            assert guard(Message("ovos.utterance.speak", data)) is is_found


class Book:
    """What a client remembers of messages that may have a twin."""

    window = 1.5

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._lock = Lock()

    @staticmethod
    def fingerprint(topic: str, data: Any, _: Any) -> str | None:
        return None if "secret" in data else f"{topic} {data}"


class Untranslatable:
    """A translator that knows no translation."""

    def translate_payload(self, **_: object) -> object:
        raise ValueError


def test_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twins that may still come, the oldest first; all others are forgotten."""
    book, clock = Book(), Time()
    monkeypatch.setattr(time, "monotonic", clock)
    witness = _witnessing(NamespaceTranslator(modernize=True, emit_legacy=True))
    for at, name in enumerate("abacb"):
        clock.now = at / 2
        witness(book, NamespaceTranslator(), Message("ovos.stop", {"name": name}))
    witness(book, NamespaceTranslator(), Message("other", {}))
    witness(book, NamespaceTranslator(), Message("ovos.stop", {"secret": 1}))
    witness(book, Untranslatable(), Message("ovos.stop", {}))
    assert [*book._seen.items()] == [
        (f"mycroft.stop {{'name': '{name}'}}", at)
        for name, at in (("a", 1.0), ("c", 1.5), ("b", 2.0))
    ]


class Peer:
    """A client of the installed version."""

    def __init__(self, books: Any) -> None:
        self.book = books.TwinWitnessBook(1.5)

    def take(self, message: Message) -> bool:
        """Take a message, and return True if it is a twin of one before."""
        if self.book.is_real_twin(message):
            return True
        self.book.witness(NamespaceTranslator(), message)
        return False


@pytest.mark.ovos
def test_witnesses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same twins are proven, and a message without a twin is none."""
    clock, found = Time(), []
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        books = import_module("ovos_bus_client.client.client")
        if not hasattr(books, "TwinWitnessBook"):
            pytest.skip("this ovos-bus-client has no twins")
        monkeypatch.setattr(books.time, "monotonic", clock)
        book, guard = books.TwinWitnessBook, NamespaceTranslator.new_mirror_guard
        monkeypatch.setattr(book, "witness", book.witness)
        monkeypatch.setattr(NamespaceTranslator, "new_mirror_guard", guard)
        for _ in range(2):
            clock.now, peer = 0.0, Peer(books)
            found.append([peer.take(each) for each in arrivals(2000, clock)])
            find_twins_fast()
    assert found[0] == found[1]
    assert set(found[0]) == {True, False}


@pytest.mark.ovos
def test_what_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function of the book, which older versions lack, and that of the guards."""
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        books = import_module("ovos_bus_client.client.client")
        translator = import_module("ovos_spec_tools.messages").NamespaceTranslator
        guard = translator.new_mirror_guard
        monkeypatch.setattr(books, "TwinWitnessBook", Book, raising=False)
        monkeypatch.setattr(books, "_WITNESS_TOPICS", translator(), raising=False)
        monkeypatch.setattr(Book, "witness", None, raising=False)
        find_twins_fast()
        assert callable(Book.witness)  # type: ignore[attr-defined]
        assert translator.new_mirror_guard is not guard
