"""The replayer and its clients, on a bus that follows a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue
from support.planned_bus import (
    HANDLED,
    KITCHEN,
    SKILL,
    PlannedBus,
    heard,
    one,
    run,
    speak,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.replay_options import Step
from ovos_dialogue_kit.replayer.transcript import Fault
from ovos_dialogue_kit.script.model import Conditions, Expectation


def test_session_after_an_overlapping_turn() -> None:
    """Each of two overlapping turns of a session has the state at its own end."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b"), overlap=[0])

    def of(turn: int, site: str) -> dict[str, Json]:
        session: Json = {"session_id": KITCHEN, "site_id": site}
        return {"kit_turn": turn, "session": session}

    ends = [1.0, (HANDLED, {}, of(0, "first")), 1.0, (HANDLED, {}, of(1, "second"))]
    bus = PlannedBus([], ends)
    after = [turn.session_after["site_id"] for turn in run(fixture, bus).turns]
    assert after == ["first", "second"]


def test_a_reply_is_heard_with_all_it_tells() -> None:
    """Text, dialog, data, skill, language, time and turn come from ``speak``."""
    meta: Json = {"dialog": "hi", "data": {"name": "x"}, "skill": SKILL}
    turn = one([0.5, speak("hi x", meta=meta), (HANDLED, {})])
    [reply] = turn.replies
    assert (reply.text, reply.dialog, reply.data) == ("hi x", "hi", {"name": "x"})
    assert (reply.skill, reply.lang, reply.at, reply.turn) == (SKILL, "en-US", 0.5, 0)
    assert (turn.end, turn.ended, turn.faults) == ("handled", 0.5, ())


def test_what_is_spoken_is_played() -> None:
    """Each reply is followed by the start and the end of its audio, in its context."""
    bus = PlannedBus([speak("hi"), (HANDLED, {})])
    run(dialogue(SKILL, ("kitchen", "hello")), bus)
    topics = [message["type"] for message in bus.sent]
    assert topics[1:] == [
        "recognizer_loop:audio_output_start",
        "recognizer_loop:audio_output_end",
    ]
    assert [message["data"] for message in bus.sent[1:]] == [{}, {}]
    context = bus.sent[1]["context"]
    assert isinstance(context, dict)
    assert context["source"] == "kit:audio"


def test_the_session_of_the_last_message_is_carried_on() -> None:
    """Active skills and the like go back with the next utterance."""
    changed = {
        "session": {
            "session_id": "0000-kitchen",
            "lang": "en-US",
            "site_id": "kitchen",
            "active_skills": [[SKILL, 12.5]],
        }
    }
    bus = PlannedBus([(HANDLED, {}, changed)], [(HANDLED, {})])
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "again"))
    transcript = run(fixture, bus)
    context = bus.sent[1]["context"]
    assert isinstance(context, dict)
    assert context["session"] == changed["session"]
    assert transcript.turns[0].session_after["active_skills"] == [SKILL]


def test_the_session_of_a_twin_is_an_old_one() -> None:
    """It repeats a message heard before, and may come late: it is not carried on."""
    now = {"session": {"session_id": "0000-kitchen", "lang": "en-US", "mode": "new"}}
    twin = (f"{SKILL}:hi.intent", {}, {"_intent_compat_twin": True})
    bus = PlannedBus([(HANDLED, {}, now), twin], [(HANDLED, {})])
    run(dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "again")), bus)
    context = bus.sent[1]["context"]
    assert isinstance(context, dict)
    assert context["session"] == now["session"]


def test_active_skills_may_be_plain_ids() -> None:
    """A version that writes no times, or no active skills at all, is read too."""
    for active in ([SKILL], None):
        session = {"session_id": "0000-kitchen", "active_skills": active}
        turn = one([(HANDLED, {}, {"session": session})])
        assert turn.session_after["active_skills"] == (active or [])


def test_a_second_end_is_a_fault() -> None:
    """A turn ends exactly once."""
    turn = one([(HANDLED, {}), (HANDLED, {})])
    assert [(fault.kind, fault.detail) for fault in turn.faults] == [
        ("two_ends", "at 0 s, after the end at 0 s")
    ]


def test_an_end_after_the_deadline_is_no_second_end() -> None:
    """A turn that was given up has not ended twice when its end comes late."""
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("bedroom", "hi"))
    bus = PlannedBus([70.0, (HANDLED, {})], [20.0, (HANDLED, {})])
    transcript = run(fixture, bus)
    assert [turn.end for turn in transcript.turns] == ["deadline", "handled"]
    assert [turn.faults for turn in transcript.turns] == [(), ()]


