"""Who holds the turn, and who can lose it."""

from __future__ import annotations

import _thread
import threading
import time

import pytest

from ovos_dialogue_kit.assistant.virtual_time import held_turn as module
from ovos_dialogue_kit.assistant.virtual_time.held_turn import HeldTurn
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task
from ovos_dialogue_kit.assistant.virtual_time.timeline import SECOND, Timeline


class NoWatcher:
    """Sees nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


class World:
    """A turn, the task that holds it, the one that is next, and their clock."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.next = made("next", 2)
        self.turn = HeldTurn(lambda: self.next, self.timeline)
        self.driver = made("driver", 1)
        self.turn.open(self.driver)

    def take(self, *, is_blocked: bool = True) -> None:
        """Take the turn away, as a watcher does."""
        seen = self.turn.watched()
        assert seen
        self.turn.take(seen.turn, is_blocked)


def made(name: str, thread: int) -> Task:
    task = Task(name)
    task.ident = task.thread = thread
    return task


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(module, "Watcher", NoWatcher)
    return World()


def test_who_gets_the_turn_goes_on(world: World) -> None:
    """Its baton is released, and a new turn has begun."""
    before = world.turn.watched()
    world.turn.give(world.next)
    assert world.next.baton.acquire(blocking=False)
    assert world.turn.holder is world.next
    assert before != world.turn.watched()


def test_the_driver_may_compute_longer(world: World) -> None:
    """It trains intent engines while it boots."""
    limits = []
    for task in (world.next, world.driver):
        world.turn.give(task)
        limits.append(getattr(world.turn.watched(), "limit", None))
    assert limits == [2.0, 10.0]


def test_a_turn_that_is_taken(world: World) -> None:
    """The next one goes on, and its holder runs beside it."""
    world.take()
    assert world.turn.holder is world.next
    assert world.next.baton.acquire(blocking=False)
    assert world.driver.is_loose
    assert world.turn.loose == {world.driver}
    assert not world.turn.pin(world.driver)


@pytest.mark.parametrize(("is_blocked", "passed"), [(True, 3), (False, 0)])
def test_time_that_was_waited_in_c(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    is_blocked: bool,  # noqa: FBT001  # a parameter of the test
    passed: int,
) -> None:
    """It has passed on the clock, but not the time in which somebody computed."""
    later = world.turn.began + 3 * SECOND
    monkeypatch.setattr(module, "_real_ns", lambda: later)
    monkeypatch.setattr(
        "ovos_dialogue_kit.assistant.virtual_time.timeline._real_ns", lambda: later
    )
    world.take(is_blocked=is_blocked)
    assert world.timeline.now == passed * SECOND


def test_who_is_back_in_line_can_hold_the_turn(world: World) -> None:
    """It is loose no more."""
    world.take()
    world.turn.catch(world.driver)
    assert not world.turn.loose
    assert world.turn.pin(world.driver)


def test_a_pinned_holder_keeps_the_turn(world: World) -> None:
    """Nobody sees it as one who could lose it, nor takes the turn that was seen."""
    seen = world.turn.watched()
    assert seen
    assert world.turn.pin(world.driver)
    assert world.turn.watched() is None
    world.turn.take(seen.turn, True)  # noqa: FBT003  # as the watcher calls it
    assert world.turn.holder is world.driver


def test_a_watcher_that_comes_too_late(world: World) -> None:
    """The turn that it has seen is over, and the one after it is not taken."""
    seen = world.turn.watched()
    assert seen
    world.turn.give(world.driver)
    world.turn.take(seen.turn, True)  # noqa: FBT003  # as the watcher calls it
    assert world.turn.holder is world.driver
    assert not world.turn.loose


def test_a_turn_that_is_over(world: World) -> None:
    """Nobody holds it, and a watcher that has seen its holder takes nothing."""
    seen = world.turn.watched()
    assert seen
    world.turn.close()
    world.turn.take(seen.turn, True)  # noqa: FBT003  # as the watcher calls it
    assert world.turn.watched() is None
    assert not world.turn.loose


def test_a_thread_that_has_not_begun_is_not_watched(world: World) -> None:
    """There is nothing to see yet, though it has the turn."""
    world.turn.give(made("late", 0))
    assert world.turn.watched() is None


def test_without_room_for_a_thread_the_holder_keeps_the_turn(world: World) -> None:
    """If nobody else can go on, it is not taken."""

    def fail() -> Task:
        raise RuntimeError("can't start new thread")

    turn = HeldTurn(fail, world.timeline)
    turn.open(world.driver)
    seen = turn.watched()
    assert seen
    turn.take(seen.turn, True)  # noqa: FBT003  # as the watcher calls it
    assert turn.holder is world.driver
    assert not world.driver.is_loose


def test_it_is_watched_while_it_is_open() -> None:
    """A thread looks at the holder until it is closed."""

    class Seen(HeldTurn):
        def watched(self) -> None:
            looked.set()

    looked, before = threading.Event(), _thread._count()
    turn = Seen(lambda: made("next", 2), Timeline())
    turn.open(made("driver", 1))
    assert looked.wait(60)
    turn.close()
    while _thread._count() > before:
        time.sleep(0.001)
