"""Start an assistant in a process of its own, and replay cases on it.

Nothing of OVOS is imported here: the caller's process keeps its environment, its time
and its imports. The assistant's process (``worker``) has a private home and ends with
its user, however its user ends.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ovos_dialogue_kit.assistant.device import require_engines
from ovos_dialogue_kit.assistant.process.answers import (
    require_assistant,
    told_turns,
    transcript_of,
)
from ovos_dialogue_kit.assistant.process.failed_boot import failed_boot, last_lines
from ovos_dialogue_kit.assistant.process.frames import (
    FrameReader,
    GarbledError,
    TooLargeError,
    frame,
    parse,
)
from ovos_dialogue_kit.assistant.process.shell_limits import (
    RAISE_LIMIT,
    limits_behind,
    low_memory,
    with_limits,
)
from ovos_dialogue_kit.assistant.process.spawn import (
    LEAVE_SECONDS,
    EarlyProcess,
    end,
    spawn,
)
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.ending import await_end, signal_name
from ovos_dialogue_kit.assistant.system.linux import require_linux
from ovos_dialogue_kit.assistant.system.memory_file import memory_file
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.proc_stat import process_state
from ovos_dialogue_kit.assistant.transports.hivemind.environment import (
    hub_environment,
)
from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript

if TYPE_CHECKING:
    from typing_extensions import Self  # typing's own from Python 3.11 on

__all__ = ["SubprocessAssistant"]

_SPARE = 2
"""Seconds by which a boot may take longer than the one before."""

_LOOK_SECONDS = 0.5
"""Seconds after which to look whether the assistant's process has been stopped."""

_MOST_STOPS = 6
"""Looks in a row at which it may be: whoever stops it with the kit lets it go on."""

_CLOSED = "the assistant was closed"


