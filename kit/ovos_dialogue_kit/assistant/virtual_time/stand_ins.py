"""Replace the functions with which Python code waits; the stand-ins use virtual time.

Only a few parts of the standard library really wait: ``time.sleep``, the lock, the
thread, the C queue, and (``file_stand_ins``) ``select`` and the end of a process. The
rest (``Event``, ``Condition``, ``Semaphore``, ``queue.Queue``, ``Future``, ``Timer``,
executors, event loops, servers) is written in Python on top of them and follows.
``Clock.install`` puts the stand-ins in place, also under the names that modules bound
earlier with ``from time import sleep``, and ``uninstall`` removes them.

In a thread that no ``Scheduler`` runs, each does what the original does. The wall clock
(``time.time``, ``datetime.now`` and the like) is replaced by ``time_machine``.
"""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import functools
import os
import queue
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import time_machine

from ovos_dialogue_kit.assistant.virtual_time.chance import (
    CHANCE_MODULES,
    Chance,
    session_of_caller,
)
from ovos_dialogue_kit.assistant.virtual_time.file_stand_ins import file_stand_ins
from ovos_dialogue_kit.assistant.virtual_time.file_times import FileTimes
from ovos_dialogue_kit.assistant.virtual_time.inotify_stand_ins import inotify_stand_ins
from ovos_dialogue_kit.assistant.virtual_time.python_internals import (
    require_python_internals,
)
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task, Wait
from ovos_dialogue_kit.assistant.virtual_time.timeline import SECOND

__all__ = ["EPOCH", "Clock", "Lock"]

EPOCH = 1767614400.0
"""The start of every dialogue: Monday, 5 January 2026, 12:00 UTC, in Unix seconds."""

_EPOCH_NS = int(EPOCH) * SECOND

_MONOTONIC_START = 10_000 * SECOND
_PACKAGE = __package__.rpartition(".")[0]  # ovos_dialogue_kit.assistant
_TEST_TOOLS = ("_pytest", "pytest", "pluggy", "coverage", "execnet", "xdist")

_STEADY = (time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC_RAW, time.CLOCK_BOOTTIME)
_COUNTERS = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")
_CLOCKS = (*_COUNTERS, "clock_gettime", "clock_gettime_ns", "times")

_BOUND_BY_NAME = (_thread, time, select, threading, queue, *CHANCE_MODULES)
"""Modules from which others import single functions."""

_get_ident = _thread.get_ident

_scheduler: Scheduler | None = None


def _task() -> Task | None:
    return _scheduler.current() if _scheduler else None


def _the_scheduler() -> Scheduler:
    assert _scheduler  # noqa: S101  # there is a task
    return _scheduler


