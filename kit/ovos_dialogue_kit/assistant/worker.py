"""The process in which an assistant lives: boots once, then forks for each case.

Run by ``process`` as ``python -m ovos_dialogue_kit.assistant.worker``. It reads one
JSON object a line from its standard input and answers each with one on its standard
output. The first line is the setup; all others ask for one case to be replayed.

A case is replayed in a fork of the process as it was just after boot, so every case
starts from the same state, and one that hangs or crashes takes nothing with it. Where
booting leaves threads behind (a fork would not have them), ``process`` is told so, and
starts another worker, which forks before it boots: each case then boots for itself. The
end of the input ends the process and everything that it started.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ovos_dialogue_kit.assistant.options import Options
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.codec import as_json, from_json
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.fixture import Fixture

__all__ = ["main"]

_PR_SET_PDEATHSIG = 1
_GRACE = 5.0
_MEMORY = 2 << 30
_now = time.monotonic  # before virtual time takes its place


@dataclass(frozen=True, slots=True)
class _Channel:
    """Lines of JSON, in and out."""

    source: int
    sink: int

    def read(self) -> Any:  # JSON of our own making
        """Return the next object; leave the process at the end of the input."""
        line = bytearray()
        while not line.endswith(b"\n"):
            chunk = os.read(self.source, 1 << 16)
            if not chunk:
                _leave()
            line += chunk
        return json.loads(line)

    def write(self, answer: object) -> None:
        """Send an object."""
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(self.sink, data) :]


def main() -> None:
    """Boot what the first line asks for, then answer requests for ever."""
    channel = _own_channel()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    _take_along()
    _die_with_parent(signal.SIGTERM)
    hello = channel.read()
    sys.path[:] = hello["sys_path"]
    _measure(hello["coverage"])
    setup = from_json(Setup, hello["setup"], "", "setup")
    faulthandler.dump_traceback_later(hello["seconds"], exit=True)
    try:
        _serve(channel, setup, hello)
    except AssistantError as error:
        is_engine = isinstance(error, EngineMissingError)
        answer = {"problem": error.problem, "hint": error.hint, "engine": is_engine}
        channel.write(answer)


def _take_along(*leaders: int) -> None:
    """Whenever this process is asked to end, end these groups and its own."""
    signal.signal(signal.SIGTERM, lambda *_: _leave(*leaders))


def _leave(*leaders: int) -> None:
    """End the groups of these leaders, then this process and its group."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # once is enough
    _keep_measurement()
    for leader in (*leaders, 0):
        _end_group(leader)


def _own_channel() -> _Channel:
    """Keep input and output for the protocol; the skill's prints go to the log."""
    channel = _Channel(os.dup(0), os.dup(1))
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return channel


def _die_with_parent(how: signal.Signals) -> None:
    """Ask Linux to end this process when its parent dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)


def _end_group(leader: int) -> None:
    """End a process that leads a group, and all that it started; 0 is this one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _measure(settings: dict[str, Any] | None) -> None:
    """Measure this process and its forks, if the parent is being measured.

    With coverage.py's ``patch = subprocess`` that is so from the first line on.
    """
    if settings is None:
        return
    import coverage

    current = coverage.Coverage.current()
    if not current or current.config.data_file != settings["data_file"]:
        coverage.Coverage(**settings, data_suffix=True).start()


def _keep_measurement() -> None:
    """Write down what was measured here: coverage.py sees no end by a signal."""
    module = sys.modules.get("coverage")
    while module and (current := module.Coverage.current()):
        current.stop()
        current.save()


def _serve(channel: _Channel, setup: Setup, hello: Any) -> None:
    from ovos_dialogue_kit.assistant.boot import configuration
    from ovos_dialogue_kit.assistant.sandbox import Sandbox

    sandbox = Sandbox(Path(hello["sandbox"]))
    sandbox.configure(configuration(setup))
    if setup.bus == "memory":
        assistant = _prepared(setup) if hello["forks_first"] else _booted(setup)
        _serve_forks(channel, assistant, sandbox)
    else:
        _serve_remotely(channel, setup, sandbox)


@dataclass(frozen=True, slots=True)
class _InFork:
    """An assistant to be copied, which replays in the copies only.

    ``threads`` are the names of those that a copy would not have. ``starts`` says that
    it is not yet booted, so that each copy has to do that.
    """

    local: Any  # a Local
    threads: Sequence[str] = ()
    starts: bool = False

    def replay(self, *args: Any) -> Any:  # those of Local.replay, and its result
        """Replay a case; the process is of no more use afterwards."""
        if self.starts:
            self.local.start()
        return self.local.replay(*args)


def _booted(setup: Setup) -> _InFork:
    from ovos_dialogue_kit.assistant.local import Local

    local = Local(setup)
    local.prepare()
    return _InFork(local, local.start())


def _prepared(setup: Setup) -> _InFork:
    from ovos_dialogue_kit.assistant.local import Local

    local = Local(setup)
    local.prepare()
    return _InFork(local, starts=True)


