"""Take processor time, which other work on the machine changes less than real time."""

from __future__ import annotations

import os
import resource
from pathlib import Path

__all__ = ["of_children", "of_process"]

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def of_process(pid: int, *, with_children: bool = True) -> float:
    """Return the seconds of a process and, or not, of its children that have ended."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    times = stat.rpartition(")")[2].split()[11 : 15 if with_children else 13]
    return sum(map(int, times)) * _TICK


def of_children() -> float:
    """Return the seconds of the calling process's children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