class Lock:
    """A ``threading.Lock`` whose waiters wait in virtual time.

    ``release`` hands the lock to the thread that has waited longest, so that the order
    is that of arrival. A waiter into which an exception is
    thrown passes the lock on, as ``with lock`` does in CPython.
    """

    __slots__ = ("__weakref__", "_lock", "_owner", "_waiters")

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._owner: int | None = None
        self._waiters: deque[Wait] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002  # the signature of threading.Lock
        """Take the lock, waiting for at most ``timeout`` seconds unless that is -1.

        Returns False if the lock was not taken.
        """
        if timeout != -1 and not (blocking and 0 <= timeout <= threading.TIMEOUT_MAX):
            return self._lock.acquire(blocking, timeout)  # which is an error
        is_taken = self._lock.acquire(False) or self._take(blocking, timeout)  # noqa: FBT003  # by position it takes half the time
        if is_taken:
            self._owner = _get_ident()
        return is_taken

    def _take(self, blocking: bool, timeout: float) -> bool:  # noqa: FBT001  # as above
        """Do what ``acquire`` does with a lock that is held."""
        if _task() is None:
            return self._lock.acquire(blocking, timeout)
        if blocking:
            return self._wait(None if timeout < 0 else timeout)
        _the_scheduler().ask()
        return False

    def _wait(self, timeout: float | None) -> bool:
        scheduler = _the_scheduler()
        wait = scheduler.new_wait()
        with scheduler.guard:
            self._waiters.append(wait)  # from here on, whoever releases it sees that
            if self._lock.acquire(blocking=False):  # released a moment ago
                self._waiters.remove(wait)
                scheduler.drop(wait)
                return True
        is_outside = not scheduler.knows(self._owner)
        is_taken = False
        try:
            is_taken = scheduler.block(wait, timeout, is_outside=is_outside)
        finally:
            if not is_taken:
                self._leave(wait)
        return is_taken

    def _leave(self, wait: Wait) -> None:
        """Stop waiting, and pass the lock on if it has been handed over meanwhile."""
        try:
            self._waiters.remove(wait)
        except ValueError:
            if wait.woken:
                self.release()

    def release(self) -> None:
        """Hand the lock to the longest waiter, or free it."""
        if not (self._waiters and self._hand_over()):
            self._owner = None
            self._lock.release()
            if self._waiters and self._lock.acquire(blocking=False):
                self.release()  # to one that came a moment too early

    def _hand_over(self) -> bool:
        """Make the longest waiter the owner; return False if nobody waits any more."""
        if not _scheduler:
            self._waiters.clear()  # their world is gone
            return False
        with _scheduler.guard:
            while self._waiters:
                wait = self._waiters.popleft()
                if _scheduler.wake(wait):
                    self._owner = wait.task.ident
                    return True
        return False

    def locked(self) -> bool:
        """Return True if the lock is held."""
        return self._lock.locked()

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]  # what the C lock does

    def __repr__(self) -> str:
        """Return what the C lock returns."""
        state = "locked" if self.locked() else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"

    def __reduce__(self) -> str:
        """Refuse to be copied, like the C lock."""
        raise TypeError("cannot pickle '_thread.lock' object")

    __enter__ = acquire

    def __exit__(self, *_: object) -> None:
        """Release the lock."""
        self.release()

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked


