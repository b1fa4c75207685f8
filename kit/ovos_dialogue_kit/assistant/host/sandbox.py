"""Make a private home for an assistant, so that no file of the user is read or changed.

``ovos_config`` looks for its files when it is imported, so the environment must be set
before a process imports OVOS.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

__all__ = ["Sandbox"]

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
_FIXED = {
    "HF_HUB_OFFLINE": "1",
    "LC_ALL": "C.UTF-8",
    "OVOS_DEFAULT_LOG_LEVEL": "ERROR",
    "PYTHONIOENCODING": "utf-8",
    "TZ": "UTC",
}

_NONE = (0, 0, 0)
"""Kind, size and time of change of a file that does not exist."""


class Sandbox:
    """A folder with private XDG directories and the kit's own ``mycroft.conf``.

    Args:
        root: a folder for this assistant alone, to be removed by the caller.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.configuration = self.home / "config" / "mycroft" / "mycroft.conf"
        self._saved = root / "saved"
        self._state: dict[str, tuple[int, int, int]] = {}
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
        return {**environment, "HOME": str(self.home), **_FIXED}

    def configure(self, configuration: Mapping[str, object]) -> None:
        """Write the assistant's ``mycroft.conf``."""
        self.configuration.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(configuration, indent=2)
        self.configuration.write_text(text, encoding="utf-8")

    def save(self) -> None:
        """Save all files as they are now."""
        shutil.copytree(self.home, self._saved, symlinks=True)
        self._state = _state(self.home)

    def restore(self) -> None:
        """Restore the saved files that have changed, and remove files that are new."""
        now = _state(self.home)
        for path in sorted(now, reverse=True):  # what is in a folder before the folder
            if now[path][0] != self._state.get(path, _NONE)[0]:
                _remove(self.home / path)
        for path in sorted(self._state):
            if self._state[path] != now.get(path):
                _copy(self._saved / path, self.home / path)


def _state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return kind, size and time of change of everything below a folder, by path.

    A folder has only its kind: its files show what changes in it.
    """
    found = {}
    for inner, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(inner, name)  # noqa: PTH118  # each case pays for it
            about = os.lstat(path)
            kind = stat.S_IFMT(about.st_mode)
            is_folder = kind == stat.S_IFDIR
            changed = (0, 0) if is_folder else (about.st_size, about.st_mtime_ns)
            found[os.path.relpath(path, folder)] = (kind, *changed)
    return found


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)


def _copy(saved: Path, entry: Path) -> None:
    if saved.is_dir() and not saved.is_symlink():
        entry.mkdir()
    else:
        entry.unlink(missing_ok=True)
        shutil.copy2(saved, entry, follow_symlinks=False)
