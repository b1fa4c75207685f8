"""Make a private home for an assistant, so that no file of the user is read or changed.

``ovos_config`` looks for its files when it is imported, so the environment must be set
before a process imports OVOS.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ovos_dialogue_kit.assistant.system.descendants import end_at_home
from ovos_dialogue_kit.assistant.system.own_folder import (
    OwnFolder,
    make_own_folder,
    remove_dead_folders,
)
from ovos_dialogue_kit.assistant.system.shared_memory import remove_shared_memory
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.project.text_files import words_of

__all__ = ["NO_PORT", "Sandbox", "make_home"]

NO_PORT = 1
"""A port on which nothing listens: the user's own assistant cannot be reached."""

_NOWHERE = {
    "XDG_CONFIG_DIRS": "none",  # /etc/xdg/mycroft/mycroft.conf
    "XDG_DATA_DIRS": "none",
    "MYCROFT_SYSTEM_CONFIG": "none/system.conf",  # /etc/mycroft/mycroft.conf
    "OVOS_DISTRIBUTION_CONFIG": "none/distribution.conf",
    "MYCROFT_WEB_CACHE": "none/web_cache.json",
}
_UNSET = (
    "OVOS_CONFIG_BASE_FOLDER",
    "OVOS_CONFIG_FILENAME",
    "OVOS_DEFAULT_CONFIG",
    "OVOS_BUS_MODERNIZE",
    "OVOS_BUS_EMIT_LEGACY",
    "IS_OVOS_CONTAINER",
    "PYTHONSTARTUP",
)
_FILES = 4
"""Files that are open while a home is made."""

