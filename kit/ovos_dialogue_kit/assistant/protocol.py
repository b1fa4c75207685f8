"""The protocol of an assistant, which the runner needs and each host of one fulfils."""

from __future__ import annotations

from typing import Protocol

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Assistant"]


class Assistant(Protocol):
    """What is needed of an assistant; see ``Process``."""

    def start(self) -> None:
        """Boot it."""
        ...

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case on it as it was just after boot."""
        ...

    def close(self) -> None:
        """End it, whatever it is doing."""
        ...
