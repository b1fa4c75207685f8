"""The smallest form of a leak, and a leak as it was seen."""

# ruff: noqa: ARG001, ARG002  # every toy skill has the same arguments

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from support.actors import fixtures
from support.scenes import happened, transcript
from support.toys import (
    Answer,
    Skill,
    Stage,
    Toy,
    dialogue,
    leaky_if_shuffled,
    said_before,
)

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate import finding
from ovos_dialogue_kit.isolate.as_script import script_of
from ovos_dialogue_kit.isolate.dialogues.alone import PlayedSchedule
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.dialogues.worlds import with_other_settings
from ovos_dialogue_kit.isolate.finding import (
    Finding,
    Sighting,
    as_seen,
    finding_of,
    reduced,
)
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge
from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.isolate.judging.trial import Evidence
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript
from ovos_dialogue_kit.script.canary import make_canary

FIRST, SECOND = make_canary(0), make_canary(2)
FIXTURE = dialogue(
    "a: keep $canary",
    "{b: hello, overlap: true}",
    "c: keep $canary",
    f"a: again {FIRST}",
    "b: {silence: 2s}",
)
CASE = FIXTURE.cases[0]
CANARIES = {FIRST: 0, SECOND: 2}


def test_a_variant_is_reduced_to_the_turns_of_a_schedule() -> None:
    """In its order, with its overlaps, the sessions that speak, and what they say."""
    steps = Step(3), Step(1), Step(0, overlap=True)
    small = reduced(Variant(CASE, CANARIES, "words"), Schedule(steps, 7))
    assert [(turn.said, turn.overlap) for turn in small.case.turns] == [
        (f"again {FIRST}", False),
        ("hello", False),
        (f"keep {FIRST}", True),
    ]
    assert small.case.sessions == {name: CASE.sessions[name] for name in "ab"}
    assert (small.canaries, small.name) == ({FIRST: 2}, "words")


def test_a_canary_that_is_said_again() -> None:
    """Its first turn counts if the one that is known for it is left out."""
    schedule = Schedule((Step(1), Step(3)))
    assert reduced(Variant(CASE, CANARIES, "plain"), schedule).canaries == {FIRST: 1}
    assert reduced(Variant(CASE, {}, "plain"), schedule).canaries == {}


STEPS = (Step(2), Step(0), Step(3, overlap=True), Step(1))


def seen(leak: Leak, order_seed: int | None = None) -> Any:
    """Return a leak as it was seen in a schedule of four of the five turns."""
    company = transcript(
        happened(0, "a", "kept", at=2.0),
        happened(1, "b", "hi", at=4.0),
        happened(2, "c", "kept", at=1.0),
        happened(3, "a", "it is", at=3.0),
        strays=[Reply("b", "x", 1.5, 2), Reply("a", "y", 3.5, 3)],
    )
    judge = Judge(FIXTURE, Variant(CASE, CANARIES, "plain"))
    played = PlayedSchedule(Schedule(STEPS, order_seed), company)
    sighting = Sighting(judge, played, leak, EVIDENCE)
    return as_seen(FIXTURE, "adapt", sighting, "the time was up")


EVIDENCE = Evidence("leak", 13, 13)


def test_a_leak_as_it_was_seen() -> None:
    """All has the places that it has in the order of the schedule."""
    key = (3, "reply", 0, "text")
    found = seen(Leak("taint", "a", 3, key, "it is", "is it", source=1), 7)
    texts = [f"keep {SECOND}", f"keep {FIRST}", f"again {FIRST}", "hello"]
    assert [turn.said for turn in found.case.turns] == texts
    assert [turn.index for turn in found.company.turns] == [0, 1, 2, 3]
    assert [turn.session for turn in found.company.turns] == ["c", "a", "a", "b"]
    assert [stray.turn for stray in found.company.strays] == [0, 2]
    moved = Leak("taint", "a", 2, (2, *key[1:]), "it is", "is it", source=3)
    assert found.leaks == (moved,)
    assert found.canaries == {SECOND: 0, FIRST: 1}
    assert (found.engine, found.order_seed, found.evidence) == ("adapt", 7, EVIDENCE)
    assert (found.alone, found.is_confirmed) == (None, False)
    assert (found.fixture, found.not_shrunk) == (FIXTURE, "the time was up")
    assert found.script == script_of(FIXTURE, found.case, "adapt")
    (again,) = fixtures(found.script)
    assert [turn.said for turn in again.cases[0].turns] == texts


