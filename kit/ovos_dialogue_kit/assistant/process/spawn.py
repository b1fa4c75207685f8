"""Start the process of an assistant, at once or before anybody knows what to ask it.

Python and the kit's own modules take the process a tenth of a second. The command line
starts that of its first assistant early, and reads scripts meanwhile. Little is
imported here, so that early is early.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from threading import Lock
from typing import IO, TYPE_CHECKING, NamedTuple

from ovos_dialogue_kit.assistant.process.frames import frame
from ovos_dialogue_kit.assistant.system.coverage import coverage_settings
from ovos_dialogue_kit.assistant.system.descendants import end_at_home
from ovos_dialogue_kit.assistant.system.ending import await_end
from ovos_dialogue_kit.assistant.system.memory_file import memory_file
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox, make_home
from ovos_dialogue_kit.errors import KitError

if TYPE_CHECKING:
    from typing_extensions import Self  # typing's own from Python 3.11 on

    from ovos_dialogue_kit.assistant.transports.registry import Transport

__all__ = ["LEAVE_SECONDS", "EarlyProcess", "Spawned", "end", "spawn"]

LEAVE_SECONDS = 2.0
"""Seconds that an assistant has to end itself before it is killed."""


class Spawned(NamedTuple):
    """A process that waits for the setup of its assistant, and the files it has.

    ``log`` is where it prints, ``diary`` where it notes the turns of a case.
    """

    process: subprocess.Popen[bytes]
    home: OwnFolder
    log: IO[bytes]
    diary: IO[bytes]


def spawn(
    transport: Transport,
    log: IO[bytes],
    diary: IO[bytes],
    hash_seed: int = 0,
    variables: Mapping[str, str] | None = None,
) -> Spawned:
    """Start a process, which imports what its transport needs and awaits its setup.

    Args:
        transport: that of its assistant.
        log: where it prints.
        diary: where it notes the turns of a case.
        hash_seed: its ``PYTHONHASHSEED``.
        variables: further ones of its environment.

    Raises:
        AssistantError: no home can be made for it.
        OSError: no more processes can be started, or files opened.

    """
    home = make_home()
    try:
        environment = Sandbox(home).environment(os.environ, hash_seed)
        process = subprocess.Popen(  # our interpreter
            [sys.executable, "-m", "ovos_dialogue_kit.assistant.process.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**environment, **(variables or {})},
            pass_fds=[diary.fileno()],
            start_new_session=True,
        )
    except BaseException:
        home.remove()
        raise
    hello = {
        "sys_path": sys.path,
        "coverage": coverage_settings(),
        "diary": diary.fileno(),
        "assistant": transport.assistant,
    }
    assert process.stdin  # noqa: S101  # for the type checker
    with contextlib.suppress(BrokenPipeError):  # whoever asks it something finds out
        process.stdin.write(frame(0, hello))
        process.stdin.flush()
    return Spawned(process, home, log, diary)


def end(process: subprocess.Popen[bytes], home: OwnFolder) -> None:
    """End a process and all that it started, and remove its home."""
    assert process.stdin  # noqa: S101  # for the type checker
    assert process.stdout  # noqa: S101  # as above
    was_ended = process.poll() is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.terminate()  # it ends what it started, then itself
    await_end(process, LEAVE_SECONDS)
    process.kill()
    process.wait()
    process.stdout.close()
    if was_ended:
        end_at_home(home.path)
    home.remove()


class EarlyProcess:
    """The process of the first assistant of a run, started while the run is prepared.

    It ends with the block, unless an assistant has taken it.

    Args:
        transport: that of the run.

    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._spawned: Spawned | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Start it; if that is not possible, the assistant that needs one says so."""
        if self._transport.needs_hub_environment:  # which may yet have to be made
            return self
        with contextlib.suppress(KitError, OSError), contextlib.ExitStack() as files:
            log, diary = (files.enter_context(memory_file()) for _ in range(2))
            self._spawned = spawn(self._transport, log, diary)
            files.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End it if it was not needed."""
        if spawned := self.take(self._transport):
            end(spawned.process, spawned.home)
            spawned.log.close()
            spawned.diary.close()

    def take(self, transport: Transport) -> Spawned | None:
        """Return the process, the first time, to an assistant on the same transport."""
        if transport != self._transport:
            return None
        with self._lock:
            spawned, self._spawned = self._spawned, None
        return spawned
