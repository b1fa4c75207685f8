"""The pytest fixture ``assistant``: skills to talk to, on the run's own assistants."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ovos_dialogue_kit import api
from ovos_dialogue_kit.conversation import Conversation
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.pytest_plugin.run import Run
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["AssistantFactory"]


class AssistantFactory:
    """Begins conversations, and replays dialogues, on assistants that are kept.

    Options such as ``--kit-engine`` and ``--kit-bus`` hold for it, too. An engine that
    is not installed skips the test (``--kit-strict-engines``: fails it).
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def __call__(
        self,
        *skills: str,
        lang: str = "en-US",
        engine: str | None = None,
        transformers: Sequence[str] = (),
        clock: str = "virtual",
    ) -> Conversation:
        """Begin a conversation.

        Args:
            skills: ids of the skills; by default those of ``--kit-skill``.
            lang: of the assistant, and of a session that has no other.
            engine: by default that of ``--kit-engine``, or padacioso.
            transformers: utterance transformers; by default ``--kit-transformers``.
            clock: ``virtual`` or ``real``.

        """
        settings = self._run.settings
        return Conversation(
            self.replay,
            skills or settings.skills,
            lang=lang,
            engine=engine or next(iter(settings.engines), "padacioso"),
            transformers=transformers or settings.transformers,
            clock=clock,
        )

    def replay(
        self,
        fixture: Fixture,
        case: Case | str | None = None,
        engine: str | None = None,
    ) -> Transcript:
        """Replay a case of a dialogue and return what happened; see ``api.replay``."""
        settings = self._run.settings
        try:
            transcript = api.replay(
                fixture,
                case,
                engine,
                bus=settings.bus,
                options=settings.options,
                assistants=self._run.assistants,
            )
        except EngineMissingError as error:
            if settings.strict_engines:
                raise
            pytest.skip(f"{error.problem} ({error.hint})")
        return transcript
