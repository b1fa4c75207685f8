"""Keep the time of a world, in whole nanoseconds since it began.

It has two parts. ``now`` is what deadlines are measured by: it moves from one deadline
to the next, in ticks of a tenth of a millisecond, so that times that add up to the same
value are equal and the times in a transcript stay readable. What code under test sees
is a little later: each look at a clock adds a microsecond, the same one in every run.
So no two stamps are equal, no measured duration is zero, and a deadline has passed when
somebody looks.

Whatever happens outside takes real time. While that goes on, ``now`` follows a real
clock, in steps of a hundredth of a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["SECOND", "TICK", "Timeline", "in_ns"]

SECOND = 1_000_000_000
TICK = 100_000
"""The resolution of deadlines. Sleeps of real threads are late by about as much."""

_LOOK = 1_000
_SHIFTS = 100_000
_REAL_STEP = 10_000_000

_real_ns = time.perf_counter_ns  # before virtual time takes its place


class Timeline:
    """The time of one world.

    Args:
        real_clock: returns seconds of real time. If it is given, ``now`` is that time
            since the world began, and nothing else moves it.

    ``on_move`` is called with each moment to which the clock jumps, if it is given, and
    ``before_move`` before ``now`` becomes another one.
    """

    def __init__(self, real_clock: Callable[[], float] | None = None) -> None:
        self._now = 0
        self._looks = 0
        self._look = _LOOK
        self._followed: int | None = None
        self.on_move: Callable[[int], object] | None = None
        self.before_move: Callable[[], object] | None = None
        self._real_clock = real_clock
        if real_clock:
            self._start = real_clock()

    @property
    def is_real(self) -> bool:
        """Return True if it shows real time."""
        return self._real_clock is not None

    @property
    def now(self) -> int:
        """The time by which deadlines are measured."""
        if self._real_clock:
            return in_ns(self._real_clock() - self._start)
        return self._now

    def vary(self, seed: int) -> None:
        """Make the looks a little different for another ``seed``.

        So what code reads off in microseconds differs between seeds, as it does between
        runs in real time. A seed of 0 changes nothing.
        """
        self._look = _LOOK + seed * 137 % _LOOK
        self._looks += seed * 1013 % _SHIFTS

    def look(self) -> int:
        """Return the time that code under test sees, which moves on with each look."""
        self._looks += self._look
        return self._now + self._looks

    def last_look(self) -> int:
        """Return the time of the clock without a look, so that nothing moves on."""
        return self._now + self._looks

    def deadline(self, seconds: float) -> int:
        """Return the end of a wait of so many seconds, rounded up to a whole tick."""
        begin = self.now + self._untold()
        return -(-(begin + in_ns(max(seconds, 0))) // TICK) * TICK

    def move_to(self, moment: int) -> None:
        """Move on to ``moment``, if that is not past."""
        if self.on_move and self._followed is None and not self._real_clock:
            self.on_move(moment)
        passed = max(moment - self._now, 0)
        self._move_by(passed)
        if self._followed is not None:
            self._followed += passed

    def _move_by(self, ns: int) -> None:
        if ns and self.before_move:
            self.before_move()
        self._now += ns

    # -- real time that passes outside -----------------------------------------------

    def follow(self, since: int) -> None:
        """Begin to follow real time, from the moment ``since`` of a real clock."""
        if self._followed is None and not self._real_clock:
            self._followed = since

    def unfollow(self) -> None:
        """Stop following real time."""
        self._followed = None

    def catch_up(self, limit: int | None = None) -> None:
        """Add the real time that has passed since the last call, up to ``limit``."""
        if self._followed is None:
            return
        steps = (self._untold() + _REAL_STEP // 2) // _REAL_STEP * _REAL_STEP
        if limit is not None:
            steps = min(steps, max(limit - self._now, 0))
        self._move_by(steps)
        self._followed += steps

    def left(self, moment: int) -> int:
        """Return how much real time is left until ``moment``."""
        return moment - self.now - self._untold()

    def _untold(self) -> int:
        """Return the real time that has passed, but is not added yet."""
        return 0 if self._followed is None else _real_ns() - self._followed


def in_ns(seconds: float) -> int:
    """Return a number of seconds in whole nanoseconds."""
    return seconds * SECOND if isinstance(seconds, int) else round(seconds * SECOND)
