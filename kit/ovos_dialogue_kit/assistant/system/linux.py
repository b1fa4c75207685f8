"""Refuse to run on an operating system other than Linux."""

from __future__ import annotations

import sys
from pathlib import Path

from ovos_dialogue_kit.errors import AssistantError

__all__ = ["require_linux"]

_PROCESSES = Path("/proc/self")
"""The folder in which Linux tells what a process has, and what it takes."""


def require_linux() -> None:
    """Raise if this is not Linux, on which processes, limits and endings are built.

    Everything that boots no assistant, such as ``kit generate``, works elsewhere, too.

    Raises:
        AssistantError: this is another system, or one that hides its processes.

    """
    system = sys.platform
    if system != "linux":
        raise AssistantError(
            f'an assistant runs on Linux only, and this system is "{system}"',
            hint="use a Linux machine or container, or WSL 2 on Windows",
        )
    if not _PROCESSES.exists():
        raise AssistantError(
            f'an assistant needs "{_PROCESSES}", which is not there',
            hint="mount -t proc proc /proc",
        )
