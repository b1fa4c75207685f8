"""What a client makes of messages of several turns, sessions and skills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue, spoken
from support.planned_bus import (
    HANDLED,
    KITCHEN,
    SKILL,
    PlannedBus,
    one,
    run,
    speak,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript
from ovos_dialogue_kit.script.model import Conditions, Expectation

BEDROOM = "0000-bedroom"
ASKING = "skill.converse.get_response.enable", {"skill_id": SKILL}

START: dict[str, Json] = {
    "session_id": BEDROOM,
    "site_id": "bedroom",
    "lang": "en-US",
    "location": {"city": {"name": "Porto"}},
}
"""A session with every field that a turn must keep."""


def settled() -> Fixture:
    """Return a dialogue in which the bedroom, with every such field, speaks second."""
    turns = [("kitchen", "good morning"), ("bedroom", "hello"), ("bedroom", "again")]
    fixture = dialogue(SKILL, *turns)
    [case] = fixture.cases
    sessions = {**case.sessions, "bedroom": START}
    return replace(fixture, cases=(replace(case, sessions=sessions),))


def faults(transcript: Transcript) -> list[list[tuple[str, str]]]:
    """Return kind and detail of the faults of each turn."""
    return [[(each.kind, each.detail) for each in t.faults] for t in transcript.turns]


@pytest.mark.parametrize(
    ("field", "value", "kind", "detail"),
    [
        ("site_id", "kitchen", "session", "site_id was bedroom, is kitchen"),
        ("site_id", None, "session", "site_id was bedroom, is None"),
        ("lang", "pt-PT", "lang", "lang was en-US, is pt-PT"),
        ("lang", None, "lang", "lang was en-US, is None"),
        (
            "location",
            {"city": {"name": "Braga"}},
            "session",
            "location was {'city': {'name': 'Porto'}}, is {'city': {'name': 'Braga'}}",
        ),
        (
            "location",
            None,
            "session",
            "location was {'city': {'name': 'Porto'}}, is None",
        ),
    ],
)
def test_a_field_that_a_turn_must_keep(
    field: str, value: Json, kind: str, detail: str
) -> None:
    """Each of them, changed or lost, is one fault of that turn and that session."""
    changed = {key: part for key, part in START.items() if key != field}
    changed |= {} if value is None else {field: value}
    end = (HANDLED, {}, {"session": START})
    bus = PlannedBus([(HANDLED, {})], [end], [(HANDLED, {}, {"session": changed})])
    assert faults(run(settled(), bus)) == [[], [], [(kind, detail)]]


def test_fields_that_a_turn_may_change() -> None:
    """Case of a language, and all that is state, is no fault."""
    changed = {**START, "lang": "EN-us", "active_skills": [["x.y", 1.0]], "n": 5}
    bus = PlannedBus([(HANDLED, {})], [(HANDLED, {}, {"session": changed})], [])
    assert faults(run(settled(), bus))[1] == []


def contexts(bus: PlannedBus, topic: str) -> list[tuple[Any, ...]]:
    """Return session, speaker, source and destination of the messages of a topic."""
    found = []
    for message in bus.sent:
        if message["type"] == f"recognizer_loop:{topic}":
            context = mapping_in(message, "context")
            session = mapping_in(context, "session")
            ends = context["source"], context["destination"]
            found.append((session["session_id"], context["kit_session"], *ends))
    return found


@pytest.mark.parametrize("topic", ["audio_output_start", "audio_output_end"])
def test_what_is_spoken_is_played_in_its_session(topic: str) -> None:
    """A skill that waits for its speech hears its start and its end there."""
    bus = PlannedBus([speak("a"), (HANDLED, {})], [speak("b"), (HANDLED, {})], [])
    run(settled(), bus)
    assert contexts(bus, topic) == [
        (KITCHEN, "kitchen", "kit:audio", ["skills"]),
        (BEDROOM, "bedroom", "kit:audio", ["skills"]),
    ]


def test_words_belong_to_the_turn_taken_last() -> None:
    """Of two open turns of a session, and to the other one once that has ended."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b"), overlap=[0])
    ends = [(HANDLED, {}, {"kit_turn": turn}) for turn in (1, 0)]
    bus = PlannedBus([], [speak("one"), 1.0, ends[0], speak("two"), 1.0, ends[1]])
    assert spoken(run(fixture, bus)) == [["two"], ["one"]]