def test_a_raised_handler_is_a_fault_with_its_traceback() -> None:
    """The last line of a known traceback says more than the message does."""
    error = "mycroft.skill.handler.error"
    turn = one([(error, {"name": "Skill.do", "exception": "known"}), (HANDLED, {})])
    [fault] = turn.faults
    assert (fault.kind, fault.detail) == ("raised", "Skill.do: ValueError: known")
    assert fault.trace == "Traceback\nValueError: known"
    turn = one([(error, {"exception": "unknown"}), (HANDLED, {})])
    assert [fault.detail for fault in turn.faults] == ["a handler: unknown"]


def test_faults_of_the_bus_belong_to_the_turn_of_that_time() -> None:
    """A fault that no message reports is noted once, as that of no session."""
    bus = PlannedBus([], [], [(HANDLED, {}, {"kit_turn": n}) for n in (1, 0, 2)])
    fault = Fault("raised", "a listener")
    bus.noted = [Caught(fault), Caught(fault)]
    said = ("kitchen", "hello")
    turns = run(dialogue(SKILL, said, said, said, overlap=[0, 1]), bus).turns
    assert [turn.faults for turn in turns] == [
        (),
        (),
        (replace(fault, is_of_nobody=True),),
    ]


def test_the_session_of_a_forwarded_message_is_carried_on() -> None:
    """A session continues by its id alone, even from a forwarded message."""
    changed: Json = {"session_id": "0000-kitchen", "active_skills": [[SKILL, 1.0]]}
    forwarded = {"source": "kit.kitchen", "session": changed}
    bus = PlannedBus([("x.joined", {}, forwarded), (HANDLED, {}, forwarded)], [])
    run(dialogue(SKILL, ("kitchen", "!x.join"), ("kitchen", "hello")), bus)
    context = bus.sent[-1]["context"]
    assert isinstance(context, dict)
    assert context["session"] == changed


def test_a_fault_belongs_to_the_session_it_was_raised_for() -> None:
    """Of two overlapping turns, the one whose session the code was working for."""
    fixture = dialogue(SKILL, ("kitchen", "hi"), ("bedroom", "bye"), overlap=[0])
    bus = PlannedBus([], [(HANDLED, {})])
    fault = Fault("raised", "converse: ValueError: oops")
    bus.noted = [Caught(fault, "0000-kitchen")]
    turns = run(fixture, bus).turns
    assert [turn.faults for turn in turns] == [(fault,), ()]


def test_the_route_of_an_utterance_is_its_first() -> None:
    """Intent, slots and skill come from the message that the utterance became."""
    entity = f"{SKILL}:colour_0123"  # as a version calls a registered entity inside
    data: Json = {"utterance": "hello", "lang": "en-US", "colour": "blue", entity: "b"}
    intent = (f"{SKILL}:say.hello.intent", data)
    turn = one([intent, (f"{SKILL}:other.intent", {}), (HANDLED, {})])
    assert (turn.route, turn.intent, turn.skill) == ("intent", "say.hello", SKILL)
    assert (turn.slots, turn.matched) == ({"colour": "blue"}, True)


def asked(topic: str, answer: str, *, took: bool) -> list[Any]:
    """Return a skill asked for an utterance, and its answer."""
    return [(topic, {}), (answer, {"skill_id": SKILL, "result": took})]


CONVERSE = f"{SKILL}.converse.request", "skill.converse.response"
FALLBACK = (
    f"ovos.skills.fallback.{SKILL}.request",
    f"ovos.skills.fallback.{SKILL}.response",
)
UTTERANCE: Json = {"utterance": "hello"}


@pytest.mark.parametrize("topics", [CONVERSE, FALLBACK])
def test_a_skill_that_declines_is_no_route(topics: tuple[str, str]) -> None:
    """Before ovos-core 2.0 it is sent the utterance to find out; others come next."""
    ask, answer = topics
    intent = (f"{SKILL}:greet.intent", {**UTTERANCE, "name": "bob"})
    steps = [*asked(ask, answer, took=False), intent, (HANDLED, {})]
    turn = one(steps, dialect=Dialect(may_decline=True))
    assert (turn.route, turn.intent, turn.slots) == ("intent", "greet", {"name": "bob"})


@pytest.mark.parametrize(
    ("topics", "route"), [(CONVERSE, "converse"), (FALLBACK, "fallback")]
)
def test_a_skill_that_takes_an_utterance_is_its_route(
    topics: tuple[str, str], route: str
) -> None:
    """The skill that takes an utterance is its route, whatever happens later."""
    ask, answer = topics
    steps = [*asked(ask, answer, took=True), ("stop:global", {}), (HANDLED, {})]
    turn = one(steps, dialect=Dialect(may_decline=True))
    assert (turn.route, turn.skill, turn.matched) == (route, SKILL, True)