class Clock:
    """Virtual time and waiting for the threads of one scheduler, while installed.

    Args:
        scheduler: its ``now`` is the time, in seconds since ``EPOCH``.
        others: more stand-ins, as triples of owner, name and stand-in.
        is_real: clocks show real time, and only waiting is left to the scheduler.

    ``chance`` are the random numbers and UUIDs of these threads.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        others: Iterable[tuple[Any, str, Any]],
        *,
        is_real: bool,
    ) -> None:
        self._scheduler = scheduler
        self._others = tuple(others)
        self.is_real = is_real
        self._start_ns = _EPOCH_NS
        self._wall = time_machine.travel(EPOCH)
        self._undo: list[Callable[[], None]] = []
        self._file_times = FileTimes(scheduler.knows, self._stamp_ns)
        self._stamped = 0
        self.chance = Chance(scheduler.current)

    def install(self) -> None:
        """Put the stand-ins in place, everywhere.

        Raises:
            AssistantError: this version of Python lacks what they rely on.

        """
        require_python_internals()
        global _scheduler  # noqa: PLW0603  # one process has one time
        _scheduler = self._scheduler
        stand_ins = [
            *_stand_ins(self._scheduler),
            *self.chance.stand_ins(),
            *self._others,
        ]
        if self.is_real:
            stand_ins = [part for part in stand_ins if part[1] not in _CLOCKS]
        else:
            self._wall.start().time_ns = self._wall_ns  # type: ignore[method-assign]
            self._undo.append(self._wall.stop)
            self._file_times.watch()
            self._undo.append(self._file_times.leave)
            self._scheduler.time.before_move = self._file_times.stamp
            stand_ins += self._file_times.stand_ins()
        bound = []
        for module, name, stand_in in stand_ins:
            if module in _BOUND_BY_NAME:
                bound.append((module, getattr(module, name), stand_in))
            if isinstance(module, ModuleType) and isinstance(stand_in, FunctionType):
                _name_like(module, name, stand_in)
            self._replace(module, name, stand_in)
        back = [(module, stand_in, original) for module, original, stand_in in bound]
        self._undo.append(partial(_rebind, back))
        _rebind(bound)

    def begin(self, seed: int, head_start: int) -> None:
        """Begin all random numbers and UUIDs anew, for another seed with others.

        Time has begun ``head_start`` seconds before ``EPOCH``.
        """
        self._start_ns = _EPOCH_NS - head_start * SECOND
        self.chance.freeze(seed)
        self._scheduler.time.vary(seed)

    def uninstall(self) -> None:
        """Put the originals back, even if an exception interrupts that."""
        global _scheduler  # noqa: PLW0603
        try:
            while self._undo:
                self._undo.pop()()
        finally:
            if self._undo:
                self.uninstall()
        _scheduler = None

    def _wall_ns(self) -> int:
        return self._start_ns + self._scheduler.look()

    def _stamp_ns(self) -> int:
        """Return a time for a file, later than that of the file before."""
        self._stamped += 500  # a float tells such times apart
        return self._start_ns + self._scheduler.time.last_look() + self._stamped

    def _replace(self, owner: object, name: str, value: object) -> None:
        original = getattr(owner, name)
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, original))


def _name_like(module: ModuleType, name: str, function: FunctionType) -> None:
    """Let a function be pickled, by its name, like the one that it replaces."""
    function.__module__ = module.__name__
    function.__name__ = function.__qualname__ = name


def _rebind(changes: Sequence[tuple[object, object, object]]) -> None:
    """Replace what modules bound with ``from time import …``.

    Args:
        changes: owner, present value and new value; the owner itself is left alone.

    """
    others = {value: (owner, other) for owner, value, other in changes}
    kinds = {type(value) for value in others}
    for module in list(sys.modules.values()):
        if not _keeps_real_time(module):
            for name, value in list(vars(module).items()):
                if type(value) in kinds and value in others:
                    owner, other = others[value]
                    if owner is not module:
                        setattr(module, name, other)


def _keeps_real_time(module: object) -> bool:
    if not isinstance(module, ModuleType) or module is _thread:
        return True
    name = module.__name__ or ""  # a lazy module may have none
    return name.split(".")[0] in _TEST_TOOLS or name.startswith(_PACKAGE)


def _stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return (owner, name, stand-in) triples; owners are modules and classes."""
    current, sleep = scheduler.current, time.sleep

    def virtual_sleep(seconds: float) -> None:
        if current() is None:
            sleep(seconds)
        elif seconds < 0:
            raise ValueError("sleep length must be non-negative")
        else:
            scheduler.sleep(seconds)

    return [
        (time, "sleep", virtual_sleep),
        *_clock_stand_ins(scheduler),
        *_asking_stand_ins(scheduler),
        (queue, "SimpleQueue", queue._PySimpleQueue),  # type: ignore[attr-defined]  # noqa: SLF001  # the C one waits where nobody can reach it
        (threading, "Lock", Lock),
        (threading, "_allocate_lock", Lock),
        (concurrent.futures.thread, "_global_shutdown_lock", Lock()),
        (threading, "RLock", threading._PyRLock),  # type: ignore[attr-defined]  # noqa: SLF001  # its lock is a Lock, then
        (functools, "RLock", threading._PyRLock),  # type: ignore[attr-defined]  # noqa: SLF001  # of cached_property
        *_thread_stand_ins(scheduler),
        *file_stand_ins(scheduler),
        *inotify_stand_ins(scheduler),
    ]


def _clock_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for the clocks that only move forward."""
    current, times = scheduler.current, os.times

    def virtual(name: str) -> tuple[Any, str, Any]:
        clock, is_in_ns = getattr(time, name), name.endswith("_ns")

        def virtual_clock(*kind: int) -> float:
            if current() is None or (kind and kind[0] not in _STEADY):
                return clock(*kind)  # type: ignore[no-any-return]
            now = _MONOTONIC_START + scheduler.look()
            return now if is_in_ns else now / SECOND

        return (time, name, virtual_clock)

    def virtual_times() -> os.times_result:
        found = times()
        if current() is None:
            return found
        elapsed = (_MONOTONIC_START + scheduler.look()) / SECOND
        return os.times_result((*found[:4], elapsed))

    return [*map(virtual, _CLOCKS[:-1]), (os, "times", virtual_times)]


def _asking_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for questions that code may ask until the answer changes."""

    def asking(owner: Any, name: str, *, until: bool) -> tuple[Any, str, Any]:
        original = getattr(owner, name)

        def virtual_question(self: Any) -> bool:
            answer: bool = original(self)
            if answer is not until:
                scheduler.ask()
            return answer

        return (owner, name, virtual_question)

    return [
        asking(threading.Event, "is_set", until=True),
        asking(concurrent.futures.Future, "done", until=True),
        asking(concurrent.futures.Future, "running", until=True),
        asking(queue.Queue, "empty", until=False),
        asking(queue.Queue, "full", until=False),
    ]


