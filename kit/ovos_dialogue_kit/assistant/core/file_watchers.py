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
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import FileIO

__all__ = ["WatchedFiles"]


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

        original = file_utils.FileWatcher
        for module in list(sys.modules.values()):
            if getattr(module, "__dict__", {}).get("FileWatcher") is original:
                module.FileWatcher = FileWatcher  # type: ignore[attr-defined]

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

    Files are compared by what is in them: within a few milliseconds of real time, which
    may be hours of virtual time, the kernel gives a file the same time again.
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
        self._known: Mapping[str, bytes] = self._read()

    def changed(self) -> list[str]:
        """Return the paths of the files that are new or have changed."""
        before, self._known = self._known, self._read()
        return [
            path
            for path, content in self._known.items()
            if before.get(path) != content
            and (content or path in before or not self._ignores_empty)
        ]

    def _read(self) -> dict[str, bytes]:
        found = {}
        for path in sorted(self._paths()):
            # it may be gone, a folder, or not to be read
            with contextlib.suppress(OSError), _open(path) as file:
                found[path] = file.read() or b""
        return found

    def _paths(self) -> Iterator[str]:
        for file in self._files:
            if not os.path.isdir(file):  # noqa: PTH112  # each rest pays for it
                yield file
            elif self._is_recursive:
                for folder, _, names in os.walk(file):
                    yield from (f"{folder.rstrip('/')}/{name}" for name in names)
            else:
                names = os.listdir(file)  # noqa: PTH208  # each rest pays for it
                yield from (f"{file.rstrip('/')}/{name}" for name in names)


def _open(path: str) -> FileIO:
    """Open a file without waiting: nobody may ever write into a pipe."""
    return FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
