"""End an assistant's process with all that it started, and remove its home.

The process ends on ``SIGTERM``, and when the other end of its pipes is closed: its user
may end in any way, even by ``SIGKILL``. While the process is busy and does not read its
input, Linux sends it a signal at the end of the input. A signal at the parent's death
(``PR_SET_PDEATHSIG``) would come too early, because for Linux the parent is the thread
that started the process. Only a fork of the assistant asks for one: it has no input,
may hang in native code, and was started by the main thread, which ends last.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import signal
import subprocess
from collections.abc import Iterator
from typing import NoReturn

from ovos_dialogue_kit.assistant.system.coverage import keep_own_measurement
from ovos_dialogue_kit.assistant.system.descendants import end_descendants
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder

__all__ = [
    "await_end",
    "die_with_parent",
    "end_group",
    "ending_with_input",
    "leave",
    "signal_name",
    "take_along",
]

_PR_SET_PDEATHSIG = 1
_LIBRARY = ctypes.CDLL(None)  # here: each copy of an assistant would pay for it


def take_along(home: OwnFolder, *leaders: int) -> None:
    """End all that this process has started on ``SIGTERM``, and remove its home.

    Args:
        home: the folder to remove.
        leaders: ids of the processes that lead groups, which are ended first.

    """

    def end(*_: object) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # once is enough
        for leader in leaders:
            end_group(leader)
        end_descendants()
        home.remove()
        keep_own_measurement()
        end_group(0)  # pragma: no cover  # what was measured is written by now

    signal.signal(signal.SIGTERM, end)


@contextlib.contextmanager
def ending_with_input(source: int) -> Iterator[None]:
    """End this process as soon as its input ends, while the block runs.

    Nothing may arrive over the input meanwhile: it would be taken for the end.
    """
    _ask_for_signal(source, os.O_ASYNC)
    if select.select([source], [], [], 0)[0]:
        leave()
    try:
        yield
    finally:
        _ask_for_signal(source, 0)


def _ask_for_signal(source: int, flag: int) -> None:
    """Ask Linux for ``SIGTERM`` when an input can be read; ``flag`` 0 cancels that."""
    fcntl.fcntl(source, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(source, fcntl.F_SETSIG, signal.SIGTERM)
    flags = fcntl.fcntl(source, fcntl.F_GETFL) & ~os.O_ASYNC
    fcntl.fcntl(source, fcntl.F_SETFL, flags | flag)


def leave() -> NoReturn:
    """End this process as ``SIGTERM`` does."""
    signal.raise_signal(signal.SIGTERM)
    raise AssertionError  # pragma: no cover  # the signal has ended the process


def end_group(leader: int) -> None:
    """End a process and all others of the group that it leads; 0 is this process's."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def signal_name(number: int) -> str:
    """Return a signal's name; the real-time ones have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def die_with_parent(parent: int) -> None:
    """Ask Linux to end this process when its parent dies, however that happens.

    If it has died already, and another process is the parent now, end at once.
    """
    _LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        signal.raise_signal(signal.SIGKILL)  # pragma: no cover  # no data is saved


def await_end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a process to end, for at most so many seconds.

    ``process.wait(seconds)`` would sleep for up to 50 ms between two looks.
    """
    if process.poll() is not None:  # it has ended already
        return
    if hasattr(os, "pidfd_open"):  # pragma: no branch  # Python built for old kernels
        end = os.pidfd_open(process.pid)
        try:
            looking = select.poll()
            looking.register(end, select.POLLIN)
            looking.poll(seconds * 1000)
        finally:
            os.close(end)
    else:  # pragma: no cover
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
