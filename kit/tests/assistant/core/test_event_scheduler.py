"""The event scheduler sleeps until an event is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from ovos_dialogue_kit.assistant.core import event_scheduler as module
from ovos_dialogue_kit.assistant.core.event_scheduler import PatientScheduler

pytestmark = pytest.mark.ovos


class Bus:
    """A bus on which only what is sent counts."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def on(self, topic: str, listener: object) -> None:
        """Accept a listener."""

    def remove_all_listeners(self, topic: str) -> None:
        """Accept the end of listeners."""

    def emit(self, message: object) -> None:
        self.sent.append(str(getattr(message, "msg_type", "")))


class Clock:
    """A clock that moves only when somebody waits; it takes the place of an event.

    ``meanwhile`` is called at a moment, during the wait that it falls into.
    """

    def __init__(self, end: float, meanwhile: dict[float, Callable[[], None]]) -> None:
        self.now = 0.0
        self.waits: list[float | None] = []
        self._end = end
        self._meanwhile = meanwhile
        self._is_set = False
        self.scheduler: PatientScheduler | None = None

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None) -> bool:
        self.waits.append(timeout)
        until = self._end if timeout is None else self.now + timeout
        news = sorted(at for at in self._meanwhile if at <= until)
        self.now = news[0] if news else until
        if news:
            self._meanwhile.pop(news[0])()
        if self.now >= self._end and self.scheduler:
            self.scheduler.is_running = False
        return self._is_set


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Clock, Bus]]]:
    """Run a scheduler until an hour has passed; events may come meanwhile."""

    def go(
        *events: tuple[str, float], later: dict[float, tuple[str, float]] | None = None
    ) -> tuple[Clock, Bus]:
        bus = Bus()

        def schedule(name: str, at: float) -> None:
            scheduler.schedule_event(name, at + 1e9)

        clock = Clock(
            3600.0,
            {at: lambda e=event: schedule(*e) for at, event in (later or {}).items()},  # type: ignore[misc]  # each its own
        )
        monkeypatch.setattr(time, "time", lambda: 1e9 + clock.now)
        with monkeypatch.context() as patch:
            patch.setattr(module, "threading", SimpleNamespace(Event=lambda: clock))
            scheduler = PatientScheduler(bus, lambda: clock.now)
        clock.scheduler = scheduler
        for event in events:
            schedule(*event)
        scheduler.run()
        return clock, bus

    yield go
    assert threading.active_count() < 50


def test_an_idle_scheduler_does_not_look(run: Callable[..., tuple[Clock, Bus]]) -> None:
    """Without an event it waits for one, however long that takes."""
    clock, bus = run()
    assert ([None], []) == (clock.waits, bus.sent)


def test_an_event_comes_at_the_usual_look(
    run: Callable[..., tuple[Clock, Bus]],
) -> None:
    """An event comes at a half second, as if all looks before had been made."""
    clock, bus = run(("tea", 1800.2))
    assert ["tea"] == bus.sent
    assert 1799.0 == clock.waits[0]
    assert {0.5} == {*clock.waits[1:4]}
    assert None is clock.waits[-1]


def test_an_event_may_be_scheduled_meanwhile(
    run: Callable[..., tuple[Clock, Bus]],
) -> None:
    """A new event is in time even if all others are later."""
    clock, bus = run(("tea", 1800.0), later={600.25: ("cake", 601.0)})
    assert ["cake", "tea"] == bus.sent
    assert pytest.approx(0.25) == clock.waits[1]


def test_it_ends() -> None:
    """It ends when it is shut down, although nothing is due."""
    scheduler = PatientScheduler(Bus(), time.monotonic)
    scheduler.daemon = True
    scheduler.start()
    while not scheduler.is_running:
        time.sleep(0.001)
    scheduler.shutdown()
    assert not scheduler.is_alive()
