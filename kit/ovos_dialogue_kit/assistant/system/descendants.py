"""Find and end the processes that an assistant has started, however far they went.

A skill may start a process that starts another and ends, and that may leave the
process group and the session: a daemon. Linux gives such an orphan to the nearest
ancestor that asked for it (``PR_SET_CHILD_SUBREAPER``), so it stays a descendant of the
assistant's process. If that one is gone, too, its descendants are known by the
environment that they have inherited: by their ``HOME``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ovos_dialogue_kit.assistant.system.proc_stat import stat_fields

__all__ = [
    "adopt_orphans",
    "children",
    "descendants",
    "end_at_home",
    "end_descendants",
    "has_children",
]

_PR_SET_CHILD_SUBREAPER = 36

_ROUNDS = 1000
"""The number of times to look for processes that start others faster than they end."""


def adopt_orphans() -> None:
    """Make this process the parent of descendants whose parents have ended."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def has_children() -> bool:
    """Return True if this process has children, be they running or ended."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def children() -> frozenset[int]:
    """Return the ids of this process's children."""
    own = os.getpid()
    return frozenset(pid for pid, parent in _parents().items() if parent == own)


def descendants(pid: int, kept: Collection[int] = ()) -> set[int]:
    """Return the ids of all processes below one, without some and those below them."""
    parents = _parents()
    found: set[int] = set()
    heirs = {pid}
    while heirs:
        heirs = {
            each
            for each, parent in parents.items()
            if parent in heirs and each not in found and each not in kept
        }
        found |= heirs
    return found


def end_descendants(kept: Collection[int] = ()) -> None:
    """End all processes below this one, without some and those below them.

    All are stopped before the first is ended, so that none starts another one
    meanwhile.
    """
    for _ in range(_ROUNDS):  # pragma: no branch  # so many are never needed
        if not has_children():
            return
        found = descendants(os.getpid(), kept)
        if not found:
            return
        stopped: set[int] = set()
        while new := found - stopped:
            _signal(new, signal.SIGSTOP)
            stopped |= new
            found |= descendants(os.getpid(), kept)
        _signal(found, signal.SIGKILL)
        _bury(found)


def end_at_home(home: Path) -> None:
    """End all processes of this user whose ``HOME`` lies in a folder."""
    mark = b"HOME=" + os.fsencode(home) + b"/"
    for pid in set(_pids()) - {os.getpid()}:
        with contextlib.suppress(OSError):  # of another user, or gone
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            if any(each.startswith(mark) for each in environment.split(b"\0")):
                _signal([pid], signal.SIGKILL)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _bury(pids: Iterable[int]) -> None:
    """Wait for those of some ended processes that are this one's children."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _parents() -> dict[int, int]:
    """Return the parent of each process."""
    found = {}
    for pid in _pids():
        with contextlib.suppress(OSError):  # it has ended
            found[pid] = int(stat_fields(Path(f"/proc/{pid}"))[1])
    return found


def _pids() -> Iterator[int]:
    for name in os.listdir("/proc"):  # noqa: PTH208  # names are all it has
        if name.isdecimal():
            yield int(name)
