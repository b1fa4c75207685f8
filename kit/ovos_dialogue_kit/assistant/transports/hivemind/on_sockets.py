"""Replay through a real HiveMind hub, in front of a real message bus, in real time."""

from __future__ import annotations

import os
from pathlib import Path

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.hivemind.bus import SatellitesBus
from ovos_dialogue_kit.assistant.transports.hivemind.hub import Hive
from ovos_dialogue_kit.assistant.transports.on_websocket import (
    OwnBusAssistant,
    free_port,
)
from ovos_dialogue_kit.fixture.model import Case

__all__ = ["OwnHiveAssistant"]


class OwnHiveAssistant(OwnBusAssistant):
    """A HiveMind hub, a message bus and an assistant that the kit starts."""

    def __init__(self, setup: Setup, configuration: Path) -> None:
        super().__init__(setup, configuration)
        self._hive: Hive | None = None

    def _beside_the_bus(self, port: int) -> None:
        """Start the hub's processes; they import HiveMind while ovos-core boots."""
        home = Path(os.environ["HOME"], "hivemind")
        self._hive = Hive(home, port, free_port())

    def _clients(self, case: Case) -> SatellitesBus:
        """Return the satellites of a case, connected to the hub."""
        assert self._hive  # noqa: S101  # started
        return SatellitesBus(
            self._hive,
            case,
            self.url,
            faults=self.faults,
            traceback_of=self._raised.of,
            has_settled=self._has_settled,
        )
