"""Make the environment of a HiveMind hub once, with uv, and keep it.

The hub is a client of OVOS's bus, so it needs no place in ovos-core's environment,
where it often could not be installed. Once made, its own is used without a network.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ovos_dialogue_kit.errors import AssistantError

__all__ = ["HUB_PYTHON", "IDENTITIES", "hub_environment", "hub_python"]

HUB_PYTHON = "KIT_HIVEMIND_PYTHON"
"""The environment variable of an assistant for the interpreter of its hub."""

IDENTITIES = "KIT_HIVEMIND_IDENTITIES"
"""The environment variable of an assistant for the folder of its satellites' own keys.

A hub of the user's own remembers the key of the device that first uses an access key,
and refuses others.
"""

_SET = Path(__file__).with_name("processes") / "hub.txt"
_DONE = "done"
_LINES = 5
"""Lines of what uv says that are shown if it fails."""


def hub_environment() -> dict[str, str]:
    """Return the environment variables of an assistant with a hub.

    Raises:
        AssistantError: as ``hub_python``.

    """
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    identities = Path(base, "ovos-dialogue-kit", "satellites")
    return {HUB_PYTHON: str(hub_python()), IDENTITIES: str(identities)}


def hub_python() -> Path:
    """Return the interpreter of the hub's environment; make that if it is not there.

    Raises:
        AssistantError: it cannot be made, or uv is not installed.

    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(_SET.read_bytes()).hexdigest()[:12]
    folder = _cache() / f"hivemind-{digest}-py{version}"
    python = folder / "bin" / "python"
    if not (folder / _DONE).exists():
        with _locked(folder):
            if not (folder / _DONE).exists():  # pragma: no branch  # made meanwhile
                _make(folder)
    return python


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "ovos-dialogue-kit")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes from making the same environment meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    uv = _uv()
    python = str(folder / "bin" / "python")
    shutil.rmtree(folder, ignore_errors=True)
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    _run(uv, "pip", "install", "--quiet", "--python", python, "-r", str(_SET))
    (folder / _DONE).touch()


def _uv() -> str:
    """Return the program uv, from its package or the PATH."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found:
        return found
    if find_spec("uv"):
        from uv import find_uv_bin

        return str(find_uv_bin())
    raise AssistantError(
        "the environment of the HiveMind hub has not been made yet, and uv is not "
        "installed",
        hint="pip install uv",
    )


def _run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603  # uv, with arguments of our own
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-_LINES:]
        raise AssistantError(
            "the environment of the HiveMind hub could not be made: "
            f"{said[-1].strip() if said else f'uv exited with {done.returncode}'}",
            hint="\n".join([*said, "it is made once, from the package index"]),
        )