def test_nobody_took_what_all_declined() -> None:
    """An utterance that all skills declined has no route and no match."""
    steps = [*asked(*CONVERSE, took=False), (HANDLED, {})]
    turn = one(steps, dialect=Dialect(may_decline=True))
    assert (turn.route, turn.skill, turn.matched) == (None, None, None)


def test_from_ovos_core_2_on_a_skill_is_sent_what_it_wants() -> None:
    """It has said so before; that it does nothing with it changes no route."""
    steps = [("converse:skill", {"skill_id": SKILL})]
    turn = one([*steps, *asked(*CONVERSE, took=False), (HANDLED, {})])
    assert (turn.route, turn.skill, turn.matched) == ("converse", SKILL, True)


@pytest.mark.parametrize(
    ("topic", "route"),
    [
        ("ocp:play", "ocp"),
        ("persona:query", "persona"),
        ("question:action", "common_query"),
        (f"question:action.{SKILL}", "common_query"),
    ],
)
def test_each_stage_has_its_route(topic: str, route: str) -> None:
    """The message that an utterance becomes tells which stage took it."""
    turn = one([(topic, {"skill_id": "who.took.it"}), (HANDLED, {})])
    assert (turn.route, turn.skill, turn.matched) == (route, "who.took.it", True)


def test_a_search_for_answers_is_no_route() -> None:
    """A common query asks all skills; only one that is chosen has the utterance."""
    turn = one([("question:query", {"phrase": "hello"}), (HANDLED, {})])
    assert (turn.route, turn.matched) == (None, None)


def test_a_cancelled_utterance_matches_nothing() -> None:
    """A transformer took it out of the pipeline."""
    turn = one([("ovos.utterance.cancelled", {}), (HANDLED, {})])
    assert (turn.route, turn.matched) == ("cancelled", False)


def test_a_skill_s_own_event_is_no_intent() -> None:
    """Its topic may look like one; what an utterance becomes has the utterance."""
    turn = one([(f"{SKILL}:remind", {"thing": "tea"}), (HANDLED, {})])
    assert (turn.route, turn.intent, turn.matched) == (None, None, None)


def test_a_silence_has_no_match() -> None:
    """Nothing was said that could match."""
    bus = PlannedBus([(HANDLED, {}), 1.0, (f"{SKILL}:later.intent", UTTERANCE)])
    turns = run(dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "~2")), bus).turns
    assert [turn.route for turn in turns] == [None, None]


def test_a_match_belongs_to_the_turn_whose_message_it_was_made_from() -> None:
    """Of two overlapping turns of one session, each has its own intent and end."""
    fixture = dialogue(SKILL, ("kitchen", "one"), ("kitchen", "two"), overlap=[0])
    first = [0.5, (f"{SKILL}:one.intent", UTTERANCE), 1.0, (HANDLED, {})]
    second = [(f"{SKILL}:two.intent", UTTERANCE), (HANDLED, {})]
    turns = run(fixture, PlannedBus(first, second)).turns
    assert [turn.intent for turn in turns] == ["one", "two"]
    assert [turn.ended for turn in turns] == [1.5, 1.5]


def test_a_common_query_ends_with_its_handler_on_old_versions() -> None:
    """They tell the end before the skill has spoken."""
    complete = ("mycroft.skill.handler.complete", {"handler": "common_query"})
    steps = [("question:action", {"skill_id": SKILL}), (HANDLED, {}), 1.0]
    turn = one(
        [*steps, speak("an answer"), complete], dialect=Dialect(answers_late=True)
    )
    assert ([reply.text for reply in turn.replies], turn.ended) == (["an answer"], 1.0)


@pytest.mark.parametrize(
    ("topic", "data", "kind", "detail"),
    [
        (
            "skill.converse.response",
            {"error": "ValueError('x')"},
            "raised",
            "skill.converse.response: ValueError('x')",
        ),
        (
            f"{SKILL}.stop.response",
            {"error": "x"},
            "raised",
            f"{SKILL}.stop.response: x",
        ),
        (
            "ovos.intent.handler.error",
            {
                "skill_id": SKILL,
                "intent_name": "hang",
                "exception": "timed out after 9 s",
            },
            "no_end",
            "hang: timed out after 9 s",
        ),
    ],
)
def test_an_error_that_a_message_tells_of_is_a_fault(
    topic: str, data: Json, kind: str, detail: str
) -> None:
    """Also where the log cannot be seen, on a bus that the kit has not started."""
    [fault] = one([(topic, data), (HANDLED, {})]).faults
    assert (fault.kind, fault.detail) == (kind, detail)


