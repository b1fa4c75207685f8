"""Replay one case in this process, which is a fork of the assistant's.

It leads a process group, has limits of memory and of what it writes, and answers with
one frame. Whatever happens, it exits without cleaning up.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from ovos_dialogue_kit.assistant.process.channel import Channel, refusal, write_all
from ovos_dialogue_kit.assistant.process.dump import DUMP
from ovos_dialogue_kit.assistant.process.frames import LARGEST, TooLargeError, frame
from ovos_dialogue_kit.assistant.process.progress import Ending, Pace
from ovos_dialogue_kit.assistant.system.coverage import keep_measurement
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.jsondata import as_json_text
from ovos_dialogue_kit.replayer.replay import Tell
from ovos_dialogue_kit.replayer.transcript import TurnTranscript

__all__ = ["Outlets", "Replaying", "limits_within", "replay_and_exit"]

_MEMORY = 2 << 30
_ALLOCATED = "/proc/self/statm"

Replaying = Callable[[Tell, Pace], dict[str, object]]
"""Returns the answer, and tells of the turns of the case that it replays."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """The open files to which a fork writes, and the memory that it shares.

    ``sink`` takes the answer, ``log`` stacks and errors, ``diary`` the turns.
    ``channel`` is the connection of the process that it was forked from.
    """

    sink: int
    log: int
    diary: int
    channel: Channel
    pace: Pace


def replay_and_exit(play: Replaying, to: Outlets, largest_file: int) -> NoReturn:
    """Replay, write the answer and exit.

    Args:
        play: returns the answer. If it raises an ``AssistantError``, that is it.
        to: where to write it.
        largest_file: the size in bytes above which no file can be written.

    """
    os.setpgid(0, 0)
    to.channel.close()
    own = os.fstat(to.sink)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    faulthandler.cancel_dump_traceback_later()  # that of the boot
    faulthandler.enable(to.log)
    faulthandler.register(DUMP, to.log)
    _limit_memory()
    _limit(resource.RLIMIT_FSIZE, largest_file)
    try:
        answer = _answer(play, to)
        if _is_open(to.sink, own):
            write_all(to.sink, answer)
        else:
            to.pace.end(Ending.DISCONNECTED)
    except BaseException:  # noqa: BLE001  # the parent reports it
        to.pace.end(Ending.FAILED)
        os.write(to.log, traceback.format_exc().encode(errors="backslashreplace"))
    finally:
        try:
            keep_measurement()
        finally:
            os._exit(0)  # pragma: no cover  # what was measured is written by now


def _answer(play: Replaying, to: Outlets) -> bytes:
    """Replay and return the frame of the answer, which may be that there is none."""

    def tell(turns: Iterable[TurnTranscript]) -> None:
        to.pace.tell()
        line = as_json_text(turns).encode() + b"\n"
        if len(line) <= LARGEST:  # else the answer will be refused, too
            with contextlib.suppress(OSError):  # the skill has closed it
                write_all(to.diary, line)

    number = to.channel.number
    try:
        return frame(number, play(tell, to.pace))
    except AssistantError as error:
        return frame(number, refusal(error))
    except TooLargeError as error:
        crash = f"its transcript is too large: {error}"
        return frame(number, {"crash": crash, "trace": ""})


def _is_open(file: int, before: os.stat_result) -> bool:
    """Return True if an open file is still the one that it was."""
    try:
        return os.path.samestat(before, os.fstat(file))
    except OSError:
        return False


def _limit_memory() -> None:
    """Turn a runaway allocation into a ``MemoryError`` of the code under test.

    Each thread that is started raises it by what that reserves (``room``).
    Without ``/proc``, as in some sandboxes, there is no limit, because it is added to
    the memory that is already allocated.
    """
    try:
        sizes = os.open(_ALLOCATED, os.O_RDONLY)  # a fifth of the time of a Path
    except OSError:
        return
    pages = int(os.read(sizes, 100).split()[0])
    os.close(sizes)
    _limit(resource.RLIMIT_AS, pages * resource.getpagesize() + _MEMORY)


def _limit(kind: int, wanted: int) -> None:
    resource.setrlimit(kind, limits_within(wanted, *resource.getrlimit(kind)))


def limits_within(wanted: int, soft: int, hard: int) -> tuple[int, int]:
    """Return the soft and hard limit of a fork, within those of the user.

    Args:
        wanted: the soft limit that the kit would set.
        soft: the user's soft limit, which nothing may raise.
        hard: the user's hard limit.

    """
    highest = hard if soft == resource.RLIM_INFINITY else soft
    if highest == resource.RLIM_INFINITY:
        return wanted, hard
    return min(wanted, highest), highest
