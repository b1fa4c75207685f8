"""Take processor time, which other work on the machine changes less than real time."""

from __future__ import annotations

import os
import resource
from pathlib import Path

__all__ = ["of_children", "of_process"]

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Return the seconds of a process and of its children that have ended."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) * _TICK


def of_children() -> float:
    """Return the seconds of the calling process's children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
