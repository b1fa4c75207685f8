"""The hub in memory: who gets a message, when, and in which order."""

from __future__ import annotations

import random
from functools import partial

import pytest

from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call


@pytest.fixture
def hub() -> Hub:
    """Return a hub whose driver is at rest."""
    return Hub(lambda _: None)


def subscribe(hub: Hub, count: int) -> None:
    """Let listeners have calls to make for each message."""

    def receive(payload: str) -> None:
        hub.scheduler.calls.extend(
            Call(print, (payload, number), {}) for number in range(count)
        )

    hub.join(receive)


def order_of(hub: Hub, payload: str) -> list[object]:
    """Return the numbers of a message's listeners in the order of their calls."""
    return [call.args[1] for call in hub.scheduler.calls if call.args[0] == payload]


def test_listeners_are_called_in_their_order(hub: Hub) -> None:
    """Without a seed it is that of their subscription."""
    subscribe(hub, 5)
    hub.broadcast("a")
    assert order_of(hub, "a") == [0, 1, 2, 3, 4]


def test_shuffled_listeners(hub: Hub) -> None:
    """A seed chooses the order for each message, and none gets before another one."""
    subscribe(hub, 5)
    hub.broadcast("a")
    hub.order = random.Random(1)  # noqa: S311  # not secret
    hub.broadcast("b")
    assert [call.args[0] for call in hub.scheduler.calls] == ["a"] * 5 + ["b"] * 5
    assert order_of(hub, "a") == [0, 1, 2, 3, 4]
    assert order_of(hub, "b") == [1, 0, 4, 3, 2]


def test_a_client_that_has_left_hears_nothing(hub: Hub) -> None:
    """To leave twice does no harm."""
    heard: list[str] = []
    hub.join(heard.append)
    hub.broadcast("a")
    receive = hub._receivers[0]
    hub.leave(receive)
    hub.leave(receive)
    hub.broadcast("b")
    assert heard == ["a"]


def test_it_is_quiet_until_something_is_sent(hub: Hub) -> None:
    """What is sent is still to be delivered, so others have something to do."""
    assert hub.is_quiet()
    hub.send("a")
    assert not hub.is_quiet()


@pytest.mark.parametrize(
    ("payload", "delivered"), [("a", []), ('"mycroft.skill.handler.start"', ["x"])]
)
def test_a_message_waits_for_who_has_given_way(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, payload: str, delivered: list[str]
) -> None:
    """Its session's thread goes on first, unless it tells of a handler."""
    arrived: list[str] = []
    monkeypatch.setattr(hub.scheduler, "recall", lambda _: True)
    hub.queue(partial(arrived.append, "x"), payload)
    assert hub._deliver()
    assert arrived == delivered
    monkeypatch.undo()
    while hub._deliver():
        pass
    assert arrived == ["x"]