def test_a_skill_may_take_its_time_before_it_asks() -> None:
    """It has told that it will ask: the turn ends with the question, not before."""
    question = speak("how many?", expect_response=True)
    turn = one([ASKING, 1.0, speak("well"), 1.0, question])
    assert (turn.end, turn.ended) == ("asked", 2.0)
    assert [(reply.text, reply.asks) for reply in turn.replies] == [
        ("well", False),
        ("how many?", True),
    ]


def test_only_the_last_words_before_the_microphone_opens_ask() -> None:
    """Of two replies, the first one did not ask."""
    turn = one([ASKING, speak("well"), speak("how many?"), ("mycroft.mic.listen", {})])
    assert turn.end == "asked"
    assert [reply.asks for reply in turn.replies] == [False, True]


def test_another_skill_may_take_back_its_own_question() -> None:
    """The question of the first skill is still open, and ends the turn."""
    other = ("skill.converse.get_response.disable", {"skill_id": "other.skill"})
    question = speak("how many?", expect_response=True)
    assert one([ASKING, other, question]).end == "asked"


def test_a_turn_is_matched_by_the_skill_whose_intent_it_is() -> None:
    """Of several skills, whichever stands first in the script."""
    skills = ("other.skill", SKILL, "third.skill")
    for skill in skills:
        intent = (f"{skill}:say.hello.intent", {"utterance": "hello"})
        dialect = Dialect()
        fixture = dialogue(SKILL, ("kitchen", "hi"), ("bedroom", "hello"))
        bus = PlannedBus([(HANDLED, {})], [intent, (HANDLED, {})])
        turns = run(fixture, bus, dialect, skills=skills).turns
        assert [(t.matched, t.skill, t.intent) for t in turns] == [
            (None, None, None),
            (True, skill, "say.hello"),
        ]


def test_the_last_message_of_several_is_carried_on() -> None:
    """Of two that came at once, each session continues from its own last."""

    def state(session_id: str, n: int) -> dict[str, Json]:
        return {"session": {"session_id": session_id, "lang": "en-US", "n": n}}

    both = [
        ("x", {}, state(KITCHEN, 1)),
        ("x", {}, state(BEDROOM, 1)),
        ("x", {}, state(KITCHEN, 2)),
        ("x", {}, state(BEDROOM, 2)),
        (HANDLED, {}, state(KITCHEN, 3)),
    ]
    turns = [("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c")]
    bus = PlannedBus(both, [(HANDLED, {})], [(HANDLED, {})])
    run(dialogue(SKILL, *turns), bus)
    sent: list[Mapping[str, Json]] = [
        mapping_in(mapping_in(message, "context"), "session") for message in bus.sent
    ]
    assert [session.get("n") for session in sent] == [None, 2, 3]


def test_several_errors_are_several_faults() -> None:
    """Each once, in the order in which they came."""
    error = "mycroft.skill.handler.error"
    told = [(error, {"name": name, "exception": "oops"}) for name in "abba"]
    turn = one([*told, (HANDLED, {})])
    assert [each.detail for each in turn.faults] == ["a: oops", "b: oops"]


def test_a_handler_that_was_given_up_did_not_end() -> None:
    """OVOS tells it as an error; one with a traceback was raised by the skill."""
    error = "mycroft.skill.handler.error"
    turn = one([(error, {"name": "a", "exception": "timed out"}), (HANDLED, {})])
    assert [(each.kind, each.detail) for each in turn.faults] == [
        ("no_end", "a: timed out")
    ]


def expecting(turn: int, expect: Expectation) -> Fixture:
    """Return a dialogue of two sessions in which one turn expects something."""
    turns = [("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c")]
    fixture = dialogue(SKILL, *turns)
    [case] = fixture.cases
    made = list(case.turns)
    made[turn] = replace(made[turn], expect=expect)
    return replace(fixture, cases=(replace(case, turns=tuple(made)),))


