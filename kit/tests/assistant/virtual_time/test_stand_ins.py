"""Stand-ins in the rare moments that no other test meets."""

from __future__ import annotations

import _thread
import os
import time
from collections.abc import Iterator

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import stand_ins


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as made:
        yield made


@pytest.mark.usefixtures("world")
def test_a_lock_that_is_released_before_one_waits() -> None:
    """Nobody waits for it."""
    lock = stand_ins.Lock()
    assert lock._wait(None)
    assert lock.locked()


def test_a_lock_that_is_released_while_one_comes(world: World) -> None:
    """The newcomer gets it, though nobody seemed to wait."""
    late = world.scheduler.new_wait()

    class Crowded(stand_ins.Lock):
        def _hand_over(self) -> bool:
            is_handed_over = super()._hand_over()
            if not late.over and not is_handed_over:
                self._waiters.append(late)
            return is_handed_over

    gone = world.scheduler.new_wait()
    world.scheduler.wake(gone)
    world.scheduler.block(gone)
    lock = Crowded()
    lock.acquire()
    lock._waiters.append(gone)
    lock.release()
    assert late.woken
    assert lock.locked()
    world.scheduler.block(late)


def test_a_lock_outlives_its_world() -> None:
    """Who waited for it in virtual time is gone."""
    lock = stand_ins.Lock()
    with virtual_world() as world:
        lock.acquire()
        wait = world.scheduler.new_wait()
        lock._waiters.append(wait)
        world.scheduler.drop(wait)
    lock.release()
    assert not lock.locked()


def test_an_interruption_of_the_end() -> None:
    """All originals are back even then."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    sleep = time.sleep
    world = World()
    world.clock.install()
    world.clock._undo.append(interrupt)
    assert time.sleep is not sleep
    with pytest.raises(KeyboardInterrupt):
        world.clock.uninstall()
    assert time.sleep is sleep


@pytest.mark.usefixtures("world")
def test_clocks_of_a_thread_outside() -> None:
    """They are real: an hour has not passed there."""
    looks: list[tuple[float, float]] = []

    def look() -> None:
        looks.append((os.times().elapsed, time.clock_gettime(time.CLOCK_MONOTONIC)))
        looked.release()

    looked = _thread.allocate_lock()
    looked.acquire()
    for _ in range(2):
        start_outside(look)
        looked.acquire()
        time.sleep(3600)
    early, late = looks
    assert max(after - before for before, after in zip(early, late, strict=True)) < 1800