def _serve_forks(channel: _Channel, assistant: _InFork, sandbox: Any) -> None:
    """Replay each case in a fork, in virtual time."""
    sandbox.save()
    gc.freeze()  # what booting made is shared by all forks, not copied by a collection
    faulthandler.cancel_dump_traceback_later()
    channel.write({"threads": assistant.threads})
    while True:
        request = channel.read()
        case = _Case.of(request, assistant)
        channel.write(_run(case, channel, sandbox, request["seconds"]))


def _serve_remotely(channel: _Channel, setup: Setup, sandbox: Any) -> None:
    """Replay each case over a real message bus, from this process."""
    from ovos_dialogue_kit.assistant.remote import Remote, Started

    if setup.bus == "real":
        remote: Remote = Started(setup, sandbox.configuration)
    else:
        remote = Remote(setup)
    remote.start()
    faulthandler.cancel_dump_traceback_later()
    channel.write({"threads": []})
    while True:
        case = _Case.of(channel.read(), remote)
        try:
            case.replay(channel.sink)
        except AssistantError as error:
            channel.write({"crash": str(error), "turn": None, "trace": ""})


@dataclass(frozen=True, slots=True)
class _Case:
    """One case to be replayed."""

    assistant: Any  # an _InFork or a Remote
    fixture: Fixture
    options: Options

    @classmethod
    def of(cls, request: Any, assistant: Any) -> _Case:
        """Read a request, once for the fork that will replay it."""
        fixture = from_json(Fixture, request["fixture"], "", "fixture")
        options = from_json(Options, request["options"], "", "options")
        return cls(assistant, fixture, options)

    def replay(self, sink: int) -> None:
        """Replay and write the transcript to ``sink``."""
        channel = _Channel(-1, sink)
        transcript = self.assistant.replay(
            self.fixture,
            self.fixture.cases[0],
            self.options,
            lambda turn: channel.write({"turn": turn}),
        )
        channel.write({"transcript": as_json(transcript)})


def _run(case: _Case, channel: _Channel, sandbox: Any, seconds: float) -> object:
    """Replay a case in a fork and return the answer to its request.

    After ``seconds`` of real time the fork prints where it is and ends itself; a while
    later it is ended.
    """
    source, sink = os.pipe()
    with tempfile.TemporaryFile() as log:
        pid = os.fork()
        if pid == 0:
            _be_fork(case, sink, log.fileno(), seconds)
        _take_along(pid)
        os.close(sink)
        answers: list[Any] = []
        for line in _lines(source, channel.source, _now() + seconds + _GRACE):
            answers.append(json.loads(line))
            if "transcript" in answers[-1]:
                break
        os.close(source)
        status = _end(pid, is_done=bool(answers) and "transcript" in answers[-1])
        sandbox.restore()
        if answers and "transcript" in answers[-1]:
            return answers[-1]
        log.seek(0)
        trace = log.read().decode(errors="replace")
    turn = answers[-1]["turn"] if answers else None
    return {"crash": _fate(status, trace, seconds), "turn": turn, "trace": trace}


def _be_fork(case: _Case, sink: int, log: int, seconds: float) -> NoReturn:
    """Be the forked process: replay, and leave without cleaning up."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent(signal.SIGKILL)
    faulthandler.enable(log)
    faulthandler.dump_traceback_later(seconds, exit=True, file=log)
    _limit_memory()
    status = 1
    try:
        case.replay(sink)
        status = 0
    except BaseException:  # noqa: BLE001  # whatever it is, the parent is told
        os.write(log, traceback.format_exc().encode())
    finally:
        _keep_measurement()
        os._exit(status)  # pragma: no cover  # what was measured is written by now


def _limit_memory() -> None:
    """Turn a runaway allocation into a ``MemoryError`` of the code under test."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _lines(source: int, parent: int, until: float) -> Iterator[bytes]:
    """Yield what a fork writes, line by line, until it ends or time is up."""
    rest = b""
    while True:
        left = max(0.0, until - _now())
        ready, _, _ = select.select([source, parent], [], [], left)
        if parent in ready:  # it asks for nothing while it waits: it is gone
            signal.raise_signal(signal.SIGTERM)
        chunk = os.read(source, 1 << 16) if ready else b""
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _end(pid: int, *, is_done: bool) -> int:
    """End a fork and all that it started, and return its status.

    One that is done has nothing more to do, unless it was measured.
    """
    if (is_done and "coverage" not in sys.modules) or not _is_over(pid):
        _end_group(pid)
    _, status = os.waitpid(pid, 0)
    _end_group(pid)
    return status


def _is_over(pid: int) -> bool:
    """Return whether a process has ended, waiting for a moment."""
    until = _now() + _GRACE
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if _now() > until:
            return False
        select.select([], [], [], 0.005)
    return True


def _fate(status: int, trace: str, seconds: float) -> str:
    """Say how a fork ended that gave no transcript."""
    if "Timeout (" in trace:
        return f"the assistant hung: no answer within {seconds:g} s of real time"
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"the assistant was ended by {name}"
    if trace:
        return f"the replay broke off: {trace.strip().splitlines()[-1]}"
    return f"the skill ended the process (exit code {os.WEXITSTATUS(status)})"


if __name__ == "__main__":
    main()
