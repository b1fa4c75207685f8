"""Keep the deadlines of waiting threads, the nearest first."""

from __future__ import annotations

import heapq
from itertools import count

from ovos_dialogue_kit.assistant.virtual_time.tasks import Wait

__all__ = ["Deadlines"]

_FEW = 64
"""The number of outdated deadlines up to which a clean-up is not worth it."""


class Deadlines:
    """The deadlines of timed waits; equal ones keep the order in which they were added.

    Most timed waits end early. Their deadlines stay until they are due, or until they
    outnumber the others; ``len`` counts them, too.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Wait]] = []
        self._order = count()
        self._ended = 0

    def __len__(self) -> int:
        """Return the number of deadlines."""
        return len(self._entries)

    def add(self, moment: int, wait: Wait) -> None:
        """Add a wait that ends at ``moment``, in nanoseconds of the clock."""
        wait.timed = True
        heapq.heappush(self._entries, (moment, next(self._order), wait))

    def forget_one(self) -> None:
        """Note that one timed wait has ended early."""
        self._ended += 1
        if self._ended > _FEW and self._ended * 2 > len(self._entries):
            self._entries = [entry for entry in self._entries if not entry[2].over]
            heapq.heapify(self._entries)
            self._ended = 0

    def nearest(self) -> int | None:
        """Return the moment of the next deadline, ``None`` if there is none."""
        while self._entries and self._entries[0][2].over:
            heapq.heappop(self._entries)
            self._ended -= 1
        return self._entries[0][0] if self._entries else None

    def pop(self) -> Wait:
        """Remove the deadline that ``nearest`` returned, and return its wait."""
        return heapq.heappop(self._entries)[2]
