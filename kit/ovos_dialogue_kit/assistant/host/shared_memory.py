"""Remove the shared memory that an assistant has made.

It has a name in a folder of the whole machine, and outlives the processes that use it.
Python's own process that would remove it (``resource_tracker``) is ended with the
assistant. So the names are noted in the assistant's folder, and removed with it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

__all__ = ["note_shared_memory", "remove_shared_memory"]

_PLACE = Path("/dev/shm")  # noqa: S108  # where Linux keeps it
_LIST = "shared_memory"
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def note_shared_memory(folder: Path) -> None:
    """Note in a folder what shared memory this process and its forks make."""
    import _posixshmem  # type: ignore[import-not-found]  # it has no types

    shm_open = _posixshmem.shm_open
    noted = folder / _LIST

    def noting(name: str, flags: int, *args: Any, **kwargs: Any) -> int:
        number: int = shm_open(name, flags, *args, **kwargs)
        if flags & os.O_CREAT:
            line = f"{os.fstat(number).st_ino} {name}\n"
            with contextlib.suppress(OSError), noted.open("a", encoding="utf-8") as log:
                log.write(line)
        return number

    _posixshmem.shm_open = noting


def remove_shared_memory(folder: int) -> None:
    """Remove what is noted in an open folder, unless something else has its name."""
    with (
        contextlib.suppress(OSError, ValueError),  # nothing is noted, or nonsense
        open(os.open(_LIST, _OPEN, dir_fd=folder), encoding="utf-8") as lines,  # noqa: PTH123  # an open file
    ):
        for line in lines:
            number, _, name = line.rstrip("\n").partition(" ")
            _remove(_PLACE / name.lstrip("/"), int(number))


def _remove(path: Path, number: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        about = path.lstat()
        if (about.st_ino, path.parent) == (number, _PLACE) and stat.S_ISREG(
            about.st_mode
        ):
            path.unlink()
