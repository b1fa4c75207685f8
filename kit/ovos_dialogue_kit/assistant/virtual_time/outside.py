"""Follow real time while a world waits for something outside it.

That is a thread which waits in C, another process, or a file that one of these writes.
Nobody knows how long it takes, so its time is real: until it is over, or until as much
real time has passed as there is virtual time to the next deadline. While a world waits
for nothing outside, its clock jumps.
"""

from __future__ import annotations

from collections.abc import Callable

from ovos_dialogue_kit.assistant.virtual_time.file_waits import Files
from ovos_dialogue_kit.assistant.virtual_time.held_turn import HeldTurn
from ovos_dialogue_kit.assistant.virtual_time.timeline import Timeline

__all__ = ["Outside"]


class Outside:
    """The real time that one scheduler waits for.

    Args:
        time: the clock that moves.
        files: the waits that something outside ends.
        turn: those who run without it may wait in C.
        sleep: waits in real time, for so many nanoseconds if that is not ``None``;
            returns True if a task is ready before.

    """

    def __init__(
        self,
        time: Timeline,
        files: Files,
        turn: HeldTurn,
        sleep: Callable[[int | None], bool],
    ) -> None:
        self._time = time
        self._files = files
        self._turn = turn
        self._sleep = sleep

    def is_awaited(self) -> bool:
        """Return True if something is awaited that takes real time."""
        return bool(self._turn.loose) or self._files.may_change()

    def note(self, limit: int | None = None) -> None:
        """Add the real time that has passed to the clock, up to the moment ``limit``.

        The caller holds the guard.
        """
        self._time.catch_up(limit)
        if not self.is_awaited():
            self._time.unfollow()

    def reach(self, moment: int) -> bool:
        """Move the clock to ``moment``; return False if a task was ready before."""
        is_cut = (self._time.is_real or self.is_awaited()) and self._sleep(
            self._time.left(moment)
        )
        with self._turn.guard:
            self.note(moment)
            if not is_cut:
                self._time.move_to(moment)
        return not is_cut

    def wait(self) -> bool:
        """Wait until something has happened; return False if nothing is awaited."""
        is_awaited = self.is_awaited()
        if is_awaited:
            self._sleep(None)
            with self._turn.guard:
                self.note()
        return is_awaited
