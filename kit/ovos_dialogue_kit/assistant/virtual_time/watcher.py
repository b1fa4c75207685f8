"""Watch from outside for a thread that keeps the turn without letting go.

The scheduler's threads run one at a time, so a thread that blocks in C, where no
stand-in reaches it, would hold up all others: in ``recv``, in a lock of an extension
module, or in a loop that waits for a flag. A thread of the watcher's own looks at the
one that runs, a few times in each tenth of a second. If that sleeps in the kernel, or
has computed for seconds, the others go on, as they would in CPython.
"""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ovos_dialogue_kit.assistant.system.call_stack import frames_from, module_of
from ovos_dialogue_kit.assistant.system.proc_stat import stat_fields

__all__ = ["Holder", "Watcher"]

_PERIOD = 0.025
_SLEEPS = 3
"""The number of looks at which a thread must be asleep to count as blocked."""

_start_new_thread = _thread.start_new_thread  # before virtual time takes its place

_DEBUGGERS = ("bdb", "pdb", "pydevd", "debugpy")


class Holder(NamedTuple):
    """The thread that holds the turn.

    ``turn`` is the number of its turn, ``ident`` and ``thread`` are its ids in Python
    and in the kernel. After ``limit`` seconds of processor time, its computation counts
    as a busy wait.
    """

    turn: int
    ident: int
    thread: int
    limit: float


class Watcher:
    """A thread that watches one scheduler.

    Args:
        holder: returns who holds the turn, ``None`` if nobody can lose it now.
        detach: lets the others go on, if this turn has not ended meanwhile. The second
            argument is True if the thread is blocked, False if it computes.

    """

    def __init__(
        self,
        holder: Callable[[], Holder | None],
        detach: Callable[[int, bool], None],
    ) -> None:
        self._holder = holder
        self._detach = detach
        self._stop: _thread.LockType | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._stop = _thread.allocate_lock()
        self._stop.acquire()
        _start_new_thread(self._run, (self._stop,))

    def stop(self) -> None:
        """Stop watching."""
        if self._stop:
            self._stop.release()
            self._stop = None

    def _run(self, stop: _thread.LockType) -> None:  # pragma: no cover  # the beginning
        sys.settrace(threading.gettrace())  # coverage sees this thread, too
        self._watch(stop)

    def _watch(self, stop: _thread.LockType) -> None:
        turn, sleeps, began, before = -1, 0, -1.0, -1.0
        while not stop.acquire(timeout=_PERIOD):
            holder = self._holder()
            if holder is None or holder.turn != turn:  # most end before the next look
                turn = holder.turn if holder else -1
                sleeps, began, before = 0, -1.0, -1.0
                continue
            state, spent = _state_of(holder.thread)
            if began < 0:
                began = spent
            is_asleep = state == "S" and spent == before
            sleeps, before = (sleeps + 1 if is_asleep else 0), spent
            is_blocked = sleeps >= _SLEEPS
            if is_blocked or spent - began > holder.limit:
                sleeps = 0
                if not _is_debugged(holder.ident):
                    self._detach(turn, is_blocked)


def _state_of(thread: int) -> tuple[str, float]:
    """Return the state of a thread as a letter, and its seconds of processor time.

    The time must be exact: on a busy machine, a thread that is about to go on may have
    had less than one of the kernel's ticks since the last look, and one that waits for
    the interpreter's lock, which the watcher holds, looks asleep.
    """
    folder = Path(f"/proc/self/task/{thread}")
    try:
        state = stat_fields(folder)[0]
        spent = (folder / "schedstat").read_text(encoding="utf-8").split()[0]
    except OSError:  # it has ended
        return "", 0.0
    return state, int(spent) / 1e9


def _is_debugged(ident: int) -> bool:
    """Return True if a person looks at a thread in a debugger."""
    frame = sys._current_frames().get(ident)  # noqa: SLF001  # the documented way
    frames = frames_from(frame) if frame else ()
    return any(module_of(each).startswith(_DEBUGGERS) for each in frames)
