"""Threads that give way: who goes on before them, and before whom they go on."""

from __future__ import annotations

import _thread
import select
import socket
import threading
import time

import pytest
from support.worlds import World, virtual_world

from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler


class Bus:
    """Messages, which arrive when all rests, as those of the hub do.

    ``found`` is what is found to do when no message is left.
    """

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.found: list[str] = []
        self.carriers: list[int] = []
        self.world = World(scheduler=Scheduler(self._deliver, self._fail))

    def _deliver(self) -> bool:
        if self.found:
            self.world.call(self.world.log.append, self.found.pop())
            return True
        if not self.messages:
            return False
        payload = self.messages[0]
        if not (payload and self.world.scheduler.recall(payload)):
            self.world.log.append(self.messages.pop(0))
            self.carriers.append(_thread.get_ident())
        return True

    def _fail(self, error: BaseException) -> None:
        raise error


@pytest.mark.parametrize(
    ("payload", "other", "order"),
    [
        ("to me", "", ["me", "to me"]),
        ("to me", "call", ["call", "me", "to me"]),
        ("to me", "thread", ["thread", "me", "to me"]),
        ("to another", "", ["to another", "me"]),
        ("to another", "call", ["call", "to another", "me"]),
        ("", "", ["", "me"]),
        (None, "", ["me"]),
        (None, "call", ["call", "me"]),
        (None, "thread", ["thread", "me"]),
        (None, "file", ["file", "me"]),
        (None, "found", ["found", "me"]),
    ],
)
def test_who_goes_on_first(payload: str | None, other: str, order: list[str]) -> None:
    """All that can without time passing; of messages, those before the next of mine.

    They are delivered by a thread of nobody.
    """
    bus = Bus()
    here, there = socket.socketpair()
    with here, there, virtual_world(scheduler=bus.world.scheduler):
        log, event = bus.world.log, threading.Event()

        def wait() -> None:
            if other == "file":
                select.select([here], [], [])
            else:
                event.wait()
            log.append(other)

        if other in ("thread", "file"):
            threading.Thread(target=wait).start()
            time.sleep(1)
            event.set() if other == "thread" else there.send(b"x")
        elif other == "call":
            bus.world.call(log.append, other)
        elif other == "found":
            bus.found.append(other)
        if payload is not None:
            bus.messages.append(payload)
        bus.world.scheduler.give_way("me", payload)
        log.append("me")
        bus.world.settle()
    assert log == order
    assert _thread.get_ident() not in bus.carriers


@pytest.mark.parametrize("kind", ["patient", "file"])
def test_whoever_has_given_way_can_go_on(kind: str) -> None:
    """And so can who waits for a file, which may be ready; not once they are over."""
    here, there = socket.socketpair()
    with here, there, virtual_world() as world:

        def wait() -> None:
            if kind == "file":
                select.select([here], [], [])
            else:
                world.scheduler.give_way("me", "")

        thread = threading.Thread(target=wait)
        thread.start()
        can_go_on = [world.scheduler.can_others_go_on()]
        there.send(b"x")
        thread.join()
        can_go_on.append(world.scheduler.can_others_go_on())
    assert can_go_on == [True, False]


@pytest.mark.parametrize("payload", [None, "", "of another"])
def test_others_go_on_first(payload: str | None) -> None:
    """A thread that gives way goes on when all others wait or are over."""
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            order.append("patient")
            world.scheduler.give_way("me", payload)
            order.append("patient again")

        def other() -> None:
            order.append("other")
            threading.Event().wait(1)
            order.append("other again")

        threads = [threading.Thread(target=each) for each in (patient, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ["patient", "other", "patient again", "other again"] == order


def test_who_waits_until_now_goes_on_first() -> None:
    """A thread whose wait ends at this moment goes on before one that gives way.

    The driver, if it rests, is the last.
    """
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            threading.Event().wait(1)
            world.scheduler.give_way("me", "")
            order.append("patient")

        def other() -> None:
            threading.Event().wait(1)
            order.append("other")

        threads = [threading.Thread(target=each) for each in (patient, other)]
        for thread in threads:
            thread.start()
        world.scheduler.rest(1000.0, lambda: world.now == 1.0)
        order.append("driver")
        for thread in threads:
            thread.join()
    assert ["other", "patient", "driver"] == order


def test_a_message_of_its_session_waits_for_it() -> None:
    """A thread goes on before the next message of its own session is delivered."""
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            world.scheduler.give_way("me", "")
            order.append("patient")

        thread = threading.Thread(target=patient)
        thread.start()
        threading.Event().wait(0)
        assert not world.scheduler.recall("to another")
        assert world.scheduler.recall("to me")
        thread.join()
        assert not world.scheduler.can_others_go_on()
    assert ["patient"] == order


def test_who_is_next_goes_on_at_once() -> None:
    """The next message waits for it, and nobody can do anything before that."""
    order: list[str] = []
    with virtual_world() as world:
        gate = threading.Event()

        def other() -> None:
            gate.wait()
            world.scheduler.give_way("other", "")
            order.append("other")

        def one() -> None:
            gate.wait()
            world.scheduler.give_way("one", "of one")
            order.append("one")
            world.scheduler.give_way("one", "of one and other")
            order.append("one again")

        threads = [threading.Thread(target=each) for each in (other, one)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
    assert ["one", "other", "one again"] == order


def test_no_third_thread_comes_between_two_that_give_way() -> None:
    """Each gives the turn to the other one, not to a worker that wakes it."""
    order, turns = list[int](), list[int]()
    with virtual_world() as world:
        gate = threading.Event()

        def patient(number: int) -> None:
            gate.wait()
            for _ in range(2):
                order.append(number)
                turns.append(world.scheduler._turn._number)
                world.scheduler.give_way("me", None)

        threads = [threading.Thread(target=patient, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
    assert [0, 1, 0, 1] == order
    assert [turns[0] + n for n in range(4)] == turns


def test_a_thread_of_nobody_does_not_give_way() -> None:
    """Outside of a scheduler there is nobody to give way to."""
    with virtual_world() as world:
        pass
    world.scheduler.give_way("me", "")


def test_who_has_the_turn_knows_if_others_can_go_on() -> None:
    """Others can if they were woken, or wait until now; not if they wait for longer."""
    seen: list[bool] = []
    with virtual_world() as world:
        ready = threading.Event()

        def wait() -> None:
            ready.wait()
            threading.Event().wait(0.25)
            threading.Event().wait(0.75)

        def look() -> None:
            seen.append(world.scheduler.can_others_go_on())

        waiting = threading.Thread(target=wait)
        waiting.start()
        look()
        ready.set()
        look()
        threading.Event().wait(1)
        look()
        waiting.join()
    assert [False, True, True] == seen
