"""Define what a ``Scheduler`` works with: threads, their waits, and calls to make."""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Call",
    "Rest",
    "Task",
    "Wait",
    "be_last_of_pool",
    "be_thread_of_pool",
]


class Task:
    """One thread of the scheduler; ``baton`` is the lock on which it sleeps.

    ``thrown`` is an exception from another thread, to be raised when it continues.
    ``session`` is the id of the session for which the thread was started, if any.
    ``looks`` counts how often it has looked at a clock or tried something since it last
    waited. A task that ``polls`` asks again and again for something outside. One that
    ``is_loose`` runs without the turn, one that ``is_pinned`` cannot lose it, and one
    that ``is_parked`` waits for it. One that ``is_worker`` calls listeners. ``ident``
    and ``thread`` are its thread's ids in Python and in the kernel.
    """

    __slots__ = (
        "baton",
        "ended",
        "farewells",
        "ident",
        "is_loose",
        "is_parked",
        "is_pinned",
        "is_worker",
        "joiners",
        "looks",
        "name",
        "polls",
        "session",
        "thread",
        "thrown",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.baton = _thread.allocate_lock()
        self.baton.acquire()
        self.ended = False
        self.farewells = 0
        self.ident = 0
        self.is_loose = False
        self.is_parked = False
        self.is_pinned = False
        self.is_worker = False
        self.joiners: list[Wait] = []
        self.looks = 0
        self.polls = False
        self.session: str | None = None
        self.thread = 0
        self.thrown: type[BaseException] | None = None


class Wait:
    """A wait of one task, which ends by ``Scheduler.wake`` or at its deadline.

    ``over`` says that it has ended, ``woken`` that it did so before its deadline, and
    ``timed`` that it has one.
    """

    __slots__ = ("over", "task", "timed", "woken")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.over = False
        self.timed = False
        self.woken = False


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest of the driver until there is news, at the latest until ``until``.

    ``until`` is in nanoseconds of the scheduler's clock.
    """

    until: int
    has_news: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a bus listener that is yet to be made."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]


def be_thread_of_pool(number: int) -> None:
    """Let code in the calling thread find what it does in a thread of an executor.

    ``threading`` has a class of its own for threads that it has not started itself.
    """
    thread = threading.current_thread()
    thread.__class__ = threading.Thread
    thread.name = f"ThreadPoolExecutor-0_{number}"
    if hasattr(thread, "_set_tstate_lock"):  # pragma: no branch  # before Python 3.13
        thread._set_tstate_lock()  # noqa: SLF001  # by it, is_alive knows


def be_last_of_pool() -> None:
    """Let a fork of a thread of an executor end as it does in CPython.

    Python waits for such threads when it ends, here for the calling one: an error, so
    that a forked ``multiprocessing.Process`` exits with code 1.
    """
    own = threading.current_thread()
    queues: Any = concurrent.futures.thread._threads_queues  # noqa: SLF001  # a dict
    queues[own] = queue.SimpleQueue()
