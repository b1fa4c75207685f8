"""A private home for the assistant, so that nobody's own is read or changed.

``ovos_config`` looks for its files when it is imported, so the environment made here
belongs to a process that has not imported OVOS yet.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
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


class Sandbox:
    """A folder with private XDG directories and a ``mycroft.conf`` of the kit's.

    Args:
        root: a folder that may be written to and thrown away.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.configuration = self.home / "config" / "mycroft" / "mycroft.conf"
        self._saved = root / "saved"
        self.home.mkdir(parents=True, exist_ok=True)

    def environment(
        self, base: Mapping[str, str], hash_seed: int = 0
    ) -> dict[str, str]:
        """Return ``base`` with every way to a user's files led into the sandbox.

        The order of Python's sets is that of ``hash_seed``, whatever ``base`` says.
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
        """Remember all files as they are now."""
        shutil.copytree(self.home, self._saved, symlinks=True)

    def restore(self) -> None:
        """Bring back the remembered files, if any has changed."""
        if _state(self.home) != _state(self._saved):
            for entry in self.home.iterdir():
                _remove(entry)
            shutil.copytree(self._saved, self.home, symlinks=True, dirs_exist_ok=True)


def _state(folder: Path) -> Sequence[tuple[str, int, int]]:
    """Return path, size and time of change of everything below ``folder``."""
    entries = sorted(folder.rglob("*"))
    return [
        (str(entry.relative_to(folder)), entry.stat().st_size, entry.stat().st_mtime_ns)
        for entry in entries
        if entry.is_file()
    ]


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
