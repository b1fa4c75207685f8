"""Listeners on a real bus, which run in threads and are watched."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from ovos_dialogue_kit.assistant.transports.listeners import WatchedListeners
from ovos_dialogue_kit.assistant.transports.websocket_bus import ECHO

pytestmark = pytest.mark.ovos


def test_it_has_settled_when_the_last_listener_returns() -> None:
    """An echo shows that all messages before it have arrived, not that all is done."""
    listeners = WatchedListeners(lambda _: None)
    go_on = threading.Event()
    listeners.on("work", go_on.wait)
    listeners.emit("work")
    listeners.emit(ECHO, SimpleNamespace(data={"token": "t"}))
    assert not listeners.has_settled("t")
    go_on.set()
    listeners.shutdown()
    assert listeners.has_settled("t")
    assert not listeners.has_settled("another")


def test_what_leaves_a_listener_is_noted() -> None:
    """The exception is also told to those who listen to errors, as always."""
    noted: list[BaseException] = []
    listeners = WatchedListeners(noted.append)
    is_told = threading.Event()
    listeners.on("error", lambda _: is_told.set())

    def fail() -> None:
        raise ValueError("listener")

    listeners.on("work", fail)
    listeners.emit("work")
    assert is_told.wait(60)
    listeners.shutdown()
    assert [str(error) for error in noted] == ["listener"]
