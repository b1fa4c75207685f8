"""Replay on a real message bus, in real time.

``UserBusAssistant`` replays on whatever answers at an address. ``OwnBusAssistant``
starts such a bus itself, an ``ovos-messagebus`` on a free port of the loopback
interface, and boots ovos-core with the skills in this process, as a second client. Both
need threads, so ``worker`` forks the process before it is booted.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import websocket

from ovos_dialogue_kit.assistant.core.boot import (
    RunningCore,
    boot,
    packages_of,
    require_installed_skills,
    scheduler_maker,
    start_scheduler,
)
from ovos_dialogue_kit.assistant.core.generations.companions import adapt_companions
from ovos_dialogue_kit.assistant.core.other_output import OtherOutput
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.skill_output import Words
from ovos_dialogue_kit.assistant.network import Network, is_listened_to
from ovos_dialogue_kit.assistant.process.progress import Pace
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.system.ending import die_with_parent
from ovos_dialogue_kit.assistant.transports.memory_sockets import is_own_bus
from ovos_dialogue_kit.assistant.transports.on_memory import transcribe, versions
from ovos_dialogue_kit.assistant.transports.websocket_bus import WebsocketBus
from ovos_dialogue_kit.assistant.virtual_time.thread_memory import (
    make_room_for_each_thread,
)
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.replay import Tell
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["OwnBusAssistant", "UserBusAssistant", "free_port"]

_BOOT_SECONDS = 60.0


class UserBusAssistant:
    """An assistant of the user's own, at the address of its bus.

    Args:
        setup: whose ``bus`` is the address.
        configuration: path of the ``mycroft.conf`` of this process.

    """

    def __init__(self, setup: Setup, configuration: Path) -> None:
        self.setup = setup
        self._configuration = configuration
        self.url = setup.bus
        self.core: RunningCore | None = None
        self.head_start, self.boot_seconds = 0, 0.0  # real time needs none
        self.output: OtherOutput | None = None
        self._code = SkillCode(packages_of(setup))
        self._raised = Raised(self._code)
        self._has_settled: Callable[[str], bool] | None = None
        self._untold: queue.SimpleQueue[Caught] = queue.SimpleQueue()
        self.network = Network(self._code, self._untold.put, setup.hosts)

    def start(self) -> list[str]:
        """Check that a bus answers; nothing is started.

        Returns an empty list, as no threads are left behind.

        Raises:
            AssistantError: none does.

        """
        WebsocketBus(self.url).close()
        return []

    def replay(
        self,
        fixture: Fixture,
        case: Case,
        options: Options,
        tell: Tell = lambda _: None,
    ) -> Transcript:
        """Replay a case over a connection of its own.

        ``tell`` gets its turns meanwhile; see ``Replayer``.
        """
        bus = self._clients(case)
        tell = self.network.following(fixture, case, tell)
        play = partial(transcribe, self.setup, self.core, bus, fixture, case, options)
        try:
            if self.core is None or options.schedule is not None:
                return play(tell)
            words = Words(
                self.setup.skills,
                self._code,
                output=self.output,
                own_ids=bus.own_ids,
            )
            return words.replay(case, play, tell)
        finally:
            bus.close()

    def _clients(self, _case: Case) -> WebsocketBus:
        """Return the clients' end of the bus."""
        return WebsocketBus(
            self.url,
            is_shared=self.core is None,
            faults=self.faults,
            traceback_of=self._raised.of,
            has_settled=self._has_settled,
        )

    def faults(self) -> list[Caught]:
        """Return the exceptions since the last call that no message tells of."""
        self.network.look()
        return [self._untold.get() for _ in range(self._untold.qsize())]

    def _note(self, error: BaseException) -> None:
        caught = self._raised.caught(error)
        if caught:
            self._untold.put(caught)


