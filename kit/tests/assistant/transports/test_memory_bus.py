"""The listeners of the bus in memory."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ovos_dialogue_kit.assistant.transports.memory_bus import Listeners

pytestmark = pytest.mark.ovos


def test_a_late_answer_is_still_for_somebody() -> None:
    """A message is for the assistant if anybody in it ever listened to its like."""
    topics: set[str] = set()
    hub = SimpleNamespace(
        scheduler=SimpleNamespace(calls=[]), on_error=None, topics=topics
    )
    hub.is_heard = False
    listeners = Listeners(hub)  # type: ignore[arg-type]  # as much of it as it uses
    listeners.on("message", print)

    def is_heard(topic: str) -> bool:
        hub.is_heard = False
        listeners.emit("message", "{}")
        listeners.emit(topic)
        return bool(hub.is_heard)

    before = is_heard("skill.converse.pong")
    listeners.once("skill.converse.pong", print)
    listeners.remove_listener("skill.converse.pong", print)
    assert (False, True) == (before, is_heard("skill.converse.pong"))
    assert not is_heard("to.a.client")
