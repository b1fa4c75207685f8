"""Watch files for OVOS in virtual time, in the place of a thread for each watcher.

ovos-core watches the settings of all skills, and a skill may watch files of its own,
with ``FileWatcher`` of ovos-utils. Its threads wait for the kernel: they would report a
change at any moment, and a fork would not have them. Here the files are looked at each
time when everything is at rest, so a change is always reported at the same moment.

What changes while the assistant boots is not reported: skills write their settings at
their first start, and the threads would report that once, twice or not at all.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from io import FileIO
from typing import NamedTuple

from ovos_dialogue_kit.assistant.core.rebinding import rebind

__all__ = ["WatchedFiles"]

_LARGE = 1 << 20
"""Bytes above which a file is not read unless it changes: it may be a film."""

_TICK = 20_000_000
"""Nanoseconds within which the kernel may give a file the same time again."""

_CHUNK = 1 << 16

_CLOCK_REALTIME_COARSE = 5
"""The clock by which Linux dates files; virtual time leaves it alone."""

_stat, _scandir = os.stat, os.scandir  # before virtual time takes their place
_clock_ns = time.clock_gettime_ns


class WatchedFiles:
    """The files that are watched by the code of one process.

    Args:
        call: is given a function and the path with which it is to be called soon.

    """

    def __init__(self, call: Callable[[Callable[[str], object], str], object]) -> None:
        self._call = call
        self._watchers: list[_Watcher] = []

    def install(self) -> None:
        """Take the place of ``FileWatcher``, also where it was imported before."""
        from ovos_utils import file_utils

        watchers = self._watchers

        class FileWatcher(_Watcher):
            def __init__(
                self,
                files: Sequence[str],
                callback: Callable[[str], object],
                recursive: bool = False,  # noqa: FBT001, FBT002  # ovos-utils' signature
                ignore_creation: bool = False,  # noqa: FBT001, FBT002
            ) -> None:
                super().__init__(files, callback, recursive, ignore_creation)
                watchers.append(self)

            def shutdown(self) -> None:
                if self in watchers:
                    watchers.remove(self)

        rebind(file_utils, "FileWatcher", FileWatcher)

    def forget_changes(self) -> None:
        """Take all files as they are now: what has changed so far is not reported."""
        for watcher in self._watchers:
            watcher.changed()

    def look(self) -> bool:
        """Report the files that have changed since the last look.

        Returns False if none has.
        """
        changed = [
            (watcher.callback, path)
            for watcher in self._watchers
            for path in watcher.changed()
        ]
        for callback, path in changed:
            self._call(callback, path)
        return bool(changed)


class _Watcher:
    """Files or folders of which somebody wants to know when they change.

    Files are compared by what is in them. A file is read again if it has other times
    than before, or was written just now: within a few milliseconds of real time, which
    may be hours of virtual time, the kernel gives a file the same time again. So is a
    folder listed again. Each rest pays for a look, so nothing here uses ``Path``.
    """

    def __init__(
        self,
        files: Sequence[str],
        callback: Callable[[str], object],
        recursive: bool,  # noqa: FBT001  # ovos-utils' signature
        ignore_creation: bool,  # noqa: FBT001
    ) -> None:
        self.callback = callback
        self._files = list(files)
        self._is_recursive = recursive
        self._ignores_empty = ignore_creation
        self._folders: dict[str, _Listed] = {}
        self._known: dict[str, _Seen] = {}
        self._known = self._look()

    def changed(self) -> list[str]:
        """Return the paths of the files that are new or have changed."""
        before, self._known = self._known, self._look()
        return sorted(
            path
            for path, seen in self._known.items()
            if (known := before.get(path)) is not seen
            and (known is None or known.content != seen.content)
            and (seen.content or known or not self._ignores_empty)
        )

    def _look(self) -> dict[str, _Seen]:
        now = _clock_ns(_CLOCK_REALTIME_COARSE)
        folders, self._folders = self._folders, {}
        found: dict[str, _Seen] = {}
        waiting = [*self._files]
        while waiting:
            path = waiting.pop()
            # it may be gone, neither a file nor a folder, or not to be read
            with contextlib.suppress(OSError):
                about = _stat(path)
                if not stat.S_ISDIR(about.st_mode):
                    found[path] = _look(path, about, now, self._known.get(path))
                elif self._is_recursive or path in self._files:
                    listed = _list(path, about, now, folders.get(path))
                    self._folders[path] = listed
                    waiting += listed.paths
        return found


class _Seen(NamedTuple):
    """A file at one look.

    ``content`` stands for what is in it, and is empty if nothing is. ``times`` differ
    when it is written again; they are ``None`` if that cannot be relied on.
    """

    content: bytes
    times: tuple[int, ...] | None


class _Listed(NamedTuple):
    """A folder at one look: the paths of what is in it, and times as of a file.

    A link to a folder is left out, as it may lead to where it is itself.
    """

    paths: list[str]
    times: tuple[int, ...] | None


def _look(path: str, about: os.stat_result, now: int, before: _Seen | None) -> _Seen:
    """Look at a file, and read it if need be.

    Raises:
        OSError: it is gone, not to be read, or neither a file nor a pipe.

    """
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISFIFO(about.st_mode)):
        raise FileNotFoundError
    times = _times(about)
    if before and before.times == times:
        return before
    is_old = about.st_ctime_ns < now - _TICK
    if not before and about.st_size > _LARGE and is_old:
        return _Seen(b"unread", times)
    has_times = stat.S_ISREG(about.st_mode) and about.st_size and is_old
    return _Seen(_digest(path), times if has_times else None)


def _list(
    path: str, about: os.stat_result, now: int, before: _Listed | None
) -> _Listed:
    """Look at a folder, and list it if something may have come or gone.

    Raises:
        OSError: it is gone, or not to be read.

    """
    times = _times(about)
    if before and before.times == times:
        return before
    with _scandir(path) as entries:
        found = [(entry.name, entry.is_symlink()) for entry in entries]
    parent = path.rstrip("/")
    links = {f"{parent}/{name}" for name, is_link in found if is_link}
    paths = [f"{parent}/{name}" for name, _ in found]
    has_times = about.st_ctime_ns < now - _TICK and not links  # they may turn
    return _Listed(
        [each for each in paths if not (each in links and os.path.isdir(each))],  # noqa: PTH112  # no Path here: it is slow
        times if has_times else None,
    )


def _times(about: os.stat_result) -> tuple[int, ...]:
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _digest(path: str) -> bytes:
    """Return a digest of what is in a file, empty if nothing is."""
    digest, is_empty = blake2b(), True
    with _open(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            is_empty = False
    return b"" if is_empty else digest.digest()


def _open(path: str) -> FileIO:
    """Open a file without waiting: nobody may ever write into a pipe."""
    return FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
