"""Give each assistant, and each fork of it, file locks of its own.

OVOS and its skills lock files (``combo_lock``, on top of ``filelock``) in a folder that
all processes of the machine share. Two assistants of the kit stand for two machines and
must not wait for each other. And ``filelock`` refuses a lock that was made before a
fork, because two processes might hold it; here only the fork goes on. So what it makes
anew in each fork, all its classes and locks, can stay as it is.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.contracts import require_attribute
from ovos_dialogue_kit.assistant.system.fork_hooks import without_hooks_in_copies

__all__ = ["copy_locks_fast", "keep_locks_private", "locks_of_files", "take_over"]

_CREATOR = "_creator_pid"


def copy_locks_fast() -> None:
    """Import ``filelock``, and let it make nothing anew in copies of the assistant."""
    with without_hooks_in_copies():
        import_module("filelock")


def keep_locks_private() -> None:
    """Put the files of named locks into this process's own temporary folder.

    Raises:
        AssistantError: the installed combo_lock chooses the folder in another way.

    """
    from combo_lock import combo_lock

    require_attribute(combo_lock, "get_ram_directory", "combo_lock")
    combo_lock.get_ram_directory = _private


def _private(folder: str) -> str:
    """Take the place of ``combo_lock.util.get_ram_directory``."""
    path = Path(tempfile.gettempdir(), folder)
    path.mkdir(parents=True, exist_ok=True)
    return str(path)


def locks_of_files() -> list[Any]:  # of filelock.BaseFileLock
    """Return all file locks of this process; ``gc.freeze`` would hide them."""
    module = sys.modules.get("filelock")
    if module is None:
        return []
    return [
        thing
        for thing in gc.get_objects()
        # the class, because isinstance would ask proxies and lazy objects
        if issubclass(type(thing), module.BaseFileLock)
    ]


def take_over(locks: Sequence[Any]) -> None:
    """Make file locks from before the fork belong to this process."""
    for lock in locks:
        if hasattr(lock, _CREATOR):  # older versions of filelock do not ask
            setattr(lock, _CREATOR, os.getpid())
