"""Fork this process for one case, watch the fork, and end it with all it started.

The fork (``forked``) answers with one frame. A file keeps the turns of the case
as they begin and end, for the transcript of a fork that crashes. After it, the home is
restored.
"""

from __future__ import annotations

import os
import resource
import select
import time
from collections.abc import Callable
from json import dumps
from typing import IO

from ovos_dialogue_kit.assistant.process.channel import Channel, refusal
from ovos_dialogue_kit.assistant.process.dump import dump
from ovos_dialogue_kit.assistant.process.forked import (
    Outlets,
    Replaying,
    replay_and_exit,
)
from ovos_dialogue_kit.assistant.process.frames import FrameReader, GarbledError
from ovos_dialogue_kit.assistant.process.progress import Ending, Pace
from ovos_dialogue_kit.assistant.process.stacks import as_traceback, holder
from ovos_dialogue_kit.assistant.process.watch import HUNG, PERIOD, Bounds, Watch
from ovos_dialogue_kit.assistant.system.coverage import is_measured
from ovos_dialogue_kit.assistant.system.descendants import children, end_descendants
from ovos_dialogue_kit.assistant.system.ending import (
    die_with_parent,
    end_group,
    leave,
    signal_name,
    take_along,
)
from ovos_dialogue_kit.assistant.system.fork_hooks import copying
from ovos_dialogue_kit.assistant.system.memory_file import memory_file
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.project.text_files import words_of

__all__ = ["Forks"]

_GRACE = 5.0
_MOST_PRINTED = 10_000
_STDERR = 2
_now = time.monotonic  # before virtual time takes its place


class Forks:
    """The forks of this process, each of which starts from what is there now.

    Args:
        sandbox: the home, which is restored after each fork.
        channel: the connection to the user; it is only watched for its end.
        diary: the open file that gets the turns of a case.

    ``output`` is an open file for what a fork writes past Python's streams, which the
    fork may empty. ``is_spoilt`` is True if a fork has done to the home what cannot be
    undone.
    """

    def __init__(self, sandbox: Sandbox, channel: Channel, diary: int) -> None:
        self.is_spoilt = False
        self.output = memory_file()
        self._sandbox = sandbox
        self._channel = channel
        self._diary = diary
        self._kept = children()

    def answer(self, play: Replaying, bounds: Bounds) -> bytes:
        """Do something in a fork and return the JSON that answers the last request.

        Args:
            play: see ``replay_and_exit``.
            bounds: what the fork may use.

        """
        _empty(self._diary)
        with memory_file() as log:
            answer = self._answer(play, log, bounds)
        _empty(_STDERR)
        _empty(self.output.fileno())
        try:
            self._sandbox.restore()
        except OSError:
            self.is_spoilt = True
        return answer

    def _answer(self, play: Replaying, log: IO[bytes], bounds: Bounds) -> bytes:
        channel, home, pace = self._channel, self._sandbox.folder, Pace()
        source, sink = os.pipe()
        worker = os.getpid()
        try:
            with copying():
                pid = os.fork()
        except OSError as error:
            os.close(source)
            os.close(sink)
            return dumps(refusal(_no_fork(error))).encode()
        if pid == 0:
            os.close(source)
            die_with_parent(worker)
            outlets = Outlets(sink, log.fileno(), self._diary, channel, pace)
            replay_and_exit(play, outlets, bounds.disk)
        os.setpgid(pid, pid)  # the fork does so itself, but it may be ended before that
        take_along(home, pid)
        os.close(sink)
        printed = (_STDERR, self.output.fileno())
        watch = Watch(pid, pace, bounds, self._sandbox.home, printed)
        answer, crash = None, ""
        try:
            answer = _await(source, channel, watch.look)
        except GarbledError as error:
            crash = str(error)
            end_group(pid)
        except _TooFarError as error:
            crash = str(error)
            dump(pid, log)
            end_group(pid)
        status = _end(pid, is_done=answer is not None)
        os.close(source)
        end_descendants(self._kept)
        take_along(home)
        return answer or _report(crash, status, pace.ending, log, self.output)


def _no_fork(error: OSError) -> AssistantError:
    """Return the error that no process can be started, with the limit to raise."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    number = "unlimited" if limit == resource.RLIM_INFINITY else limit
    return AssistantError(
        f"the assistant cannot be copied for a dialogue: {words_of(error)}",
        hint=f"raise the limits of processes (`ulimit -u` is {number}) and of memory, "
        "or run fewer jobs",
    )


class _TooFarError(Exception):
    """A fork must end; the message says why."""


def _empty(file: int) -> None:
    """Empty an open file, and begin at its start."""
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)


def _await(
    source: int, channel: Channel, look: Callable[[], str | None]
) -> bytes | None:
    """Return the JSON that a fork writes, or ``None`` if it ends before that.

    Args:
        source: the open file that the fork writes to.
        channel: the connection whose end means that the user is gone.
        look: returns why the fork must end, if it must.

    Raises:
        GarbledError: it writes something else.
        _TooFarError: it must end.

    """
    reader = FrameReader(channel.number)
    content = None
    while content is None:
        ready, _, _ = select.select([source, channel.source], [], [], PERIOD)
        if channel.source in ready:  # no request comes while the user waits
            leave()
        if source in ready:
            chunk = os.read(source, 1 << 16)
            if not chunk:
                return None
            content = reader.feed(chunk)
        elif reason := look():
            raise _TooFarError(reason)
    return content


def _end(pid: int, *, is_done: bool) -> int:
    """End a fork and its group, and return its status.

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


def _report(
    crash: str, status: int, ending: Ending, log: IO[bytes], output: IO[bytes]
) -> bytes:
    """Return the JSON that says how a fork ended without an answer.

    Args:
        crash: why it was ended, if it was.
        status: that of the process.
        ending: what it has told about its end.
        log: the stacks or the error that it has written.
        output: what it has written past Python's streams in its last turn.

    """
    log.seek(0)
    text = log.read().decode(errors="replace")
    is_failed = ending is Ending.FAILED and not crash
    trace = text if is_failed else as_traceback(text, is_fatal=not crash)
    crash = crash or _fate(status, ending, text)
    if crash.startswith(HUNG) and (line := holder(text)):
        crash += f"; {line}, does not end: give it a timeout, or let its loop sleep"
    printed = os.pread(output.fileno(), _MOST_PRINTED, 0).decode(errors="replace")
    return dumps({"crash": crash, "trace": trace, "printed": printed}).encode()


def _fate(status: int, ending: Ending, text: str) -> str:
    """Describe how a fork ended by itself."""
    if ending is Ending.FAILED:
        error = text.strip().rpartition("\n")[2]
        how = f": {error}" if error else ", which it could not write"
        return f"the replay stopped with an error{how}"
    if ending is Ending.DISCONNECTED:
        return "it closed open files that it had not opened, the kit's among them"
    if os.WIFSIGNALED(status):
        return f"its process was ended by {signal_name(os.WTERMSIG(status))}"
    return f"its process exited with code {os.WEXITSTATUS(status)}"