def test_a_killed_handler_is_no_error() -> None:
    """OVOS ended it on purpose."""
    turn = one([("skill.converse.response", {"error": "killed"}), (HANDLED, {})])
    assert turn.faults == ()


def test_an_error_of_a_skill_s_own_protocol_is_no_fault() -> None:
    """Only the answers that OVOS itself makes are read."""
    turn = one([(f"{SKILL}.lookup.response", {"error": "not found"}), (HANDLED, {})])
    assert turn.faults == ()


def test_a_blacklisted_intent_is_named_as_every_version_does() -> None:
    """With and without the suffix of its file."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    [case] = fixture.cases
    kitchen = {**case.sessions["kitchen"], "blacklisted_intents": ["a:x", "a:y.intent"]}
    case = replace(case, sessions={"kitchen": kitchen})
    bus = PlannedBus([(HANDLED, {})])
    run(replace(fixture, cases=(case,)), bus)
    context = bus.sent[0]["context"]
    assert isinstance(context, dict)
    both = ["a:x", "a:x.intent", "a:y", "a:y.intent"]
    assert context["session"]["blacklisted_intents"] == both


def test_an_overlapping_turn_has_its_own_deadline() -> None:
    """It is counted from the turn's own beginning, shorter or longer than usual."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), overlap=[0])
    [case] = fixture.cases
    first, second = case.turns
    for within, end in ((2.0, "deadline"), (100.0, "handled")):
        turns = (replace(first, within=within), second)
        planned = replace(fixture, cases=(replace(case, turns=turns),))
        late = [
            70.0,
            (HANDLED, {}, {"kit_turn": 0, "session": {"session_id": KITCHEN}}),
        ]
        bus = PlannedBus([], [(HANDLED, {}), *late])
        assert [turn.end for turn in run(planned, bus).turns] == [end, "handled"]


def test_silences_can_overlap() -> None:
    """Both sessions wait at once, and each hears what is meant for it."""
    fixture = dialogue(SKILL, ("hall", "x"), ("kitchen", "~5"), ("bedroom", "~5"))
    [case] = fixture.cases
    first, second, third = case.turns
    turns = (first, replace(second, overlap=True), third)
    fixture = replace(fixture, cases=(replace(case, turns=turns),))
    to = [
        {"session": {"session_id": f"0000-{name}"}} for name in ("kitchen", "bedroom")
    ]
    steps = [(HANDLED, {}), 3.0, (*speak("tea"), to[0]), (*speak("bread"), to[1])]
    transcript = run(fixture, PlannedBus(steps))
    heard = [[reply.text for reply in turn.replies] for turn in transcript.turns]
    assert (heard, transcript.strays) == ([[], ["tea"], ["bread"]], ())
    assert [turn.ended for turn in transcript.turns] == [0.0, 5.0, 5.0]


def test_a_message_ends_where_its_script_says() -> None:
    """Not at the first rest; the message may carry the session of nobody."""
    fixture = dialogue(SKILL, ("kitchen", "!x.start"), ("kitchen", "hello"))
    [case] = fixture.cases
    first, second = case.turns
    turns = (replace(first, until="x.done"), second)
    fixture = replace(fixture, cases=(replace(case, turns=turns),))
    done = ("x.done", {}, {"session": {"session_id": "default"}})
    bus = PlannedBus([4.0, speak("later"), 1.0, done], [(HANDLED, {})])
    first, second = run(fixture, bus).turns
    assert (first.end, first.ended, len(first.replies)) == ("until", 5.0, 1)
    assert (second.at, second.replies) == (5.0, ())


def test_a_message_does_not_take_the_end_of_an_utterance() -> None:
    """An overlapping message ends at rest, the utterance when it is handled."""
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "!x.y"), overlap=[0])
    bus = PlannedBus([2.0, speak("hi"), (HANDLED, {})], [("x.heard", {})])
    first, second = run(fixture, bus).turns
    assert (first.end, first.ended, len(first.replies)) == ("handled", 2.0, 1)
    assert (second.end, second.ended) == ("quiet", 0.0)