def _throwing_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return a stand-in for ``kthread``, with which OVOS raises in another thread.

    A stop ends a handler in that way while it waits for an answer.
    """
    import kthread  # every ovos-workshop needs it

    throw = kthread._async_raise  # noqa: SLF001  # all of its methods end there

    def virtual_throw(ident: int, kind: type[BaseException]) -> None:
        if not scheduler.throw(ident, kind):
            throw(ident, kind)

    return [(kthread, "_async_raise", virtual_throw)]


def _raw_thread_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for what starts a thread without a ``Thread``."""
    start = _thread.start_new_thread

    def virtual_start(function: Any, args: Any, *kwargs: Any) -> int:
        starter = scheduler.current()
        is_own = isinstance(getattr(function, "__self__", None), threading.Thread)
        if is_own or not (starter and callable(function) and isinstance(args, tuple)):
            return start(function, args, *kwargs)
        task = scheduler.new_task("a raw thread")
        task.session = session_of_caller() or starter.session
        call = partial(function, *args, **(kwargs[0] if kwargs else {}))
        try:
            return start(scheduler.live, (task, call))
        except RuntimeError:
            scheduler.forget(task)
            raise

    names = ("start_new_thread", "start_new")
    return [(_thread, name, virtual_start) for name in names]


def _thread_stand_ins(  # noqa: C901  # four methods, each simple
    scheduler: Scheduler,
) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for the methods of ``Thread`` that start it and wait for it.

    A task ends a moment before its thread does. ``join`` and ``is_alive`` wait for that
    moment, so that they agree.
    """
    thread = threading.Thread
    start, bootstrap = thread.start, thread._bootstrap  # type: ignore[attr-defined]  # noqa: SLF001  # what runs in the new thread
    join, is_alive = thread.join, thread.is_alive
    tasks: WeakKeyDictionary[threading.Thread, Task] = WeakKeyDictionary()

    def virtual_start(self: threading.Thread) -> None:
        starter = scheduler.current()
        if not starter or self.ident is not None:  # a second start is an error
            start(self)
        else:
            start_task(self, starter)

    def start_task(self: threading.Thread, starter: Task) -> None:
        tasks[self] = task = scheduler.new_task(self.name)
        task.session = session_of_caller() or starter.session
        is_daemon = self.daemon
        self.daemon = True  # parked, it must not keep the process from ending
        try:
            start(self)
        except RuntimeError:
            del tasks[self]
            scheduler.forget(task)
            raise
        finally:
            self._daemonic = is_daemon  # type: ignore[attr-defined]

    def virtual_bootstrap(self: threading.Thread) -> None:
        task = tasks.get(self)
        if task:
            scheduler.live(task, lambda: bootstrap(self))
        else:
            bootstrap(self)

    def virtual_join(self: threading.Thread, timeout: float | None = None) -> None:
        task = tasks.get(self)
        if not (task and scheduler.current()):
            join(self, timeout)
        elif scheduler.current() is task:
            raise RuntimeError("cannot join current thread")
        elif scheduler.join(task, timeout):
            join(self)

    def virtual_is_alive(self: threading.Thread) -> bool:
        task = tasks.get(self)
        if task and task.ended:
            join(self)
        answer = is_alive(self)
        if answer:
            scheduler.ask()
        return answer

    return [
        *_throwing_stand_ins(scheduler),
        *_raw_thread_stand_ins(scheduler),
        (thread, "start", virtual_start),
        (thread, "_bootstrap", virtual_bootstrap),
        (thread, "join", virtual_join),
        (thread, "is_alive", virtual_is_alive),
    ]
