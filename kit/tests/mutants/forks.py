"""Run jobs in copies of this process, a few at once, each within limits.

A clock would tell of a busy machine, not of a job. What is counted is processor time,
of the copy and of all that it starts; and a copy is stuck if for a while nothing in it
has wanted to run, but for a moment: it may look again and again for what never comes.
A job that has many parts, such as tests, some of which wait, says when each begins.
"""

from __future__ import annotations

import math
import mmap
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

_LOOK_SECONDS = 0.5
_IDLE_LOOKS = 12
_IDLE_SECONDS = 0.2
"""Processor time that a copy may take while it counts as stuck."""

_TICKS = os.sysconf("SC_CLK_TCK")

Job: TypeAlias = "tuple[int, Callable[[], int], float]"
"""A number, what returns the exit code, and the processor time it may take."""

OUT_OF_TIME = -1
"""The exit code of what was stopped, or was stuck."""


@dataclass
class _Copy:
    number: int
    pid: int
    limit: float
    parts: mmap.mmap
    part: int = 0
    awake: float = 0.0
    idle: int = 0
    descriptor: int = field(default=-1)

    def waits(self) -> bool:
        """Return True if it leaves its place to another one, as it does nothing."""
        return self.idle > 1

    def is_over(self) -> bool:
        """Look at it, and return True if it is out of time or stuck."""
        used, is_running = _usage(self.pid)
        part = self.parts[0]
        self.idle += 1
        if is_running or used > self.awake + _IDLE_SECONDS or part != self.part:
            self.awake, self.part, self.idle = used, part, 0
        return used > self.limit or self.idle >= _IDLE_LOOKS


_own_parts: mmap.mmap | None = None
"""In a copy: the number of its part, which the process that waits for it sees."""


def begin_part(seconds: float) -> None:
    """Note that a copy goes on to another part of its job.

    It is stopped soon after it has taken so much more processor time.
    """
    if _own_parts:
        _own_parts[0] = (_own_parts[0] + 1) % 256
    end = math.ceil(time.process_time() + seconds)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (end, most))


def run_all(jobs: Iterable[Job], places: int) -> Iterator[tuple[int, int]]:
    """Run each job in a copy of this process, and yield its number and exit code.

    Copies that wait need no place.
    """
    running: dict[int, _Copy] = {}
    try:
        yield from _run(iter(jobs), places, running)
    finally:
        for copy in running.values():
            _end(copy)


def _run(
    left: Iterator[Job], places: int, running: dict[int, _Copy]
) -> Iterator[tuple[int, int]]:
    looked = time.monotonic()
    while True:
        while sum(not copy.waits() for copy in running.values()) < places:
            job = next(left, None)
            if job is None:
                break
            copy = _started(*job)
            running[copy.descriptor] = copy
        if not running:
            return
        ended, _, _ = select.select(list(running), [], [], _LOOK_SECONDS)
        for descriptor in ended:
            copy = running.pop(descriptor)
            yield copy.number, _end(copy)
        if time.monotonic() - looked < _LOOK_SECONDS:
            continue
        looked = time.monotonic()
        for descriptor, copy in list(running.items()):
            if copy.is_over():
                del running[descriptor]
                _end(copy)
                yield copy.number, OUT_OF_TIME


def _started(number: int, work: Callable[[], int], limit: float) -> _Copy:
    parts = mmap.mmap(-1, mmap.PAGESIZE)
    pid = os.fork()
    if not pid:
        global _own_parts  # noqa: PLW0603  # a process is one copy
        _own_parts = parts
        code = 1
        try:
            os.setpgid(0, 0)
            code = work()
        finally:
            os._exit(code)
    with suppress(OSError):  # either of the two is the first
        os.setpgid(pid, pid)
    return _Copy(number, pid, limit, parts, descriptor=os.pidfd_open(pid))


def _end(copy: _Copy) -> int:
    """End what is left of a copy, and return its exit code."""
    with suppress(ProcessLookupError):
        os.killpg(copy.pid, signal.SIGKILL)
    _, status = os.waitpid(copy.pid, 0)
    os.close(copy.descriptor)
    copy.parts.close()
    return abs(os.waitstatus_to_exitcode(status))


def _usage(group: int) -> tuple[float, bool]:
    """Return the processor time of a group, and True if one of its threads runs."""
    ticks, is_running = 0, False
    for folder in Path("/proc").iterdir():
        with suppress(OSError):  # no process, or one that has ended
            parts = _fields(folder)
            if int(parts[2]) == group:
                ticks += sum(map(int, parts[11:15]))
                states = (_fields(each)[0] for each in (folder / "task").iterdir())
                is_running |= any(state in "RD" for state in states)
    return ticks / _TICKS, is_running


def _fields(folder: Path) -> list[str]:
    """Return what the kernel tells of a process or a thread, after its name."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
