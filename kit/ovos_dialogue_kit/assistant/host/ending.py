"""How an assistant's process ends: with all that it started, and with its home.

It ends when it is asked to (``SIGTERM``) and when nobody is at the other end of its
pipes any more, so its user may end in any way, even by a ``SIGKILL``. While it is busy
and does not look at its input, Linux sends a signal at its end. One at the parent's
death (``PR_SET_PDEATHSIG``) would come too early: Linux takes the thread that started a
process for its parent. Only a fork of the assistant asks for one. It has no input and
may hang where no Python runs; and what starts it is the main thread, which is the last
to go.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from ovos_dialogue_kit.assistant.host.coverage import keep_own_measurement

__all__ = [
    "die_with_parent",
    "end_group",
    "ending_with_input",
    "leave",
    "take_along",
]

_PR_SET_PDEATHSIG = 1


def take_along(home: Path, *leaders: int) -> None:
    """Let the end of this process be that of its home, its group and those given."""

    def end(*_: object) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # once is enough
        for leader in leaders:
            end_group(leader)
        shutil.rmtree(home, ignore_errors=True)
        keep_own_measurement()
        end_group(0)  # pragma: no cover  # what was measured is written by now

    signal.signal(signal.SIGTERM, end)


@contextlib.contextmanager
def ending_with_input(source: int) -> Iterator[None]:
    """End this process as soon as its input ends, while it is busy with something.

    Nothing may come over the input meanwhile: that would be taken for its end.
    """
    _ask_for_signal(source, os.O_ASYNC)
    if select.select([source], [], [], 0)[0]:
        leave()
    try:
        yield
    finally:
        _ask_for_signal(source, 0)


def _ask_for_signal(source: int, flag: int) -> None:
    """Let Linux send ``SIGTERM`` when an input can be read, or no more (``flag`` 0)."""
    fcntl.fcntl(source, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(source, fcntl.F_SETSIG, signal.SIGTERM)
    flags = fcntl.fcntl(source, fcntl.F_GETFL) & ~os.O_ASYNC
    fcntl.fcntl(source, fcntl.F_SETFL, flags | flag)


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
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
