"""A bus that follows a plan, and a replayer on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from support.dialogues import dialogue

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import BusLostError, Caught, Heard
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay import Replayer, Tell, replay_case
from ovos_dialogue_kit.replayer.replay_options import Step
from ovos_dialogue_kit.replayer.rules import Rules
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

SKILL = "a.skill"
SAID = "recognizer_loop:utterance"
HANDLED = "ovos.utterance.handled"
KITCHEN = "0000-kitchen"
BEDROOM = "0000-bedroom"


class PlannedBus:
    """Answers each message sent by the next of its plan's steps.

    A step is a list of (topic, data) to be heard by the session that sent; a third part
    changes the context, with the fields of ``Heard`` in ``heard``. A float lets so many
    seconds pass first; ``None`` breaks the connection. ``settling`` has whether the
    replayer waited for rest, of each time that it waited. ``before`` are messages that
    are on their way already.
    """

    def __init__(
        self, *plan: Any, is_shared: bool = False, before: Sequence[Any] = ()
    ) -> None:
        self.is_shared = is_shared
        self.now = 0.0
        self.sent: list[Mapping[str, Json]] = []
        self.noted: list[Caught] = []
        self.connections: list[tuple[str, Json]] = []
        self.settling: list[bool] = []
        self.speaking = 0.0
        self._plan = list(plan)
        self._queue: list[Any] = [*before]

    def send(self, message: Mapping[str, Json]) -> None:
        self.sent.append(message)
        self._queue.append(heard(message))
        topic = str(message["type"])
        if not topic.startswith("recognizer_loop:audio") and self._plan:
            self._queue.extend(self._answers(message, self._plan.pop(0)))

    def _answers(self, message: Mapping[str, Json], step: Sequence[Any]) -> list[Any]:
        context = message["context"]
        assert isinstance(context, dict)
        swapped = {**context, "source": "skills", "destination": context["source"]}
        answers: list[Any] = []
        for item in step:
            if isinstance(item, tuple):
                topic, data, *rest = item
                changed = {**swapped, **(rest[0] if rest else {})}
                answers.append(heard({"type": topic, "data": data, "context": changed}))
            else:
                answers.append(item)
        return answers

    def advance(self, until: float, *, is_settling: bool = False) -> list[Heard]:
        self.settling.append(is_settling)
        found: list[Heard] = []
        while self._queue:
            item = self._queue.pop(0)
            if item is None:
                raise BusLostError("the bus is gone")
            if isinstance(item, float):
                if found:
                    self._queue.insert(0, item)
                    break
                if self.now + item > until:
                    self._queue.insert(0, item - (until - self.now))
                    self.now = until
                    return []
                self.now += item
            else:
                how = item["context"].pop("heard", {})
                found.append(Heard(self.now, json.dumps(item), **how))
        if not found:
            self.now = until
        return found

    def connect(self, client: str, session: Mapping[str, Json]) -> None:
        self.connections.append((client, session["session_id"]))

    def disconnect(self, client: str) -> None:
        self.connections.append((client, None))

    def speak(self) -> None:
        """Let the time of speaking pass."""
        self.now += self.speaking

    def faults(self) -> list[Caught]:
        noted, self.noted = self.noted, []
        return noted

    def traceback_of(self, error: str) -> str | None:
        return f"Traceback\nValueError: {error}" if error == "known" else None


def sessions_sent(bus: PlannedBus) -> list[Any]:
    """Return the session in each message that is no audio event."""
    contexts = [mapping_in(message, "context") for message in bus.sent]
    return [context.get("session") for context in contexts]


def heard(message: Mapping[str, Json]) -> dict[str, Json]:
    """Return a message as others see it."""
    return dict(message)


def speak(text: str, **data: Json) -> tuple[str, dict[str, Json]]:
    return "speak", {"utterance": text, "lang": "en-US", **data}


def run(  # noqa: PLR0913  # each has its default
    fixture: Fixture,
    bus: PlannedBus,
    dialect: Dialect | None = None,
    *,
    is_traced: bool = False,
    is_watching: bool = False,
    schedule: Sequence[Step] | None = None,
    skills: tuple[str, ...] = (SKILL,),
    tell: Tell = lambda _: None,
) -> Transcript:
    """Replay the only case of a fixture."""
    rules = Rules(
        dialect=replace(dialect or Dialect(), skills=skills),
        pipeline=lambda stages: stages or ["default_high"],
        deadline=60.0,
        is_traced=is_traced,
        is_watching=is_watching,
    )
    case = fixture.cases[0]
    return replay_case(fixture, case, Replayer(case, bus, rules, tell), schedule)


def one(*steps: Any, dialect: Dialect | None = None, **options: Any) -> TurnTranscript:
    """Return the transcript of a dialogue of one turn."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    [turn] = run(fixture, PlannedBus(*steps), dialect, **options).turns
    return turn


def faults(transcript: Transcript) -> list[list[tuple[str, str]]]:
    """Return kind and detail of the faults of each turn."""
    return [[(each.kind, each.detail) for each in t.faults] for t in transcript.turns]
