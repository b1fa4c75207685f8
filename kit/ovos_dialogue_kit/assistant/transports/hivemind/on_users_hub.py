"""Replay through a HiveMind hub of the user's own, nothing of which is changed.

There is no observer on the bus behind it, so nothing is known but what the hub gives to
its satellites.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.hivemind.environment import IDENTITIES
from ovos_dialogue_kit.assistant.transports.hivemind.hub import Ends
from ovos_dialogue_kit.assistant.transports.hivemind.keys import (
    KEYS_FILE,
    HubKey,
    load_keys,
)
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    Household,
    HubClient,
    satellites_of,
)
from ovos_dialogue_kit.assistant.transports.on_websocket import UserBusAssistant
from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.project.text_files import words_of
from ovos_dialogue_kit.replayer.bus import BusLostError, Caught, Heard

__all__ = ["UserHiveAssistant", "UserHiveBus"]

_PORT = 5678
"""The port of a hub whose address has none, as in hivemind-core."""

_ANSWER_SECONDS = 5.0
_SPEECH_SECONDS = 0.05
_QUIET_SECONDS = 0.25
"""Seconds without a message after which a satellite has heard all there is."""

_HINT = (
    "check that it is running and that the address is right, usually "
    "hivemind://127.0.0.1:5678"
)


class UserHiveAssistant(UserBusAssistant):
    """An assistant behind a HiveMind hub, both of the user's own.

    Args:
        setup: whose ``bus`` is the address of the hub.
        configuration: path of the ``mycroft.conf`` of this process.

    """

    def __init__(self, setup: Setup, configuration: Path) -> None:
        super().__init__(setup, configuration)
        self._keys: Mapping[str, HubKey] = {}
        self._ends: Ends | None = None

    def start(self) -> list[str]:
        """Check that something answers, and start the process of the satellites.

        Returns an empty list, as no threads are left behind.

        Raises:
            AssistantError: nothing answers, the address is none, or the file of keys
                cannot be used.

        """
        try:
            self._keys = load_keys()
        except KitError as error:
            raise AssistantError(str(error)) from error
        address = _answering(self.url)
        home = Path(os.environ["HOME"], "hivemind")
        self._ends = Ends(home, address, Path(os.environ[IDENTITIES]))
        self._ends.listen()
        return []

    def _clients(self, case: Case) -> UserHiveBus:  # type: ignore[override]
        """Return the satellites of a case, connected to the hub."""
        assert self._ends  # noqa: S101  # started
        satellites = [self._with_key(each) for each in satellites_of(case)]
        return UserHiveBus(self._ends, satellites)

    def _with_key(self, satellite: HubClient) -> HubClient:
        for name in satellite.speakers:
            if name in self._keys:
                known = self._keys[name]
                rights = replace(satellite.rights, key=known.key)
                return replace(satellite, rights=rights, password=known.password)
        raise AssistantError(
            f'"{satellite.name}" has no key in the file that {KEYS_FILE} names',
            hint=f"it has keys for: {', '.join(self._keys)}",
        )


def _answering(bus: str) -> str:
    """Return the address of a hub's websocket at which something answers.

    Raises:
        AssistantError: nothing does, or it is no address of a hub.

    """
    try:
        parts = urlsplit(bus)
        port = parts.port or _PORT
    except ValueError as error:
        raise AssistantError(f'"{bus}" is no address: {error}', hint=_HINT) from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise AssistantError(f'"{bus}" is no address of a HiveMind hub', hint=_HINT)
    try:
        socket.create_connection((parts.hostname, port), _ANSWER_SECONDS).close()
    except OSError as error:
        problem = f'no HiveMind hub answers at "{bus}": {words_of(error)}'
        raise AssistantError(problem, hint=_HINT) from error
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{'wss' if parts.scheme == 'hiveminds' else 'ws'}://{host}:{port}"


class UserHiveBus:
    """The satellites of a hub of the user's own; a ``replayer.bus.Bus``.

    Args:
        ends: the process of the satellites.
        satellites: those of one dialogue, with the keys that the hub knows.

    Raises:
        AssistantError: the hub does not take one of them.

    """

    is_shared = True

    def __init__(self, ends: Ends, satellites: Sequence[HubClient]) -> None:
        self._ends = ends
        self._household = Household(satellites)
        self._unread: list[Mapping[str, Json]] = []
        self._faults: list[Caught] = []
        self._start = time.monotonic()
        try:
            ends.connect_all(satellites)
        except BaseException:
            self.close()
            raise
        self._start = time.monotonic()

    @property
    def now(self) -> float:
        """The real time in seconds since the satellites were connected."""
        return time.monotonic() - self._start

    def send(self, message: Mapping[str, Json]) -> None:
        """Let the satellite of the message's speaker send it.

        Raises:
            BusLostError: the satellites' process is gone.

        """
        end = self._household.sender_of(message)
        self._ends.emit(end, message)

    def connect(self, client: str, session: Mapping[str, Json]) -> None:  # noqa: ARG002  # its hello has only the id
        """Connect the satellite of a client again.

        Raises:
            BusLostError: the hub does not take it, or the satellites' process is gone.

        """
        try:
            self._unread += self._ends.connect_again(self._household.by_client[client])
        except AssistantError as error:
            raise BusLostError(error.problem) from error

    def disconnect(self, client: str) -> None:
        """Cut the connection of a client's satellite."""
        self._ends.close(self._household.by_client[client])

    def speak(self) -> None:
        """Take some real time, so that a skill is already waiting when speech ends."""
        time.sleep(_SPEECH_SECONDS)

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:
        """Wait for the next message and return it with all that follow at once.

        With ``is_settling`` these are all until none has come for a moment.

        Raises:
            BusLostError: a connection to the hub, or the satellites' process, is lost.

        """
        heard = [*map(self._given, self._unread)]
        self._unread = []
        seconds = 0.0 if heard else until - self.now
        while (event := self._ends.event(time.monotonic() + seconds)) is not None:
            if "heard" in event:
                heard.append(self._given(event))
                seconds = _QUIET_SECONDS if is_settling else 0.0
            else:
                seconds = max(0.0, until - self.now)
        return heard

    def _given(self, event: Mapping[str, Json]) -> Heard:
        end = self._household.by_name[str(event["heard"])]
        message = mapping_in(event, "message")
        payload = json.dumps(message)
        self._faults += self._household.faults_in(end, message, payload)
        return Heard(self.now, payload, given_to=end.client_of(message))

    def faults(self) -> list[Caught]:
        """Return the faults of the hub since the last call."""
        own, self._faults = self._faults, []
        return own

    def traceback_of(self, _: str) -> str | None:
        """Return ``None``: the log of the assistant is not here."""
        return None

    def close(self) -> None:
        """End the satellites' connections."""
        for each in self._household.by_name.values():
            self._ends.close(each)
