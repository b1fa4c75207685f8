"""Run the installed ``MessageBusClient`` on a bus in memory, without its websocket.

A message is serialised, queued, and given to every client in the order of sending, one
message at a time, as a real ``ovos-messagebus`` does. Only the socket is missing:
serialisation, session handling, waiters and namespace bridges are those of the
installed ovos-bus-client.
"""

from __future__ import annotations

import json
from _thread import allocate_lock
from collections import deque
from collections.abc import Callable, Mapping

from ovos_bus_client import MessageBusClient
from pyee import EventEmitter

from ovos_dialogue_kit.assistant.transports.hub import LISTENERS, Hub
from ovos_dialogue_kit.assistant.transports.memory_sockets import MemorySockets
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import Caught, Echoes, Heard, moment

__all__ = ["Listeners", "LoopbackClient", "VirtualBus"]

_ANY = "message"
"""The event that ``MessageBusClient`` emits for a message of any type."""

_NEW = "new_listener"
"""The event that an ``EventEmitter`` emits for each new listener."""


class Listeners(EventEmitter):  # type: ignore[misc]  # pyee 8 has no types
    """An event emitter that leaves every call of a listener to the scheduler.

    As on a real bus, a client calls no more than ``LISTENERS`` of them at a time; what
    one raises is given to those who listen to ``error``, and one that ends its thread
    takes it from the others.
    """

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._lock = allocate_lock()  # held for a moment, in which nobody else runs
        self._calls = hub.scheduler.calls
        self._note = hub.on_error
        self._free = LISTENERS
        self._waiting: deque[Call] = deque()

    def emit(self, event: str, *args: object, **kwargs: object) -> bool:
        """Call the listeners of a message, and note if there are, or were, any.

        Who waits for one answer does not listen to one that is late.
        """
        if event == _NEW:
            self._hub.topics.add(str(args[0]))
        is_heard = bool(super().emit(event, *args, **kwargs))
        self._hub.is_heard |= event in self._hub.topics and event != _ANY
        return is_heard

    def _emit_run(
        self,
        f: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> None:
        call = Call(self._run, (f, args, kwargs), {})
        if self._free:
            self._free -= 1
            self._calls.append(call)
        else:
            self._waiting.append(call)

    def _run(
        self,
        f: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> None:
        self._hub.before_listener(f)
        try:
            f(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  # foreign code, reported
            self._note(error)
            if self.listeners("error"):
                self.emit("error", error)
        if self._waiting:
            self._calls.append(self._waiting.popleft())
        else:
            self._free += 1


class LoopbackClient(MessageBusClient):  # type: ignore[misc]  # untyped
    """The installed bus client, connected to a ``Hub`` without a thread of its own."""

    def __init__(self, hub: Hub, sockets: MemorySockets) -> None:
        super().__init__(emitter=Listeners(hub))
        self.started_running = True
        sockets.open(self.client, self.run_in_thread)


class VirtualBus:
    """The kit's own end of a hub, in virtual time; a ``replayer.bus.Bus``.

    Args:
        hub: the hub whose driver the calling thread is.
        faults: returns what no code under test caught since it was last asked.
        traceback_of: returns the traceback of an exception that was logged.

    """

    is_shared = False

    def __init__(
        self,
        hub: Hub,
        faults: Callable[[], list[Caught]],
        traceback_of: Callable[[str], str | None],
    ) -> None:
        self.faults = faults
        self.traceback_of = traceback_of
        self._hub = hub
        self._scheduler = hub.scheduler
        self._inbox: deque[Heard] = deque()
        self._echoes = Echoes()
        self._start = hub.scheduler.now
        hub.watch(self._receive)

    def _receive(self, payload: str, sender: str | None) -> None:
        is_own = self._echoes.is_own(payload)
        is_unheard = not (self._hub.is_heard or is_own)
        self._inbox.append(Heard(self.now, payload, is_own, is_unheard, sender))

    @property
    def now(self) -> float:
        """The virtual time in seconds since the dialogue began."""
        return moment(self._scheduler.now - self._start)

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus."""
        payload = json.dumps(message)
        self._echoes.expect(payload)
        self._hub.send(payload)

    def connect(self, client: str, session: Mapping[str, Json]) -> None:
        """Do nothing: there is no hub to connect to."""

    def disconnect(self, client: str) -> None:
        """Do nothing: there is no hub to be connected to."""

    def speak(self) -> None:
        """Return at once: speaking takes no virtual time."""

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:  # noqa: ARG002  # in memory, rest can be seen
        """Let the assistant work until it rests and return what was heard.

        Returns an empty list if the clock reaches ``until`` first.
        """
        self._scheduler.rest(
            self._start + until,
            lambda: bool(self._inbox),
            is_empty=self._hub.is_empty(),
        )
        heard = [*self._inbox]
        self._inbox.clear()
        return heard
