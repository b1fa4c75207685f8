"""Remove the shared memory and the semaphores that an assistant has made.

They have names in a folder of the whole machine, and outlive the processes that use
them. Python's own process that would remove them (``resource_tracker``) is ended with
the assistant. So the names are noted in the assistant's folder; what a dialogue has
made is removed after it, and everything with the folder.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["note_shared_memory", "noted_shared_memory", "remove_shared_memory"]

_PLACE = Path("/dev/shm")  # noqa: S108  # where Linux keeps it
_LIST = "shared_memory"
_OF_SEMAPHORES = ("kind", "value", "maxvalue", "name", "unlink")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def note_shared_memory(folder: Path) -> None:
    """Note in a folder what this process and its forks make."""
    import _multiprocessing  # type: ignore[import-not-found]  # they have no types
    import _posixshmem  # type: ignore[import-not-found]

    shm_open = _posixshmem.shm_open
    noted = folder / _LIST

    def note(name: str) -> None:
        with contextlib.suppress(OSError), noted.open("a", encoding="utf-8") as log:
            log.write(f"{(_PLACE / name).lstat().st_ino} {name}\n")

    def noting(path: str, flags: int, *args: Any, **kwargs: Any) -> int:
        number: int = shm_open(path, flags, *args, **kwargs)
        if flags & os.O_CREAT:
            note(path.lstrip("/"))
        return number

    class NotedSemaphore(_multiprocessing.SemLock):  # type: ignore[misc]  # untyped
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # as the class itself
            made = super().__new__(cls, *args, **kwargs)
            given = {**dict(zip(_OF_SEMAPHORES, args, strict=False)), **kwargs}
            if not given["unlink"]:
                note(f"sem.{given['name'].lstrip('/')}")
            return made

    _posixshmem.shm_open = noting
    _multiprocessing.SemLock = NotedSemaphore


def noted_shared_memory(folder: int) -> list[str]:
    """Return the notes in an open folder, one for each name."""
    with (
        contextlib.suppress(OSError, ValueError),  # nothing is noted, or nonsense
        open(os.open(_LIST, _OPEN, dir_fd=folder), encoding="utf-8") as lines,  # noqa: PTH123  # an open file
    ):
        return [line.rstrip("\n") for line in lines]
    return []


def remove_shared_memory(notes: Iterable[str]) -> None:
    """Remove what has been noted, unless something else has its name."""
    for note in notes:
        number, _, name = note.partition(" ")
        with contextlib.suppress(OSError, ValueError):
            _remove(_PLACE / name, int(number))


def _remove(path: Path, number: int) -> None:
    about = path.lstat()
    is_that = (about.st_ino, path.parent) == (number, _PLACE)
    if is_that and stat.S_ISREG(about.st_mode):
        path.unlink()