class OwnBusAssistant(UserBusAssistant):
    """A message bus and an assistant that the kit starts.

    Args:
        setup: what the assistant is started with.
        configuration: path of the ``mycroft.conf`` of this process.

    """

    def __init__(self, setup: Setup, configuration: Path) -> None:
        super().__init__(setup, configuration)
        self._server: subprocess.Popen[bytes] | None = None
        self.loading: Callable[[str], None] = lambda _: None

    def be_watched(self, _: Pace) -> None:
        """Do nothing: turns are the only progress in real time."""

    def prepare(self) -> None:
        """Watch the log and import OVOS; no thread is started.

        Raises:
            AssistantError: a skill of the setup is not installed.

        """
        require_installed_skills(self.setup)
        self._raised.watch(self._note)
        versions()  # cached here for all forks
        adapt_companions()
        import_module("ovos_core.intent_services")
        import_module("ovos_core.skill_manager")

    def start(self) -> list[str]:
        """Start the bus, then the assistant on it, after ``prepare``.

        Returns an empty list, because each case boots for itself.

        Raises:
            AssistantError: ovos-messagebus is not installed or does not start, or as
                ``boot`` does.

        """
        port = free_port()
        self.url = f"ws://127.0.0.1:{port}/core"
        self._configure(port)
        self._server = _start_server()
        self._beside_the_bus(port)
        make_room_for_each_thread()
        self._await_server(port)
        bus = WebsocketBus(self.url, is_shared=False)
        self.network.watch()
        from ovos_bus_client import MessageBusClient
        from ovos_bus_client.client import client as module

        from ovos_dialogue_kit.assistant.transports.listeners import WatchedListeners

        _redirect(port)
        module.ExecutorEventEmitter = partial(WatchedListeners, self._note)
        listeners = WatchedListeners(self._note)
        self._has_settled = listeners.has_settled
        client = MessageBusClient(emitter=listeners)
        client.run_in_thread()
        if not client.connected_event.wait(
            _BOOT_SECONDS
        ):  # pragma: no cover  # bus did
            raise AssistantError("ovos-core could not connect to the message bus")

        def settle(done: Callable[[], bool], seconds: float) -> bool:
            until = bus.now + seconds
            bus.rest(bus.now + _BOOT_SECONDS)
            while not done() and bus.now < until:
                bus.rest(bus.now + _BOOT_SECONDS)  # all that was sent before an echo
            return done()

        self.core = boot(self.setup, client, settle, self._raised, self.loading)
        start_scheduler(scheduler_maker()(client))
        self._raised.watch_threads(self._note)
        self._raised.watch_raw_threads(self._note)
        bus.close()
        return []

    def _beside_the_bus(self, port: int) -> None:
        """Start nothing else; the bus will be at ``port``."""

    def _configure(self, port: int) -> None:
        """Write the bus's address into the assistant's configuration, and reload it."""
        from ovos_config.config import Configuration

        settings = json.loads(self._configuration.read_text(encoding="utf-8"))
        settings["websocket"] |= {
            "host": "127.0.0.1",
            "port": port,
            "route": "/core",
            "ssl": False,
        }
        self._configuration.write_text(json.dumps(settings), encoding="utf-8")
        Configuration.reload()

    def _await_server(self, port: int) -> None:
        """Wait until the server listens; another one at the port is not ours."""
        assert self._server  # noqa: S101  # started
        until = time.monotonic() + _BOOT_SECONDS
        while not is_listened_to(port):
            if self._server.poll() is not None or time.monotonic() > until:
                raise AssistantError(
                    "ovos-messagebus did not start",
                    hint=f"it does not listen at {self.url}",
                )
            time.sleep(0.02)


def _redirect(port: int) -> None:
    """Connect to our own bus whoever asks for that of a user on this machine."""
    connect = websocket.WebSocket.connect

    def connect_to_own(raw: Any, url: str, **options: Any) -> None:  # the original's
        if is_own_bus(url):
            url = f"ws://127.0.0.1:{port}/core"
        connect(raw, url, **options)  # type: ignore[no-untyped-call]

    websocket.WebSocket.connect = connect_to_own  # type: ignore[assignment, method-assign]


def free_port() -> int:
    """Return a port of the loopback interface at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start_server() -> subprocess.Popen[bytes]:
    if find_spec("ovos_messagebus") is None:
        raise AssistantError(
            "ovos-messagebus is not installed",
            hint='pip install "ovos-dialogue-kit[bus]"',
        )
    return subprocess.Popen(
        [sys.executable, "-m", "ovos_messagebus"],
        preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509  # there are no threads yet
    )
