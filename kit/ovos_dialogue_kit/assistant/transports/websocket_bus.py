"""Connect to a real message bus: a websocket to an ``ovos-messagebus``."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping

import websocket

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import DEVICE
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import BusLostError, Caught, Echoes, Heard

__all__ = ["ECHO", "WebsocketBus"]

ECHO = "kit.echo"
_CONNECT_SECONDS = 5.0
_ECHO_SECONDS = 30.0
"""Seconds that a busy bus may take to return an echo."""

_GOODBYE_SECONDS = 1.0
_SETTLING_SECONDS = 0.5
"""Seconds to wait for a listener that may only be sleeping."""

_LOOK_SECONDS = 0.005
_QUIET_SECONDS = 0.1

_SPEECH_SECONDS = 0.05


class WebsocketBus:
    """A ``replayer.bus.Bus`` in real time.

    Whether the assistant rests cannot be seen from outside, but the order tells: a real
    bus gives every client all messages in one order, so when an echo of the kit comes
    back, everything that was sent before it has been heard.

    Args:
        url: ``ws://host:port/route``.
        is_shared: whether others than the kit may be talking on it.
        faults: returns what went wrong in the assistant since it was last asked.
        traceback_of: returns the traceback of an exception that was logged.
        has_settled: returns whether the assistant has received an echo, by its token,
            and no listener of it is at work; ``None`` where that cannot be seen.

    Raises:
        AssistantError: no bus answers there.

    ``own_ids`` are the clients' own ids of sessions that have another one on the bus.
    """

    def __init__(
        self,
        url: str,
        *,
        is_shared: bool = True,
        faults: Callable[[], list[Caught]] = list,
        traceback_of: Callable[[str], str | None] = lambda _: None,
        has_settled: Callable[[str], bool] | None = None,
    ) -> None:
        self.own_ids: dict[str, str] = {}
        self._has_settled = has_settled
        self.is_shared = is_shared
        self.faults = faults
        self.traceback_of = traceback_of
        self._socket = _connect(url)
        self._url = url
        self._echoes = Echoes()
        self._inbox: queue.Queue[Heard | None] = queue.Queue()
        self._start = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def now(self) -> float:
        """The real time in seconds since the connection was made."""
        return time.monotonic() - self._start

    def _read(self) -> None:
        """Put what arrives into the inbox, and ``None`` when the connection ends.

        What others send that is no text is shown with other characters.
        """
        with contextlib.suppress(websocket.WebSocketException, OSError):
            while (frame := self._socket.recv_data())[0] != websocket.ABNF.OPCODE_CLOSE:
                text = frame[1].decode(errors="replace")
                self._inbox.put(Heard(self.now, text, self._echoes.is_own(text)))
        self._inbox.put(None)

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus.

        Raises:
            BusLostError: if the connection broke.

        """
        self._put(message)

    def _put(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus, for whichever client.

        Raises:
            BusLostError: if the connection broke.

        """
        payload = json.dumps(message)
        self._echoes.expect(payload)
        try:
            self._socket.send(payload)
        except (websocket.WebSocketException, OSError) as error:
            raise self._lost() from error

    def connect(self, client: str, session: Mapping[str, Json]) -> None:
        """Do nothing: there is no hub to connect to."""

    def disconnect(self, client: str) -> None:
        """Do nothing: there is no hub to be connected to."""

    def speak(self) -> None:
        """Take some real time, so that a skill is already waiting when speech ends."""
        time.sleep(_SPEECH_SECONDS)

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:
        """Wait for the next message and return it with all that were sent before.

        With ``is_settling`` it also waits for the listeners that are at work, as far as
        they can be seen, unless they take longer than a moment.

        Raises:
            BusLostError: if the connection broke.

        """
        first = self._next(until)
        if first is None:
            return []
        heard = [first]
        token = self._echo(max(until, self.now + _ECHO_SECONDS), heard)
        if is_settling:
            self._settle(token, heard)
        return heard

    def _settle(self, token: str, heard: list[Heard]) -> None:
        """Wait for the listeners of all messages sent before an echo.

        What they send has listeners of its own, so there may be several rounds. Where
        the listeners cannot be seen, some time of quiet has to do.
        """
        patient_until = self.now + _SETTLING_SECONDS
        while self.now < patient_until:
            if self._has_settled is None:
                time.sleep(_QUIET_SECONDS)
            elif not self._has_settled(token):
                time.sleep(_LOOK_SECONDS)
                continue
            before = len(heard)
            token = self._echo(self.now + _ECHO_SECONDS, heard)
            if len(heard) == before:
                return

    def rest(self, until: float) -> None:
        """Wait until everything that was sent before has arrived.

        Raises:
            BusLostError: it has not by ``until``, or the connection broke.

        """
        self._echo(until, [])

    def _echo(self, until: float, heard: list[Heard]) -> str:
        """Send an echo, receive the messages before it, and return its token."""
        token = str(uuid.uuid4())
        session: Json = {"session_id": DEVICE}
        context: dict[str, Json] = {"source": "kit:echo", "session": session}
        self._put({"type": ECHO, "data": {"token": token}, "context": context})
        since = self.now
        while (item := self._next(until)) is not None:
            if item.topic != ECHO:
                heard.append(item)
            elif token in item.payload:
                return token
        raise BusLostError(
            f"the message bus at {self._url} has not returned a message for "
            f"{self.now - since:.1f} s"
        )

    def _next(self, until: float) -> Heard | None:
        try:
            item = self._inbox.get(timeout=max(0.0, until - self.now))
        except queue.Empty:
            return None
        if item is None:
            self._inbox.put(None)
            raise self._lost()
        return item

    def _lost(self) -> BusLostError:
        return BusLostError(
            f"the connection to the message bus at {self._url} was lost"
        )

    def close(self) -> None:
        """End the connection, whether or not its other end closes it, too.

        ``WebSocket.close`` would wait for that while the reader thread is reading.
        """
        with contextlib.suppress(websocket.WebSocketException, OSError):
            self._socket.send_close()
        self._reader.join(_GOODBYE_SECONDS)
        if connection := self._socket.sock:  # there is none if it broke
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._socket.shutdown()  # type: ignore[no-untyped-call]


def _connect(url: str) -> websocket.WebSocket:
    try:
        connection = websocket.create_connection(
            url,
            timeout=_CONNECT_SECONDS,
            skip_utf8_validation=True,  # anybody may send anything
        )
    except (websocket.WebSocketException, OSError, ValueError) as error:
        raise AssistantError(
            f'no message bus answers at "{url}": {_reason(error)}',
            hint="check that it is running and that the address is right, usually "
            "ws://127.0.0.1:8181/core",
        ) from error
    connection.settimeout(None)
    return connection


def _reason(error: Exception) -> str:
    if isinstance(error, websocket.WebSocketBadStatusException):
        return f"the server answered with status {error.status_code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