def test_a_leak_in_no_turn_as_it_was_seen() -> None:
    """Its place stays; without a source there is none."""
    stray = Leak("stray", "default", None, (-1, "stray", 0), "x")
    assert seen(stray).leaks == (stray,)
    assert seen(stray).order_seed is None


# -- made small -----------------------------------------------------------------------


def found_in(
    assistant: Toy,
    *turns: str,
    oracle: Oracle = "solo",
    variant: Callable[[Case], Variant] = lambda case: Variant(case, {}, "plain"),
    order_seed: int | None = None,
    head: str = "",
) -> Finding:
    """Return the finding of the leak that the order of the script shows."""
    fixture = dialogue(*turns, head=head)
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        return assistant.replay(fixture, case, options)

    judge = Judge(fixture, variant(fixture.cases[0]))
    steps = tuple(
        Step(n, turn.overlap) for n, turn in enumerate(fixture.cases[0].turns)
    )
    seen = judge.judgement(Schedule(steps, order_seed), play, (oracle,))
    assert seen.leak
    assert seen.evidence
    sighting = Sighting(judge, seen.played, seen.leak, seen.evidence)
    return finding_of(fixture, "padacioso", sighting, play)


def telling(beside: Callable[[Stage, str, int], None]) -> Toy:
    """Return an assistant that tells who was the first; what else it does is given."""

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            beside(stage, session, len(set(before)))
            return Answer(before[0])

        return answer

    return Toy(make)


def allowed(found: Finding) -> list[Json]:
    """Return what the script allows in each of its turns."""
    (turns,) = yaml.safe_load(found.script)["dialogues"].values()
    return [[*turn.get("allow", ())] for turn in turns]


def slow(calls: Callable[[Stage, str, int], None]) -> Toy:
    """Return an assistant that takes five seconds, and leaks in the third turn."""

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            calls(stage, session, before.count(session))
            text = before[0] if len(before) > 2 else "wait"
            return Answer(text, seconds=5.0)

        return answer

    return Toy(make)


SLOW = "a: one", "b: two", "b: three"


@pytest.mark.parametrize("turn", [1, 2])
def test_what_is_called_out_to_a_session_alone_too_is_allowed(turn: int) -> None:
    """In the turn during which it comes."""

    def call(stage: Stage, session: str, own: int) -> None:
        if (session, own) == ("b", turn):
            stage.stray("b", "own")

    found = found_in(slow(call), *SLOW)
    assert [turn.said for turn in found.case.turns] == ["one", "two", "three"]
    kinds = [["stray"] if number == turn else [] for number in range(3)]
    assert (allowed(found), found.is_confirmed) == (kinds, True)
    assert found.alone
    assert {turn.session for turn in found.alone.turns} == {"b"}
    assert len(found.leaks) == 1


def test_what_is_called_out_at_any_time_is_not_confirmed() -> None:
    """Where chance decides in which turn it comes, the script may fail without leak."""

    def call(stage: Stage, session: str, own: int) -> None:
        if session == "b" and own == 1 + (stage.chance.random() < 0.5):
            stage.stray("b", "own")

    assert not found_in(slow(call), *SLOW).is_confirmed


