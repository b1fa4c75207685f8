"""Refuse to run on an operating system other than Linux."""

from __future__ import annotations

import sys

from ovos_dialogue_kit.errors import AssistantError

__all__ = ["require_linux"]


def require_linux() -> None:
    """Raise if this is not Linux, on which processes, limits and endings are built.

    Everything that boots no assistant, such as ``kit generate``, works elsewhere, too.

    Raises:
        AssistantError: this is another system.

    """
    system = sys.platform
    if system != "linux":
        raise AssistantError(
            f'an assistant runs on Linux only, and this system is "{system}"',
            hint="use a Linux machine or container, or WSL 2 on Windows",
        )
