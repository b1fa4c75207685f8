"""Toy skills in the place of an assistant: what they do is said in a few lines.

A toy obeys the schedule, chance and time as the real assistant does, so that everything
above it can be tested in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from support.actors import fixtures

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)


class Stage:
    """One replay, as a toy skill sees it.

    ``now`` are the seconds since it began, ``chance`` is a source of random numbers,
    ``order`` what shuffles the listeners (``None``: they are not).
    """

    def __init__(self, case: Case, options: Options) -> None:
        self.case = case
        self.now = 0.0
        self.chance = Random(options.chance_seed)  # noqa: S311  # not secret
        self.order = options.order_seed
        self.turns: dict[int, TurnTranscript] = {}
        self.strays: list[Reply] = []
        self.open: list[tuple[int, str, str, float]] = []
        self.index = 0
        self.crash: Fault | None = None

    def stray(self, session: str, text: str) -> None:
        """Say something to a session that is not speaking."""
        self.strays.append(Reply(session, text, self.now, self.index))


class Answer:
    """The answer of a toy skill: texts, and anything else that a turn may have."""

    def __init__(
        self, *texts: str | Reply, seconds: float = 0.0, **parts: Json
    ) -> None:
        self.texts = texts
        self.seconds = seconds
        self.parts = parts


Skill = Callable[[Stage, str, str], Answer]
"""Answers what a session says."""


class Toy:
    """An assistant with a toy skill; ``make`` makes one for each replay."""

    def __init__(self, make: Callable[[], Skill]) -> None:
        self.make = make
        self.replays = 0
        self.deadlines: set[float | None] = set()
        self.is_started = False

    def start(self) -> None:
        self.is_started = True

    def close(self) -> None:
        self.is_started = False

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        assert self.is_started
        self.replays += 1
        options = options or Options()
        self.deadlines.add(options.deadline)
        steps = options.schedule
        if steps is None:
            steps = tuple(Step(i, turn.overlap) for i, turn in enumerate(case.turns))
        stage, skill = Stage(case, options), self.make()
        for step in steps:
            self._take(step, stage, skill)
        self._settle(stage, skill)
        return Transcript(
            script=fixture.script,
            dialogue=fixture.dialogue,
            case=case.name,
            engine="padacioso",
            bus="memory",
            turns=()
            if stage.crash
            else tuple(t for _, t in sorted(stage.turns.items())),
            strays=tuple(stage.strays),
            crash=stage.crash,
        )

    def _take(self, step: Step, stage: Stage, skill: Skill) -> None:
        turn = stage.case.turns[step.turn]
        names = sessions_by_speaker(stage.case)
        own = [
            i for i, who, _, _ in stage.open if names[who] == names.get(turn.session)
        ]
        if own and not stage.case.turns[own[-1]].overlap:
            self._settle(stage, skill)
        if turn.silence is not None:
            at, stage.now = stage.now, stage.now + turn.silence
            stage.index = step.turn
            ring = getattr(skill, "ring", None)  # what happens by itself meanwhile
            texts = ring(stage, turn.session) if ring else ()
            stage.turns[step.turn] = TurnTranscript(
                step.turn,
                turn.session,
                turn.said,
                at,
                "silence",
                stage.now,
                replies=tuple(
                    Reply(turn.session, text, at, step.turn) for text in texts
                ),
            )
            return
        stage.open.append((step.turn, turn.session, turn.said, stage.now))
        if not step.overlap:
            self._settle(stage, skill)

    def _settle(self, stage: Stage, skill: Skill) -> None:
        """Answer the turns that are open, the last first: a skill may do so."""
        for index, session, said, at in reversed(stage.open):
            stage.index = index
            answer = skill(stage, session, said)
            stage.now += answer.seconds
            replies = tuple(
                text if isinstance(text, Reply) else Reply(session, text, at, index)
                for text in answer.texts
            )
            parts: dict[str, Json] = {"end": "handled", "route": "intent"}
            stage.turns[index] = TurnTranscript(
                index=index,
                session=session,
                said=said,
                at=at,
                ended=stage.now,
                replies=replies,
                **{**parts, **answer.parts},  # type: ignore[arg-type]  # a test's own
            )
        stage.open.clear()


def dialogue(*turns: str, head: str = "", skill: str = "toy.test") -> Fixture:
    """Return a fixture; each turn is a line of YAML, such as ``a: hello``."""
    lines = "".join(f"    - {turn}\n" for turn in turns)
    return fixtures(f"skill: {skill}\n{head}dialogues:\n  x:\n{lines}")[0]


# -- skills ---------------------------------------------------------------------------


def keeper(key: Callable[[str], str]) -> Callable[[], Skill]:
    """Return a skill that keeps words by a key that it makes of the session."""

    def make() -> Skill:
        words: dict[str, str] = {}

        def answer(_: Stage, session: str, said: str) -> Answer:
            verb, _, word = said.partition(" ")
            if verb == "keep":
                words[key(session)] = word
                return Answer("kept", slots={"word": word})
            return Answer(f"it is {words.get(key(session), 'nothing')}")

        return answer

    return make


def shared() -> Toy:
    """Return an assistant whose skill has one memory for everybody."""
    return Toy(keeper(lambda _: "everybody"))


def separate() -> Toy:
    """Return an assistant whose skill has a memory for each session."""
    return Toy(keeper(lambda session: session))


def said_before() -> Skill:
    """Return a skill that answers with what was said before, by whomever."""
    kept = ["nothing"]

    def answer(stage: Stage, session: str, said: str) -> Answer:  # noqa: ARG001  # as all
        before, kept[0] = kept[0], said
        return Answer(before)

    return answer


def leaky_if_shuffled() -> Skill:
    """Return a skill that hears of others only where the listeners are shuffled."""
    seen: set[str] = set()

    def answer(stage: Stage, session: str, said: str) -> Answer:  # noqa: ARG001  # as all
        seen.add(session)
        is_leak = len(seen) > 1 and stage.order is not None
        return Answer("leak" if is_leak else "fine")

    return answer


def toy(answer: Skill) -> Toy:
    """Return an assistant whose skill has no state but what it closes over."""
    return Toy(lambda: answer)
