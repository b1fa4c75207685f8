"""Make a temporary folder, and remove it, whatever a skill has done to it meanwhile.

A skill may move the folder away, put a link in its place, or links, locked folders and
very deep ones into it. What is removed is only what lies in the folder that was made:
it is reached by an open file, not by its name, and no link is followed.

The folder is locked (``flock``) for as long as its maker lives, so that the next run
can remove those of makers that were killed, and no others.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.assistant.system.shared_memory import (
    noted_shared_memory,
    remove_shared_memory,
)
from ovos_dialogue_kit.project.locks import is_abandoned, is_at, lock

__all__ = ["OwnFolder", "make_own_folder", "remove_dead_folders"]

_NAME = re.compile(rf"{HOME_PREFIX}[a-z0-9_]{{8}}")
"""The names that ``mkdtemp`` gives."""

_MARK = "made-by-ovos-dialogue-kit"
"""A file in each folder of the kit, from when it is locked; others are left alone."""

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class OwnFolder:
    """A folder that stays the same one, even if another gets its name.

    Args:
        path: the folder, which must not be a link.

    Raises:
        OSError: there is no such folder.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, _OPEN)

    def is_in_place(self) -> bool:
        """Return True if the folder still has its name."""
        return is_at(self.path, self._file)

    def remove(self) -> None:
        """Remove the folder with all that lies in it, as far as that is possible.

        A link that has taken its name is removed, too, but not what it leads to.
        """
        with contextlib.suppress(OSError):
            os.fchmod(self._file, stat.S_IRWXU)
            remove_shared_memory(self.shared_memory())
            _empty(self._file)
        with contextlib.suppress(OSError):
            if self.path.is_symlink():
                self.path.unlink()
            place = self.path if self.is_in_place() else self._other_place()
            if is_at(place, self._file):
                place.rmdir()
        self.close()

    def shared_memory(self) -> list[str]:
        """Return the notes of shared memory that was made by whom it belongs to."""
        return noted_shared_memory(self._file)

    def _other_place(self) -> Path:
        """Return where the folder was moved to."""
        return Path(f"/proc/self/fd/{self._file}").readlink()

    def close(self) -> None:
        """Give up the folder without removing it; its lock ends with its last user."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def lock(self) -> None:
        """Lock the folder of this process."""
        lock(self._file)

    def is_abandoned(self) -> bool:
        """Lock the folder of another process; return False if that one lives."""
        return is_abandoned(self._file)


def make_own_folder() -> OwnFolder:
    """Make a locked temporary folder.

    Raises:
        OSError: none can be made.

    """
    folder = OwnFolder(Path(tempfile.mkdtemp(prefix=HOME_PREFIX)))
    try:
        folder.lock()
        Path(folder.path, _MARK).touch()
    except BaseException:
        folder.remove()
        raise
    return folder


def remove_dead_folders() -> Iterator[Path]:
    """Remove the folders of processes that were killed; yield each before that."""
    for path in Path(tempfile.gettempdir()).iterdir():
        with contextlib.suppress(OSError):  # it is not ours, or gone
            if _NAME.fullmatch(path.name) and _is_marked(path):
                folder = OwnFolder(path)
                if folder.is_abandoned():
                    yield path
                    folder.remove()
                else:
                    folder.close()


def _is_marked(path: Path) -> bool:
    """Return True for a folder that the kit has made for this user."""
    found = path.lstat()
    is_private = (found.st_uid, stat.S_IMODE(found.st_mode)) == (os.getuid(), 0o700)
    return is_private and Path(path, _MARK).is_file()


def _empty(folder: int) -> None:
    """Remove all that lies in a folder, which is given as an open file.

    Folders are moved up to it one by one, so that a tree of any depth needs neither
    recursion nor many open files. What cannot be removed is left.
    """
    fresh = (f".{os.urandom(8).hex()}.{number}" for number in itertools.count())
    left: set[str] = set()
    while names := set(os.listdir(folder)) - left:  # not by its path
        for name in names:
            left.add(name)
            with contextlib.suppress(OSError):  # another file system is mounted there
                if _is_folder(name, folder):
                    _flatten(name, folder, fresh)
                    os.rmdir(name, dir_fd=folder)
                else:
                    os.unlink(name, dir_fd=folder)


def _flatten(name: str, parent: int, fresh: Iterator[str]) -> None:
    """Remove the files of a folder, and move its folders to its parent."""
    with _unlocked(name, parent) as folder:
        for inner in os.listdir(folder):  # noqa: PTH208  # not by its path
            if _is_folder(inner, folder):
                with _unlocked(inner, folder):  # it could not be moved otherwise
                    pass
                os.rename(inner, next(fresh), src_dir_fd=folder, dst_dir_fd=parent)
            else:
                os.unlink(inner, dir_fd=folder)


def _is_folder(name: str, parent: int) -> bool:
    """Return True for a folder of the same file system; a link is none."""
    found = os.stat(name, dir_fd=parent, follow_symlinks=False)
    return stat.S_ISDIR(found.st_mode) and found.st_dev == os.fstat(parent).st_dev


@contextlib.contextmanager
def _unlocked(name: str, parent: int) -> Iterator[int]:
    """Open a folder, after giving its owner all rights to it."""
    place = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        Path(f"/proc/self/fd/{place}").chmod(stat.S_IRWXU)
    finally:
        os.close(place)
    folder = os.open(name, _OPEN, dir_fd=parent)
    try:
        yield folder
    finally:
        os.close(folder)
