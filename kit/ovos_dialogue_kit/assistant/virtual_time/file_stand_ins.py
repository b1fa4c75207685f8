"""Replace the functions that wait until a file is ready or a process ends.

Event loops and servers wait with a selector, ``subprocess`` with a selector and for the
process itself. In a thread that no ``Scheduler`` runs, each does what the original
does.
"""

from __future__ import annotations

import multiprocessing.util
import os
import select
import selectors
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.virtual_time.file_waits import File, is_child
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler

__all__ = ["file_stand_ins"]

_EVENTS = (
    (selectors.EVENT_READ, select.POLLIN),
    (selectors.EVENT_WRITE, select.POLLOUT),
)

_TRACKER = "multiprocessing.resource_tracker"
"""A process that lives as long as its starter, and to which nobody listens."""


def file_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return (owner, name, stand-in) triples; owners are modules and classes."""
    return [
        (select, "select", _virtual_select(scheduler)),
        *_selector_stand_ins(scheduler),
        *_process_stand_ins(scheduler),
        *_end_stand_ins(scheduler),
        *_looking_stand_ins(scheduler),
    ]


def _virtual_select(scheduler: Scheduler) -> Callable[..., Any]:
    """Return a stand-in for ``select.select``."""
    real = select.select

    def virtual_select(
        reading: Iterable[Any],  # integers, or what has a fileno()
        writing: Iterable[Any],
        failing: Iterable[Any],
        timeout: float | None = None,
    ) -> tuple[list[Any], list[Any], list[Any]]:
        if scheduler.current() is None:
            return real(reading, writing, failing, timeout)
        wanted = [list(reading), list(writing), list(failing)]
        found = real(wanted[0], wanted[1], wanted[2], 0)
        if not any(found) and timeout == 0:
            scheduler.ask()
        elif not any(found):
            events = (select.POLLIN, select.POLLOUT, select.POLLPRI)
            files = [
                File(file if isinstance(file, int) else file.fileno(), event)
                for group, event in zip(wanted, events, strict=True)
                for file in group
            ]
            scheduler.wait_for_files(files, timeout)
            found = real(wanted[0], wanted[1], wanted[2], 0)
        return found

    return virtual_select


def _selector_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return a stand-in for the ``select`` of every selector of this system."""

    def virtual(real: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def virtual_select(
            self: selectors.BaseSelector, timeout: float | None = None
        ) -> list[Any]:
            if scheduler.current() is None:
                return real(self, timeout)
            found = real(self, 0)
            if found:
                return found
            if timeout is None or timeout > 0:
                scheduler.wait_for_files(_files_of(self), timeout)
                return real(self, 0)
            scheduler.ask()
            return found

        return virtual_select

    names = ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector")
    kinds = [getattr(selectors, name) for name in names if hasattr(selectors, name)]
    return [(kind, "select", virtual(kind.select)) for kind in kinds]


def _files_of(selector: selectors.BaseSelector) -> list[File]:
    return [
        File(key.fd, sum(event for bit, event in _EVENTS if key.events & bit))
        for key in selector.get_map().values()
    ]


def _process_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for what starts a process."""
    popen = subprocess.Popen
    init, fork = popen.__init__, os.fork
    spawn = multiprocessing.util.spawnv_passfds

    def virtual_init(self: subprocess.Popen[Any], *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        if scheduler.current():
            scheduler.files.add_child(self.pid)

    def virtual_fork() -> int:
        is_task = scheduler.current() is not None
        pid = fork()
        if is_task and pid:
            scheduler.files.add_child(pid)
        elif is_task:  # pragma: no cover  # that process is not measured
            scheduler.leave_to_child()
        return pid

    def virtual_spawn(path: Any, args: Any, files: Any) -> int:
        pid: int = spawn(path, args, files)
        if scheduler.current() and not any(_TRACKER in str(arg) for arg in args):
            scheduler.files.add_child(pid)
        return pid

    return [
        (popen, "__init__", virtual_init),
        (os, "fork", virtual_fork),
        (multiprocessing.util, "spawnv_passfds", virtual_spawn),
    ]


def _end_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for what asks for the end of a process, or waits for it.

    The original ``Popen.wait`` sleeps for a few milliseconds between two looks: in
    virtual time every timeout would pass before the other process has done anything.
    """
    wait, poll, waitpid = subprocess.Popen.wait, subprocess.Popen.poll, os.waitpid

    def virtual_poll(self: subprocess.Popen[Any]) -> int | None:
        status = poll(self)
        if status is None:
            scheduler.poll()
        return status

    def virtual_wait(self: subprocess.Popen[Any], timeout: float | None = None) -> int:
        if scheduler.current() is None or poll(self) is not None:
            return wait(self, timeout)
        if not _wait_for_end(scheduler, self.pid, timeout) and timeout is not None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return wait(self)

    def virtual_waitpid(pid: int, options: int, /) -> tuple[int, int]:
        is_blocking = pid > 0 and not options & os.WNOHANG
        if is_blocking and scheduler.current() and is_child(pid):
            _wait_for_end(scheduler, pid, None)
        found = waitpid(pid, options)
        if found[0] == 0:
            scheduler.poll()
        return found

    ends = [
        (subprocess.Popen, "wait", virtual_wait),
        (os, "waitpid", virtual_waitpid),
    ]
    has_file = hasattr(os, "pidfd_open")
    return [(subprocess.Popen, "poll", virtual_poll), *(ends if has_file else [])]


def _wait_for_end(scheduler: Scheduler, pid: int, timeout: float | None) -> bool:
    """Wait for the end of a process; return False after ``timeout`` seconds."""
    end = os.pidfd_open(pid)
    try:
        file = File(end, select.POLLIN)
        return scheduler.wait_for_files([file], timeout, is_outside=True)
    finally:
        os.close(end)


def _looking_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return stand-ins for looks at a file that another process may make."""

    def looking(owner: Any, name: str) -> tuple[Any, str, Any]:
        original = getattr(owner, name)

        def virtual_look(*args: Any, **kwargs: Any) -> bool:
            is_there: bool = original(*args, **kwargs)
            if not is_there:
                scheduler.poll()
            return is_there

        return (owner, name, virtual_look)

    return [
        looking(os.path, "exists"),
        looking(os.path, "isfile"),
        looking(Path, "exists"),
    ]
