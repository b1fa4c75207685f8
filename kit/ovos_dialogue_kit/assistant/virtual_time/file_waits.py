"""Wait for files: the only place where a world waits for something outside it.

Event loops, servers and ``subprocess`` wait until a file is ready: a socket, a pipe,
the end of a process. If a task of this world makes it ready (asyncio wakes a loop
through a socket of its own), it is enough to wait for that task's turn. If something
outside does, such as another process, its time is real: the world stands still until
that has happened, or for as much real time as there is virtual time to the next
deadline.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ovos_dialogue_kit.assistant.virtual_time.tasks import Wait

__all__ = ["File", "Files", "is_child"]

_ALWAYS = select.POLLERR | select.POLLHUP | select.POLLNVAL


@dataclass(frozen=True, slots=True)
class File:
    """An open file, and the events to wait for (``select.POLLIN`` and others)."""

    number: int
    events: int


Wake: TypeAlias = "Callable[[Wait], bool]"


class Files:
    """The waits of one ``Scheduler`` for files."""

    def __init__(self) -> None:
        self._waits: dict[Wait, tuple[File, ...]] = {}
        self._outside: set[Wait] = set()
        self._children: set[int] = set()
        self._alarm: tuple[int, int] | None = None
        self._alarm_of = 0
        self._is_waiting = False

    def add(
        self, wait: Wait, files: Sequence[File], *, is_outside: bool = False
    ) -> None:
        """Add a wait that is woken when one of ``files`` is ready.

        ``is_outside`` says that only another process can make them ready.
        """
        self._waits[wait] = tuple(files)
        if is_outside or any(self._is_outside(file.number) for file in files):
            self._outside.add(wait)

    def watch(self, wait: Wait) -> None:
        """Add a wait that is woken by something outside, or looks for it afterwards."""
        self._outside.add(wait)

    def add_child(self, pid: int) -> None:
        """Note that a task has started another process."""
        self._children.add(pid)

    def has_children(self) -> bool:
        """Return True if a process that a task has started is running."""
        self._children = set(filter(_is_running, self._children))
        return bool(self._children)

    def wake_ready(self, wake: Wake) -> bool:
        """Wake all waits whose files are ready; return False if there are none."""
        return bool(self._waits) and self._poll(wake, 0, ())

    def has_waits(self) -> bool:
        """Return True if somebody waits for a file."""
        return bool(self._waits)

    def may_change(self) -> bool:
        """Return True if a task waits for something that happens outside."""
        self._outside = {wait for wait in self._outside if not wait.over}
        return bool(self._outside)

    def sleep(self, wake: Wake, ns: int | None, is_due: Callable[[], bool]) -> bool:
        """Wait in real time, for at most ``ns`` nanoseconds if that is not ``None``.

        Returns True if it was cut short: a file was ready and its task was woken,
        another thread called ``interrupt``, or ``is_due()`` was true from the start.
        """
        alarm = self._own_alarm()
        self._is_waiting = True
        if is_due():  # from here on, any thread with news interrupts
            self._is_waiting = False
            return True
        limit = None if ns is None else -(-max(ns, 0) // 1_000_000)
        return self._poll(wake, limit, (File(alarm, select.POLLIN),))

    def interrupt(self) -> None:
        """Cut ``sleep`` short; any thread may call it."""
        if self._is_waiting and self._alarm:
            with contextlib.suppress(
                BlockingIOError
            ):  # it has been interrupted already
                os.write(self._alarm[1], b"!")

    def close(self) -> None:
        """Close the pipe."""
        if self._alarm and self._alarm_of == os.getpid():
            for end in self._alarm:
                os.close(end)
        self._alarm = None

    def _is_outside(self, number: int) -> bool:
        """Return True if another process may make a file ready.

        That is one that a task has started, or the other end of a connection. Nobody
        else connects to a listening skill, because tests have no network.
        """
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return self.has_children()
        with socket.socket(fileno=os.dup(number)) as end:
            return self.has_children() or _is_connected_elsewhere(end)

    def _own_alarm(self) -> int:
        """Return the reading end of a pipe that no other process shares."""
        if self._alarm is None or self._alarm_of != os.getpid():
            self._alarm = os.pipe()
            self._alarm_of = os.getpid()
            for end in self._alarm:
                os.set_blocking(end, False)
        return self._alarm[0]

    def _poll(self, wake: Wake, limit: int | None, others: Sequence[File]) -> bool:
        """Wake all waits whose files are ready within ``limit`` milliseconds."""
        self._waits = {w: files for w, files in self._waits.items() if not w.over}
        ready = _ready(
            [*others, *(f for fs in self._waits.values() for f in fs)], limit
        )
        self._is_waiting = False
        is_over = any(file.number in ready for file in others)
        if is_over and self._alarm:
            os.read(self._alarm[0], 1 << 10)
        for wait, files in [*self._waits.items()]:
            if any(ready.get(f.number, 0) & (f.events | _ALWAYS) for f in files):
                del self._waits[wait]
                is_over = wake(wait) or is_over
        return is_over


def _ready(files: Sequence[File], limit: int | None) -> dict[int, int]:
    """Return the files that are ready within ``limit`` milliseconds, and events."""
    wanted: dict[int, int] = {}
    for file in files:
        wanted[file.number] = wanted.get(file.number, 0) | file.events
    poll = select.poll()
    for number, events in wanted.items():
        poll.register(number, events)
    return dict(poll.poll(limit))


def _is_running(pid: int) -> bool:
    return is_child(pid) and _status(pid) is None


def is_child(pid: int) -> bool:
    """Return True for a child of this process whose status nobody has read yet."""
    with contextlib.suppress(ChildProcessError):
        _status(pid)
        return True
    return False


def _status(pid: int) -> object:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def _is_connected_elsewhere(end: socket.socket) -> bool:
    """Return True if the other end of a connection is not in this process."""
    if end.family == socket.AF_UNIX:
        return False
    try:
        peer = end.getpeername()
    except OSError:  # it is not connected
        return False
    return peer not in _own_addresses(end.family)


def _own_addresses(family: int) -> Iterator[object]:
    """Yield the addresses of this process's sockets of one family."""
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208  # only names
        with contextlib.suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as own:
                    if own.family == family:
                        yield own.getsockname()
