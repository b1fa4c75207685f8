"""Lock what this process has made, so that no other one takes it for abandoned.

A lock (``flock``) of an open file or folder ends with its last user. So what can be
locked, but has a maker, was left by one that was killed.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_CAN_LOCK = os.name == "posix"

if _CAN_LOCK:  # pragma: no branch  # elsewhere, nothing is taken for abandoned
    import fcntl

__all__ = ["is_abandoned", "is_at", "lock"]


def lock(file: int) -> None:
    """Lock a file of this process; wait for another one that looks at it.

    That one may have removed it: see ``is_at``. Where files cannot be locked, nothing
    is, and nothing is taken for abandoned.
    """
    if _CAN_LOCK:  # pragma: no branch
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)


def is_abandoned(file: int) -> bool:
    """Lock a file that somebody made; return False if that one still has it."""
    if not _CAN_LOCK:  # pragma: no cover
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_at(path: Path, file: int) -> bool:
    """Return True if a path, links not followed, is that of an open file."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(file))
    except OSError:
        return False
