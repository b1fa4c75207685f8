"""An actor in the place of an assistant: boots at once and knows what to say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)
from ovos_dialogue_kit.script.parse import parse_script


class Actor:
    """Repeats what is said to it, in upper case; ``crash`` makes it crash.

    It prints something when it hears ``mutter``.
    """

    def __init__(self, setup: Setup, error: AssistantError | None = None) -> None:
        self.setup = setup
        self.error = error
        self.played: list[str] = []
        self.options: Options | None = None
        self.is_closed = False

    def start(self) -> None:
        if self.error:
            raise self.error

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        self.played.append(fixture.dialogue)
        self.options = options
        turns = [_exchange(index, turn) for index, turn in enumerate(case.turns)]
        end = next((turn.index for turn in turns if turn.end == "lost"), len(turns))
        return Transcript(
            script=fixture.script,
            dialogue=fixture.dialogue,
            case=case.name,
            engine=self.setup.engine,
            bus=self.setup.bus,
            turns=tuple(turns[: end + 1]),
            crash=Fault("crash", "exit code 9") if end < len(turns) else None,
        )

    def close(self) -> None:
        self.is_closed = True


def _exchange(index: int, turn: FixtureTurn) -> TurnTranscript:
    reply = Reply(turn.session, turn.said.upper(), 0.0, index)
    lost = turn.said == "crash"
    return TurnTranscript(
        index=index,
        session=turn.session,
        said=turn.said,
        at=0.0,
        end="lost" if lost else "handled",
        ended=None if lost else 0.0,
        replies=() if lost else (reply,),
        words=(("prints", "hm"),) if turn.said == "mutter" else (),
    )


class Troupe:
    """Sends an actor for each setup, and remembers them.

    Args:
        errors: what keeps the actors of an engine from starting.

    """

    def __init__(self, errors: Mapping[str, AssistantError] | None = None) -> None:
        self._errors = errors or {}
        self.actors: list[Actor] = []

    def __call__(self, setup: Setup) -> Actor:
        actor = Actor(setup, self._errors.get(setup.engine))
        self.actors.append(actor)
        return actor


def fixtures(script: str, path: str = "a.dialogue.yaml") -> list[Fixture]:
    """Return the dialogues of a script that is given as text."""
    return list(generate(parse_script(dedent(script), path), Path()))
