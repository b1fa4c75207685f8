"""Run the installed ``MessageBusClient`` on a bus in memory, without its websocket.

A message is serialised, queued, and given to every client in the order of sending, one
message at a time, as a real ``ovos-messagebus`` does. Only the socket is missing:
serialisation, session handling, waiters and namespace bridges are those of the
installed ovos-bus-client.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Mapping

from ovos_bus_client import MessageBusClient
from pyee import EventEmitter

from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import Caught, Echoes, Heard, moment

__all__ = ["Hub", "LoopbackClient", "VirtualBus"]


class Hub:
    """A queue of messages that are delivered first in, first out.

    Args:
        on_error: called with every exception that leaves a listener or a thread.
        real_clock: returns seconds of real time, if that is to pass.

    ``order`` shuffles the listeners of each message; without it they are called in the
    order of subscription. A real bus guarantees no order. ``at_rest`` is called when no
    message is left; it returns True if it has found something to do.
    """

    def __init__(
        self,
        on_error: Callable[[BaseException], None],
        real_clock: Callable[[], float] | None = None,
    ) -> None:
        self.scheduler = Scheduler(self._deliver, on_error, real_clock)
        self.order: random.Random | None = None
        self.at_rest: Callable[[], bool] = lambda: False
        self._queue: deque[str] = deque()
        self._receivers: list[Callable[[str], None]] = []

    def join(self, receive: Callable[[str], None]) -> None:
        """Call ``receive`` with every serialised message from now on."""
        self._receivers.append(receive)

    def send(self, payload: str) -> None:
        """Queue a serialised message for all clients, including its sender."""
        self._queue.append(payload)

    def _deliver(self) -> bool:
        """Give the next message to all clients, which turn it into calls of listeners.

        Returns False if there is no message and nothing else to do.
        """
        if not self._queue:
            return self.at_rest()
        payload = self._queue.popleft()
        for receive in self._receivers:
            receive(payload)
        if self.order:
            calls = self.scheduler.calls
            shuffled = self.order.sample(list(calls), len(calls))
            calls.clear()
            calls.extend(shuffled)
        return True


class _Socket:
    """The end of the hub where a websocket would be."""

    keep_running = True
    url = "memory"

    def __init__(self, hub: Hub) -> None:
        self.send = hub.send

    def close(self) -> None:
        """Do nothing: there is no connection."""


class _Listeners(EventEmitter):  # type: ignore[misc]  # pyee 8 has no types
    """An event emitter that leaves every call of a listener to the scheduler."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._calls = scheduler.calls

    def _emit_run(
        self,
        f: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> None:
        self._calls.append(Call(f, args, kwargs))


class LoopbackClient(MessageBusClient):  # type: ignore[misc]  # untyped
    """The installed bus client, connected to a ``Hub``."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        super().__init__(emitter=_Listeners(hub.scheduler))
        hub.join(self.on_message)
        self.started_running = True
        self.on_open()

    def create_client(self) -> _Socket:
        """Return the object that the client uses as its websocket."""
        return _Socket(self._hub)


class VirtualBus:
    """The kit's own end of a hub, in virtual time; a ``replay.Bus``.

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
        hub.join(self._receive)

    def _receive(self, payload: str) -> None:
        self._inbox.append(self._echoes.heard(self.now, payload))

    @property
    def now(self) -> float:
        """The virtual time in seconds since the dialogue began."""
        return moment(self._scheduler.now - self._start)

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus."""
        payload = json.dumps(message)
        self._echoes.expect(payload)
        self._hub.send(payload)

    def speak(self) -> None:
        """Return at once: speaking takes no virtual time."""

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:  # noqa: ARG002  # in memory, rest can be seen
        """Let the assistant work until it rests and return what was heard.

        Returns an empty list if the clock reaches ``until`` first.
        """
        self._scheduler.rest(self._start + until, lambda: bool(self._inbox))
        heard = [*self._inbox]
        self._inbox.clear()
        return heard