class Radio:
    """Calls out by itself in each silence, and answers once one of b is over."""

    def __init__(self, *, is_random: bool) -> None:
        self.is_random = is_random
        self.has_rung = False

    def __call__(self, stage: Stage, session: str, said: str) -> Answer:
        return Answer("news" if self.has_rung else "wait")

    def ring(self, stage: Stage, silent: str) -> list[str]:
        self.has_rung |= silent == "b"
        is_late = self.is_random and stage.chance.random() < 0.5
        at = stage.now - (0.0 if is_late else 1.0)
        stage.strays.append(Reply("radio", "news", at, stage.index))
        return []


@pytest.mark.parametrize("is_random", [False, True])
def test_what_is_called_out_to_nobody_without_any_turn(*, is_random: bool) -> None:
    """It is allowed at its time, unless that is a matter of chance."""
    toy = Toy(lambda: Radio(is_random=is_random))
    found = found_in(toy, "a: one", "b: {silence: 2s}", "a: two")
    assert [turn.session for turn in found.case.turns] == ["b", "a"]
    assert found.is_confirmed == (not is_random)
    if not is_random:
        assert allowed(found) == [["stray"], []]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_script_that_a_sound_skill_fails_is_not_confirmed(share: float) -> None:
    """A connection that is refused is no leak, but fails; be it sometimes only."""
    fault: Any = Fault("network", "x")

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            is_refused = stage.chance.random() >= share
            return Answer(before[0], faults=(fault,) if is_refused else ())  # type: ignore[arg-type]

        return answer

    found = found_in(Toy(make), "a: one", "b: two")
    assert not found.is_confirmed
    assert found.script.count("expect: ") == 1


def test_before_all_turns_is_the_first() -> None:
    """Else it is the one that has begun last, also if it is not the last in order."""
    company = transcript(
        happened(0, "a", at=1.0), happened(1, "b", at=4.0), happened(2, "a", at=2.0)
    )
    moments = 0.5, 1.0, 1.5, 2.0, 3.9, 9.0
    turns = [finding._turn_at(moment, company) for moment in moments]
    assert turns == [0, 0, 0, 2, 2, 1]


def test_what_chance_does_is_no_leak_of_the_finding() -> None:
    """Its evidence is that of the first leak, which others may show less clearly."""

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            number = stage.chance.random()
            often = before[0] if number > 0.2 else "x"
            return Answer(before[0], str(number), often)

        return answer

    found = found_in(Toy(make), "a: one", "b: two")
    assert [leak.key for leak in found.leaks] == [
        (1, "reply", 0, "text"),
        (1, "reply", 2, "text"),
    ]
    evidence = found.evidence
    assert (evidence.seeds, evidence.company, evidence.alone) == (13, 13, 0)


def test_what_only_company_calls_out_is_not_allowed() -> None:
    """Else the script would not fail on it."""

    def call(stage: Stage, _: str, sessions: int) -> None:
        if sessions > 1:
            stage.stray("a", "not yours")

    found = found_in(telling(call), "a: one", "b: two", oracle="stray")
    assert (allowed(found), found.is_confirmed) == ([[], []], True)
    assert found.leak.session == "a"


