"""Stand-ins in the rare moments that no other test meets."""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import datetime as dt
import functools
import gc
import multiprocessing
import os
import queue
import random
import select
import sys
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import stand_ins
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler

ABILITIES = (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks)


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
    lock.release()
    assert not lock.locked()


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
    threading.Timer(3600, lock.release).start()
    assert lock.acquire(timeout=threading.TIMEOUT_MAX)
    assert world.now == 3600.0


def test_the_shortest_timeout_of_a_lock(world: World) -> None:
    """Others go on before it ends; a shorter one is an error, even of a free lock."""
    lock = threading.Lock()
    for is_locked in (False, True):
        with pytest.raises(ValueError, match="timeout value must be"):
            lock.acquire(timeout=-0.5)
        if not is_locked:
            lock.acquire()
    world.call(world.log.append, "other")
    assert not lock.acquire(timeout=0)
    assert world.log == ["other"]


def traced(function: Callable[[], object], act: Callable[[], object]) -> None:
    """Call a function, and ``act`` before each line of the stand-ins that it runs."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != stand_ins.__file__:
            return None
        if event == "line":
            act()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)


def held() -> _thread.LockType:
    """Return a raw lock that somebody else is to release."""
    lock = _thread.allocate_lock()
    lock.acquire()
    return lock


class Meeting:
    """The driver and a thread outside use one lock.

    At one line of what one of them does with it, the other one comes.
    """

    def __init__(self, world: World, line: int) -> None:
        self.lock = threading.Lock()
        self.driver = world.scheduler.current()
        self.got: list[bool] = []
        self.over = held()
        self._left = line
        self._sign = held()
        self._pause = held()

    @property
    def has_come(self) -> bool:
        return self._left < 0

    def may_come(self, wait: Callable[[], object]) -> None:
        """Before a line: let the other one come, if it is this one, and wait."""
        if self._left == 0:
            self._sign.release()
            wait()
        self._left -= 1

    def come_at_last(self) -> None:
        """Let the other one come if it has not."""
        if not self.has_come:
            self._sign.release()

    def is_called(self) -> bool:
        """Wait a moment, and return True if one is to come."""
        return self._sign.acquire(timeout=0.001)

    def wait_for_driver(self) -> None:
        """Wait, outside, until the driver waits or has the lock."""
        assert self.driver
        while not (self.driver.is_parked or self.got):
            self._pause.acquire(timeout=0.001)

    def acquire(self) -> None:
        """Get the lock, as the driver."""
        self.got.append(self.lock.acquire(timeout=60))


@pytest.mark.parametrize(("is_used", "is_taken"), [(False, False), (True, True)])
def test_one_comes_for_a_lock_that_is_used_outside(
    is_used: bool,  # noqa: FBT001  # a parameter of the test
    is_taken: bool,  # noqa: FBT001
) -> None:
    """It gets it, whenever it comes, even if a third one is faster."""

    def use(meeting: Meeting) -> None:
        lock, third = meeting.lock, list[bool]()

        def act() -> None:
            meeting.may_come(meeting.wait_for_driver)

        def act_or_take() -> None:
            act()
            if is_taken and meeting.has_come and not third:
                third.extend([True] * lock.acquire(blocking=False))

        traced(lock.acquire, act)
        traced(lock.release, act_or_take)
        if third:
            lock.release()
        meeting.come_at_last()
        meeting.over.release()

    for line in count():
        with virtual_world() as world:
            meeting = Meeting(world, line)
            if is_used:
                with meeting.lock:
                    pass
            start_outside(lambda: use(meeting))  # noqa: B023  # before the next one
            while not meeting.is_called():
                pass
            meeting.acquire()
            assert meeting.got == [True]
            meeting.lock.release()
            meeting.over.acquire()
            assert not meeting.lock.locked()
        if not meeting.has_come:
            break
    assert line > 6


def test_a_lock_that_is_released_outside_while_one_comes() -> None:
    """It gets it, whatever it has found out about the lock before."""

    def use(meeting: Meeting) -> None:
        with meeting.lock:
            meeting.over.release()
            while not (meeting.is_called() or meeting.driver.is_parked):  # type: ignore[union-attr]
                pass
        meeting.over.release()

    def wait(meeting: Meeting) -> None:
        meeting.over.acquire(timeout=0.02)  # it may wait for the driver's next line

    for line in count():
        with virtual_world() as world:
            meeting = Meeting(world, line)
            start_outside(lambda: use(meeting))  # noqa: B023  # before the next one
            meeting.over.acquire()
            traced(
                meeting.acquire,
                lambda: meeting.may_come(lambda: wait(meeting)),  # noqa: B023
            )
            assert meeting.got == [True]
            meeting.lock.release()
            assert not meeting.lock.locked()
        if not meeting.has_come:
            break
    assert line > 6


def test_what_a_thread_leaves_behind_is_gone_with_it(world: World) -> None:
    """Whoever joins it, or finds it over, goes on only after that."""
    log: list[str] = []

    class Slow:
        def __del__(self) -> None:
            held().acquire(timeout=0.05)
            log.append("gone")

    def leave() -> None:
        local.slow = Slow()

    for is_joined in (True, False):
        local = threading.local()
        thread = threading.Thread(target=leave)
        thread.start()
        if is_joined:
            thread.join()
        else:
            world.scheduler.sleep(1)
            assert not thread.is_alive()
        assert log == ["gone"]
        log.clear()


def wait_for_ever() -> None:
    """Leave a thread that waits, in a world that is over."""
    with virtual_world():
        thread = threading.Thread(target=threading.Event().wait)
        thread.start()
        time.sleep(1)
        assert not thread.daemon


def test_a_thread_that_waits_keeps_no_process_from_its_end() -> None:
    """Although it is no daemon, for whoever asks."""
    process = multiprocessing.get_context("fork").Process(target=wait_for_ever)
    process.start()
    process.join(60)
    assert process.exitcode == 0


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


@pytest.mark.parametrize(
    ("name", "is_replaced"),
    [
        *(("skill", True), ("pytest_other", True), ("", True)),
        *(("ovos_dialogue_kit.other", True), ("numpy.coverage", True)),
        *(("_pytest.runner", False), ("pytest", False), ("pluggy._hooks", False)),
        *(("coverage", False), ("execnet.gateway", False), ("xdist", False)),
        ("ovos_dialogue_kit.assistant.other", False),
    ],
)
def test_which_modules_get_virtual_time(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_replaced: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """All that had bound its functions, but test tools and the kit's own."""
    module: Any = ModuleType(name)
    owners = {
        "sleep": time,
        "select": select,
        "Lock": threading,
        "SimpleQueue": queue,
        "start_new_thread": _thread,
        "urandom": os,
        "random": random,
        "uuid4": uuid,
    }
    for each, owner in owners.items():
        setattr(module, each, getattr(owner, each))
    monkeypatch.setitem(sys.modules, "bound_earlier", module)
    before = dict(vars(module))
    with virtual_world():
        changed = {each for each in owners if vars(module)[each] is not before[each]}
        assert changed == (set(owners) if is_replaced else set())
        for each in changed:
            assert vars(module)[each] == getattr(owners[each], each)
    assert vars(module) == before


