"""Boot an assistant in this process and replay on a bus in memory, in virtual time.

``MemoryBusAssistant.prepare`` and ``start`` boot it; ``replay`` replays one case. They
leave skills, sessions and replaced clocks behind, so others run them in a process of
their own: see ``worker``.
"""

from __future__ import annotations

import platform
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.core.boot import (
    RunningCore,
    boot,
    packages_of,
    require_installed_skills,
    scheduler_maker,
    start_scheduler,
)
from ovos_dialogue_kit.assistant.core.file_watchers import WatchedFiles
from ovos_dialogue_kit.assistant.core.generations import installed_generation
from ovos_dialogue_kit.assistant.core.generations.companions import (
    adapt_companions,
    is_stock,
)
from ovos_dialogue_kit.assistant.core.missing_dialogs import with_missing_dialogs
from ovos_dialogue_kit.assistant.core.other_output import OtherOutput
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.skill_output import Words
from ovos_dialogue_kit.assistant.core.unloading import UNLOADING, unloaded
from ovos_dialogue_kit.assistant.core.unmatched import with_explanations
from ovos_dialogue_kit.assistant.core.warm_up import warm_up
from ovos_dialogue_kit.assistant.network import Network
from ovos_dialogue_kit.assistant.process.progress import Pace
from ovos_dialogue_kit.assistant.setup import Setup, pipeline_for
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.transports.memory_sockets import MemorySockets
from ovos_dialogue_kit.assistant.virtual_time.scheduler import DeadlockError
from ovos_dialogue_kit.assistant.virtual_time.stand_ins import Clock
from ovos_dialogue_kit.assistant.virtual_time.switcher import Switcher
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.bus import Bus, Caught
from ovos_dialogue_kit.replayer.replay import Replayer, Tell, replay_case
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.rules import REAL_DEADLINE, VIRTUAL_DEADLINE, Rules
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import ReplyExpectation

__all__ = ["MemoryBusAssistant", "transcribe", "versions"]

_PATIENCE = 1.0
"""Seconds of real time in which each thread that still waits is to end."""

_DISTRIBUTIONS = ("ovos-core", "ovos-workshop", "ovos-bus-client")


@cache
def versions() -> Mapping[str, str]:
    """Return the installed versions of Python and of what affects replies."""
    distributions = {
        name: found.version
        for name in (*_DISTRIBUTIONS, *installed_generation().distributions.values())
        for found in Distribution.discover(name=name)
    }
    return {**distributions, "python": platform.python_version()}