def test_all_leaks_that_an_oracle_sees_are_kept() -> None:
    """The first of them is the one that is told; the session concerned is alone."""

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            return Answer(before[0], *before[:1], intent=before[0])

        return answer

    found = found_in(Toy(make), "a: one", "b: two", "b: three")
    assert len(found.leaks) == 3
    assert {leak.session for leak in found.leaks} == {"b"}
    assert found.leak == found.leaks[0]
    assert (found.evidence.kind, found.evidence.alone) == ("leak", 0)
    assert (found.order_seed, found.not_shrunk) == (None, None)
    assert [each.replies[0].text for each in found.company.turns] == ["a", "a"]
    assert found.alone
    assert [each.replies[0].text for each in found.alone.turns] == ["b"]


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_schedule_is_shrunk_with_more_care_the_second_time(
    tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the smaller one shows no leak to all seeds; at last all turns are left."""
    asked: list[dict[str, bool]] = []
    good, bad = Schedule((Step(1), Step(3))), Schedule((Step(1),))

    def small(*_: object, **how: bool) -> Schedule:
        asked.append(how)
        return good if len(asked) == tries else bad

    monkeypatch.setattr(finding, "shrink", small)
    turns = "a: none", "a: one", "b: none", "b: two"
    found = found_in(telling(lambda *_: None), *turns)
    assert asked == [{}, {"is_thorough": True}][:tries]
    said = [turn.said for turn in found.case.turns]
    assert said == (["one", "two"] if tries < 3 else ["none", "one", "none", "two"])
    assert found.not_shrunk is None


def test_a_script_that_fails_in_another_turn_only_is_not_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What differs, here the skill, it cannot say; another leak makes it fail.

    The session that is told of is that of the leak.
    """

    def make() -> Skill:
        before: list[str] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            before.append(session)
            if said == "three":
                return Answer("fine", skill="own" if len(before) == 2 else "other")
            return Answer(before[0])

        return answer

    whole = Schedule((Step(0), Step(1), Step(2)))
    monkeypatch.setattr(finding, "shrink", lambda *_, **__: whole)
    found = found_in(Toy(make), "a: one", "b: two", "a: three")
    assert [(leak.session, leak.key) for leak in found.leaks] == [
        ("a", (2, "skill")),
        ("b", (1, "reply", 0, "text")),
    ]
    assert not found.is_confirmed
    assert found.alone
    assert {turn.session for turn in found.alone.turns} == {"a"}


def test_settings_are_left_out_one_by_one() -> None:
    """Also those that come after one that the script sets itself."""

    def make() -> Skill:
        units: list[Json] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            units.append(stage.case.sessions[session].get("date_format"))
            return Answer(str(units[0]))

        return answer

    found = found_in(
        Toy(make),
        "a: one",
        "b: two",
        variant=lambda case: Variant(with_other_settings(case), {}, "settings"),
        head="sessions: {a: {site_id: attic}, b: {site_id: hall}}\n",
    )
    assert found.is_confirmed
    (script,) = fixtures(found.script)
    sessions = script.cases[0].sessions
    settings = [wire.keys() - {"session_id", "lang"} for wire in sessions.values()]
    assert settings == [{"site_id", "date_format"}] * 2


class Beacon:
    """Calls out to nobody in a silence, once somebody has spoken."""

    def __init__(self) -> None:
        self.is_on = False

    def __call__(self, stage: Stage, session: str, said: str) -> Answer:
        self.is_on = True
        refused: Any = (Fault("network", "x"),)
        return Answer("on", faults=refused)

    def ring(self, stage: Stage, silent: str) -> list[str]:
        if self.is_on:
            stage.stray("radio", "beep")
        return []


def test_a_leak_into_a_session_that_takes_no_part() -> None:
    """There is nobody who could be silent in its place."""
    found = found_in(Toy(Beacon), "a: one", "b: {silence: 2s}", oracle="stray")
    assert [turn.said for turn in found.case.turns] == ["one", "2s"]
    assert (found.leak.session, found.alone) == ("radio", None)
    assert not found.is_confirmed


def test_canaries_are_kept() -> None:
    """Of the turns that are left, at their places there."""
    found = found_in(
        Toy(said_before),
        "a: none",
        "a: keep $canary",
        "b: two",
        oracle="taint",
        variant=lambda case: Variant(case, {make_canary(1): 1}, "canaries"),
    )
    assert [turn.session for turn in found.case.turns] == ["a", "b"]
    assert found.canaries == {make_canary(1): 0}
    assert found.leak.source == 0


def test_a_leak_that_needs_shuffled_listeners_keeps_them() -> None:
    """In all further replays, and in the finding."""
    found = found_in(Toy(leaky_if_shuffled), "a: one", "b: two", order_seed=9)
    assert (found.order_seed, found.is_confirmed) == (9, True)
    assert [turn.said for turn in found.case.turns] == ["one", "two"]
