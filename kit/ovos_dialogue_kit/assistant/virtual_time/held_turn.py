"""Hold the turn: of the threads of one scheduler, only the one that holds it runs.

Whoever holds the turn gives it to another one, and waits until it comes back. Nobody
takes it away meanwhile, unless its holder would keep it for ever: one that waits in C,
where no stand-in reaches it, or computes for seconds. A ``Watcher`` sees that, and the
turn goes to the next one. Who has lost it is loose: it runs beside the others, until it
needs the scheduler again and gets in line. While a holder is pinned, because it is in
the middle of something, it cannot lose the turn.
"""

from __future__ import annotations

import _thread
import contextlib
import time
from collections.abc import Callable

from ovos_dialogue_kit.assistant.virtual_time.tasks import Task
from ovos_dialogue_kit.assistant.virtual_time.timeline import Timeline
from ovos_dialogue_kit.assistant.virtual_time.watcher import Holder, Watcher

__all__ = ["HeldTurn"]

_COMPUTATION = 2.0
"""Seconds of processor time that a task may compute before others go on."""

_LONG_COMPUTATION = 10.0
"""The same for the driver, which trains intent engines while it boots."""

_real_ns = time.perf_counter_ns  # before virtual time takes its place


class HeldTurn:
    """The turn of one scheduler.

    Args:
        successor: returns the task that runs next; it is called under ``guard``.
        timeline: the clock, which follows real time while a task is loose.

    ``holder`` is the task that has the turn, and ``began`` when it got it, or began
    what it does, by a real clock. ``loose`` are the tasks that run without it. All of
    it changes under ``guard`` only, which is held for a moment at a time.
    """

    def __init__(self, successor: Callable[[], Task], timeline: Timeline) -> None:
        self.guard = _thread.RLock()
        self.holder: Task | None = None
        self.began = 0
        self.loose: set[Task] = set()
        self._successor = successor
        self._timeline = timeline
        self._driver: Task | None = None
        self._number = 0
        self._watcher = Watcher(self.watched, self.take)

    def open(self, driver: Task) -> None:
        """Let the driver hold the turn, and watch from now on who does."""
        self._driver = driver
        self._begin(driver)
        self._watcher.start()

    def close(self) -> None:
        """Let nobody hold the turn any more, nor take it."""
        self.holder = None
        self._watcher.stop()

    def _begin(self, task: Task) -> None:
        self.holder = task
        self._number += 1
        self.began = _real_ns()

    def begin_again(self) -> None:
        """Note that its holder begins something else."""
        self.began = _real_ns()

    def give(self, task: Task) -> None:
        """Let a task run from now on, in the place of the holder."""
        self._begin(task)
        task.baton.release()

    def pin(self, task: Task) -> bool:
        """Let a task keep the turn until it gives it away; False if it has lost it."""
        with self.guard:
            task.is_pinned = not task.is_loose
        return task.is_pinned

    def watched(self) -> Holder | None:
        """Return who holds the turn, ``None`` if nobody can lose it now."""
        task, number = self.holder, self._number
        if task is None or task.is_pinned or not task.thread:
            return None
        limit = _LONG_COMPUTATION if task is self._driver else _COMPUTATION
        return Holder(number, task.ident, task.thread, limit)

    def take(self, number: int, is_blocked: bool) -> None:  # noqa: FBT001  # called by one
        """Take the turn from its holder, unless that one has given it away meanwhile.

        Args:
            number: that of the turn, as ``watched`` has returned it.
            is_blocked: the holder waits in C: what it has waited so far has passed.

        """
        with self.guard, contextlib.suppress(RuntimeError):  # no more threads
            task = self.holder
            if task is None or task.is_pinned or self._number != number:
                return
            successor = self._successor()
            task.is_loose = True
            self.loose.add(task)
            self._timeline.follow(self.began if is_blocked else _real_ns())
            self._timeline.catch_up()
            self.give(successor)

    def catch(self, task: Task) -> None:
        """Note that a loose task is back in line, or has ended."""
        task.is_loose = False
        self.loose.discard(task)