class MemoryBusAssistant:
    """An assistant in this process, whose ``mycroft.conf`` stays as it is.

    Its boot begins ``head_start`` seconds before noon, and has taken ``boot_seconds``
    on its clock.

    Only the thread that calls ``start`` may call ``replay``: it drives the scheduler.
    """

    def __init__(self, setup: Setup, _configuration: Path | None = None) -> None:
        self.setup = setup
        self._code = SkillCode(packages_of(setup))
        self._raised = Raised(self._code)
        self._faults: list[Caught] = []
        self.network = Network(self._code, self._note_fault, setup.hosts)
        is_real = setup.clock == "real"
        self._hub = Hub(self._note, time.monotonic if is_real else None)
        self._sockets = MemorySockets(self._hub)
        self._clock = Clock(
            self._hub.scheduler, self._sockets.stand_ins(), is_real=is_real
        )
        self._files = WatchedFiles(self._call)
        self._core: RunningCore | None = None
        self._make_scheduler: Callable[[Any], Any] = lambda _: None
        self._event_scheduler: Any = None
        self.loading: Callable[[str], None] = lambda _: None
        self.head_start = 0
        self.boot_seconds = 0.0
        self.output: OtherOutput | None = None

    def prepare(self) -> None:
        """Install virtual time, watch the log and import OVOS.

        No thread is started, so the process can be forked afterwards.

        Raises:
            AssistantError: a skill of the setup is not installed.

        """
        require_installed_skills(self.setup)
        self._raised.watch(self._note)
        self.network.watch()
        versions()  # cached here for all forks
        self._clock.install()
        adapt_companions(self._hub.scheduler.leave_out_thread)
        self._files.install()
        import_module("ovos_core.intent_services")
        import_module("ovos_core.skill_manager")
        self._make_scheduler = scheduler_maker(
            None if self._clock.is_real else lambda: self._hub.scheduler.now
        )

    def start(self) -> list[str]:
        """Boot the assistant; its time stands still until ``replay``.

        Returns the names of the threads that are still waiting after the boot. A fork
        of the process would not have them.

        Raises:
            AssistantError: something that the setup asks for is missing or broken.

        """
        from ovos_bus_client.client import client as module

        from ovos_dialogue_kit.assistant.transports.memory_bus import (
            Listeners,
            LoopbackClient,
        )

        self._clock.begin(0, self.head_start)
        self._hub.scheduler.adopt("driver")
        module.ExecutorEventEmitter = partial(Listeners, self._hub)  # of other clients
        try:
            client = LoopbackClient(self._hub, self._sockets)
            self._core = boot(
                self.setup, client, self._settle, self._raised, self.loading
            )
        except DeadlockError as error:  # pragma: no cover  # in no known ovos-core
            raise AssistantError("ovos-core did not become ready") from error
        if not is_stock():
            warm_up(self._core)
        # what OVOS itself does while it boots, such as to look for updates, is no fault
        self._faults = [each for each in self.faults() if each.fault.trace]
        self._files.forget_changes()
        self._hub.at_rest = self._files.look
        scheduler = self._hub.scheduler
        if not self._clock.is_real:
            self.boot_seconds = scheduler.now
            if self.boot_seconds < self.head_start:
                scheduler.rest(self.head_start, lambda: False)
        self._event_scheduler = self._make_scheduler(client)  # once for all forks
        return scheduler.release()

    def stop(self, *, is_interrupted: bool = False) -> None:
        """Unload the skills, end all threads and put the process's own clocks back.

        A process that ends with its assistant does not need it. After an interruption
        nothing is unloaded, because that would be the scheduler's work, and it may be
        in the middle of something.
        """
        try:
            if self._core and not is_interrupted:
                self._hub.scheduler.adopt("driver")
                self._end(self._core.shutdown)
                self._hub.scheduler.release()
            self._hub.scheduler.close(_PATIENCE)
        finally:
            self.network.leave()
            self._clock.uninstall()

    def _end(self, end: Callable[[], object]) -> int | None:
        """End something in a thread, in at most ``UNLOADING`` seconds.

        Returns the thread's id if it still goes on.
        """
        scheduler = self._hub.scheduler
        ending = threading.Thread(target=end)
        ending.start()
        scheduler.rest(scheduler.now + UNLOADING, lambda: not ending.is_alive())
        return ending.ident if ending.is_alive() else None

    def _settle(self, done: Callable[[], bool], seconds: float) -> bool:
        scheduler = self._hub.scheduler
        scheduler.rest(scheduler.now + seconds, done)
        return done()

    def _call(self, function: Callable[[str], object], path: str) -> None:
        """Call a function as if it listened to the bus."""
        self._hub.scheduler.calls.append(Call(function, (path,), {}))

    def _note(self, error: BaseException) -> None:
        """Take down an exception that no message will tell of."""
        caught = self._raised.caught(error)
        if caught:
            self._note_fault(caught)

    def _note_fault(self, caught: Caught) -> None:
        """Take down a fault, for the session that its thread was started for."""
        session_id = caught.session_id or self._started_for()
        self._faults.append(replace(caught, session_id=session_id))

    def _started_for(self) -> str | None:
        """Return the id of the session that this thread was started for, if known."""
        task = self._hub.scheduler.current()
        return task.session if task else None

    def faults(self) -> list[Caught]:
        """Return the exceptions since the last call that no message tells of."""
        self.network.look()
        faults, self._faults = self._faults, []
        return faults

    def be_watched(self, pace: Pace) -> None:
        """Tell of each message and of the clock, from now on."""
        self._hub.scheduler.time.on_move = pace.move
        self._hub.join(pace.hear)

    def replay(
        self,
        fixture: Fixture,
        case: Case,
        options: Options,
        tell: Tell = lambda _: None,
    ) -> Transcript:
        """Replay a case in this process and return its transcript.

        ``tell`` gets its turns meanwhile; see ``Replayer``.
        """
        assert self._core  # noqa: S101  # started
        self._raised.watch_threads(self._note)
        self._clock.begin(options.chance_seed, self.head_start)
        self._hub.scheduler.adopt("driver")
        tracer = threading.gettrace()
        if options.order_seed is not None:
            self._mix(options.order_seed)
        if options.chance_seed:
            self._hub.watch(lambda *_: self._clock.chance.stir())
        start_scheduler(self._event_scheduler)
        self._settle(lambda: True, 0.0)  # it announces itself, as at a device's boot
        bus = self._clients(case)
        tell = self.network.following(fixture, case, tell)
        play = partial(transcribe, self.setup, self._core, bus, fixture, case, options)
        try:
            if options.schedule is not None:
                return play(tell)
            words = Words(
                self.setup.skills,
                self._code,
                self._started_for,
                self.output,
                self._clock.chance.own_ids,
            )
            end = partial(self._unload, self._core, bus, words)
            return words.replay(case, lambda told: end(play(told), told), tell)
        finally:
            threading.settrace(tracer)
            self._hub.scheduler.release()

    def _clients(self, _case: Case) -> Bus:
        """Return the clients' end of the bus."""
        from ovos_dialogue_kit.assistant.transports.memory_bus import VirtualBus

        return VirtualBus(self._hub, self.faults, self._raised.of)

    def _unload(
        self,
        core: RunningCore,
        bus: Bus,
        words: Words,
        transcript: Transcript,
        tell: Tell,
    ) -> Transcript:
        """Unload the skills; the turns are told before that, as it may be the end."""
        tell(transcript.turns)
        return unloaded(
            transcript, core, bus, self._raised, words, self._note, self._end
        )

    def _mix(self, seed: int) -> None:
        """Shuffle the listeners, and let others go on between the skills' own steps."""
        self._hub.order = random.Random(seed)  # noqa: S311  # not secret
        switcher = Switcher(self._hub.give_way, self._code.packages, seed)
        self._hub.before_listener = switcher.trace_listener
        threading.settrace(switcher)