def test_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other stand-ins are, too; what is no module, and raw locks, are left alone."""
    lazy = ModuleType("lazy")
    lazy.__name__ = None  # type: ignore[assignment]
    kept = SimpleNamespace(sleep=time.sleep)
    for number, module in enumerate([lazy, kept]):
        module.sleep = time.sleep  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"bound_{number}", module)  # type: ignore[arg-type]
    own = SimpleNamespace(own=1)
    sleep, raw_lock = time.sleep, _thread.allocate_lock
    scheduler = Scheduler(bool, print)  # type: ignore[arg-type]
    clock = stand_ins.Clock(scheduler, [(own, "own", 2)], is_real=False)
    clock.install()
    try:
        assert lazy.sleep is time.sleep is not sleep
        assert (kept.sleep, own.own) == (sleep, 2)
        assert _thread.allocate_lock is raw_lock
        assert functools.RLock is threading.RLock
        shutdown = concurrent.futures.thread._global_shutdown_lock
        assert isinstance(shutdown, stand_ins.Lock)
    finally:
        clock.uninstall()
    assert own.own == 1


def test_when_a_world_begins() -> None:
    """On a Monday at noon, unless it has begun before, on a machine that runs."""
    with virtual_world() as world:
        noon = dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc)
        for head_start in (0, 3600):
            world.clock.begin(0, head_start)
            begun = noon - dt.timedelta(seconds=head_start)
            passed = dt.datetime.now(tz=dt.timezone.utc) - begun
            assert dt.timedelta(0) < passed < dt.timedelta(milliseconds=1)
        assert 10_000 < time.monotonic() < 10_000.001


def test_a_world_begins_anew_for_each_seed() -> None:
    """What is left to chance, and what the clocks show, is that of the seed."""
    found = []
    for seed in (1, 2, 1):
        with virtual_world() as world:
            world.clock.begin(seed, 0)
            found.append((random.random(), time.time_ns() % 1000))  # noqa: S311  # not secret
    first, other, again = found
    assert first == again
    assert [one == two for one, two in zip(first, other, strict=True)] == [False] * 2


def test_nothing_is_left_of_a_clock() -> None:
    """Nobody asks it any more, not even for the times of files."""
    abilities = [set(each) for each in ABILITIES]
    clock = stand_ins.Clock(Scheduler(bool, print), (), is_real=False)  # type: ignore[arg-type]
    clock.install()
    clock.uninstall()
    is_left = weakref.ref(clock)
    del clock
    gc.collect()
    assert is_left() is None
    assert [set(each) for each in ABILITIES] == abilities


@pytest.mark.usefixtures("world")
def test_which_clocks_are_virtual() -> None:
    """All that show the time, but not those of the processor."""
    clocks: list[Callable[[], float]] = [
        *(time.time, time.monotonic, time.perf_counter),
        *(lambda: time.monotonic_ns() / 1e9, lambda: time.perf_counter_ns() / 1e9),
        *(lambda: time.time_ns() / 1e9, lambda: os.times().elapsed),
    ]
    for kind in (time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC_RAW, time.CLOCK_BOOTTIME):
        clocks += [
            lambda kind=kind: time.clock_gettime(kind),  # type: ignore[misc]  # each its own
            lambda kind=kind: time.clock_gettime_ns(kind) / 1e9,  # type: ignore[misc]
        ]
    before = [clock() for clock in clocks]
    time.sleep(3600)
    passed = [clock() - then for clock, then in zip(clocks, before, strict=True)]
    assert passed == [pytest.approx(3600, abs=0.001)] * len(clocks)
    used = time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
    assert used == pytest.approx(time.process_time(), abs=1)


def test_no_clock_is_virtual_where_time_is_real() -> None:
    """Only waiting is left to the scheduler."""
    names = ("time", "monotonic", "perf_counter", "clock_gettime")
    clocks = [
        (os, "times"),
        *((time, each) for name in names for each in (name, f"{name}_ns")),
    ]
    before = [getattr(*clock) for clock in clocks], time.sleep
    with virtual_world(time.monotonic):
        assert [getattr(*clock) for clock in clocks] == before[0]
        assert time.sleep is not before[1]


def test_a_thread_that_is_started_outside(world: World) -> None:
    """It begins at once, beside those of the world, and ends."""
    ran, started = held(), list[threading.Thread]()

    def start() -> None:
        started.append(threading.Thread(target=ran.release))
        started[0].start()

    start_outside(start)
    with world.unwatched():
        ran.acquire()
        started[0].join()
    assert world.now == 0.0


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
