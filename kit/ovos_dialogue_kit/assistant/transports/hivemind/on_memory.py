"""Boot an assistant in this process, and replay through a HiveMind hub in memory."""

from __future__ import annotations

from importlib import import_module

from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.replayer.bus import Bus

__all__ = ["MemoryHiveAssistant"]

_MODULE = "ovos_dialogue_kit.assistant.transports.hivemind.memory"


class MemoryHiveAssistant(MemoryBusAssistant):
    """An assistant in this process whose clients are satellites of a HiveMind hub."""

    def prepare(self) -> None:
        """Prepare the assistant, and import HiveMind.

        Raises:
            AssistantError: it does not import.

        """
        super().prepare()
        try:
            import_module(_MODULE)
        except ImportError as error:
            raise AssistantError(
                f"hivemind-core is installed, but does not import: {error}",
                hint='pip install "ovos-dialogue-kit[hivemind]" brings what it needs; '
                "a hub of --bus hivemind has an environment of its own",
            ) from error

    def start(self) -> list[str]:
        """Boot the assistant, then start the hub on its bus."""
        from ovos_dialogue_kit.assistant.transports.hivemind.memory import MemoryHive

        threads = super().start()
        self._hub.scheduler.adopt("driver")
        own_ids = self._clock.chance.own_ids
        self._hive = MemoryHive(self._hub, self._sockets, own_ids)
        self._settle(lambda: True, 0)
        return [*threads, *self._hub.scheduler.release()]

    def _clients(self, case: Case) -> Bus:
        """Return the satellites of a case, connected to the hub."""
        from ovos_dialogue_kit.assistant.transports.hivemind.memory import HiveMindBus

        return HiveMindBus(self._hive, case, self._hub, self.faults, self._raised.of)
