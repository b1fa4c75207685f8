"""Define what a run needs of an assistant, wherever that replays its cases.

``process.assistant_process`` and ``process.in_process`` have the two kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ovos_dialogue_kit.fixture.model import Case, Fixture
    from ovos_dialogue_kit.replayer.replay_options import Options
    from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["HOME_PREFIX", "Assistant"]

HOME_PREFIX = "ovos-kit-"
"""How the name of an assistant's own temporary folder begins."""


class Assistant(Protocol):
    """An assistant that can be booted, replay cases and be closed."""

    def start(self) -> None:
        """Boot the assistant, if that has not been done.

        Raises:
            AssistantError: something that the setup asks for is missing or broken.

        """
        ...

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case on the assistant as it was just after boot."""
        ...

    def close(self) -> None:
        """End the assistant, whatever it is doing."""
        ...
