"""Replays in which several turns and sessions are under way at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue
from support.planned_bus import HANDLED, KITCHEN, SKILL, PlannedBus, run, speak

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay_options import Step
from ovos_dialogue_kit.replayer.rules import Rules
from ovos_dialogue_kit.script.model import Conditions, Expectation


def of(turn: int, session_id: str, **fields: Json) -> dict[str, Json]:
    """Return the context of a message that was derived from a turn."""
    session: Json = {"session_id": session_id, "lang": "en-US", **fields}
    name = session_id.removeprefix("0000-")
    return {"kit_turn": turn, "kit_session": name, "session": session}


def test_fields_of_a_session_begin_when_they_are_sent() -> None:
    """Counted from the epoch; a pipeline is that of the assistant, if one is given."""
    rules = Rules(Dialect(), lambda stages: [*(stages or []), "x"], epoch=100.0)
    found = rules.wire_of({"active_skills": [SKILL], "pipeline": ["a"]}, 5.0)
    assert found["active_skills"] == [[SKILL, 105.0]]
    assert found["pipeline"] == ["a", "x"]
    at_the_start = rules.wire_of({"active_skills": [SKILL]})
    assert at_the_start["active_skills"] == [[SKILL, 100.0]]
    assert "pipeline" not in at_the_start
    assert (rules.is_traced, rules.is_watching) == (False, False)


def test_the_bus_is_told_whether_rest_is_waited_for() -> None:
    """That is so while any of the open turns ends at rest."""
    turns = [("kitchen", "hello"), ("bedroom", "!x.y"), ("kitchen", "bye")]
    bus = PlannedBus([], [("x.heard", {})], [1.0, (HANDLED, {}), 1.0, (HANDLED, {})])
    run(dialogue(SKILL, *turns, overlap=[0]), bus)
    assert bus.settling[0]
    assert not any(bus.settling[1:])
    alone = PlannedBus([1.0, (HANDLED, {})])
    run(dialogue(SKILL, ("kitchen", "hello")), alone)
    assert not any(alone.settling)


def test_a_schedule_waits_for_a_turn_that_the_script_does_not_overlap() -> None:
    """Even if the turn before in the script is overlapped by another session's."""
    turns = [("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c")]
    fixture = dialogue(SKILL, *turns, overlap=[1])
    ends = [2.0, (HANDLED, {}, of(0, KITCHEN)), 2.0, (HANDLED, {})]
    steps = [Step(0, overlap=True), Step(1, overlap=True), Step(2)]
    transcript = run(fixture, PlannedBus([], ends), schedule=steps)
    assert [turn.at for turn in transcript.turns] == [0.0, 0.0, 2.0]
    fixture = dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b"))
    bus = PlannedBus([2.0, (HANDLED, {})], [(HANDLED, {})])
    steps = [Step(0, overlap=True), Step(1)]
    transcript = run(fixture, bus, schedule=steps)
    assert [turn.at for turn in transcript.turns] == [0.0, 2.0]


def test_nothing_is_heard_before_a_turn_that_overlaps() -> None:
    """The assistant does not come to rest while a turn is open."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"))
    news = ("x", {}, of(0, "0000-bedroom", n=1))
    bus = PlannedBus([news], [(HANDLED, {}), (HANDLED, {}, of(0, KITCHEN))])
    run(fixture, bus, schedule=[Step(0, overlap=True), Step(1)])
    sent = [mapping_in(mapping_in(each, "context"), "session") for each in bus.sent]
    assert ["n" in session for session in sent] == [False, False]


def test_an_end_is_not_changed_by_the_message_that_was_awaited() -> None:
    """A turn that has ended otherwise keeps its end; another one waits on."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), overlap=[0])
    [case] = fixture.cases
    turns = tuple(replace(turn, until="x.done") for turn in case.turns)
    fixture = replace(fixture, cases=(replace(case, turns=turns),))
    bus = PlannedBus([], [(HANDLED, {}, of(0, KITCHEN)), ("x.done", {})])
    ends = [turn.end for turn in run(fixture, bus).turns]
    assert ends == ["handled", "until"]


