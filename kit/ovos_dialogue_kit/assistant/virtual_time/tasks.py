"""Define what a ``Scheduler`` works with: threads, their waits, and calls to make."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Call", "Rest", "Task", "Wait"]


class Task:
    """One thread of the scheduler; ``baton`` is the lock on which it sleeps.

    ``thrown`` is an exception from another thread, to be raised when it continues.
    ``session`` is the id of the session for which the thread was started, if any.
    """

    __slots__ = (
        "baton",
        "ended",
        "farewells",
        "joiners",
        "name",
        "session",
        "thrown",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.baton = _thread.allocate_lock()
        self.baton.acquire()
        self.ended = False
        self.farewells = 0
        self.joiners: list[Wait] = []
        self.thrown: type[BaseException] | None = None
        self.session: str | None = None


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
    """A rest of the driver until there is news, at the latest until ``until``."""

    until: float
    has_news: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a bus listener that is yet to be made."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]
