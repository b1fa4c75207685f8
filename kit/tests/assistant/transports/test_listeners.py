"""Listeners on a real bus, which run in threads and are watched."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from ovos_dialogue_kit.assistant.transports.hub import LISTENERS
from ovos_dialogue_kit.assistant.transports.listeners import WatchedListeners
from ovos_dialogue_kit.assistant.transports.websocket_bus import ECHO


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


def test_an_emitter_tells_whether_anybody_listens() -> None:
    """As the original does; another message is no echo, and before one, all is open."""
    listeners = WatchedListeners(lambda _: None)
    heard: list[tuple[int, int]] = []
    listeners.on("work", lambda a, b: heard.append((a, b)))
    assert listeners.emit("work", 1, b=2) is True
    assert listeners.emit("other", SimpleNamespace(data={"token": "t"})) is False
    listeners.shutdown()
    assert heard == [(1, 2)]
    assert not listeners.has_settled("t")


def test_so_many_listeners_run_at_once_as_on_a_device() -> None:
    """That does not depend on this machine; the last one ends it."""
    listeners = WatchedListeners(lambda _: None)
    go_on, all_here = threading.Event(), threading.Barrier(LISTENERS + 1)
    started: list[int] = []

    def work(number: int) -> None:
        started.append(number)
        if number < LISTENERS:
            all_here.wait(60)
        go_on.wait(60)

    listeners.on("work", work)
    for number in range(LISTENERS + 1):
        listeners.emit("work", number)
    all_here.wait(60)
    assert sorted(started) == [*range(LISTENERS)]
    go_on.set()
    listeners.shutdown()
    assert len(started) == LISTENERS + 1


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
