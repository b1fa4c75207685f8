"""Watch a fork that replays, and find out when it has gone too far.

Its time is what it really uses: processor time or, while it only waits, that of the
clock. So a busy machine makes no difference. It counts from the last sign of progress:
a turn that has begun or ended, or another second of the dialogue's clock.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.assistant.process.progress import Pace
from ovos_dialogue_kit.assistant.system.descendants import descendants
from ovos_dialogue_kit.assistant.system.proc_stat import process_state, stat_fields

__all__ = ["HUNG", "PERIOD", "Bounds", "Watch"]

HUNG = "it hung"

PERIOD = 0.5
"""Seconds between two looks; a dialogue that is shorter costs none."""

_FLOOD = 1_000
"""Messages without progress that make a hang a flood."""

_BLOCK = 4096
"""Bytes that a file counts at least."""

_TICKS = os.sysconf("SC_CLK_TCK")
_STDERR = 2
_now = time.monotonic  # before virtual time takes its place


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one dialogue.

    ``seconds`` is its time without progress, ``disk`` the size in bytes of its home and
    of each file, ``output`` that of what it prints, ``processes`` their number.
    """

    seconds: float
    disk: int = 1 << 30
    output: int = 64 << 20
    processes: int = 500


class Watch:
    """Looks at one fork again and again.

    Args:
        pid: the fork.
        pace: what the fork tells of its progress.
        bounds: what it may use.
        home: the folder whose size counts.
        printed: the open files that take what it prints.

    """

    def __init__(
        self,
        pid: int,
        pace: Pace,
        bounds: Bounds,
        home: Path,
        printed: Sequence[int] = (_STDERR,),
    ) -> None:
        self._pid = pid
        self._pace = pace
        self._bounds = bounds
        self._home = home
        self._printed = printed
        self._looked = _now()
        self._busy = 0.0
        self._spent = 0.0
        self._progress = pace.progress
        self._messages = 0

    def look(self) -> str | None:
        """Return why the fork must end, ``None`` if it may go on."""
        tree = {self._pid, *descendants(self._pid)}
        self._count(tree)
        bounds = self._bounds
        if len(tree) > bounds.processes:
            return f"it started more than {bounds.processes} processes"
        if _size_below(self._home, bounds.disk) > bounds.disk:
            return f"it wrote more than {_megabytes(bounds.disk)} into its home"
        if sum(os.fstat(each).st_size for each in self._printed) > bounds.output:
            return f"it printed more than {_megabytes(bounds.output)}"
        if self._spent <= bounds.seconds:
            return None
        return self._hang()

    def _count(self, tree: Iterable[int]) -> None:
        """Add the time since the last look to what was spent, or start again."""
        now, progress = _now(), self._pace.progress
        states, busy = _activity(tree)
        passed = min(now - self._looked, 2 * PERIOD)  # this process waits, too
        used = max(0.0, busy - self._busy)
        self._spent += min(used, passed) if states & {"R", "D"} else passed
        self._looked, self._busy = now, busy
        if progress != self._progress:
            self._spent, self._progress = 0.0, progress
            self._messages = self._pace.messages

    def _hang(self) -> str:
        limit = f"{self._bounds.seconds:g} s, the limit of --dialogue-timeout"
        if process_state(self._pid) == "T":
            return f"its process was stopped for {limit}"
        flood = self._pace.messages - self._messages
        if flood > _FLOOD:
            last = f'the last one of type "{self._pace.last_type}"'
            return f"a flood of messages: {flood}, {last}, without progress for {limit}"
        return f"{HUNG}: no progress for {limit}"


def _activity(pids: Iterable[int]) -> tuple[set[str], float]:
    """Return the states of all threads of processes, and their processor time."""
    states, busy = set(), 0.0
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            fields = stat_fields(Path(f"/proc/{pid}"))
            busy += sum(map(int, fields[11:15])) / _TICKS
            for thread in Path(f"/proc/{pid}/task").iterdir():
                states.add(stat_fields(thread)[0])
    return states, busy


def _size_below(folder: Path, limit: int) -> int:
    """Return the bytes that the files below a folder take, or more than the limit."""
    size = 0
    for about in _entries(folder):
        size += max(about.st_blocks * 512, _BLOCK)
        if size > limit:
            break
    return size


def _entries(folder: Path) -> Iterator[os.stat_result]:
    folders = [] if folder.is_symlink() else [os.fspath(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode):
                    folders.append(entry.path)
                yield about


def _megabytes(size: int) -> str:
    return f"{size >> 20} MB"
