"""Stand-ins in the rare moments that no other test meets."""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import functools
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import ModuleType, SimpleNamespace

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import stand_ins
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as made:
        yield made


def test_a_lock_that_is_released_before_one_waits(world: World) -> None:
    """Nobody waits for it."""
    lock = stand_ins.Lock()
    assert lock._wait(None)
    assert lock.locked()
    task = world.scheduler.current()
    assert task
    assert not task.is_pinned


def test_a_lock_looks_like_one_of_c() -> None:
    """It says if it is held, and where it is."""
    lock = stand_ins.Lock()
    shown = [repr(lock)]
    lock.acquire()
    shown.append(repr(lock))
    assert shown == [
        f"<{state} _thread.lock object at {id(lock):#x}>"
        for state in ("unlocked", "locked")
    ]


def test_the_longest_timeout_of_a_lock(world: World) -> None:
    """It is one of virtual time."""
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(5, lock.release).start()
    assert lock.acquire(timeout=threading.TIMEOUT_MAX)
    assert world.now == 5.0


def questions() -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Yield what code may ask until the answer changes, and what changes it."""
    event = threading.Event()
    yield event.is_set, event.set
    future: Future[int] = Future()
    yield future.running, future.set_running_or_notify_cancel
    yield future.done, lambda: future.set_result(1)
    filled: queue.Queue[int] = queue.Queue()
    yield filled.empty, lambda: filled.put(1)
    full: queue.Queue[int] = queue.Queue(1)
    full.put(1)
    yield full.full, full.get
    thread = threading.Thread(target=time.sleep, args=(10,))
    thread.start()
    yield thread.is_alive, thread.join


def test_each_question_that_may_be_asked_again_is_a_look(world: World) -> None:
    """It is none any more once the answer has changed."""
    task = world.scheduler.current()
    assert task
    looks = []
    for ask, change in questions():
        before = task.looks
        ask()
        first = task.looks - before
        change()
        before = task.looks
        ask()
        looks.append((first, task.looks - before))
    assert looks == [(1, 0)] * 6


def test_what_is_replaced_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules that had bound it, but those of test tools and of the kit's own."""
    names = {
        "skill": True,
        "pytest_other": True,
        "ovos_dialogue_kit.other": True,
        "": True,
        "_pytest.runner": False,
        "coverage": False,
        "ovos_dialogue_kit.assistant.other": False,
    }
    modules = [ModuleType(name) for name in names]
    lazy = ModuleType("lazy")
    lazy.__name__ = None  # type: ignore[assignment]
    kept = SimpleNamespace(sleep=time.sleep)
    for number, module in enumerate([*modules, lazy, kept]):
        module.sleep = time.sleep  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"bound_{number}", module)  # type: ignore[arg-type]
    own = SimpleNamespace(own=1)
    sleep, raw_lock = time.sleep, _thread.allocate_lock
    clock = stand_ins.Clock(Scheduler(bool, print), [(own, "own", 2)])  # type: ignore[arg-type]
    clock.install()
    try:
        replaced = [module.sleep is not sleep for module in modules]
        assert replaced == [*names.values()]
        assert lazy.sleep is time.sleep is not sleep
        assert (kept.sleep, own.own) == (sleep, 2)
        assert _thread.allocate_lock is raw_lock
        assert functools.RLock is threading.RLock
        shutdown = concurrent.futures.thread._global_shutdown_lock
        assert isinstance(shutdown, stand_ins.Lock)
    finally:
        clock.uninstall()
    assert own.own == 1


@pytest.mark.usefixtures("world")
def test_which_clocks_are_virtual() -> None:
    """All that show the time, but not those of the processor."""
    assert os.times().elapsed == pytest.approx(time.monotonic(), abs=1)
    used = time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
    assert used == pytest.approx(time.process_time(), abs=1)


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
