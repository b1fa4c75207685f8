"""A bus with an assistant on it, as the replayer needs it: send, wait, hear."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Fault

__all__ = ["Bus", "BusLostError", "Caught", "Echoes", "Heard", "moment"]

_TOPIC = re.compile(r'\{"type": ?"([^"\\]+)"')

_SESSION_ID = re.compile(r'"session_id": ?"([^"\\]+)"')


class BusLostError(ConnectionError):
    """The bus went away."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A serialised message seen on the bus, at so many seconds of the dialogue.

    It is parsed only by those who care for its topic: most of a turn's work would be
    reading sessions that nobody looks at. ``is_own`` marks the echo of a message that
    the kit has sent itself.
    """

    at: float
    payload: str
    is_own: bool = False

    @property
    def topic(self) -> str:
        """The message's ``type``."""
        found = _TOPIC.match(self.payload)
        return found[1] if found else str(self.message.get("type"))

    @property
    def session_ids(self) -> list[str]:
        """The ids of all sessions that are mentioned, its own among them."""
        return _SESSION_ID.findall(self.payload)

    @property
    def message(self) -> Mapping[str, Json]:
        """The message: ``type``, ``data``, ``context``."""
        parsed: dict[str, Json] = json.loads(self.payload)
        return parsed


class Echoes:
    """Tells the kit's own messages from others when a bus gives them back.

    A bus returns to each client what the client has sent, unchanged and in that order.
    """

    def __init__(self) -> None:
        self._sent: deque[str] = deque()

    def expect(self, payload: str) -> None:
        """Remember a message that is being sent."""
        self._sent.append(payload)

    def heard(self, at: float, payload: str) -> Heard:
        """Return a message that has arrived at a time, in seconds of the dialogue."""
        is_own = bool(self._sent) and payload == self._sent[0]
        if is_own:
            self._sent.popleft()
        return Heard(at, payload, is_own)


def moment(seconds: float) -> float:
    """Return a moment of virtual time: a whole number of nanoseconds, in seconds.

    What adds up to the same time is the same moment, whoever waited for which part of
    it: 0.55 + 0.05 is 0.6, and not a little later.
    """
    return round(seconds, 9)


@dataclass(frozen=True, slots=True)
class Caught:
    """A fault that no message of the bus tells of.

    ``session_id`` is the session that the failing code was working for, ``None`` if
    that is not known.
    """

    fault: Fault
    session_id: str | None = None


class Bus(Protocol):
    """What the replayer needs of a bus with an assistant on it."""

    is_shared: bool
    """Whether others than the kit may be talking on it."""

    @property
    def now(self) -> float:
        """Seconds of the assistant's time since the dialogue began."""
        ...

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus.

        Raises:
            BusLostError: if the connection broke.

        """
        ...

    def advance(self, until: float) -> list[Heard]:
        """Let the assistant work until it rests and something was heard.

        Returns nothing when ``until`` came first.

        Raises:
            BusLostError: if the connection broke.

        """
        ...

    def speak(self) -> None:
        """Let as much time pass as something spoken takes."""
        ...

    def faults(self) -> list[Caught]:
        """Return what went wrong since the last call outside of any message."""
        ...

    def traceback_of(self, error: str) -> str | None:
        """Return the traceback of the last exception that was told as ``error``."""
        ...
