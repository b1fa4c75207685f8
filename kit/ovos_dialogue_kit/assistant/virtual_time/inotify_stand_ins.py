"""Replace the functions in C by which Python code waits for news of files (inotify).

``watchdog`` reads them in a thread. The kernel tells of what this process writes at
once, so it is enough to wait for whose turn it is to write. Anything else that can be
read or polled in C takes real time; see ``Watcher``.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterable
from typing import Any

from ovos_dialogue_kit.assistant.virtual_time.file_waits import File
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler

__all__ = ["inotify_stand_ins"]

_INOTIFY = ("anon_inode:inotify", "anon_inode:[inotify]")


def inotify_stand_ins(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Return (owner, name, stand-in) triples; owners are modules."""
    return [
        (os, "read", _virtual_read(scheduler)),
        (select, "poll", _virtual_poll(scheduler)),
    ]


def _virtual_read(scheduler: Scheduler) -> Callable[[int, int], bytes]:
    read = os.read

    def virtual_read(file: int, size: int, /) -> bytes:
        if scheduler.current() and _is_any_inotify([file]) and os.get_blocking(file):
            scheduler.wait_for_files([File(file, select.POLLIN)], None)
        return read(file, size)

    return virtual_read


def _virtual_poll(scheduler: Scheduler) -> Callable[[], Any]:
    make = select.poll

    def virtual_poll() -> Any:
        return _Poll(scheduler, make())

    return virtual_poll


class _Poll:
    """An object like those of ``select.poll``, which have no class to derive from."""

    def __init__(self, scheduler: Scheduler, real: Any) -> None:
        self._scheduler = scheduler
        self._real = real
        self._files: dict[int, File] = {}

    def register(self, file: Any, *events: int) -> None:
        self._real.register(file, *events)
        number = _number(file)
        self._files[number] = File(number, *(events or (_USUAL,)))

    def modify(self, file: Any, events: int) -> None:
        self._real.modify(file, events)
        self._files[_number(file)] = File(_number(file), events)

    def unregister(self, file: Any) -> None:
        self._real.unregister(file)
        del self._files[_number(file)]

    def poll(self, timeout: float | None = None) -> Any:
        scheduler, files = self._scheduler, [*self._files.values()]
        if scheduler.current() is None or not _is_any_inotify(self._files):
            return self._real.poll(timeout)
        found = self._real.poll(0)
        if not found and timeout != 0:
            is_endless = timeout is None or timeout < 0
            seconds = None if is_endless else float(timeout or 0) / 1000
            scheduler.wait_for_files(files, seconds)
            found = self._real.poll(0)
        return found


_USUAL = select.POLLIN | select.POLLPRI | select.POLLOUT


def _number(file: Any) -> int:
    return file if isinstance(file, int) else int(file.fileno())


def _is_any_inotify(files: Iterable[int]) -> bool:
    """Return True if one of the files tells of other files."""
    for file in files:
        with contextlib.suppress(OSError):  # it is closed
            if os.readlink(f"/proc/self/fd/{file}") in _INOTIFY:  # noqa: PTH115  # Path would make another of it
                return True
    return False
