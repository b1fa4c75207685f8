"""Connect the websockets of an assistant to its bus in memory.

A skill may open more connections to the bus than the one that it shares with the
assistant: ``get_mycroft_bus()``, ``wait_for_reply()``, ``send()``. Each goes to a
``Hub`` if its address is that of the assistant's bus, or port 8181 of this machine,
where the user's own assistant may be. All other connections are left alone.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import websocket

from ovos_dialogue_kit.assistant.system.sandbox import NO_PORT
from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call
from ovos_dialogue_kit.fixture.model import DEVICE

__all__ = ["MemorySockets", "is_own_bus"]

_USUAL_PORT = 8181
_HERE = ("127.0.0.1", "localhost", "0.0.0.0", "::1", "::")  # noqa: S104  # where to connect

_WELCOME = json.dumps(
    {
        "type": "connected",
        "data": {},
        "context": {"session": {"session_id": DEVICE}},
    }
)
"""The first message to each new connection."""

_MEGABYTE = 1 << 20
_USUAL_LIMIT = 10
"""Megabytes that a message may have where ``mycroft.conf`` does not say it."""


def is_own_bus(url: str, port: int = NO_PORT) -> bool:
    """Return True for an address of the assistant's bus, or the usual one of any."""
    address = urlsplit(url)
    return address.hostname in _HERE and address.port in (_USUAL_PORT, port)


class _End:
    """One end of a connection to a hub.

    Args:
        hub: the other end.
        receive: called with each message.
        on_cut: called when the bus has cut the connection.

    """

    def __init__(
        self, hub: Hub, receive: Callable[[str], None], on_cut: Callable[[], object]
    ) -> None:
        self._hub = hub
        self._receive = receive
        self._on_cut = on_cut
        self.over = threading.Event()
        self.is_cut = False
        hub.queue(self._join)

    def _join(self) -> None:
        if not self.over.is_set():
            self._hub.join(self._receive)
            self._receive(_WELCOME)

    def send(self, payload: str | bytes) -> int:
        """Send a message; it is lost, with the connection, if it is too large."""
        if isinstance(payload, bytes):
            payload = payload.decode()
        size = len(payload) if payload.isascii() else len(payload.encode())
        sender = self._hub.sender_of(payload)
        self._hub.queue(partial(self._arrive, payload, size, sender), payload)
        return size

    def _arrive(self, payload: str, size: int, sender: str | None) -> None:
        if self.is_cut:
            return
        if size > _MEGABYTE and size > _limit():
            self.is_cut = True
            self.close()
            self._hub.scheduler.calls.append(Call(self._on_cut, (), {}))
        else:
            self._hub.broadcast(payload, sender)

    def close(self) -> None:
        """Receive no more messages."""
        self._hub.leave(self._receive)
        self.over.set()


def _limit() -> int:
    """Return how large a message may be, in bytes, as ``ovos-messagebus`` does."""
    from ovos_config.config import Configuration

    settings = Configuration().get("websocket", {})
    return int(settings.get("max_msg_size", _USUAL_LIMIT) * _MEGABYTE)


class MemorySockets:
    """The connections to one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ends: WeakKeyDictionary[Any, _End] = WeakKeyDictionary()
        self._inboxes: WeakKeyDictionary[Any, queue.Queue[str]] = WeakKeyDictionary()

    def open(
        self, app: Any, on_cut: Callable[[], object] = lambda: None
    ) -> _End:  # a WebSocketApp
        """Connect a ``WebSocketApp``, without a thread that waits for its end."""
        receive = partial(app.on_message, app)
        self._ends[app] = end = _End(self._hub, receive, on_cut)
        app.keep_running = True
        app.on_open(app)
        return end

    def stand_ins(self) -> list[tuple[Any, str, Any]]:
        """Return (owner, name, stand-in) triples for the two classes of websockets."""
        return [*self._stand_ins_of_apps(), *self._stand_ins_of_sockets()]

    def _stand_ins_of_apps(self) -> list[tuple[Any, str, Any]]:
        """Return stand-ins for what calls functions as messages come."""
        kind = websocket.WebSocketApp
        run, send, close = kind.run_forever, kind.send, kind.close

        def run_forever(app: Any, *args: Any, **kwargs: Any) -> Any:  # the original's
            if not is_own_bus(app.url):
                return run(app, *args, **kwargs)
            end = self._ends.get(app) or self.open(app)
            end.over.wait()
            self._ends.pop(app, None)
            if end.is_cut:
                reason = os.strerror(errno.ECONNRESET)
                error = ConnectionResetError(errno.ECONNRESET, reason)
                app._callback(app.on_error, error)  # noqa: SLF001  # as the original
            app._callback(app.on_close, None, None)  # noqa: SLF001
            return end.is_cut

        def virtual_send(app: Any, data: Any, *args: Any, **kwargs: Any) -> None:
            end = self._ends.get(app)
            if end and not end.over.is_set():
                end.send(data)
            else:
                send(app, data, *args, **kwargs)  # an error if it is not connected

        def virtual_close(app: Any, **kwargs: Any) -> None:
            if app in self._ends:
                self._ends[app].close()
            close(app, **kwargs)

        return [
            (kind, "run_forever", run_forever),
            (kind, "send", virtual_send),
            (kind, "close", virtual_close),
        ]

    def _stand_ins_of_sockets(self) -> list[tuple[Any, str, Any]]:
        """Return stand-ins for what waits for each message."""
        kind = websocket.WebSocket
        connect, send, recv, close = kind.connect, kind.send, kind.recv, kind.close

        def virtual_connect(raw: Any, url: str, **options: Any) -> None:
            if is_own_bus(url):
                inbox: queue.Queue[str] = queue.Queue()
                self._inboxes[raw] = inbox
                self._ends[raw] = _End(self._hub, inbox.put, lambda: None)
                raw.settimeout(options.get("timeout", raw.gettimeout()))
                raw.connected = True
            else:
                connect(raw, url, **options)  # type: ignore[no-untyped-call]

        def virtual_send(raw: Any, payload: Any, *args: Any, **kwargs: Any) -> int:
            end = self._ends.get(raw)
            if end is None:
                return int(send(raw, payload, *args, **kwargs))
            return end.send(payload)

        def virtual_recv(raw: Any) -> Any:
            if raw not in self._inboxes:
                return recv(raw)
            try:
                return self._inboxes[raw].get(timeout=raw.gettimeout())
            except queue.Empty:
                raise websocket.WebSocketTimeoutException(
                    "Connection timed out"
                ) from None

        def virtual_close(raw: Any, *args: Any, **kwargs: Any) -> None:
            if raw in self._ends:
                self._ends.pop(raw).close()
                self._inboxes.pop(raw)
            close(raw, *args, **kwargs)

        return [
            (kind, "connect", virtual_connect),
            (kind, "send", virtual_send),
            (kind, "recv", virtual_recv),
            (kind, "close", virtual_close),
        ]