def test_a_message_of_no_session_is_kept_with_the_last_turn() -> None:
    """With its time, and not with one before, though that is open, too."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), overlap=[0])
    news = ("x.changed", {}, of(0, "default"))
    ends = [(HANDLED, {}), (HANDLED, {}, of(0, KITCHEN))]
    turns = run(fixture, PlannedBus([], [2.0, news, *ends]), is_traced=True).turns
    kept = [
        [m["at"] for m in turn.messages if m["type"] == "x.changed"] for turn in turns
    ]
    assert kept == [[], [2.0]]


def test_only_what_is_spoken_is_a_stray() -> None:
    """Another message to a session of nobody is none, nor is what nobody is given."""
    context = of(0, "0000-x")
    news = [("mycroft.mic.listen", {}, context), (HANDLED, {})]
    assert run(dialogue(SKILL, ("kitchen", "a")), PlannedBus(news)).strays == ()
    lost = (*speak("psst"), {**context, "heard": {"given_to": ""}})
    strays = run(dialogue(SKILL, ("kitchen", "a")), PlannedBus([lost, *news])).strays
    assert [(each.session, each.text) for each in strays] == [("0000-x", "psst")]


def watching(turn: int) -> Fixture:
    """Return three turns, of which one expects a message of the bedroom."""
    names = ("kitchen", "hall", "bedroom")
    fixture = dialogue(SKILL, *((name, "hi") for name in names), overlap=[0])
    wanted = {"type": "light.on", "session": "0000-bedroom"}
    expect = Expectation(Mark(""), holds=Conditions(messages=(wanted,)))
    [case] = fixture.cases
    turns = list(case.turns)
    turns[turn] = replace(turns[turn], expect=expect)
    return replace(fixture, cases=(replace(case, turns=tuple(turns)),))


@pytest.mark.parametrize(("turn", "times"), [(0, [1.0]), (1, [1.0, 2.0]), (2, [])])
def test_a_message_of_another_session_is_kept_while_a_turn_is_open(
    turn: int, times: list[float]
) -> None:
    """With each open turn that expects it, and with the last one until the next."""

    def light(at: float) -> Any:
        return "light.on", {"at": at}, of(9, "0000-bedroom")

    ends = (HANDLED, {}, of(0, KITCHEN)), (HANDLED, {})
    plan = [1.0, light(1.0), 1.0, *ends, 0.0, light(2.0)]
    steps = [Step(0, overlap=True), Step(1)]
    turns = run(watching(turn), PlannedBus([], plan), schedule=steps).turns
    kept = [
        [m["at"] for m in each.messages if m["type"] == "light.on"] for each in turns
    ]
    assert kept == [times if each.index == turn else [] for each in turns]


def test_each_open_turn_of_a_session_gets_what_it_expects() -> None:
    """Also if it expects messages of its own session, besides; also the last one."""
    names = ("bedroom", "kitchen", "kitchen")
    fixture = dialogue(SKILL, *((name, "hi") for name in names), overlap=[1])
    wanted = {"type": "x"}, {"type": "light.on", "session": "0000-bedroom"}
    expect = Expectation(Mark(""), holds=Conditions(messages=wanted))
    [case] = fixture.cases
    first, *others = case.turns
    turns = (first, *(replace(each, expect=expect) for each in others))
    fixture = replace(fixture, cases=(replace(case, turns=turns),))
    light = ("light.on", {}, of(9, "0000-bedroom"))
    ends = [(HANDLED, {}, of(turn, KITCHEN)) for turn in (1, 2)]
    bus = PlannedBus([(HANDLED, {})], [], [light, *ends, 0.0, light])
    steps = [Step(0), Step(1, overlap=True), Step(2)]
    happened = run(fixture, bus, schedule=steps).turns
    kept = [sum(m["type"] == "light.on" for m in each.messages) for each in happened]
    assert kept == [0, 1, 2]


def test_a_turn_is_given_up_at_its_own_time() -> None:
    """What comes later is a stray, though a turn that may take longer is open."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), overlap=[0])
    [case] = fixture.cases
    turns = (replace(case.turns[0], within=2.0), case.turns[1])
    fixture = replace(fixture, cases=(replace(case, turns=turns),))
    bus = PlannedBus([], [50.0, (*speak("late"), of(0, KITCHEN)), (HANDLED, {})])
    transcript = run(fixture, bus)
    assert [turn.end for turn in transcript.turns] == ["deadline", "handled"]
    assert [stray.text for stray in transcript.strays] == ["late"]


def test_a_session_goes_on_from_what_others_said_to_it() -> None:
    """Whatever comes after that for nobody, and not from its own messages."""
    own = ("x", {}, {**of(0, KITCHEN, n=2), "heard": {"is_own": True}})
    end = (HANDLED, {}, of(0, KITCHEN, n=1))
    bus = PlannedBus([end, own, ("y", {}, of(0, "0000-x"))], [])
    run(dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b")), bus)
    sent = [mapping_in(mapping_in(each, "context"), "session") for each in bus.sent]
    assert [session.get("n") for session in sent] == [None, 1]


def test_a_question_ends_its_turn_when_it_has_been_spoken() -> None:
    """A client opens the microphone after that."""
    asking = ("skill.converse.get_response.enable", {"skill_id": SKILL})
    bus = PlannedBus([asking, speak("how many?", expect_response=True)])
    bus.speaking = 2.0
    [turn] = run(dialogue(SKILL, ("kitchen", "hello")), bus).turns
    assert (turn.end, turn.ended) == ("asked", 2.0)