def test_one_session_may_have_two_speakers() -> None:
    """Two microphones of a household: one state, and for each what the script gives."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c"))
    [case] = fixture.cases
    shared: dict[str, Json] = {"session_id": "0000-house", "lang": "en-US"}
    sessions = {name: {**shared, "site_id": name} for name in ("kitchen", "bedroom")}
    fixture = replace(fixture, cases=(replace(case, sessions=sessions),))
    state: Json = {**sessions["kitchen"], "active_skills": [[SKILL, 1.0]]}
    steps = [(HANDLED, {}, {"session": state})]
    bus = PlannedBus(steps, [speak("to b"), (HANDLED, {})], [(HANDLED, {})])
    transcript = run(fixture, bus)
    assert [turn.session for turn in transcript.turns] == [
        "kitchen",
        "bedroom",
        "kitchen",
    ]
    assert [reply.session for reply in transcript.turns[1].replies] == ["bedroom"]
    sent = [message["context"] for message in bus.sent if "utterances" in str(message)]
    assert [
        (c["session"]["site_id"], "active_skills" in c["session"]) for c in sent
    ] == [
        ("kitchen", False),
        ("bedroom", True),
        ("kitchen", True),
    ]
    assert all(turn.faults == () for turn in transcript.turns)


def test_messages_of_no_session_are_seen() -> None:
    """What the device itself sends belongs to the turn of that time."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    news = ("x.changed", {}, {"session": {"session_id": "default"}})
    [turn] = run(fixture, PlannedBus([news, (HANDLED, {})]), is_traced=True).turns
    assert "x.changed" in [message["type"] for message in turn.messages]


def test_messages_of_other_sessions_are_kept_where_they_are_expected() -> None:
    """They are marked, as a message belongs to the turn of its session."""
    fixture = dialogue(SKILL, ("bedroom", "hello"), ("kitchen", "hello"))
    wanted = {"type": "a.b", "session": "0000-bedroom"}
    expect = Expectation(Mark(""), holds=Conditions(messages=(wanted,)))
    [case] = fixture.cases
    first, second = case.turns
    case = replace(case, turns=(first, replace(second, expect=expect)))
    to_bedroom = {"session": {"session_id": "0000-bedroom"}}
    answers = [("a.b", {"n": 1}), ("a.b", {"n": 2}, to_bedroom), (HANDLED, {})]
    bus = PlannedBus([(HANDLED, {})], answers)
    turns = run(replace(fixture, cases=(case,)), bus).turns
    assert turns[0].messages == ()
    seen = [m for m in turns[1].messages if m["type"] == "a.b"]
    assert [m["data"] for m in seen] == [{"n": 1}, {"n": 2}]
    assert [m.get("is_foreign") for m in seen] == [None, True]


def test_no_match_is_told() -> None:
    """An utterance that nothing matches has no route."""
    turn = one([("complete_intent_failure", {}), (HANDLED, {})])
    assert (turn.matched, turn.route) == (False, None)


def test_a_question_ends_its_turn_at_rest() -> None:
    """A skill that waits for an answer and has opened the microphone ends the turn."""
    enable = ("skill.converse.get_response.enable", {"skill_id": SKILL})
    turn = one([enable, speak("what", expect_response=True)])
    assert (turn.end, turn.replies[0].asks) == ("asked", True)
    turn = one([speak("what"), enable, ("mycroft.mic.listen", {})])
    assert (turn.end, turn.replies[0].asks) == ("asked", True)


def test_an_open_microphone_alone_does_not_end_a_turn() -> None:
    """Without a skill that waits for the answer, the turn's own end counts."""
    listen = ("mycroft.mic.listen", {})
    assert one([listen, 1.0, (HANDLED, {})]).end == "handled"


def test_a_question_that_was_taken_back_does_not_end_a_turn() -> None:
    """After the skill stopped waiting, the turn goes on to its end."""
    question = "skill.converse.get_response"
    steps = [
        (f"{question}.enable", {"skill_id": SKILL}),
        ("mycroft.mic.listen", {}),
        (f"{question}.disable", {"skill_id": SKILL}),
        1.0,
        (HANDLED, {}),
    ]
    assert one(steps).end == "handled"


def test_an_answer_ends_with_the_question() -> None:
    """The handler that asked goes on with the answer; both have one end."""
    enable = ("skill.converse.get_response.enable", {"skill_id": SKILL})
    disable = ("skill.converse.get_response.disable", {"skill_id": SKILL})
    question = [enable, speak("what", expect_response=True)]
    bus = PlannedBus(question, [disable, speak("thanks"), (HANDLED, {})])
    fixture = dialogue(SKILL, ("kitchen", "ask"), ("kitchen", "this"))
    transcript = run(fixture, bus)
    assert [turn.end for turn in transcript.turns] == ["asked", "handled"]
    assert [reply.text for reply in transcript.turns[1].replies] == ["thanks"]
    assert transcript.strays == ()


def test_a_question_that_was_stopped_still_owes_an_end() -> None:
    """The handler that asked ends a moment after the stop: no second end of that."""
    enable = ("skill.converse.get_response.enable", {"skill_id": SKILL})
    question = [enable, speak("what", expect_response=True)]
    stop = [("stop:skill", {"skill_id": SKILL}), (HANDLED, {}), (HANDLED, {})]
    turns = (("kitchen", "ask"), ("kitchen", "stop"))
    for ends in (stop, [*stop, (HANDLED, {})]):
        transcript = run(dialogue(SKILL, *turns), PlannedBus(question, ends))
        faults = [fault.kind for turn in transcript.turns for fault in turn.faults]
        assert faults == ["two_ends"] * (len(ends) - len(stop))