def transcribe(  # noqa: PLR0913, PLR0917  # one call, from two kinds of assistant
    setup: Setup,
    core: RunningCore | None,
    bus: Bus,
    fixture: Fixture,
    case: Case,
    options: Options,
    tell: Tell = lambda _: None,
) -> Transcript:
    """Replay a case on a bus and add engine, versions and dialogs to the transcript."""
    usual = REAL_DEADLINE if setup.clock == "real" else VIRTUAL_DEADLINE
    rules = Rules(
        dialect=replace(installed_generation().dialect, skills=setup.skills),
        pipeline=lambda stages: pipeline_for(stages, setup.engine, setup.optional),
        deadline=usual if options.deadline is None else options.deadline,
        is_traced=options.traced,
        is_watching=options.outgoing,
        epoch=time.time() - bus.now,
    )
    replayer = Replayer(case, bus, rules, tell)
    transcript = replay_case(fixture, case, replayer, options.schedule)
    if core:
        transcript = with_missing_dialogs(core, transcript)
    if core and options.schedule is None:
        transcript = with_explanations(core, setup, case, transcript)
    return replace(
        transcript,
        engine=setup.engine,
        bus=setup.bus,
        versions=versions(),
        dialogs=_dialogs(core, case) if core else {},
    )


def _dialogs(core: RunningCore, case: Case) -> dict[str, tuple[str, ...]]:
    """Return the lines of the dialogs that a case expects, in its languages."""
    langs = {str(wire.get("lang")) for wire in case.sessions.values()}
    langs.update(lang for turn in case.turns for lang in turn.langs)
    expected = [
        reply
        for turn in case.turns
        if turn.expect
        for reply in (*(turn.expect.replies or ()), *turn.expect.denied_replies)
    ]
    names = {name for reply in expected for name in _dialog_names(reply)}
    return {
        f"{name}/{lang}": core.dialog_lines(name, lang)
        for name in sorted(names)
        for lang in sorted(langs)
    }


def _dialog_names(reply: ReplyExpectation) -> Iterator[str]:
    """Yield the dialogs that an expectation names, inner ones too."""
    if reply.dialog:
        yield reply.dialog
    for inner in (*(reply.any_of or ()), *((reply.denied,) if reply.denied else ())):
        yield from _dialog_names(inner)
