"""Replay one case in a copy of the assistant's process.

The copy leads a process group and has a limit of time and of memory. It answers with
one frame. A file keeps its turns as they begin and end, for the transcript of a copy
that crashes. After it, all that it started is ended, and its home is restored.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterable
from json import dumps
from pathlib import Path
from typing import IO, NoReturn

from ovos_dialogue_kit.assistant.host.coverage import is_measured, keep_measurement
from ovos_dialogue_kit.assistant.host.descendants import children, end_descendants
from ovos_dialogue_kit.assistant.host.ending import (
    die_with_parent,
    end_group,
    leave,
    take_along,
)
from ovos_dialogue_kit.assistant.host.memory_file import memory_file
from ovos_dialogue_kit.assistant.host.sandbox import Sandbox
from ovos_dialogue_kit.assistant.process.channel import Channel, refusal, write_all
from ovos_dialogue_kit.assistant.process.frames import (
    FrameReader,
    GarbledError,
    TooLargeError,
    frame,
)
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.replay import Tell
from ovos_dialogue_kit.replayer.transcript import TurnTranscript

__all__ = ["Forks", "limits_within"]

_GRACE = 5.0
_MEMORY = 2 << 30
_ALLOCATED = Path("/proc/self/statm")
_now = time.monotonic  # before virtual time takes its place


class Forks:
    """The forks of this process, each of which starts from what is there now.

    Args:
        sandbox: the home, which is restored after each fork.
        channel: the connection to the user; it is only watched for its end.
        diary: the open file that gets the turns of a case.

    ``is_spoilt`` is True if a fork has done to the home what cannot be undone.
    """

    def __init__(self, sandbox: Sandbox, channel: Channel, diary: int) -> None:
        self.is_spoilt = False
        self._sandbox = sandbox
        self._channel = channel
        self._diary = diary
        self._kept = children()

    def answer(
        self, play: Callable[[Tell], dict[str, object]], seconds: float
    ) -> bytes:
        """Do something in a fork and return the JSON that answers the last request.

        After ``seconds`` the fork writes the stacks of its threads and ends itself; if
        it does not, it is ended a few seconds later.

        Args:
            play: returns the answer, and reports the turns of the case that it replays
                to the function that it is given. If it raises an ``AssistantError``,
                that is the answer.
            seconds: limit of real time.

        """
        os.ftruncate(self._diary, 0)
        os.lseek(self._diary, 0, os.SEEK_SET)
        with memory_file() as log:
            answer = self._answer(play, log, seconds)
        try:
            self._sandbox.restore()
        except OSError:
            self.is_spoilt = True
        return answer

    def _answer(
        self,
        play: Callable[[Tell], dict[str, object]],
        log: IO[bytes],
        seconds: float,
    ) -> bytes:
        channel, home = self._channel, self._sandbox.folder
        source, sink = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(source)
            _be_fork(play, sink, log.fileno(), self._diary, channel, seconds)
        os.setpgid(pid, pid)  # the fork does so itself, but it may be ended before that
        take_along(home, pid)
        os.close(sink)
        answer, crash = None, ""
        try:
            answer = _answer(source, channel, _now() + seconds + _GRACE)
        except GarbledError as error:
            crash = str(error)
        os.close(source)
        status = _end(pid, is_done=answer is not None)
        end_descendants(self._kept)
        take_along(home)
        if answer is not None:
            return answer
        log.seek(0)
        trace = log.read().decode(errors="replace")
        crash = crash or _fate(status, trace, seconds)
        return dumps({"crash": crash, "trace": trace}).encode()


def _be_fork(  # noqa: PLR0913, PLR0917  # all of what it takes with it
    play: Callable[[Tell], dict[str, object]],
    sink: int,
    log: int,
    diary: int,
    channel: Channel,
    seconds: float,
) -> NoReturn:
    """Replay in the forked process, and exit without cleaning up."""
    os.setpgid(0, 0)
    channel.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    faulthandler.enable(log)
    faulthandler.dump_traceback_later(seconds, exit=True, file=log)
    _limit_memory()
    status = 1
    try:
        answer = play(lambda turns: write_all(diary, _as_line(turns)))
        write_all(sink, frame(channel.number, answer))
        status = 0
    except AssistantError as error:
        write_all(sink, frame(channel.number, refusal(error)))
        status = 0
    except TooLargeError as error:
        crash = f"its transcript is too large: {error}"
        write_all(sink, frame(channel.number, {"crash": crash, "trace": ""}))
        status = 0
    except BaseException:  # noqa: BLE001  # the parent reports it
        os.write(log, traceback.format_exc().encode(errors="backslashreplace"))
    finally:
        keep_measurement()
        os._exit(status)  # pragma: no cover  # what was measured is written by now


def _as_line(turns: Iterable[TurnTranscript]) -> bytes:
    """Return turns as a line of the diary."""
    return dumps([*map(as_json, turns)]).encode() + b"\n"


def _limit_memory() -> None:
    """Turn a runaway allocation into a ``MemoryError`` of the code under test.

    Each thread that is started raises it by what that reserves (``room``).
    Without ``/proc``, as in some sandboxes, there is no limit, because it is added to
    the memory that is already allocated.
    """
    try:
        pages = int(_ALLOCATED.read_text(encoding="ascii").split()[0])
    except OSError:
        return
    allocated = pages * resource.getpagesize()
    limits = limits_within(allocated, *resource.getrlimit(resource.RLIMIT_AS))
    resource.setrlimit(resource.RLIMIT_AS, limits)


def limits_within(allocated: int, soft: int, hard: int) -> tuple[int, int]:
    """Return the soft and hard limit of a fork's memory, within those of the user.

    Args:
        allocated: the bytes that are in use already.
        soft: the user's soft limit, which nothing may raise.
        hard: the user's hard limit.

    """
    wanted = allocated + _MEMORY
    highest = hard if soft == resource.RLIM_INFINITY else soft
    if highest == resource.RLIM_INFINITY:
        return wanted, hard
    return min(wanted, highest), highest


def _answer(source: int, channel: Channel, until: float) -> bytes | None:
    """Return the JSON that a fork writes, or ``None`` if it ends or hangs before that.

    Args:
        source: the open file that the fork writes to.
        channel: the connection whose end means that the user is gone.
        until: when the fork counts as hung, on the clock of ``_now``.

    Raises:
        GarbledError: it writes something else.

    """
    reader = FrameReader(channel.number)
    content = None
    while content is None:
        left = max(0.0, until - _now())
        ready, _, _ = select.select([source, channel.source], [], [], left)
        if channel.source in ready:  # no request comes while the user waits
            leave()
        chunk = os.read(source, 1 << 16) if ready else b""
        if not chunk:
            return None
        content = reader.feed(chunk)
    return content


def _end(pid: int, *, is_done: bool) -> int:
    """End a fork and all that it started, and return its status.

    A fork that has answered is ended at once, unless it has coverage data to save.
    """
    if (is_done and not is_measured()) or not _is_over(pid):
        end_group(pid)
    _, status = os.waitpid(pid, 0)
    end_group(pid)
    return status


def _is_over(pid: int) -> bool:
    """Return True if a process ends within a few seconds."""
    until = _now() + _GRACE
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if _now() > until:
            return False
        select.select([], [], [], 0.005)
    return True


def _fate(status: int, trace: str, seconds: float) -> str:
    """Describe how a fork ended that returned no transcript."""
    if trace.startswith("Timeout ("):
        return (
            f"it hung: no answer within {seconds:g} s of real time, the limit of "
            "--dialogue-timeout"
        )
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"its process was ended by {name}"
    if trace:
        return f"the replay stopped with an error: {trace.strip().splitlines()[-1]}"
    return f"its process exited with code {os.WEXITSTATUS(status)}"