@pytest.mark.parametrize("turn", [0, 1, 2])
@pytest.mark.parametrize("part", ["holds", "denied"])
def test_messages_are_kept_for_the_turn_that_expects_or_forbids_some(
    turn: int, part: str
) -> None:
    """All of that turn and that session, and none of another one."""
    wanted = Conditions(messages=({"type": "light.on"}, {"type": "light.off"}))
    expect = Expectation(Mark("x", 1, 1), **{part: wanted})  # type: ignore[arg-type]
    plan = [[("light.on", {"turn": n}), (HANDLED, {})] for n in range(3)]
    turns = run(expecting(turn, expect), PlannedBus(*plan)).turns
    kept = [
        [message["data"] for message in each.messages if message["type"] == "light.on"]
        for each in turns
    ]
    assert kept == [[{"turn": n}] if n == turn else [] for n in range(3)]


def test_nothing_is_kept_where_only_replies_are_expected() -> None:
    """A turn may expect something else than messages."""
    expect = Expectation(Mark("x", 1, 1), holds=Conditions(skill=SKILL))
    plan = [[("light.on", {}), (HANDLED, {})]] * 3
    turns = run(expecting(1, expect), PlannedBus(*plan)).turns
    assert [turn.messages for turn in turns] == [()] * 3


def test_the_pipeline_of_a_session_is_the_one_of_its_script() -> None:
    """Its stages are converted for the assistant; another session has the default."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"))
    [case] = fixture.cases
    stages: Json = ["stop_high", "adapt_low"]
    bedroom = {**case.sessions["bedroom"], "pipeline": stages}
    case = replace(case, sessions={**case.sessions, "bedroom": bedroom})
    bus = PlannedBus([(HANDLED, {})], [(HANDLED, {})])
    run(replace(fixture, cases=(case,)), bus)
    sent = [mapping_in(mapping_in(each, "context"), "session") for each in bus.sent]
    assert [session["pipeline"] for session in sent] == [["default_high"], stages]


def test_what_has_changed_is_told_as_each_turn_begins() -> None:
    """A turn is told until it has been told with its end."""
    told: list[list[tuple[int, str, list[str]]]] = []

    def tell(turns: Sequence[TurnTranscript]) -> None:
        told.append([(t.index, t.end, [r.text for r in t.replies]) for t in turns])

    turns = [("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c"), ("kitchen", "d")]
    end = (HANDLED, {}, {"kit_turn": 0, "session": {"session_id": KITCHEN}})
    bus = PlannedBus(
        [speak("one")],
        [speak("two"), (HANDLED, {})],
        [end, speak("three"), (HANDLED, {})],
        [(HANDLED, {})],
    )
    run(dialogue(SKILL, *turns, overlap=[0]), bus, tell=tell)
    assert told == [
        [(0, "lost", [])],
        [(0, "lost", []), (1, "lost", [])],
        [(0, "lost", ["one"]), (1, "handled", ["two"]), (2, "lost", [])],
        [(0, "handled", ["one"]), (2, "handled", ["three"]), (3, "lost", [])],
    ]


def test_strays_are_in_order_of_time() -> None:
    """Also those of several sessions, and of sessions that are none of the dialogue."""

    def to(session_id: str, text: str) -> tuple[str, dict[str, Json], dict[str, Json]]:
        return (*speak(text), {"session": {"session_id": session_id}})

    plan = [to(KITCHEN, "a"), 1.0, to("0000-x", "b"), 1.0, to("0000-hall", "c"), 1.0]
    turns = [("kitchen", "hi"), ("bedroom", "hi"), ("bedroom", "again")]
    bus = PlannedBus([(HANDLED, {})], [*plan, to(KITCHEN, "d"), (HANDLED, {})], [])
    strays = run(dialogue(SKILL, *turns), bus).strays
    assert [(s.at, s.session, s.text, s.turn) for s in strays] == [
        (0.0, "kitchen", "a", 1),
        (1.0, "0000-x", "b", 1),
        (2.0, "hall", "c", 1),
        (3.0, "kitchen", "d", 1),
    ]