def test_an_end_during_a_silence_belongs_to_what_was_said() -> None:
    """During a silence, replies and the end still belong to the turn before."""
    steps = [speak("one"), 1.0, speak("two"), 1.0, (HANDLED, {})]
    fixture = dialogue(SKILL, ("kitchen", "count"), ("kitchen", "~5"), overlap=(0,))
    count, silence = run(fixture, PlannedBus(steps)).turns
    assert (count.end, count.ended) == ("handled", 2.0)
    assert (silence.end, silence.ended) == ("silence", 5.0)


def test_twins_are_not_heard_twice() -> None:
    """A message repeated under its old topic counts once, for any session."""
    twin = {"_namespace_compat_twin": True}
    words = ("ovos.utterance.speak", {"utterance": "hi", "lang": "en-US"})
    for session in (None, {"session_id": "somebody"}):
        other = {} if session is None else {"session": session}
        steps = [(*words, other), (*speak("hi"), {**other, **twin}), (HANDLED, {})]
        bus = PlannedBus(steps)
        transcript = run(dialogue(SKILL, ("kitchen", "hello")), bus)
        heard_here = [reply.text for reply in transcript.turns[0].replies]
        assert heard_here + [stray.text for stray in transcript.strays] == ["hi"]


def test_languages_are_written_as_the_version_wants_them() -> None:
    """In the session and in the message, and it is the same language still."""
    bus = PlannedBus([speak("hi", lang="en-us"), (HANDLED, {})])
    [turn] = run(
        dialogue(SKILL, ("kitchen", "hello")), bus, Dialect(lang=str.lower)
    ).turns
    [message, *_] = bus.sent
    context = message["context"]
    assert isinstance(context, dict)
    assert context["session"]["lang"] == "en-us"
    assert message["data"] == {"utterances": ["hello"], "lang": "en-us"}
    assert turn.faults == ()


def test_a_stop_ends_with_the_skills_answer_where_nothing_else_tells() -> None:
    """ovos-core 2.0 and 2.1 send no end after a targeted stop."""
    stop = [("stop:skill", {"skill_id": SKILL}), (f"{SKILL}.stop.response", {})]
    turn = one(stop, dialect=Dialect(stop_response_ends=True))
    assert (turn.end, turn.route, turn.skill) == ("stopped", "stop", SKILL)
    assert one(stop).end == "deadline"


def test_another_message_ends_when_all_rests() -> None:
    """A message that is no utterance has no end signal; speaking is no rest."""
    bus = PlannedBus([speak("ding"), 0.5, speak("dong")])
    [turn] = run(dialogue(SKILL, ("kitchen", "!a.b")), bus).turns
    assert (turn.end, turn.ended) == ("quiet", 0.5)
    assert [reply.text for reply in turn.replies] == ["ding", "dong"]


def test_a_silence_lasts_as_long_as_it_says() -> None:
    """Replies during a silence belong to it."""
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "~5"))
    bus = PlannedBus([(HANDLED, {}), 3.0, speak("ring")])
    turns = run(fixture, bus).turns
    assert [turn.end for turn in turns] == ["handled", "silence"]
    assert (turns[1].ended, turns[1].replies[0].at) == (5.0, 3.0)


