"""Deliver messages in memory as an ``ovos-messagebus`` does, in virtual time."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable
from functools import partial

from ovos_dialogue_kit.assistant.virtual_time.chance import session_of_caller
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.fixture.model import DEVICE

__all__ = ["LISTENERS", "Hub"]

LISTENERS = 8
"""The number of listeners that one client calls at a time, on any transport.

The client's own number depends on the machine: it is four more than the processors, so
this is that of a device with four.
"""

_OF_HANDLER = '"mycroft.skill.handler.'
"""A part of the messages that tell when a handler begins and ends. Whoever interrupts
a handler may see that it has begun."""

_TO_DEVICE = re.compile(rf'"session_id": ?"{DEVICE}"')


class Hub:
    """A queue of messages that are delivered first in, first out.

    Args:
        on_error: called with every exception that leaves a listener or a thread.
        real_clock: returns seconds of real time, if that is to pass.

    ``order`` shuffles the listeners of each message; without it they are called in the
    order of subscription. A real bus guarantees no order. ``before_listener`` is called
    with each listener before it is called, in its thread. ``at_rest`` is called when no
    message is left; it returns True if it has found something to do. ``is_heard`` is
    True if somebody listens, or has listened, to messages like the one that is
    arriving; ``topics`` are the types of messages to which anybody ever has.
    """

    def __init__(
        self,
        on_error: Callable[[BaseException], None],
        real_clock: Callable[[], float] | None = None,
    ) -> None:
        self.scheduler = Scheduler(self._deliver, on_error, real_clock)
        self.on_error = on_error
        self.order: random.Random | None = None
        self.before_listener: Callable[[object], object] = lambda _: None
        self.at_rest: Callable[[], bool] = lambda: False
        self._queue: deque[tuple[Callable[[], None], str]] = deque()
        self.is_heard = False
        self.topics: set[str] = set()
        self._receivers: list[Callable[[str], None]] = []
        self._watchers: list[Callable[[str, str | None], None]] = []

    def join(self, receive: Callable[[str], None]) -> None:
        """Call ``receive`` with every serialised message from now on."""
        self._receivers.append(receive)

    def leave(self, receive: Callable[[str], None]) -> None:
        """Call ``receive`` no more."""
        if receive in self._receivers:
            self._receivers.remove(receive)

    def watch(self, watch: Callable[[str, str | None], None]) -> None:
        """Call ``watch`` with every message from now on, after its receivers.

        It also gets the result of ``sender_of``.
        """
        self._watchers.append(watch)

    def sender_of(self, payload: str) -> str | None:
        """Return the session for which the calling code sends a message to the device.

        It is ``None`` for a message to any other session, and if it is not known.
        """
        task = self.scheduler.current() if _TO_DEVICE.search(payload) else None
        return (session_of_caller(DEVICE) or task.session) if task else None

    def send(self, payload: str) -> None:
        """Queue a serialised message for all clients, including its sender."""
        self.queue(partial(self.broadcast, payload), payload)

    def queue(self, arrive: Callable[[], None], payload: str = "") -> None:
        """Call ``arrive`` when everything that was sent before has arrived.

        ``payload`` is the message that arrives then, if it is one.
        """
        self._queue.append((arrive, payload))

    def is_empty(self) -> bool:
        """Return True if no message is on its way."""
        return not self._queue

    def give_way(self, find_session: Callable[[], str | None]) -> None:
        """Let all others go on that can, if the calling thread works for a session.

        Args:
            find_session: returns the id of that session.

        """
        if not (self._queue or self.scheduler.can_others_go_on()):
            return  # most often; to ask for the session takes long
        session = find_session()
        if session:
            self.scheduler.give_way(session, self._next_of_session())

    def _next_of_session(self) -> str | None:
        """Return the next message, or ``None`` if there is none.

        It is empty for one that tells of a handler: who has given way goes on after it.
        """
        if not self._queue:
            return None
        payload = self._queue[0][1]
        return "" if _OF_HANDLER in payload else payload

    def broadcast(self, payload: str, sender: str | None = None) -> None:
        """Give a message to all clients, which turn it into calls of listeners."""
        self.is_heard = False
        calls = self.scheduler.calls
        waiting = len(calls)
        for receive in [*self._receivers]:
            receive(payload)
        for watch in self._watchers:
            watch(payload, sender)
        if self.order:
            new = [calls.pop() for _ in range(len(calls) - waiting)][::-1]
            calls.extend(self.order.sample(new, len(new)))

    def _deliver(self) -> bool:
        """Let the next message arrive; return False if there is nothing to do."""
        if not self._queue:
            return self.at_rest()
        payload = self._next_of_session()
        if not (payload and self.scheduler.recall(payload)):
            arrive, _ = self._queue.popleft()
            arrive()
        return True
