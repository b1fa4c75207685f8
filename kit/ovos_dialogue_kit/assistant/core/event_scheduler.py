"""Run the installed event scheduler without its two looks a second at an idle clock.

``EventScheduler`` looks every half second whether an event is due. In virtual time an
hour of silence would be 7,200 looks, which take longer than all else in a dialogue. So
the looks before the next event are left out; those that find something come at the same
moments. This is for ovos-bus-client 1; in version 2, another design has the same name
(``event_service``).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ovos_bus_client.util.scheduler import EventScheduler

__all__ = ["Patient", "PatientScheduler"]

_PERIOD = 0.5
"""Seconds between two looks (``EventScheduler.run``, in all versions)."""

_EARLY = 2
"""Looks before the one at which an event is due. What skills see as the time may be a
little later than the time of deadlines, and an event is due by the former."""


class Patient(EventScheduler):  # type: ignore[misc]  # untyped
    """An event scheduler that sleeps until an event is due.

    Args:
        bus: the bus client.
        now: returns the time by which deadlines are measured, in seconds.

    """

    _look: Callable[[], None]
    """Call what is due."""

    _due: Callable[[], Iterator[float]]
    """Yield when events are due, in seconds since the epoch."""

    def __init__(self, bus: Any, now: Callable[[], float]) -> None:  # a client
        self._now = now
        self._news = threading.Event()
        super().__init__(bus, autostart=False)

    def run(self) -> None:
        """Call what is due, and sleep until the next event."""
        self._stopping.clear()
        self._running.set()
        begin = self._now()
        while not self._stopping.is_set():
            self._news.clear()
            looks = math.floor((self._now() - begin) / _PERIOD + 1e-6)
            wanted = looks + self._looks_until_due()
            until = None if wanted == math.inf else begin + wanted * _PERIOD
            if not self._news.wait(None if until is None else until - self._now()):
                self._look()

    def _looks_until_due(self) -> float:
        """Return at which look from now to look: 1 for the next one."""
        due = min(self._due(), default=math.inf)
        if due == math.inf:
            return math.inf  # without a look at the time, which would take some
        return max(1.0, (due - time.time()) // _PERIOD - _EARLY)

    def shutdown(self) -> None:
        """Stop the running thread."""
        self._stopping.set()
        self._news.set()
        super().shutdown()


class PatientScheduler(Patient):
    """That of ovos-bus-client 1."""

    def schedule_event(
        self, *args: Any, **kwargs: Any
    ) -> None:  # those of the original
        """Schedule an event, which may be the next."""
        super().schedule_event(*args, **kwargs)
        self._news.set()

    def _look(self) -> None:
        self.check_state()

    def _due(self) -> Iterator[float]:
        with self.event_lock:
            events = [event for events in self.events.values() for event in events]
        for event in events:
            yield float(event[0])
