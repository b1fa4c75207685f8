"""What a client makes of messages of several turns, sessions and skills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue, spoken
from support.lone_client import HOUSE, Alone
from support.planned_bus import (
    BEDROOM,
    HANDLED,
    KITCHEN,
    SAID,
    SKILL,
    PlannedBus,
    one,
    run,
    speak,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.client import reply_of
from ovos_dialogue_kit.replayer.dialect import Dialect, Match
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    TurnTranscript,
)
from ovos_dialogue_kit.script.model import Conditions, Expectation

ASKING = "skill.converse.get_response.enable", {"skill_id": SKILL}


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
    run(dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b")), bus)
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
    assert [(reply.text, reply.asks) for reply in turn.replies] == [
        ("well", False),
        ("how many?", True),
    ]


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


# -- one client alone -----------------------------------------------------------------

COMMON_QUERY = ("question:action", {"skill_id": SKILL})
INTENT = (f"{SKILL}:say.hello.intent", {"utterance": "hello"})
COMPLETE = "mycroft.skill.handler.complete"
LOST = {"kit_turn": None}


def test_rest_ends_all_that_has_no_other_end() -> None:
    """Of several turns, the messages; no utterance and no silence."""
    kitchen = Alone()
    for said in ("hi", "!a.b", "~5", "!c.d"):
        kitchen.take(said)
    kitchen.client.come_to_rest(2.0)
    assert kitchen.ends() == [(None, None), ("quiet", 2.0)] * 2
    silent = Alone()
    silent.hear(ASKING)
    silent.client.come_to_rest(2.0)  # before the first turn


def test_a_turn_has_the_session_that_it_found_or_made() -> None:
    """Also if it hears nothing, and if the session changes after its end."""
    kitchen = Alone()
    kitchen.take()
    kitchen.client.carry_on({"session": {**HOUSE, "n": 1}})
    kitchen.hear((HANDLED, {}))
    silent = kitchen.take()
    assert silent.session_after["n"] == 1
    silent.close("deadline", None)
    kitchen.client.listen()
    kitchen.client.carry_on({"session": {**HOUSE, "n": 2}})
    after = [kitchen.client.transcript_of(each) for each in kitchen.client.turns]
    assert [each.session_after["n"] for each in after] == [1, 2]


def test_news_that_lost_its_turn_is_of_the_last_one() -> None:
    """And of none if there has been none."""
    error = ("mycroft.skill.handler.error", {"skill_id": "x", "exception": "oops"})
    kitchen = Alone()
    kitchen.hear(error, (HANDLED, {}), of=0)
    kitchen.take()
    kitchen.take()
    kitchen.hear((*error, LOST))
    assert kitchen.details() == [[], ["x: oops"]]


def test_messages_are_kept_with_the_turn_they_came_from() -> None:
    """With the last one if none is known, and nowhere before the first."""
    kitchen = Alone()
    topics = [("a", {}, {}), ("b", {}, LOST)]
    kitchen.hear(*topics, of=0)
    turns = [kitchen.take(is_traced=True) for _ in range(3)]
    kitchen.hear(*topics, of=1)
    kept = [[(each["type"], each["at"]) for each in turn.messages] for turn in turns]
    assert kept == [[], [("a", 1.0)], [("b", 1.0)]]


def note(kitchen: Alone, topic: str, **context: Json) -> None:
    message: dict[str, Json] = {"type": topic, "data": {}, "context": context}
    kitchen.client.note_outgoing(2.0, topic, message, is_to_device=False)


def test_what_leaves_is_kept_with_the_turn_it_came_from() -> None:
    """With the last one if none is known; a twin, or what comes too early, is not."""
    kitchen = Alone()
    note(kitchen, "gui.early")
    turns = [kitchen.take() for _ in range(3)]
    note(kitchen, "gui.a", kit_turn=1, source="x")
    note(kitchen, "gui.b")
    note(kitchen, "gui.b", _namespace_compat_twin=True)
    assert [turn.messages for turn in turns] == [
        [],
        [{"type": "gui.a", "data": {}, "context": {"source": "x"}, "at": 2.0}],
        [{"type": "gui.b", "data": {}, "context": {}, "at": 2.0}],
    ]


@pytest.mark.parametrize("key", ["reason", "code"])
def test_a_refusal_has_a_reason_or_a_code(key: str) -> None:
    """One during a silence, which sent nothing, is a fault and no end."""
    kitchen = Alone()
    turn = kitchen.take("~5")
    kitchen.hear(("hive.policy.denied", {"denied_type": SAID, key: "no"}))
    assert (turn.end, kitchen.details()) == (None, [[f'"{SAID}": no']])


def test_a_common_query_ends_with_the_skills_handler() -> None:
    """Before ovos-core 0.2, and only with that handler and that turn."""
    done = (COMPLETE, {"handler": "common_query"})
    old = Alone(dialect={"answers_late": True})
    old.take()
    old.hear(INTENT, done, (HANDLED, {}), at=1.0)  # no query: ends as any turn
    old.take()
    old.hear(COMMON_QUERY, (HANDLED, {}), (COMPLETE, {"handler": "x"}), at=2.0)
    assert old.ends() == [("handled", 1.0), (None, None)]
    old.hear(done, at=3.0)
    old.hear(done, at=4.0)
    assert old.ends() == [("handled", 1.0), ("handled", 3.0)]
    assert old.details() == [[], []]
    new = Alone()
    new.take()
    new.hear(COMMON_QUERY, done)
    assert new.ends() == [(None, None)]
    new.hear((HANDLED, {}), at=5.0)
    assert new.ends() == [("handled", 5.0)]


STOPPED = (f"{SKILL}.stop.response", {})


def test_only_the_answer_to_a_stop_ends_a_turn() -> None:
    """Once, of an utterance that was one; an answer without an error is no fault."""
    kitchen = Alone(dialect={"stop_response_ends": True})
    kitchen.take()
    kitchen.hear(COMMON_QUERY, STOPPED)
    kitchen.take()
    kitchen.hear(("stop:skill", {}), ("skill.converse.response", {"result": False}))
    assert kitchen.ends() == [(None, None)] * 2
    kitchen.hear(STOPPED, at=2.0)
    kitchen.hear(STOPPED, at=3.0)
    assert kitchen.ends() == [(None, None), ("stopped", 2.0)]
    assert kitchen.details() == [[], []]


def test_an_answer_is_to_the_question_of_its_route() -> None:
    """A skill that has only been asked may be followed by another match."""
    kitchen = Alone(dialect={"may_decline": True})
    turn = kitchen.take()
    kitchen.hear((f"{SKILL}.converse.request", {}))
    kitchen.hear((f"ovos.skills.fallback.{SKILL}.response", {"result": True}))
    assert turn.match == Match("converse", SKILL, is_sure=False)
    kitchen.hear(("stop:skill", {"skill_id": SKILL}))
    assert turn.match == Match("stop", SKILL)


def test_a_stray_has_the_speaker_of_the_last_turn() -> None:
    """Before the first turn, the first speaker of the session."""
    house = Alone("sofa", "table", "bed")
    house.hear(speak("a"))
    house.take(speaker="bed").close("handled", 1.0)
    house.take(speaker="table").close("handled", 1.0)
    house.hear(speak("b"))
    strays = [(stray.session, stray.text) for stray in house.client.strays]
    assert strays == [("sofa", "a"), ("table", "b")]


def test_a_reply_has_the_turn_in_which_it_is_heard() -> None:
    """The second one; a reply without a language is in the session's."""
    kitchen = Alone()
    kitchen.take().close("handled", 1.0)
    kitchen.take()
    kitchen.hear(("speak", {"utterance": "a"}))
    [reply] = kitchen.client.turns[1].replies
    assert (reply.text, reply.turn, reply.lang) == ("a", 1, None)
    assert kitchen.details() == [[], []]
    assert reply_of(2.0, {}, "x") == Reply("x", "", 2.0, 0)


