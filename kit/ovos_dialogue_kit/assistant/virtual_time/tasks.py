"""What a ``Scheduler`` deals with: threads, their waits, calls that are to be made."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Call", "Rest", "Task", "Wait"]


class Task:
    """One thread under the scheduler; ``baton`` is what it sleeps on.

    ``thrown`` is an exception that another thread wants it to raise when it goes on.
    """

    __slots__ = ("baton", "ended", "farewells", "joiners", "name", "thrown")

    def __init__(self, name: str) -> None:
        self.name = name
        self.baton = _thread.allocate_lock()
        self.baton.acquire()
        self.ended = False
        self.farewells = 0
        self.joiners: list[Wait] = []
        self.thrown: type[BaseException] | None = None


class Wait:
    """A wait of one task, which ends by ``Scheduler.wake`` or at its deadline."""

    __slots__ = ("over", "task", "timed", "woken")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.over = False
        self.timed = False
        self.woken = False


@dataclass(frozen=True, slots=True)
class Rest:
    """What the driver rests for: news, and at the latest the moment ``until``."""

    until: float
    has_news: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Call:
    """A listener of the bus that is to be called."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]
