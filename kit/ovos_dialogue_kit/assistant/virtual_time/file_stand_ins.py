"""Replace the functions that wait until a file is ready or a process ends.

Event loops and servers wait with a selector, ``subprocess`` with a selector and for the
process itself. In a thread that no ``Scheduler`` runs, each does what the original
does.
"""

from __future__ import annotations

import os
import select
import selectors
import subprocess
from collections.abc import Callable, Iterable
from typing import Any

from ovos_dialogue_kit.assistant.virtual_time.files import File
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler

__all__ = ["file_stand_ins"]

_EVENTS = (
    (selectors.EVENT_READ, select.POLLIN),
    (selectors.EVENT_WRITE, select.POLLOUT),
)


def file_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return (owner, name, stand-in) triples; owners are modules and classes."""
    return [
        (select, "select", _virtual_select(scheduler)),
        *_selector_stand_ins(scheduler),
        *_process_stand_ins(scheduler),
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
        if not any(found) and timeout != 0:
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
            if not found and (timeout is None or timeout > 0):
                scheduler.wait_for_files(_files_of(self), timeout)
                found = real(self, 0)
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
    """Return a stand-in for ``Popen.wait``, if the end of a process is a file here.

    The original sleeps for a few milliseconds between two looks: in virtual time every
    timeout would pass before the other process has done anything.
    """
    wait = subprocess.Popen.wait

    def virtual_wait(self: subprocess.Popen[Any], timeout: float | None = None) -> int:
        if scheduler.current() is None or self.poll() is not None:
            return wait(self, timeout)
        end = os.pidfd_open(self.pid)
        try:
            is_over = scheduler.wait_for_files([File(end, select.POLLIN)], timeout)
        finally:
            os.close(end)
        if not is_over and timeout is not None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return wait(self)

    has_file = hasattr(os, "pidfd_open")
    return [(subprocess.Popen, "wait", virtual_wait)] if has_file else []
