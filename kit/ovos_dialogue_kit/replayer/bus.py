"""Define the bus that the replayer plays on: send messages, wait, receive."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Fault

__all__ = [
    "SPEAKER_KEY",
    "TURN_KEY",
    "Bus",
    "BusLostError",
    "Caught",
    "Echoes",
    "Heard",
    "moment",
]

SPEAKER_KEY = "kit_session"
"""The key of a context with the name of the speaker from whose message it comes."""

TURN_KEY = "kit_turn"
"""The key of a context with the index of the turn from whose message it comes."""

_TOPIC = re.compile(r'\{"type": ?"([^"\\]+)"')

_SESSION_ID = re.compile(r'"session_id": ?"([^"\\]+)"')


class BusLostError(ConnectionError):
    """The connection to the bus is lost."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A serialised message received from the bus, at a time in seconds.

    It is parsed only if its topic matters; otherwise most of the work of a turn would
    be parsing sessions that are never used. ``is_own`` marks the echo of a message that
    the kit has sent itself. ``is_unheard`` is True if it is known that nobody in the
    assistant listens to it: it is for somebody outside. ``sender`` is the id of the
    session for which a message to the device was sent, if known. ``given_to`` is the id
    of the client that alone was given the message, empty if none was; ``None`` on a bus
    that gives every client everything. ``is_missed`` is True if none was because the
    satellite of its session was not connected.
    """

    at: float
    payload: str
    is_own: bool = False
    is_unheard: bool = False
    sender: str | None = None
    given_to: str | None = None
    is_missed: bool = False

    @property
    def topic(self) -> str:
        """The message's ``type``."""
        found = _TOPIC.match(self.payload)
        return found[1] if found else str(self.message.get("type"))

    @property
    def session_ids(self) -> list[str]:
        """The ids of all sessions that the message mentions, including its own."""
        return _SESSION_ID.findall(self.payload)

    @property
    def is_given(self) -> bool:
        """True if a client has heard the message."""
        return self.given_to is None or bool(self.given_to)

    @property
    def message(self) -> Mapping[str, Json]:
        """The message: ``type``, ``data``, ``context``; empty if it is none."""
        try:
            parsed = json.loads(self.payload)
        except ValueError:  # anybody may send anything over a real bus
            return {}
        return parsed if isinstance(parsed, dict) else {}


class Echoes:
    """Recognises the kit's own messages when the bus sends them back.

    A bus returns each client's messages to it unchanged, in the order of sending.
    """

    def __init__(self) -> None:
        self._sent: deque[str] = deque()

    def expect(self, payload: str) -> None:
        """Remember a message that is being sent."""
        self._sent.append(payload)

    def is_own(self, payload: str) -> bool:
        """Return True for the echo of a message, which is expected no more then."""
        is_own = bool(self._sent) and payload == self._sent[0]
        if is_own:
            self._sent.popleft()
        return is_own


def moment(seconds: float) -> float:
    """Round a virtual time in seconds to whole nanoseconds.

    Times that add up to the same value become equal: 0.55 + 0.05 is 0.6, and not a
    little more.
    """
    return round(seconds, 9)


@dataclass(frozen=True, slots=True)
class Caught:
    """A fault that no message on the bus reports.

    ``session_id`` is the session that the failing code was working for, or the client
    that a hub has failed; ``None`` if that is not known.
    """

    fault: Fault
    session_id: str | None = None


class Bus(Protocol):
    """A bus with an assistant on it."""

    is_shared: bool
    """True if others than the kit may be talking on it."""

    @property
    def now(self) -> float:
        """The time on the assistant's clock, in seconds since the dialogue began."""
        ...

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus.

        Raises:
            BusLostError: if the connection broke.

        """
        ...

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:
        """Let the assistant work until it is idle, and return the messages received.

        The list is empty if nothing was received before the time ``until``. With
        ``is_settling`` the caller waits for the idle state itself, not for a message.

        Raises:
            BusLostError: if the connection broke.

        """
        ...

    def connect(self, client: str, session: Mapping[str, Json]) -> None:
        """Connect the satellite of a client, by its id, to its hub again.

        ``session`` is said in its hello. A bus without a hub does nothing.

        Raises:
            BusLostError: if the hub does not take it.

        """
        ...

    def disconnect(self, client: str) -> None:
        """End the connection of a client's satellite to its hub, if there is one."""
        ...

    def speak(self) -> None:
        """Let the time pass that it takes to play something spoken."""
        ...

    def faults(self) -> list[Caught]:
        """Return the faults since the last call that no message reports."""
        ...

    def traceback_of(self, error: str) -> str | None:
        """Return the traceback of the last exception that was reported as ``error``."""
        ...
