"""The event scheduler of ovos-bus-client 2, without its looks at an idle clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ovos_utils.log import LOG

from ovos_dialogue_kit.assistant.core.event_scheduler import Patient

__all__ = ["PatientService"]

_AWAKE = 120
"""Looks of the first minute, which are all made. Each reads the time, which takes a
microsecond: so a dialogue without a long silence has the same times as without this."""


class PatientService(Patient):
    """An event scheduler that sleeps until an event is due."""

    _looks = 0

    def run(self) -> None:
        """Announce itself, call what is due, and sleep until the next event."""
        self._stopping.clear()
        self._running.set()
        self.replay()
        super().run()

    def _looks_until_due(self) -> float:
        self._looks += 1
        return 1.0 if self._looks <= _AWAKE else super()._looks_until_due()

    def _put_schedule(self, *args: Any) -> None:  # those of the original
        super()._put_schedule(*args)
        self._news.set()

    def _look(self) -> None:
        try:
            self.tick()
        except Exception as error:  # noqa: BLE001  # as the original does
            LOG.exception(error)

    def _due(self) -> Iterator[float]:
        if not self.clock_synced:  # it looks if the clock is right now
            yield 0.0
        with self.lock:
            found = [each.next_after(each.cursor) for each in self.schedules.values()]
        for each in found:
            if each is not None:
                yield float(each.timestamp())
