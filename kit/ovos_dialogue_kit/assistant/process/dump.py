"""Let another process write the stacks of its threads, and wait for the end of it.

``faulthandler`` writes them when the process gets a signal, and does not say when it is
done. On a busy machine, it may take seconds for many threads, and rest meanwhile. But
the kernel tells: the signal is pending first, and then blocked in the thread that
handles it.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from pathlib import Path
from typing import IO

__all__ = ["DUMP", "dump"]

DUMP = int(signal.SIGRTMAX) - 1
"""The signal for which the process has registered ``faulthandler``."""

_GRACE = 5.0
"""Seconds after which a process that writes nothing more is given up."""

_PERIOD = 0.05
_MASKS = re.compile(r"^(?:ShdPnd|SigBlk):\t(\w+)$", re.MULTILINE)
_now = time.monotonic  # before virtual time takes its place


def dump(pid: int, log: IO[bytes]) -> None:
    """Let a process write its stacks to ``log``, even if it has been stopped."""
    for number in (DUMP, signal.SIGCONT):
        os.kill(pid, number)
    size, until = 0, _now() + _GRACE
    while _now() < until:
        select.select([], [], [], _PERIOD)
        before, size = size, os.fstat(log.fileno()).st_size
        if size != before:
            until = _now() + _GRACE
        elif size and not _is_dumping(pid):
            return


def _is_dumping(pid: int) -> bool:
    """Return True if the signal is pending, or blocked in a thread."""
    tasks = Path(f"/proc/{pid}/task").glob("*/status")
    masks = (int(mask, 16) for task in tasks for mask in _MASKS.findall(_text_of(task)))
    return any(mask >> (DUMP - 1) & 1 for mask in masks)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # that thread has ended
        return ""
