"""Boot an assistant in this process, then replay a case for each request.

``spawn`` runs this module with ``python -m``. It reads frames of JSON from its standard
input. The first says what can be prepared; the second is the setup; every other one
asks for one case. They are answered on the standard output, each with a frame, but the
first one is not. The process ends with its input.

A case is replayed in a fork of the process as it was just after boot (``fork``): every
case starts from the same state, and one that hangs or crashes leaves the others alone.
If the boot leaves what a fork would not have, or would share (``leftovers``), another
worker is started that forks first, so that each case boots for itself. So it is on a
real message bus. If time has passed during the boot, another worker
begins its boot as much earlier, so that each dialogue begins at noon.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ovos_dialogue_kit.assistant.process.channel import (
    HANG,
    LOADING,
    Channel,
    refusal,
)
from ovos_dialogue_kit.assistant.process.fork import Forks
from ovos_dialogue_kit.assistant.process.frames import GarbledError, parse
from ovos_dialogue_kit.assistant.process.leftovers import Leftovers
from ovos_dialogue_kit.assistant.process.patterns import MOST, Patterns
from ovos_dialogue_kit.assistant.process.progress import Pace
from ovos_dialogue_kit.assistant.process.watch import Bounds
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.coverage import measure
from ovos_dialogue_kit.assistant.system.descendants import adopt_orphans
from ovos_dialogue_kit.assistant.system.ending import ending_with_input, take_along
from ovos_dialogue_kit.assistant.system.namespace import leave_network, without_proxies
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.shared_memory import note_shared_memory
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.jsondata import as_json, from_json
from ovos_dialogue_kit.project.text_files import words_of
from ovos_dialogue_kit.replayer.replay_options import Options

if TYPE_CHECKING:
    from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
    from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant
    from ovos_dialogue_kit.assistant.transports.on_websocket import (
        OwnBusAssistant,
        UserBusAssistant,
    )
    from ovos_dialogue_kit.replayer.replay import Tell

__all__ = ["import_ahead", "serve"]


def serve() -> None:
    """Boot the assistant that its user asks for, then replay cases on it."""
    gc.disable()  # imports leave no garbage, and it would look for some again and again
    channel = _own_channel()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the user's process ends this one
    home = OwnFolder(Path(os.environ["HOME"]).parent)
    adopt_orphans()
    take_along(home)
    hello = channel.read()
    sys.path[:] = hello["sys_path"]
    measure(hello["coverage"])
    import_ahead(hello["assistant"])
    hello |= channel.read()
    setup = from_json(Setup, hello["setup"], "", "setup")
    if setup.transport.has_own_assistant and not setup.is_online:
        without_proxies(os.environ)
        hello["is_alone"] = leave_network()
    faulthandler.enable()
    with _ended_after(setup.limits.boot, home):
        try:
            _serve(channel, setup, home, hello)
        except AssistantError as error:
            channel.answer(refusal(error))


@contextlib.contextmanager
def _ended_after(seconds: float, home: OwnFolder) -> Iterator[None]:
    """End this process, with a note of where it hangs, if its boot takes too long."""
    with Path(home.path, HANG).open("wb") as hang:
        faulthandler.dump_traceback_later(seconds, exit=True, file=hang)
        yield
        faulthandler.cancel_dump_traceback_later()


def _own_channel() -> Channel:
    """Keep standard input and output for requests; skills print to the log instead.

    Python's streams write to it by an open file of their own, so that a dialogue can
    tell what is written past them.
    """
    channel = Channel(os.dup(0), os.dup(1))
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr = os.fdopen(
        os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace"
    )
    return channel


def _serve(channel: Channel, setup: Setup, home: OwnFolder, hello: Any) -> None:
    from ovos_dialogue_kit.assistant.core.boot import configuration
    from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

    sandbox = Sandbox(home)
    note_shared_memory(home.path)
    with _writing(sandbox):
        sandbox.configure(configuration(setup))
    if setup.transport.is_forked:
        _serve_in_forks(channel, setup, sandbox, hello)
    else:
        _serve_in_place(channel, setup, sandbox)


def import_ahead(assistant: str) -> None:
    """Import the kit's own modules while the user may still read scripts.

    None of them imports OVOS, which would read the configuration.
    """
    _import_clock()
    _assistant_class(assistant)
    import_module("ovos_dialogue_kit.assistant.core.boot")
    import_module("ovos_dialogue_kit.assistant.core.file_locks")


def _assistant_class(assistant: str) -> Any:  # constructors differ; see the two callers
    """Import the class that replays on a transport."""
    module, _, name = assistant.partition(":")
    return getattr(import_module(module), name)


def _serve_in_forks(
    channel: Channel,
    setup: Setup,
    sandbox: Sandbox,
    hello: Any,  # JSON of our own making
) -> None:
    """Replay each case in a fork, which boots first if the user says so.

    The answer to the setup says what the boot has left, and how many seconds it took on
    the assistant's clock. On a transport that never boots once, a fork that only boots
    shows whether that works.
    """
    from ovos_dialogue_kit.assistant.core.file_locks import locks_of_files, take_over
    from ovos_dialogue_kit.assistant.core.generations.companions import is_stock
    from ovos_dialogue_kit.assistant.core.other_output import OtherOutput

    assistant: MemoryBusAssistant | OwnBusAssistant = _assistant_class(
        setup.transport.assistant
    )(setup, sandbox.configuration)
    assistant.head_start = hello["head_start"]
    assistant.network.is_alone = hello.get("is_alone", False)
    is_untried = not setup.transport.boots_once
    forks_first = hello["forks_first"] or is_untried
    assistant.loading = partial(_note_loading, Path(sandbox.folder.path, LOADING))
    with ending_with_input(channel.source):
        assistant.prepare()
        gc.freeze()  # collections during the boot need not look at what was imported
        gc.enable()
        answer: dict[str, object] = {"leftovers": [], "took": 0.0}
        if not forks_first:
            answer = _boot(assistant, Leftovers.now(), sandbox.home)
        gc.unfreeze()
        locks = locks_of_files()
        with _writing(sandbox):
            sandbox.save()
    forks = Forks(sandbox, channel, hello["diary"])
    patterns = Patterns(most=0 if is_stock() else MOST)
    gc.freeze()  # a collection in a fork would copy the memory that all forks share
    faulthandler.cancel_dump_traceback_later()
    if is_untried:
        answer = _try_boot(assistant, locks, forks, sandbox.folder)
    channel.answer(answer)
    while True:
        fixture, options = _case(channel.read())
        if forks.is_spoilt:
            channel.answer({"spoilt": True})
            continue

        def play(
            tell: Tell,
            pace: Pace,
            fixture: Fixture = fixture,
            options: Options = options,
        ) -> dict[str, object]:
            take_over(locks)
            assistant.be_watched(pace)
            assistant.output = OtherOutput(forks.output.fileno())
            if forks_first:
                assistant.start()
            transcript = assistant.replay(fixture, fixture.cases[0], options, tell)
            patterns.note()
            return {"transcript": transcript}

        seconds = _limit(setup, fixture.cases[0], forks_first=forks_first)
        channel.relay(forks.answer(play, Bounds(seconds)))
        patterns.learn()  # while the user judges


def _limit(setup: Setup, case: Case, *, forks_first: bool) -> float:
    """Return the seconds without progress after which a case counts as hung.

    In real time, a turn may be so long by intent.
    """
    limits = setup.limits
    seconds = limits.dialogue + (limits.boot if forks_first else 0.0)
    if setup.clock == "real":
        waits = (turn.silence or turn.within or 0.0 for turn in case.turns)
        seconds += max(waits, default=0.0)
    return seconds


def _note_loading(note: Path, skill_id: str) -> None:
    """Write down which skill is being loaded, in case that ends the process."""
    with contextlib.suppress(OSError):
        note.write_text(skill_id, encoding="utf-8")


def _boot(
    assistant: MemoryBusAssistant | OwnBusAssistant, before: Leftovers, home: Path
) -> dict[str, object]:
    """Boot in this process, and return the answer to the setup."""
    threads = [f'the thread "{name}"' for name in assistant.start()]
    return {"leftovers": threads or before.new(home), "took": assistant.boot_seconds}


@contextlib.contextmanager
def _writing(sandbox: Sandbox) -> Iterator[None]:
    """Tell of a home that cannot be written as of a missing assistant.

    Raises:
        AssistantError: files of the home cannot be read or written in the block.

    """
    try:
        yield
    except OSError as error:
        where = sandbox.folder.path.parent
        raise AssistantError(
            f'the assistant\'s home in "{where}" cannot be written: {words_of(error)}',
            hint="make room there, or set TMPDIR to another folder",
        ) from error


def _try_boot(
    assistant: MemoryBusAssistant | OwnBusAssistant,
    locks: Sequence[Any],
    forks: Forks,
    home: OwnFolder,
) -> dict[str, object]:
    """Boot in a fork that ends, and return the answer to the setup."""
    from ovos_dialogue_kit.assistant.core.file_locks import take_over

    limits = assistant.setup.limits

    def boot(_: Tell, __: Pace) -> dict[str, object]:
        with _ended_after(limits.boot, home):
            take_over(locks)
            assistant.start()
        return {"leftovers": [], "took": 0.0}

    try:
        answer = parse(forks.answer(boot, Bounds(limits.boot + limits.dialogue)))
    except GarbledError as error:
        answer = {"crash": str(error), "trace": ""}
    if "crash" in answer:
        answer["crash"] = f"the assistant did not boot: {answer['crash']}"
    return answer


def _import_clock() -> None:
    """Import ``time_machine`` without pytest, for which it would define a fixture.

    Importing pytest is two thirds of that import, and a tenth of a boot.
    """
    sys.modules["pytest"] = None  # type: ignore[assignment]  # "there is none"
    import_module("time_machine")
    del sys.modules["pytest"]


def _serve_in_place(channel: Channel, setup: Setup, sandbox: Sandbox) -> None:
    """Replay each case from this process, in real time."""
    assistant: UserBusAssistant = _assistant_class(setup.transport.assistant)(
        setup, sandbox.configuration
    )
    with ending_with_input(channel.source):
        assistant.start()
    gc.enable()
    faulthandler.cancel_dump_traceback_later()
    channel.answer({"leftovers": [], "took": 0.0})
    while True:
        fixture, options = _case(channel.read())
        answer: dict[str, object]
        try:
            with ending_with_input(channel.source):
                transcript = assistant.replay(fixture, fixture.cases[0], options)
            answer = {"transcript": as_json(transcript)}
        except AssistantError as error:
            answer = refusal(error)
        channel.answer(answer)


def _case(request: Any) -> tuple[Fixture, Options]:  # JSON of our own making
    """Return the fixture, with its one case, and the options of a request."""
    fixture = from_json(Fixture, request["fixture"], "", "fixture")
    options = from_json(Options, request["options"], "", "options")
    return fixture, options


if __name__ == "__main__":  # pragma: no branch  # there is no way out of it
    serve()