def test_overlapping_turns_are_all_waited_for_in_the_end() -> None:
    """A turn that overlaps is sent and left; the dialogue ends when it has ended."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), overlap=(0,))
    bus = PlannedBus([], [(HANDLED, {})])
    transcript = run(fixture, bus)
    assert [message["data"] for message in bus.sent][:2] == [
        {"utterances": ["a"], "lang": "en-US"},
        {"utterances": ["b"], "lang": "en-US"},
    ]
    assert [turn.end for turn in transcript.turns] == ["deadline", "handled"]


def test_what_is_said_to_a_session_at_no_turns_time_is_a_stray() -> None:
    """A session that spoke before, and one that never did, hear strays."""
    to_hall = {"session": {"session_id": "0000-hall"}}
    fixture = dialogue(SKILL, ("hall", "x"), ("kitchen", "hello"))
    bus = PlannedBus([(HANDLED, {})], [(*speak("psst"), to_hall), (HANDLED, {})])
    transcript = run(fixture, bus)
    assert [(s.session, s.text, s.turn) for s in transcript.strays] == [
        ("hall", "psst", 1)
    ]


def test_a_stray_of_the_first_turn_stays_there() -> None:
    """A stray belongs to the turn during which it was heard, even to the first."""
    to_hall = {"session": {"session_id": "0000-hall"}}
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("hall", "x"))
    bus = PlannedBus([(*speak("psst"), to_hall), (HANDLED, {})], [(HANDLED, {})])
    transcript = run(fixture, bus)
    assert [(s.session, s.text, s.turn) for s in transcript.strays] == [
        ("hall", "psst", 0)
    ]


def test_what_is_said_to_nobody_of_ours_is_a_stray() -> None:
    """A reply to the default session, or to none, is a stray."""
    for context in ({"session": {"session_id": "default"}}, {"session": None}):
        fixture = dialogue(SKILL, ("kitchen", "hello"))
        bus = PlannedBus([(*speak("psst"), context), (HANDLED, {})])
        assert [(s.session, s.text) for s in run(fixture, bus).strays] == [
            ("default", "psst")
        ]


def test_on_a_shared_bus_others_may_talk() -> None:
    """On a shared bus, replies to other clients are not strays."""
    context = {"session": {"session_id": "somebody"}}
    bus = PlannedBus([(*speak("psst"), context), (HANDLED, {})], is_shared=True)
    assert run(dialogue(SKILL, ("kitchen", "hello")), bus).strays == ()


def test_messages_are_kept_only_where_asked_for() -> None:
    """A traced turn holds the messages of its session, with their times."""
    assert one([(HANDLED, {})]).messages == ()
    messages = one([1.0, ("some.topic", {}), (HANDLED, {})], is_traced=True).messages
    assert [(message["type"], message["at"]) for message in messages] == [
        ("recognizer_loop:utterance", 0.0),
        ("some.topic", 1.0),
        (HANDLED, 1.0),
    ]


def test_a_lost_bus_ends_the_transcript() -> None:
    """A lost bus keeps earlier turns, loses the current one and reports a crash."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b"), ("kitchen", "c"))
    transcript = run(fixture, PlannedBus([(HANDLED, {})], [None]))
    assert [turn.end for turn in transcript.turns] == ["handled", "lost"]
    assert transcript.crash == Fault("crash", "the bus is gone")
    assert (transcript.engine, transcript.bus) == ("", "")  # which only a bus knows


def test_a_schedule_changes_the_order_and_not_the_transcript() -> None:
    """Turns are taken in the schedule's order, and listed in the fixture's."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"))
    bus = PlannedBus([1.0, (HANDLED, {})], [(HANDLED, {})])
    transcript = run(fixture, bus, schedule=[Step(1), Step(0)])
    assert [(turn.index, turn.at) for turn in transcript.turns] == [(0, 1.0), (1, 0.0)]


def test_a_schedule_lets_a_session_finish_first() -> None:
    """A session takes a turn only when its earlier one, though overlapped, is over.

    What still arrives then is heard before the turn is taken.
    """
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"), ("kitchen", "c"))
    late = [2.0, speak("two"), (HANDLED, {}), 0.0, speak("late")]
    bus = PlannedBus(late, [], [(HANDLED, {})])
    steps = [Step(0, overlap=True), Step(1, overlap=True), Step(2)]
    transcript = run(fixture, bus, schedule=steps)
    assert [turn.at for turn in transcript.turns] == [0.0, 0.0, 2.0]
    assert [reply.text for reply in transcript.turns[0].replies] == ["two"]


def test_a_schedule_lets_the_assistant_rest() -> None:
    """Without an open turn, pending messages arrive before the next turn."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"))
    bus = PlannedBus([(HANDLED, {}), 0.0, speak("late")], [(HANDLED, {})])
    transcript = run(fixture, bus, schedule=[Step(0), Step(1)])
    assert [(stray.text, stray.turn) for stray in transcript.strays] == [("late", 0)]


def test_a_schedule_keeps_an_overlap_of_one_session() -> None:
    """A turn that overlaps the session's next one in the script is not awaited."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("kitchen", "b"), overlap=(0,))
    bus = PlannedBus([5.0, (HANDLED, {})], [(HANDLED, {})])
    steps = [Step(0, overlap=True), Step(1)]
    transcript = run(fixture, bus, schedule=steps)
    assert [turn.at for turn in transcript.turns] == [0.0, 0.0]


def test_a_session_that_has_not_spoken_hears_nothing_of_a_turn() -> None:
    """A message before a session's first turn changes only its state."""
    fixture = dialogue(SKILL, ("kitchen", "a"), ("bedroom", "b"))
    session: Json = {"session_id": "0000-bedroom", "lang": "en-US", "site_id": "attic"}
    other = {"session": session, "kit_session": "bedroom"}
    news = ("mycroft.mic.listen", {}, other)
    bus = PlannedBus([news, (HANDLED, {})], [(HANDLED, {})])
    transcript = run(fixture, bus)
    assert [turn.end for turn in transcript.turns] == ["handled", "handled"]
    sent = bus.sent[-1]["context"]
    assert isinstance(sent, dict)
    assert sent["session"] == session


