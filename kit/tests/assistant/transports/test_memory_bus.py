"""The listeners of the bus in memory, and the kit's own end of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from ovos_bus_client.message import Message
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.transports.hub import LISTENERS, Hub
from ovos_dialogue_kit.assistant.transports.memory_bus import (
    Listeners,
    LoopbackClient,
    VirtualBus,
)
from ovos_dialogue_kit.assistant.transports.memory_sockets import MemorySockets


class Pretended:
    """As much of a hub as listeners use."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.scheduler = SimpleNamespace(calls=self.calls)
        self.topics: set[str] = set()
        self.errors: list[BaseException] = []
        self.on_error = self.errors.append
        self.before_listener: Callable[[object], object] = lambda _: None
        self.is_heard = False

    def run(self) -> None:
        """Make the first call that is yet to be made."""
        call = self.calls.pop(0)
        call.function(*call.args, **call.kwargs)


@pytest.fixture
def hub() -> Pretended:
    return Pretended()


@pytest.fixture
def listeners(hub: Pretended) -> Listeners:
    return Listeners(hub)  # type: ignore[arg-type]  # as much of it as it uses


def test_a_late_answer_is_still_for_somebody(
    hub: Pretended, listeners: Listeners
) -> None:
    """A message is for the assistant if anybody in it ever listened to its like."""
    listeners.on("message", print)

    def is_heard(topic: str) -> bool:
        hub.is_heard = False
        listeners.emit("message", "{}")
        listeners.emit(topic)
        return hub.is_heard

    before = is_heard("skill.converse.pong")
    listeners.once("skill.converse.pong", print)
    listeners.remove_listener("skill.converse.pong", print)
    assert (False, True) == (before, is_heard("skill.converse.pong"))
    assert not is_heard("to.a.client")
    listeners.emit("skill.converse.pong")
    listeners.emit("to.a.client")
    assert hub.is_heard  # of several clients, one is enough
    assert hub.topics == {"message", "skill.converse.pong"}


def test_listeners_are_called_by_the_scheduler(
    hub: Pretended, listeners: Listeners
) -> None:
    """With their arguments, and after somebody has been told which one it is."""
    log: list[object] = []
    hub.before_listener = log.append

    def listen(a: int, b: int) -> None:
        log.append((a, b))

    listeners.on("x", listen)
    assert listeners.emit("x", 1, b=2) is True
    assert listeners.emit("y") is False
    assert log == []
    hub.run()
    assert (log, hub.calls) == ([listen, (1, 2)], [])


def test_a_client_calls_only_so_many_listeners_at_a_time(
    hub: Pretended, listeners: Listeners
) -> None:
    """The others wait for one to end, in their order; then as many can be called."""
    log: list[int] = []
    for _ in range(2):
        for number in range(LISTENERS + 2):
            listeners.once("x", partial(log.append, number))
        listeners.emit("x")
        assert len(hub.calls) == LISTENERS
        for left in (LISTENERS, LISTENERS, *range(LISTENERS - 1, -1, -1)):
            hub.run()
            assert len(hub.calls) == left
    assert log == [*range(LISTENERS + 2)] * 2


def test_what_a_listener_raises_is_told(hub: Pretended, listeners: Listeners) -> None:
    """To those who listen to errors, if there are any; the next one can be called."""

    def fail() -> None:
        raise ValueError("x")

    told: list[BaseException] = []
    for number in range(LISTENERS + 1):
        listeners.once("x", fail)
        if number == 1:
            listeners.on("error", told.append)
        listeners.emit("x")
        hub.run()
        assert len(hub.errors) == number + 1
        while hub.calls:
            hub.run()
        assert told == hub.errors[1:]


def test_an_exit_is_no_error(hub: Pretended, listeners: Listeners) -> None:
    """Code that ends its thread ends it, and its place is taken."""

    def leave() -> None:
        raise SystemExit

    for _ in range(LISTENERS):
        listeners.once("x", partial(leave))
    listeners.emit("x")
    for _ in range(LISTENERS):
        with pytest.raises(SystemExit):
            hub.run()
    listeners.on("x", print)
    listeners.emit("x")
    assert (hub.calls, hub.errors) == ([], [])


@pytest.fixture
def world() -> Iterator[Hub]:
    """Return a hub in virtual time, on which the assistant has been at work before."""
    made = Hub(pytest.fail)
    with virtual_world(scheduler=made.scheduler):
        made.scheduler.sleep(5)
        yield made


def test_what_is_sent_comes_back_and_is_known(world: Hub) -> None:
    """What others say is not; each with the time since the beginning, and once."""
    bus = VirtualBus(world, list, lambda error: error)
    assert (bus.now, bus.is_shared) == (0.0, False)
    bus.send({"type": "a"})
    world.scheduler.sleep(2)
    world.send('{"type": "b"}')
    heard = bus.advance(10.0)
    assert [(each.at, each.topic, each.is_own, each.is_unheard) for each in heard] == [
        (0.0, "a", True, False),
        (2.0, "b", False, True),
    ]
    assert bus.advance(10.0) == []
    assert bus.now == 10.0
    assert (bus.faults(), bus.traceback_of("x")) == ([], "x")


def test_the_installed_client_is_connected(
    world: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no thread to be started; each client hears what another one sends."""
    sockets = MemorySockets(world)
    for owner, name, stand_in in sockets.stand_ins():
        monkeypatch.setattr(owner, name, stand_in)
    here, there = (LoopbackClient(world, sockets) for _ in range(2))
    heard: list[Message] = []
    there.on("x", heard.append)
    here.emit(Message("x", {"n": 1}))
    world.scheduler.sleep(1)
    assert [(each.msg_type, each.data) for each in heard] == [("x", {"n": 1})]
    assert here.started_running


def test_who_listens_and_who_sends_is_told_of_each_message(world: Hub) -> None:
    """A message that somebody in the assistant hears is not unheard."""
    bus = VirtualBus(world, list, lambda _: None)

    def listen(payload: str) -> None:
        world.is_heard = "b" in payload

    world.join(listen)
    for payload in ("a", "b"):
        world.queue(partial(world.broadcast, payload, "0000-kitchen"))
    heard = bus.advance(10.0)
    assert [(each.payload, each.is_unheard, each.sender) for each in heard] == [
        ("a", True, "0000-kitchen"),
        ("b", False, "0000-kitchen"),
    ]