_FIXED = {
    "HF_HUB_OFFLINE": "1",
    "LC_ALL": "C.UTF-8",
    "OVOS_DEFAULT_LOG_LEVEL": "ERROR",
    "PYTHONIOENCODING": "utf-8",
    "TZ": "UTC",
}
_ONE_THREAD = {
    "MALLOC_ARENA_MAX": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Libraries that compute in threads of their own, which a fork would not have. The C
library reserves memory for each thread; of threads that take turns, once is enough."""


class Sandbox:
    """A folder with private XDG directories and the kit's own ``mycroft.conf``.

    Args:
        folder: a folder for this assistant alone, to be removed by the caller.

    """

    def __init__(self, folder: OwnFolder) -> None:
        self.folder = folder
        self.home = folder.path / "home"
        self.configuration = self.home / "config" / "mycroft" / "mycroft.conf"
        self._saved = folder.path / "saved"
        self._state: dict[str, _About] = {}
        self._saved_state: dict[str, _About] = {}
        self._notes = 0
        self.home.mkdir(parents=True, exist_ok=True)

    def environment(
        self, base: Mapping[str, str], hash_seed: int = 0
    ) -> dict[str, str]:
        """Return ``base`` with every path to a user's files replaced by one in here.

        Python's sets have the order of ``hash_seed``, whatever ``base`` says.
        """
        environment = {name: base[name] for name in base if name not in _UNSET}
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            environment[f"XDG_{name}_HOME"] = str(self.home / name.lower())
        for name, path in _NOWHERE.items():
            environment[name] = str(self.home / path)
        for name in ("XDG_RUNTIME_DIR", "TMPDIR"):
            (self.home / name.lower()).mkdir(mode=0o700, exist_ok=True)
            environment[name] = str(self.home / name.lower())
        environment["PYTHONHASHSEED"] = str(hash_seed)
        return {**_ONE_THREAD, **environment, "HOME": str(self.home), **_FIXED}

    def configure(self, configuration: Mapping[str, object]) -> None:
        """Write the assistant's ``mycroft.conf``."""
        self.configuration.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(configuration, indent=2)
        self.configuration.write_text(text, encoding="utf-8")

    def save(self) -> None:
        """Save all files as they are now.

        Raises:
            OSError: they cannot be read or written.

        """
        self._state = _state(self.home)
        self._saved.mkdir()
        for path, found in sorted(self._state.items()):
            with contextlib.suppress(_NoCopyError):  # it is enough that it stays
                _copy(self.home / path, self._saved / path, found.mode)
        self._saved_state = _state(self._saved)
        self._notes = len(self.folder.shared_memory())
        self._lock()

    def restore(self) -> None:
        """Restore the saved files that have changed, and remove what is new.

        Only what lies in the folder itself is touched, whatever links there are. New
        shared memory is removed, too.

        Raises:
            OSError: it cannot be restored: the folder is gone, what was saved has
                changed, or a socket is gone, of which there is no copy.

        """
        if not self.folder.is_in_place():
            raise FileNotFoundError(errno.ENOENT, "the home was moved away")
        remove_shared_memory(self.folder.shared_memory()[self._notes :])
        if not _is_folder(self.home):
            self.home.unlink(missing_ok=True)
            self.home.mkdir(mode=0o700)
        self.home.chmod(0o700)
        now = _state(self.home)
        if now != self._state:
            if _state(self._saved) != self._saved_state:
                raise OSError(errno.ESTALE, "what was saved has changed")
            self._remove(now)
            for path in sorted(self._state):
                self._put_back(path, now.get(path))
        self._lock()

    def _put_back(self, path: str, now: _About | None) -> None:
        """Restore one entry; ``now`` is what is there, which is of the same kind."""
        saved, entry = self._state[path], self.home / path
        if saved == now:
            return
        if stat.S_ISDIR(saved.mode):
            entry.mkdir(exist_ok=True)
            entry.chmod(stat.S_IMODE(saved.mode) | stat.S_IRWXU)
            return
        is_same = now is not None and now.number == saved.number
        if now and not (is_same and stat.S_ISREG(saved.mode)):
            entry.unlink()
        elif now:  # it stays the same file, which may be open since the boot
            entry.chmod(stat.S_IRWXU)
        _copy(self._saved / path, entry, saved.mode)
        self._state[path] = _about(os.lstat(entry))

    def _lock(self) -> None:
        """Take away the rights that folders had not when they were saved."""
        for path, saved in sorted(self._state.items(), reverse=True):
            if stat.S_ISDIR(saved.mode) and saved.mode & stat.S_IRWXU != stat.S_IRWXU:
                (self.home / path).chmod(stat.S_IMODE(saved.mode))

    def _remove(self, now: dict[str, _About]) -> None:
        """Remove what is new, or of another kind, and forget it."""
        for path in sorted(now, reverse=True):  # what is in a folder before the folder
            saved, entry = self._state.get(path), self.home / path
            kind = stat.S_IFMT(now[path].mode)
            if saved and stat.S_IFMT(saved.mode) == kind:
                continue
            if kind == stat.S_IFDIR:
                entry.rmdir()
            else:
                entry.unlink()
            del now[path]


class _About(NamedTuple):
    """Facts by which a change of an entry is seen; of a folder, only its mode.

    The time of the last change of a file's content or of its mode cannot be set back.
    """

    mode: int
    size: int = 0
    changed: int = 0
    number: int = 0


def _state(folder: Path) -> dict[str, _About]:
    """List all that lies below a folder, by path; links are not followed.

    Folders that their owner must not enter are opened.
    """
    found = {}
    folders = [""]
    while folders:
        inner = folders.pop()
        with os.scandir(folder / inner) as entries:
            for entry in entries:
                path = os.path.join(inner, entry.name)  # noqa: PTH118  # each case pays
                found[path] = about = _about(entry.stat(follow_symlinks=False))
                if stat.S_ISDIR(about.mode):
                    folders.append(path)
                    if about.mode & stat.S_IRWXU != stat.S_IRWXU:
                        Path(entry.path).chmod(stat.S_IRWXU)
    return found


def _about(about: os.stat_result) -> _About:
    if stat.S_ISDIR(about.st_mode):
        return _About(about.st_mode)
    return _About(about.st_mode, about.st_size, about.st_ctime_ns, about.st_ino)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _copy(source: Path, target: Path, mode: int) -> None:
    """Copy one entry in place of another that is no folder.

    Raises:
        OSError: it cannot be copied, or is a socket or a device, of which there is no
            copy.

    """
    if stat.S_ISDIR(mode):
        target.mkdir()
    elif stat.S_ISFIFO(mode):
        os.mkfifo(target)
    elif stat.S_ISREG(mode) or stat.S_ISLNK(mode):
        shutil.copy2(source, target, follow_symlinks=False)
    else:
        raise _NoCopyError(errno.ENOTSUP, "there is no copy of a socket")


class _NoCopyError(OSError):
    """An entry cannot be copied."""


def make_home() -> OwnFolder:
    """Make a home for an assistant, and remove those of processes that were killed.

    Raises:
        AssistantError: there is no room for it.
        OSError: no more files can be opened.

    """
    try:
        for home in remove_dead_folders():
            end_at_home(home)
        return make_own_folder()
    except OSError as error:
        _require_files()
        raise AssistantError(
            f"no home can be made for the assistant: {words_of(error)}",
            hint="make room for temporary files, or set TMPDIR to another folder",
        ) from error


def _require_files() -> None:
    """Raise if no more files can be opened: errors of ``tempfile`` do not say so."""
    with contextlib.ExitStack() as opened:
        for _ in range(_FILES):
            opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