def test_topics_are_read_without_parsing() -> None:
    """The topic of a message is found at its start, or else by parsing it."""
    assert Heard(0.0, '{"type": "a.b", "data": {}}').topic == "a.b"
    assert Heard(0.0, '{"data": {}, "type": "a.b"}').topic == "a.b"
    assert Heard(0.0, '{"type":"a.b"}').topic == "a.b"


def test_a_reply_that_must_come_at_once_is_not_waited_for() -> None:
    """``within: 0s`` is a deadline, not the lack of one."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    [case] = fixture.cases
    [turn] = case.turns
    hurried = replace(
        fixture, cases=(replace(case, turns=(replace(turn, within=0.0),)),)
    )
    transcript = run(hurried, PlannedBus([1.0, (HANDLED, {})]))
    assert [("deadline", None)] == [(turn.end, turn.ended) for turn in transcript.turns]


def test_where_no_turn_is_taken_nothing_is_heard() -> None:
    """Nothing that a skill says or raises at boot is blamed on a turn that is not."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    hello = {"utterance": "hello"}
    said = heard({"type": "speak", "data": hello, "context": {}})
    bus = PlannedBus(before=[said])
    bus.noted.append(Caught(Fault("raised", "at boot")))
    transcript = run(fixture, bus, schedule=[])
    assert ((), ()) == (transcript.turns, transcript.strays)


# -- what leaves the assistant --------------------------------------------------------

UNHEARD: dict[str, Json] = {"heard": {"is_unheard": True}}


def outgoing(*steps: Any, **options: Any) -> list[tuple[str, Json, Json]]:
    """Return type, data and context of the messages that leave, of a turn."""
    turn = one([*steps, (HANDLED, {})], is_watching=True, **options)
    return [(str(m["type"]), m["data"], m["context"]) for m in turn.messages]


def test_what_is_shown_played_or_spoken_leaves_the_assistant() -> None:
    """Messages to screens and players are kept, whoever listens, and what is spoken."""
    route: Json = {"source": "skills", "destination": f"kit.{'kitchen'}"}
    shown: Json = {"note": "milk"}
    assert outgoing(("gui.value.set", shown), speak("hi"))[0] == (
        "gui.value.set",
        shown,
        route,
    )
    assert ["speak"] == [topic for topic, *_ in outgoing(speak("hi"))]


def test_a_message_that_nobody_listens_to_leaves_the_assistant() -> None:
    """Any other message leaves it if nobody in the assistant listens to it."""
    assert [] == outgoing(("lamp.on", {}))
    assert ["lamp.on"] == [topic for topic, *_ in outgoing(("lamp.on", {}, UNHEARD))]


@pytest.mark.parametrize(
    "topic",
    [
        "mycroft.skill.handler.start",
        "ovos.skills.converse.force_timeout",
        "skill.converse.pong",
        f"{SKILL}.activate",
        HANDLED,
    ],
)
def test_what_skills_and_core_tell_each_other_of_a_turn_stays(topic: str) -> None:
    """Signals about a turn stay in the assistant, even if nobody listens to them."""
    assert [] == outgoing((topic, {}, UNHEARD))


def test_nothing_is_kept_unless_it_is_asked_for() -> None:
    """Messages that leave are not in a transcript by default, nor in it twice."""
    assert () == one([("gui.x", {}), (HANDLED, {})]).messages
    traced = one([("gui.x", {}), (HANDLED, {})], is_traced=True, is_watching=True)
    assert 1 == [each["type"] for each in traced.messages].count("gui.x")


def test_a_message_to_the_device_belongs_to_its_senders_session() -> None:
    """What a session's code sends to the device is kept with the session's turn."""
    device: Json = {"session_id": "default"}
    to_device: dict[str, Json] = {"session": device, "heard": {"sender": KITCHEN}}
    (sent,) = outgoing(("gui.x", {}, to_device))
    assert ("gui.x", {}, device) == (
        *sent[:2],
        mapping_in(as_mapping(sent[2]), "session"),
    )
    assert [] == outgoing(("gui.x", {}, {"session": device}))
    assert [] == outgoing((*speak("hello"), to_device))
    own: dict[str, Json] = {"session": {"session_id": KITCHEN}}
    (sent,) = outgoing((*speak("hello"), {**own, "heard": {"sender": KITCHEN}}))
    assert "session" not in as_mapping(sent[2])


def as_mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value