def test_messages_belong_to_the_open_turn_taken_last() -> None:
    """Else to the last turn of all, if there is one."""
    kitchen = Alone()
    assert kitchen.client.current_turn() is None
    turns = [kitchen.take() for _ in range(3)]
    assert kitchen.client.current_turn() is turns[2]
    turns[2].close("handled", 1.0)
    assert kitchen.client.current_turn() is turns[1]
    for turn in turns:
        turn.close("handled", 1.0)
    assert kitchen.client.current_turn() is turns[2]


def test_an_end_that_lost_its_turn_ends_the_last_utterance() -> None:
    """No silence; the second of two turns has ended twice, not the first."""
    kitchen = Alone()
    for said in ("hi", "hello", "~5"):
        kitchen.take(said)
    kitchen.hear((HANDLED, {}, LOST), at=1.0)
    assert kitchen.ends() == [(None, None), ("handled", 1.0), (None, None)]
    kitchen.client.turns.pop()
    kitchen.client.turns[0].close("deadline", None)
    kitchen.hear((HANDLED, {}, LOST), at=2.0)
    assert kitchen.details() == [[], ["at 2 s, after the end at 1 s"]]


def asked_and_answered(kitchen: Alone) -> None:
    """Let a skill ask in the second of two turns, which ends it."""
    kitchen.take().close("deadline", None)
    kitchen.take()
    kitchen.hear(ASKING, speak("how many?", expect_response=True), speak("well?"))
    kitchen.client.come_to_rest(1.0)


