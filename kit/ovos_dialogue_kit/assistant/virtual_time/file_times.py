"""Date the files that code under test writes by its own clock.

The kernel dates them by the real one, which may be months ahead: a cache would never
expire, or always. Python announces each file that is opened for writing, created,
renamed or touched (audit events, PEP 578). Before the clock moves on, and before code
looks at the times of files, those that have been written get the time of this moment.
"""

from __future__ import annotations

import _thread
import os
import pathlib
import stat
from collections.abc import Callable
from typing import Any

import time_machine

from ovos_dialogue_kit.assistant.system.audit import hear_events, hear_no_more

__all__ = ["FileTimes"]

_LATE = 20_000_000
"""Nanoseconds by which the clock that dates files may be behind."""

_MANY = 64
"""The number of files that may be written again although they are not opened again."""

_WRITES = os.O_WRONLY | os.O_RDWR

_LOOKS = ("stat", "lstat", "fstat", "scandir")
_ABILITIES = (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks)
"""What ``shutil`` looks up: which functions take which arguments."""

_lstat, _utime = os.lstat, os.utime  # before virtual time takes their place
_real_ns = time_machine.escape_hatch.time.time_ns


class FileTimes:
    """The times of the files that some threads write.

    Args:
        knows: returns True for the id of a thread whose files count.
        now: returns the time of their clock, in nanoseconds, later with each call.
            The clock itself must not move on: what is written depends on what was
            compiled before.

    """

    def __init__(self, knows: Callable[[int], bool], now: Callable[[], int]) -> None:
        self._knows = knows
        self._now = now
        self._since = 0
        self._files: dict[str, None] = {}  # the one opened last at the end
        self._looks: list[Callable[..., Any]] = []

    def watch(self) -> None:
        """Begin to take note of files."""
        self._since = _real_ns() - _LATE
        hear_events(_EVENTS, self.hear)

    def leave(self) -> None:
        """Take note of no more files."""
        hear_no_more(self.hear)
        for ability in _ABILITIES:
            ability.difference_update(self._looks)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Take note of the file that one of ``_EVENTS`` announces."""
        if not self._knows(_thread.get_ident()):
            return
        path = _EVENTS[event](*args)
        if path is not None and not isinstance(path, int):
            full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # no Path here: it is slow
            self._files.pop(full, None)
            self._files[full] = None

    def stamp(self) -> None:
        """Give those files that were written since the last call the time of now."""
        for path in list(self._files):
            if not self._stamp(path):
                self._files.pop(path, None)
        for path in list(self._files)[:-_MANY]:
            self._files.pop(path, None)

    def _stamp(self, path: str) -> bool:
        """Date a file if it was written; return False if it has no time."""
        try:
            about = _lstat(path)
            if not _is_dated(about.st_mode):
                return False
            if self._since <= about.st_mtime_ns <= _real_ns():
                now = self._now()
                _utime(path, ns=(now, now))
        except OSError:  # it is gone, or not a file of this user
            return False
        return True

    def stand_ins(self) -> list[tuple[Any, str, Any]]:
        """Return (owner, name, stand-in) triples for looks at the times of files."""

        def looking(name: str) -> Callable[..., Any]:
            original = getattr(os, name)

            def virtual_look(*args: Any, **kwargs: Any) -> Any:
                if self._knows(_thread.get_ident()):
                    self.stamp()
                return original(*args, **kwargs)

            for ability in _ABILITIES:
                if original in ability:
                    ability.add(virtual_look)
            self._looks.append(virtual_look)
            return virtual_look

        looks = {name: looking(name) for name in _LOOKS}
        accessor = getattr(pathlib, "_NormalAccessor", None)  # of Python 3.10
        bound = [(accessor, "stat", staticmethod(looks["stat"]))] if accessor else []
        return [*((os, name, look) for name, look in looks.items()), *bound]


def _is_dated(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


_EVENTS: dict[str, Callable[..., Any]] = {
    "open": lambda path, _, flags: path if flags & _WRITES else None,
    "os.mkdir": lambda path, *_: path,
    "os.rename": lambda _, path, *__: path,
    "os.truncate": lambda path, *_: path,
    "os.utime": lambda path, times, ns, _: path if times is ns is None else None,
    "sqlite3.connect": lambda path, *_: path,
}
"""The events that announce a write, each with how to find the path."""
