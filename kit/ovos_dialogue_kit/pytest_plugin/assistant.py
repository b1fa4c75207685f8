"""Provide the pytest fixture ``assistant``, to talk to skills from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from ovos_dialogue_kit import api
from ovos_dialogue_kit.conversation import Conversation
from ovos_dialogue_kit.errors import EngineMissingError, KitError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.pytest_plugin.run_state import Run
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import AUTO_ENGINE, ClockKind, EngineName

__all__ = ["AssistantFactory"]


__tracebackhide__ = True  # by pytest: the test's own line is what counts


class AssistantFactory:
    """A factory of conversations on the assistants that a pytest run shares.

    Options such as ``--kit-engine`` and ``--kit-bus`` apply to them, too. If an engine
    is not installed the test is skipped, or fails with ``--kit-strict-engines``.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def __call__(  # noqa: PLR0913  # what a script may say at its top
        self,
        *skills: str,
        lang: str = "en-US",
        engine: EngineName | Sequence[EngineName] | None = None,
        transformers: Sequence[str] = (),
        clock: ClockKind = "virtual",
        config: Mapping[str, Json] | None = None,
        hosts: Sequence[str] = (),
    ) -> Conversation:
        """Start a conversation.

        Args:
            skills: ids of the skills; by default those of ``--kit-skill``.
            lang: language of the assistant, and of sessions without one.
            engine: an intent engine, or several that are used together; by default
                that of ``--kit-engine``, else ``auto``: what a device would use.
            transformers: transformer plugins; by default ``--kit-transformer``.
            clock: ``virtual`` or ``real``.
            config: keys of ``mycroft.conf``.
            hosts: those that the skills may connect to, ``*`` for all.

        Raises:
            KitError: no skill is named, or the value of an argument is one that its key
                of a script would not take.

        """
        settings = self._run.settings
        if not (skills or settings.skills):
            raise KitError(
                "no skill is named",
                hint='name it: assistant("my-skill.me"), or pass --kit-skill',
            )
        by_option = cast("EngineName", next(iter(settings.engines), AUTO_ENGINE))
        conversation = object()

        def replay(fixture: Fixture) -> Transcript:
            transcript = self._replay(fixture)
            self._run.keep(conversation, fixture, transcript)
            return transcript

        return Conversation(
            replay,
            skills or settings.skills,
            lang=lang,
            engine=engine or by_option,
            transformers=transformers or settings.transformers,
            clock=clock,
            config=config,
            hosts=hosts,
        )

    def replay(
        self,
        fixture: Fixture,
        case: Case | str | None = None,
        engine: EngineName | Sequence[EngineName] | None = None,
    ) -> Transcript:
        """Replay a case of a dialogue and return its transcript; see ``api.replay``.

        Options take the place of what the script says, but not of ``engine``.
        """
        chosen = self._run.settings.applied_to(fixture)
        return self._replay(chosen, case, engine)

    def _replay(
        self,
        fixture: Fixture,
        case: Case | str | None = None,
        engine: EngineName | Sequence[EngineName] | None = None,
    ) -> Transcript:
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