class SubprocessAssistant:
    """One assistant, booted once; each case is replayed on it as it was after boot.

    ``start`` boots it, otherwise the first case does. Threads may use it at the same
    time: their cases are replayed one after another. Any thread may call ``close`` at
    any time; a thread that waits for the assistant then gets an ``AssistantError``.

    Anything may interrupt a call, such as the exception of a signal handler. The
    process is then ended, because it may still be busy, and the next call boots anew.
    A fork of the user's process gets an assistant of its own.

    Args:
        setup: what it is started with, and the limits of its time.
        hash_seed: ``PYTHONHASHSEED`` of the assistant.
        early: a process that was started with hash seed 0, for whoever comes first.

    """

    def __init__(
        self, setup: Setup, *, hash_seed: int = 0, early: EarlyProcess | None = None
    ) -> None:
        self.setup = setup
        self._hash_seed = hash_seed
        self._early = early
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        """Begin without a process."""
        self._user = os.getpid()
        self._home: OwnFolder | None = None
        self._log = memory_file()
        self._diary = memory_file()
        self._process: subprocess.Popen[bytes] | None = None
        self._in_use = threading.Lock()
        self._lock = threading.Lock()
        self._is_ready = False
        self._requests = 0
        self._leftovers: tuple[str, ...] = ()

    def start(self) -> None:
        """Boot the assistant, if that has not been done.

        Raises:
            AssistantError: what the setup asks for is missing, a skill does not load,
                or this is not Linux.

        """
        self._leave_to_parent()
        with self._in_use:
            self._start()

    def _start(self) -> None:
        if self._is_ready and self._process and self._process.poll() is None:
            return
        require_linux()
        if self.setup.transport.has_own_assistant:
            require_engines(self.setup.engines, self.setup.skills)
        self._end()  # what an interruption has left
        with self._ended_by_interruption():
            self._leftovers = ()
            self._leftovers, took = self._boot()
            if self._leftovers or took:
                self._end()
                self._boot(head_start=math.ceil(took) + _SPARE if took else 0)

    @contextlib.contextmanager
    def _ended_by_interruption(self) -> Iterator[None]:
        """End the process unless the block comes to its end.

        It is not ready until then, even if a second interruption prevents its end.
        """
        self._is_ready = False
        try:
            yield
        except BaseException:
            self._end()
            raise
        self._is_ready = True

    def _leave_to_parent(self) -> None:
        """In a fork of the process that started the assistant, forget that one.

        Both would send requests and read answers over the same pipes.
        """
        if self._user == os.getpid():
            return
        if self._process:
            for file in (self._sink, self._source):
                file.raw.close()  # which writes nothing, unlike file.close()
            self._process.returncode = 0  # it is not ours to wait for
        self._log.close()
        self._diary.close()
        self._begin()

    def _boot(self, head_start: int = 0) -> tuple[tuple[str, ...], float]:
        """Start the worker, whose boot begins ``head_start`` seconds before noon.

        Returns what is left of a boot in it, and the seconds that have passed on its
        clock. If something was left before, each case boots in its fork.
        """
        self._spawn()
        try:
            answer = self._ask(
                {
                    "setup": as_json(self.setup),
                    "forks_first": bool(self._leftovers),
                    "head_start": head_start,
                }
            )
        except (EOFError, GarbledError) as error:
            raise self._failed_boot(str(error), self.output()) from error
        if "crash" in answer:
            raise self._failed_boot(str(answer["crash"]), str(answer["trace"]))
        if "problem" in answer and (reason := low_memory()):
            problem = f"{answer['problem']}; {reason}"
            raise AssistantError(problem, hint=RAISE_LIMIT)
        require_assistant(answer)
        return tuple(map(str, answer["leftovers"])), float(answer["took"])

    def _failed_boot(self, how: str, output: str) -> AssistantError:
        assert self._home  # noqa: S101  # it is made by now
        return failed_boot(self.setup, self._home.path, how, output)

    def _spawn(self) -> None:
        hub: dict[str, str] = {}
        if self.setup.transport.needs_hub_environment:
            hub = hub_environment()
        with self._lock:  # a process that is started during close would stay
            if self._closed:
                raise AssistantError(_CLOSED)
            transport = self.setup.transport
            spawned = self._early.take(transport) if self._early else None
            if spawned:
                self._log.close()
                self._diary.close()
            else:
                self._log.truncate(0)
                self._log.seek(0)
                spawned = spawn(transport, self._log, self._diary, self._hash_seed, hub)
            self._process, self._home, self._log, self._diary = spawned
            self._sink: Any = self._process.stdin  # buffered, unlike what it says
            self._source: Any = self._process.stdout

    def _ask(
        self, request: object
    ) -> dict[str, Any]:  # JSON that a skill may have made
        """Send a request and return the answer that has its number.

        Raises:
            AssistantError: the assistant was closed, or the request is too large.
            EOFError: its process has ended; how.
            GarbledError: what came is no answer.

        """
        self._requests += 1
        try:
            content = frame(self._requests, request)
        except TooLargeError as error:
            raise AssistantError(f"the dialogue is too large: {error}") from error
        with contextlib.suppress(BrokenPipeError, ValueError):  # _read raises
            self._write(content)
        return parse(self._read())

    def _write(self, content: bytes) -> None:
        """Write a request in parts that need not wait for the process to read."""
        for start in range(0, len(content), select.PIPE_BUF):
            self._await(self._sink.fileno(), select.POLLOUT)
            self._sink.raw.write(content[start : start + select.PIPE_BUF])

    def _read(self) -> bytes:
        reader = FrameReader(self._requests)
        content, chunk = None, b""
        while content is None:
            with contextlib.suppress(ValueError):  # it is closed meanwhile
                self._await(self._source.fileno(), select.POLLIN)
                chunk = self._source.read1(1 << 16)
            if self._closed:
                raise AssistantError(_CLOSED)
            if not chunk:
                raise EOFError(self._fate())
            content = reader.feed(chunk)
        return content

    def _await(self, end: int, event: int) -> None:
        """Wait until an end of a pipe can be read or written, or the other is closed.

        Raises:
            EOFError: the process was stopped, as a skill can do, and goes on no more.

        """
        looking = select.poll()
        looking.register(end, event)
        stops = 0
        while not looking.poll(_LOOK_SECONDS * 1000):
            is_stopped = self._process and process_state(self._process.pid) == "T"
            stops = stops + 1 if is_stopped else 0
            if stops == _MOST_STOPS:
                raise EOFError("something stopped the assistant's process (SIGSTOP)")

    def _fate(self) -> str:
        """Describe how the assistant's process ended during a case."""
        assert self._process  # noqa: S101  # the process was started
        await_end(self._process, LEAVE_SECONDS)
        code = self._process.poll()
        if code is None:
            return "its process closed the connection to the kit"
        how = f"exit code {code}" if code >= 0 else signal_name(-code)
        return f"something ended the assistant's process ({how})"

    def output(self) -> str:
        """Return the last lines that the assistant and its skills printed."""
        with self._lock:  # close would close the log meanwhile
            return "" if self._closed else last_lines(self._log)

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case and return its transcript.

        If the case hangs or crashes, the transcript's ``crash`` says how. If it breaks
        the assistant itself, the next case boots another one.

        Raises:
            AssistantError: the assistant cannot be booted, it was closed, or it has
                crashed with too little memory for any assistant.

        """
        self._leave_to_parent()
        request = {
            "fixture": as_json(replace(fixture, cases=(case,))),
            "options": as_json(options or Options()),
        }
        with self._in_use:
            self._start()
            try:
                with self._ended_by_interruption():
                    answer = self._ask(request)
                if "spoilt" in answer:  # by the case before
                    answer = self._ask_another(request)
            except (EOFError, GarbledError) as error:
                answer = {"crash": str(error), "trace": ""}
        require_assistant(answer)
        if "transcript" in answer:
            try:
                transcript = transcript_of(answer["transcript"], case)
                transcript = with_limits(transcript)
                return replace(transcript, leftovers=self._leftovers)
            except KitError as error:
                crash = str(GarbledError(error.problem))
                answer = {"crash": crash, "trace": ""}
        if reason := limits_behind(f"{answer['crash']}\n{answer['trace']}"):
            problem = f"the assistant crashed, as {reason}"
            raise AssistantError(problem, hint=RAISE_LIMIT)
        return self._crashed(fixture, case, answer)

    def _ask_another(self, request: object) -> dict[str, Any]:
        """Boot another assistant and ask that."""
        self._end()
        self._is_ready = False
        self._start()
        with self._ended_by_interruption():
            answer = self._ask(request)
        if "spoilt" in answer:
            raise AssistantError(
                "the assistant's temporary home cannot be restored after a boot",
                hint="make room for temporary files, or set TMPDIR to another folder",
            )
        return answer

    def _crashed(
        self, fixture: Fixture, case: Case, answer: Mapping[str, Any]
    ) -> Transcript:
        printed = str(answer.get("printed", ""))
        return Transcript(
            script=fixture.script,
            dialogue=fixture.dialogue,
            case=case.name,
            engine=self.setup.engine,
            bus=self.setup.bus,
            turns=tuple(told_turns(self._diary, printed)),
            crash=Fault("crash", str(answer["crash"]), str(answer["trace"]) or None),
        )

    def _stop(self) -> None:
        """End the process and all that it started."""
        if self._process and self._home:
            end(self._process, self._home)
            self._process = self._home = None

    def _end(self) -> None:
        with self._lock:
            self._stop()

    def close(self) -> None:
        """End the process and remove its home."""
        self._leave_to_parent()
        with self._lock:
            self._closed = True
            self._stop()
            self._log.close()
            self._diary.close()

    def __enter__(self) -> Self:
        """Boot the assistant; if that fails, close it."""
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the assistant."""
        self.close()
