"""How an assistant's process ends: with all that it started, and with its home.

It ends when it is asked to (``SIGTERM``) and when nobody is at the other end of its
pipes any more, so its user may end in any way, even by a ``SIGKILL``. A signal at the
parent's death (``PR_SET_PDEATHSIG``) would do that too early: Linux takes the thread
that started a process for its parent. Only a fork of the assistant asks for one. It
reads no input and may hang where no Python runs; and what starts it is the main thread,
which is the last to go.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

from ovos_dialogue_kit.assistant.measurement import keep_own_measurement

__all__ = ["die_with_parent", "end_group", "leave", "take_along"]

_PR_SET_PDEATHSIG = 1


def take_along(home: Path, *leaders: int) -> None:
    """Let the end of this process be that of its home, its group and those given."""

    def end(*_: object) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # once is enough
        keep_own_measurement()
        for leader in leaders:
            end_group(leader)
        shutil.rmtree(home, ignore_errors=True)
        end_group(0)

    signal.signal(signal.SIGTERM, end)


def leave() -> NoReturn:
    """End this process as if it were asked to."""
    signal.raise_signal(signal.SIGTERM)
    raise AssertionError  # pragma: no cover  # nobody survives that


def end_group(leader: int) -> None:
    """End a process that leads a group, and all that it started; 0 is this one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