def test_a_question_owes_one_end() -> None:
    """That of the handler that asked; another one is an end too many."""
    kitchen = Alone()
    asked_and_answered(kitchen)
    kitchen.hear((HANDLED, {}), at=2.0)
    assert kitchen.ends() == [("deadline", None), ("asked", 1.0)]
    assert kitchen.details() == [[], []]
    kitchen.hear((HANDLED, {}), at=3.0)
    assert kitchen.details() == [[], ["at 3 s, after the end at 1 s"]]


def test_an_answered_question_owes_none() -> None:
    """The handler that asked has ended with the answer."""
    kitchen = Alone()
    asked_and_answered(kitchen)
    kitchen.take()
    kitchen.hear((f"{SKILL}.converse.get_response", {}), (HANDLED, {}), at=2.0)
    assert kitchen.ends()[1:] == [("asked", 1.0), ("handled", 2.0)]
    kitchen.hear((HANDLED, {}), at=3.0)
    assert kitchen.details() == [[], [], ["at 3 s, after the end at 2 s"]]


def test_what_was_asked_in_a_turn_ends_no_other() -> None:
    """Nor is a turn that has ended, or a silence, ended by a question."""
    kitchen = Alone()
    kitchen.take()
    kitchen.hear(ASKING, speak("how many?", expect_response=True), (HANDLED, {}))
    kitchen.client.come_to_rest(2.0)
    kitchen.take()
    kitchen.client.come_to_rest(3.0)
    assert kitchen.ends() == [("handled", 1.0), (None, None)]
    silence = Alone()
    silence.take("~5")
    silence.hear(ASKING, speak("how many?", expect_response=True))
    silence.client.come_to_rest(1.0)
    assert silence.ends() == [(None, None)]


def test_a_question_that_the_client_has_missed_ends_no_turn() -> None:
    """Although it hears words that open the microphone: it cannot answer them."""
    kitchen = Alone()
    kitchen.take().close("deadline", None)
    kitchen.take()
    topic, data = ASKING
    context: Json = {"kit_session": "kitchen", "kit_turn": 1}
    question: dict[str, Json] = {"type": topic, "data": {**data}, "context": context}
    kitchen.client.hear(1.0, topic, question, is_given=False)
    kitchen.hear(speak("how many?", expect_response=True))
    kitchen.client.come_to_rest(2.0)
    assert kitchen.ends() == [("deadline", None), (None, None)]
    kitchen.client.hear(3.0, topic, question)
    kitchen.client.come_to_rest(4.0)
    assert kitchen.ends() == [("deadline", None), ("asked", 4.0)]


@pytest.mark.parametrize("key", ["name", "handler", "intent_name", "skill_id"])
def test_an_error_names_what_raised_it(key: str) -> None:
    """By the first name that it has; the traceback's last line says what it was."""
    trace = "Traceback\n  File x\n  line\nValueError: it timed out"
    kitchen = Alone(traceback_of=lambda error: trace if error == "known" else None)
    turn = kitchen.take()
    later = {"skill_id": "z", key: "y", "exception": "known"}
    kitchen.hear(("mycroft.skill.handler.error", later))
    assert turn.faults == [Fault("raised", "y: ValueError: it timed out", trace)]
