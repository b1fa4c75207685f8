"""The hub in memory: who gets a message, when, and in which order."""

from __future__ import annotations

import random
from functools import partial

import pytest
from ovos_bus_client.message import Message
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.transports.hub import LISTENERS, Hub
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


def deliver(hub: Hub) -> None:
    """Let everything happen that is due."""
    with virtual_world(scheduler=hub.scheduler) as world:
        world.scheduler.rest(world.now, lambda: False)


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
    hub.leave(heard.append)
    hub.leave(heard.append)
    hub.broadcast("b")
    assert heard == ["a"]


def test_listeners_are_as_many_as_on_a_device() -> None:
    """An executor has four threads more than processors; the device has four, too."""
    assert LISTENERS == 4 + 4


def test_messages_arrive_in_the_order_of_sending(hub: Hub) -> None:
    """Watchers hear each after its receivers, and who has sent it."""
    heard: list[object] = []
    hub.watch(lambda payload, sender: heard.append((payload, sender)))
    hub.join(heard.append)
    for payload in ("a", "b"):
        hub.send(payload)
    hub.queue(partial(hub.broadcast, "c", "0000-kitchen"))
    deliver(hub)
    assert heard == ["a", ("a", None), "b", ("b", None), "c", ("c", "0000-kitchen")]


def test_at_rest_something_may_be_found_to_do(hub: Hub) -> None:
    """Only when no message is left; by default, nothing is found."""
    log: list[str] = []
    found = iter([True, False])

    def at_rest() -> bool:
        log.append("at rest")
        is_found = next(found)
        if is_found:
            hub.send("found")
        return is_found

    hub.join(log.append)
    hub.send("a")
    hub.send("b")
    deliver(hub)
    assert log == ["a", "b"]
    hub.at_rest = at_rest
    hub.send("c")
    deliver(hub)
    assert log[2:] == ["c", "at rest", "found", "at rest"]


def test_a_message_is_not_heard_before_its_listeners_are_asked(hub: Hub) -> None:
    """Nobody has heard one before, either, or listened to anything."""
    assert (hub.is_heard, hub.topics) == (False, set())
    assert hub.before_listener(print) is None
    assert Hub(print).on_error is print
    hub.is_heard = True
    asked: list[bool] = []
    hub.join(lambda _: asked.append(hub.is_heard))
    hub.broadcast("a")
    assert (asked, hub.is_heard) == ([False], False)


def test_who_sends_a_message_to_the_device(hub: Hub) -> None:
    """The session that the calling code works for; of other messages, nobody."""
    to_device, to_kitchen = (
        f'{{"context": {{"session": {{"session_id": "{name}"}}}}}}'
        for name in ("default", "0000-kitchen")
    )
    senders: list[str | None] = []
    with virtual_world(scheduler=hub.scheduler):
        assert hub.sender_of(to_device) is None
        task = hub.scheduler.current()
        assert task is not None
        task.session = "0000-hall"  # if nothing in the code says it
        assert hub.sender_of(to_device) == "0000-hall"
        assert hub.sender_of(to_kitchen) is None

        def send(message: Message) -> None:
            senders.extend([hub.sender_of(to_device), hub.sender_of(to_kitchen)])
            assert message

        of_kitchen = Message("x", {}, {"session": {"session_id": "0000-kitchen"}})
        hub.scheduler.calls.append(Call(send, (of_kitchen,), {}))
        hub.scheduler.sleep(1)
    assert senders == ["0000-kitchen", None]


def test_who_works_for_a_session_gives_way(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so if others can go on and its session is known, and not otherwise."""
    gave_way: list[tuple[str, str | None]] = []
    monkeypatch.setattr(hub.scheduler, "give_way", lambda *args: gave_way.append(args))
    hub.give_way(lambda: "kitchen")
    assert [] == gave_way
    hub.scheduler.calls.append(Call(print, (), {}))
    hub.give_way(lambda: "kitchen")
    hub.give_way(lambda: None)
    hub.send("a message")
    hub.give_way(lambda: "kitchen")
    assert [("kitchen", None), ("kitchen", "a message")] == gave_way


def test_it_is_empty_while_no_message_is_on_its_way(hub: Hub) -> None:
    """A call that is yet to be made is no message."""
    hub.scheduler.calls.append(Call(print, (), {}))
    assert hub.is_empty()
    hub.send("a message")
    assert not hub.is_empty()


def test_nobody_goes_on_before_a_handler_is_told_of(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gives way is told of no message then, as none waits for it."""
    gave_way: list[tuple[str, str | None]] = []
    monkeypatch.setattr(hub.scheduler, "give_way", lambda *args: gave_way.append(args))
    hub.send('"mycroft.skill.handler.start" "kitchen"')
    hub.give_way(lambda: "kitchen")
    assert [("kitchen", "")] == gave_way


@pytest.mark.parametrize(
    ("payload", "order"),
    [("a", ["recalled", "x"]), ('"mycroft.skill.handler.start"', ["x"])],
)
def test_a_message_waits_for_who_has_given_way(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, payload: str, order: list[str]
) -> None:
    """Its session's thread goes on first, unless it tells of a handler."""
    log: list[str] = []

    def recall(_: str) -> bool:
        if log:
            return False
        log.append("recalled")
        return True

    monkeypatch.setattr(hub.scheduler, "recall", recall)
    hub.queue(partial(log.append, "x"), payload)
    deliver(hub)
    assert log == order
