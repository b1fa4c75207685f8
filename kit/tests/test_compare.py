"""What is expected of a dialogue against what happened."""

from __future__ import annotations

import pytest
from conversation import (
    HERE,
    conversation,
    denies,
    expected,
    holds,
    leaking,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.script import Marks, ReplyExpectation
from ovos_dialogue_kit.transcript import End, Fault, Reply

ALLOWED = Marks(allow={"raised": "", "no_end": "", "stray": "", "crash": ""})


def kinds_of(expect: ReplyExpectation, reply: Reply, **transcript: object) -> list[str]:
    """Return the kinds of mismatch where one reply is expected and heard."""
    talk = conversation(turn("kitchen", "hi", replies(expect), [reply]), **transcript)
    return [mismatch.kind for mismatch in talk.mismatches()]


# -- one reply ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expect",
    [
        expected(),
        expected(dialog="repeat.stt"),
        expected(dialog="repeat.stt", data={"stt": "the sky"}),
        expected(data={"stt": "the  sky", "n": "5"}),
        expected(text="you  said the sky"),
        expected(regex="said .* sky$"),
        expected(contains="said the"),
        expected(any_of=(expected(text="no"), expected(contains="sky"))),
        expected(skill="repeater"),
        expected(lang="EN-us"),
        expected(asks=False),
        expected(within=2.0),
        expected(denied=expected(text="you said", contains="grass", asks=True)),
        expected(denied=expected(denied=expected(contains="sky"))),
    ],
)
def test_a_reply_may_be_expected_in_many_ways(expect: ReplyExpectation) -> None:
    """Every part of an expectation can hold."""
    reply = spoken(
        "you said the sky",
        at=2.0,
        dialog="repeat.stt",
        data={"stt": "the sky", "n": 5},
        skill="repeater",
        lang="en-us",
    )
    assert kinds_of(expect, reply) == []


@pytest.mark.parametrize(
    ("expect", "kind", "problem"),
    [
        (expected(dialog="nothing"), "reply", "heard another reply"),
        (expected(data={"stt": "grass"}), "reply", "heard another reply"),
        (expected(data={"other": "x"}), "reply", "heard another reply"),
        (
            expected(dialog="repeat.stt", data={"stt": "grass"}),
            "reply",
            "heard another reply",
        ),
        (expected(text="You said the sky"), "reply", "heard another reply"),
        (expected(text="you said"), "reply", "heard another reply"),
        (expected(regex="^said"), "reply", "heard another reply"),
        (expected(regex="SKY"), "reply", "heard another reply"),
        (expected(contains="Sky"), "reply", "heard another reply"),
        (
            expected(any_of=(expected(text="no"), expected(contains="grass"))),
            "reply",
            "heard another reply",
        ),
        (expected(skill="other"), "skill", "the reply is from another skill"),
        (expected(lang="pt-PT"), "lang", "the reply is in another language"),
        (expected(asks=True), "asks", "the reply does not open the microphone"),
        (expected(within=1.9), "within", "the reply came late"),
        (
            expected(denied=expected(text="no", contains="sky")),
            "denied",
            "the reply is one that must not be",
        ),
        (expected(text="no", asks=True), "reply", "heard another reply"),
    ],
)
def test_each_part_of_an_expectation_can_fail(
    expect: ReplyExpectation, kind: str, problem: str
) -> None:
    """One part that fails is enough; if it is the only one, it names the problem."""
    reply = spoken(
        "you said the sky",
        at=2.0,
        dialog="repeat.stt",
        data={"stt": "the sky"},
        lang="en-US",
    )
    talk = conversation(turn("kitchen", "hi", replies(expect), [reply]))
    mismatch = talk.only()
    assert (kind, problem) == (mismatch.kind, mismatch.problem)


def test_a_microphone_that_opens_is_a_mismatch_too() -> None:
    """``asks: false`` is checked."""
    talk = conversation(
        turn("a", "hi", replies(expected(asks=False)), [spoken("what", asks=True)])
    )
    assert talk.problems() == ["the reply opens the microphone"]


def test_within_counts_from_the_turn() -> None:
    """A dialogue that is minutes old does not make a reply late."""
    expect = replies(expected(within=0.3))
    talk = conversation(turn("a", "hi", expect, [spoken("x", at=60.3)], at=60.0))
    assert talk.problems() == []
    late = conversation(turn("a", "hi", expect, [spoken("x", at=60.4)], at=60.0))
    assert late.only().since == 60.0


def test_a_language_that_is_not_told_is_another() -> None:
    """What is expected must be seen."""
    assert kinds_of(expected(lang="en-US"), spoken("x")) == ["lang"]


# -- dialogs of replies that do not tell ----------------------------------------------------

LINES = {
    "repeat.stt/pt-PT": ("disseste {stt}",),
    "repeat.stt/en-us": ("(you|we) said {stt}", "it was {stt}"),
}


def test_a_nameless_reply_is_compared_with_the_lines() -> None:
    """A skill that calls plain ``speak`` with a rendered dialog is understood."""
    expect = expected(dialog="repeat.stt", data={"stt": "the sky"})
    assert kinds_of(expect, spoken("we said the sky"), dialogs=LINES) == []
    assert kinds_of(expect, spoken("it was grass"), dialogs=LINES) == ["reply"]
    assert kinds_of(expect, spoken("disseste the sky"), dialogs=LINES) == ["reply"]


def test_a_nameless_reply_is_compared_in_the_language_of_its_session() -> None:
    """The lines are those of the language that the session speaks."""
    talk = conversation(
        turn(
            "a", "olá", replies(expected(dialog="repeat.stt")), [spoken("disseste x")]
        ),
        sessions={"a": {"lang": "pt-pt"}},
        dialogs=LINES,
    )
    assert talk.problems() == []


def test_a_session_without_a_language_speaks_the_main_one() -> None:
    """The first language of the fixture stands in."""
    talk = conversation(
        turn("a", "hi", replies(expected(dialog="repeat.stt")), [spoken("it was x")]),
        sessions={"a": {}},
        dialogs=LINES,
    )
    assert talk.problems() == []


def test_a_name_that_a_reply_tells_counts_more_than_its_words() -> None:
    """Two dialogs may have a line in common."""
    reply = spoken("it was x", dialog="other")
    assert kinds_of(expected(dialog="repeat.stt"), reply, dialogs=LINES) == ["reply"]


def test_a_nameless_reply_is_no_unknown_dialog() -> None:
    """Without lines nothing can be said to be that dialog."""
    assert kinds_of(expected(dialog="repeat.stt"), spoken("it was x")) == ["reply"]


def test_data_of_a_nameless_reply_without_dialog_fails() -> None:
    """Values that nobody told are not there."""
    assert kinds_of(expected(data={"stt": "x"}), spoken("x")) == ["reply"]


def test_a_dialog_that_does_not_exist_is_told_with_the_near_name() -> None:
    """A misspelt name is the likeliest cause then."""
    talk = conversation(
        turn("a", "x", None, [spoken("no", dialog="nothing")]),
        turn(
            "a",
            "hi",
            replies(expected(dialog="repeat.sst"), expected(dialog="nothin")),
            [spoken("it was x"), spoken("y")],
        ),
        dialogs={**LINES, "repeat.sst/en-US": (), "nothin/en-US": ()},
    )
    assert talk.only().notes == (
        (
            "note",
            'there is no "repeat.sst.dialog" in en-US (did you mean "repeat.stt"?)',
        ),
        ("note", 'there is no "nothin.dialog" in en-US (did you mean "nothing"?)'),
    )


# -- how many replies -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "heard", "kind", "problem"),
    [
        ((), ["x"], "no_reply", "heard a reply where there should be none"),
        (("x",), [], "reply", "heard nothing"),
        (("x",), ["x", "y"], "reply", "heard 2 replies instead of 1"),
        (("x", "y"), ["x"], "reply", "heard 1 reply instead of 2"),
        (("x", "y", "z"), ["x", "q", "z"], "reply", "reply 2 of 3 is another"),
        (("x", "y"), ["y", "x"], "reply", "reply 1 of 2 is another"),
    ],
)
def test_replies_are_an_exact_sequence(
    listed: tuple[str, ...], heard: list[str], kind: str, problem: str
) -> None:
    """None may be missing, too many, or in another place."""
    expect = replies(*(expected(text=text) for text in listed))
    talk = conversation(turn("a", "hi", expect, [spoken(text) for text in heard]))
    mismatch = talk.only()
    assert (kind, problem) == (mismatch.kind, mismatch.problem)
    assert expect.replies == mismatch.expected
    assert talk.transcript.turns[0].replies == mismatch.heard


def test_one_of_several_replies_that_fails_in_one_part_is_named() -> None:
    """The problem says which reply and which part."""
    expect = replies(expected(text="x"), expected(text="y", lang="pt-PT"))
    talk = conversation(turn("a", "hi", expect, [spoken("x"), spoken("y")]))
    assert talk.problems() == ["reply 2 of 2 is in another language"]


def test_replies_that_nobody_expects_or_denies_are_free() -> None:
    """Without ``expect`` only faults count."""
    talk = conversation(turn("a", "hi", None, [spoken("x")]), turn("a", "q", holds()))
    assert talk.mismatches() == ()


def test_replies_as_expected_are_no_mismatch() -> None:
    """The usual case."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", expect, [spoken("x"), spoken("y")]), turn("a", "q", replies())
    )
    assert talk.mismatches() == ()


def test_a_mismatch_knows_its_place() -> None:
    """Script, line, column, turn, session and what was said."""
    mismatch = leaking().only()
    assert mismatch.mark == HERE
    assert mismatch.turn == 2
    assert mismatch.session == "kitchen"
    assert mismatch.said == '"what did i just say"'
    assert mismatch.parts == {"data"}
    assert mismatch.since is None
    assert mismatch.leak == '"grass is green" was said by bedroom in turn 2 (line 13)'


def test_the_leak_may_be_in_a_reply_too_many() -> None:
    """Each wrong reply is looked at, not only the first."""
    talk = conversation(
        turn("b", "grass is green"),
        turn(
            "a",
            "hi",
            replies(expected(text="y")),
            [spoken("x"), spoken("and grass is green")],
        ),
    )
    assert talk.only().leak == '"grass is green" was said by b in turn 1 (line 12)'


@pytest.mark.parametrize(
    "expect",
    [
        expected(text="grass is green"),
        expected(contains="all grass is green"),
        expected(data={"stt": "grass is green"}),
        expected(any_of=(expected(text="q"), expected(text="grass is green"))),
    ],
)
def test_what_is_expected_is_no_leak(expect: ReplyExpectation) -> None:
    """Words that should have come anyway are not what is wrong."""
    talk = conversation(
        turn("b", "grass is green"),
        turn("a", "hi", replies(expect), [spoken("x grass is green", asks=True)]),
    )
    assert talk.only().leak is None


def test_no_match_explains_silence() -> None:
    """Where no intent matched, a reply cannot come."""
    talk = conversation(turn("a", "hi", replies(expected(text="x")), matched=False))
    assert talk.only().notes == (("note", "no intent matched"),)
    quiet = conversation(turn("a", "hi", replies(), [spoken("x")], matched=False))
    assert quiet.only().notes == ()


# -- conditions -----------------------------------------------------------------------------

SEEN = {
    "matched": True,
    "intent": "repeat.stt",
    "skill": "repeater",
    "route": "intent",
    "slots": {"thing": "the  sky", "n": 5},
    "messages": (
        {"type": "a", "data": {"x": 1, "y": {"lang": "en-us"}}, "context": {}},
        {"type": "b", "data": {}},
        {"type": "a", "data": {"x": 2}},
    ),
    "session_after": {
        "active_skills": [["repeater", 1.5], ["parrot", 0]],
        "lang": "en-us",
        "context": {"frame_stack": [], "timeout": 120},
    },
}


@pytest.mark.parametrize(
    "conditions",
    [
        {"intent": "repeat.stt", "skill": "repeater", "route": "intent"},
        {"slots": {"thing": "the sky", "n": "5"}},
        {"slots_include": {"n": "5"}},
        {"no_match": False},
        {"messages": ({"type": "a"}, {"type": "a", "data": {"x": 2}})},
        {"messages": ({"data": {"y": {"lang": "en-US"}}}, {"type": "b"})},
        {"session": {"active_skills": ["repeater", "parrot"], "lang": "en-US"}},
        {"session": {"context": {"timeout": 120}, "blacklisted_skills": []}},
    ],
)
def test_conditions_of_a_turn_can_hold(conditions: dict[str, object]) -> None:
    """Each of them in one of its forms."""
    talk = conversation(turn("a", "hi", holds(**conditions), **SEEN))
    assert talk.mismatches() == ()
    denied = conversation(turn("a", "hi", denies(**conditions), **SEEN)).only()
    assert (denied.kind, denied.problem) == ("denied", "what must not be is so")
    assert denied.expected == ({"not": conditions},)
    assert denied.heard == (conditions,)


@pytest.mark.parametrize(
    ("conditions", "kind", "problem", "heard"),
    [
        ({"intent": "x"}, "intent", "another intent matched", "repeat.stt"),
        ({"skill": "x"}, "skill", "another skill answered", "repeater"),
        ({"route": "stop"}, "route", "the turn took another route", "intent"),
        (
            {"slots": {"n": "5"}},
            "slots",
            "the intent matched with other slots",
            SEEN["slots"],
        ),
        (
            {"slots": {"n": "6", "thing": "the sky"}},
            "slots",
            "the intent matched with other slots",
            SEEN["slots"],
        ),
        (
            {"slots_include": {"n": "6"}},
            "slots_include",
            "the intent matched with other slots",
            SEEN["slots"],
        ),
        (
            {"no_match": True},
            "no_match",
            "an intent matched, though none should",
            False,
        ),
    ],
)
def test_conditions_of_the_match_can_fail(
    conditions: dict[str, object], kind: str, problem: str, heard: object
) -> None:
    """What was seen instead is told."""
    talk = conversation(turn("a", "hi", holds(**conditions), **SEEN))
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.problem) == (kind, problem)
    assert mismatch.expected == (conditions,)
    assert mismatch.heard == ({kind: heard},)
    assert conversation(turn("a", "hi", denies(**conditions), **SEEN)).problems() == []


def test_a_match_that_is_another_is_one_mismatch() -> None:
    """Intent, skill and slots have one cause; the first in order of cause names it."""
    expect = holds(intent="x", skill="y", slots={}, route="intent")
    mismatch = conversation(turn("a", "hi", expect, **SEEN)).only()
    assert mismatch.kind == "skill"
    assert mismatch.expected == ({"skill": "y", "intent": "x", "slots": {}},)


def test_no_match_is_the_problem_if_something_else_was_to_match() -> None:
    """Rather than that another intent did."""
    talk = conversation(turn("a", "hi", holds(intent="x"), matched=False))
    assert talk.problems() == ["no intent matched"]


def test_an_unknown_match_is_neither() -> None:
    """``no_match: true`` needs to be seen, ``false`` needs only not to be."""
    talk = conversation(
        turn("a", "hi", holds(no_match=True)), turn("a", "hi", holds(no_match=False))
    )
    mismatch = talk.only()
    assert mismatch.turn == 0
    assert mismatch.heard == ({"no_match": None},)


def test_the_first_missing_message_is_told_with_those_of_its_type() -> None:
    """Messages must be seen in order."""
    wanted = ({"type": "b"}, {"type": "a", "data": {"x": 1}}, {"type": "z"})
    mismatch = conversation(turn("a", "hi", holds(messages=wanted), **SEEN)).only()
    assert (mismatch.kind, mismatch.problem) == (
        "messages",
        "a bus message was not seen",
    )
    assert mismatch.expected == (wanted[1],)
    assert mismatch.heard == (SEEN["messages"][0], SEEN["messages"][2])  # type: ignore[index]


def test_only_the_fields_of_the_session_that_differ_are_told() -> None:
    """The wire data of a session fills a screen."""
    wanted = {"lang": "en-US", "active_skills": ["parrot"], "site_id": "kitchen"}
    mismatch = conversation(turn("a", "hi", holds(session=wanted), **SEEN)).only()
    assert mismatch.problem == "the session is another afterwards"
    assert mismatch.expected == ({"active_skills": ["parrot"], "site_id": "kitchen"},)
    assert mismatch.heard == (
        {"active_skills": ["repeater", "parrot"], "site_id": None},
    )


@pytest.mark.parametrize(
    ("after", "ids"),
    [
        ({}, []),
        ({"active_skills": ["a"]}, ["a"]),
        ({"active_handlers": [{"skill_id": "a", "activated_at": 1}]}, ["a"]),
        ({"active_skills": [], "active_handlers": [{"skill_id": "a"}]}, ["a"]),
        ({"active_skills": [[]]}, [[]]),
        ({"active_skills": "odd"}, []),
    ],
)
def test_active_skills_are_ids_on_every_version(after: object, ids: object) -> None:
    """Each version writes them in its own way."""
    expect = holds(session={"active_skills": ids})
    talk = conversation(turn("a", "hi", expect, session_after=after))
    assert talk.mismatches() == ()


# -- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (
            Fault("raised", "handle_x: 'prev_tts'"),
            "the skill raised an error: handle_x: 'prev_tts'",
        ),
        (Fault("no_end", ""), "the turn did not end in time"),
        (Fault("two_ends", "at 2 s"), "the turn ended more than once: at 2 s"),
        (
            Fault("stray", "x"),
            "a reply reached a session that was not speaking: x",
        ),
        (
            Fault("session", "site_id was a, is b"),
            "the session did not survive the turn: site_id was a, is b",
        ),
        (Fault("lang", "x"), "a reply is in another language: x"),
        (Fault("crash", "exit 9"), "the assistant did not survive the turn: exit 9"),
        (Fault("odd", "x"), "odd: x"),
    ],
)
def test_faults_count_without_being_asked_for(fault: Fault, problem: str) -> None:
    """Each kind has its words, and is switched off by ``allow`` alone."""
    talk = conversation(turn("a", "hi", faults=[fault, fault]))
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.problem) == (fault.kind, problem)
    allow = Marks(allow={fault.kind: "on purpose"})
    of_turn = conversation(turn("a", "hi", faults=[fault], marks=allow))
    of_dialogue = conversation(turn("a", "hi", faults=[fault]), marks=allow)
    assert of_turn.mismatches() == of_dialogue.mismatches() == ()


def test_a_skill_that_raised_explains_the_rest_of_its_turn() -> None:
    """The sentence that OVOS speaks then, in whichever language, is the same cause."""
    faults = [Fault("lang", "x"), Fault("no_end", ""), Fault("raised", "E", "trace")]
    expect = replies(expected(text="x"))
    error = spoken("an error occurred")
    talk = conversation(turn("a", "hi", expect, [error], faults=faults))
    mismatch = talk.only()
    assert mismatch.kind == "raised"
    assert mismatch.trace == "trace"
    assert mismatch.expected == expect.replies
    assert [reply.text for reply in mismatch.heard or ()] == ["an error occurred"]


def test_a_skill_that_raised_after_the_right_reply_has_raised() -> None:
    """There is nothing to be said about replies then."""
    talk = conversation(
        turn(
            "a",
            "hi",
            replies(expected(text="x")),
            [spoken("x")],
            faults=[Fault("raised", "E")],
        )
    )
    assert talk.only().expected is None


def test_a_skill_that_may_raise_must_still_reply_rightly() -> None:
    """``allow`` switches off the fault, not the expectation."""
    talk = conversation(
        turn(
            "a",
            "hi",
            replies(expected(text="x")),
            [spoken("y")],
            faults=[Fault("raised", "E")],
            marks=ALLOWED,
        )
    )
    assert talk.problems() == ["heard another reply"]


def test_a_language_is_told_once() -> None:
    """Where the script asks for it, its own mismatch is enough."""
    expect = replies(expected(lang="pt-PT"))
    reply = spoken("x", lang="en-US")
    talk = conversation(turn("a", "hi", expect, [reply], faults=[Fault("lang", "x")]))
    assert talk.problems() == ["the reply is in another language"]
    other = replies(expected(text="y"))
    talk = conversation(turn("a", "hi", other, [reply], faults=[Fault("lang", "x")]))
    assert talk.problems() == [
        "a reply is in another language: x",
        "heard another reply",
    ]


def test_a_turn_that_did_not_end_says_what_was_heard_so_far() -> None:
    """What is missing is no mismatch of its own, nor is what cannot be known."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", expect, [spoken("x", at=5.25)], at=5.0, end=End.DEADLINE)
    )
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.since) == ("no_end", 5.0)
    assert mismatch.problem == "the turn did not end in time"
    assert mismatch.expected == expect.replies
    assert [reply.text for reply in mismatch.heard or ()] == ["x"]


def test_a_deadline_of_the_script_is_told() -> None:
    """``within:`` of a turn."""
    talk = conversation(turn("a", "hi", end=End.DEADLINE, within=2.5))
    mismatch = talk.only()
    assert mismatch.problem == "the turn did not end in time: its deadline is 2.5 s"
    assert mismatch.expected is None


def test_a_missing_end_is_told_once() -> None:
    """The replay may have said it already."""
    talk = conversation(
        turn("a", "hi", end=End.DEADLINE, faults=[Fault("no_end", "9 s")])
    )
    assert talk.problems() == ["the turn did not end in time: 9 s"]


def test_a_wrong_or_needless_reply_is_wrong_before_the_end_too() -> None:
    """Only what is missing is excused."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(turn("a", "hi", expect, [spoken("q")], end=End.DEADLINE))
    assert talk.problems() == [
        "the turn did not end in time",
        "reply 1 of 2 is another",
    ]
    talk = conversation(turn("a", "hi", replies(), [spoken("q")], end=End.DEADLINE))
    assert talk.problems()[1:] == ["heard a reply where there should be none"]


def test_a_missing_end_that_is_allowed_excuses_nothing() -> None:
    """The turn is then compared as if it had ended."""
    talk = conversation(
        turn("a", "hi", replies(expected()), end=End.DEADLINE, marks=ALLOWED)
    )
    assert talk.problems() == ["heard nothing"]


def test_conditions_of_a_turn_without_end_count_where_known() -> None:
    """What is known to be another is one; what may have come yet is not."""
    unknown = holds(
        intent="x",
        slots={"n": "6"},
        no_match=True,
        messages=({"type": "z"},),
        session={"site_id": "x"},
    )
    talk = conversation(turn("a", "hi", unknown, end=End.DEADLINE))
    assert talk.problems() == ["the turn did not end in time"]
    talk = conversation(turn("a", "hi", unknown, end=End.DEADLINE, **SEEN))
    assert talk.mismatches()[1].heard == (
        {"no_match": False, "intent": "repeat.stt", "slots": SEEN["slots"]},
    )
    assert len(talk.mismatches()) == 2


# -- strays ---------------------------------------------------------------------------------


def test_a_stray_reply_is_told_at_the_turn_that_was_open() -> None:
    """To whom, and whose words they may be."""
    stray = Reply("bedroom", "you said the sky is blue", 0.0, 1)
    talk = conversation(
        turn("bedroom", "hi"), turn("kitchen", "the sky is blue"), strays=(stray,)
    )
    mismatch = talk.only()
    assert mismatch.kind == "stray"
    assert mismatch.problem == "bedroom, who was not speaking, heard a reply"
    assert mismatch.mark == Mark(HERE.path, 13, 7)
    assert mismatch.session == "kitchen"
    assert mismatch.expected == ()
    assert mismatch.heard == (stray,)
    assert mismatch.leak == '"the sky is blue" was said by kitchen in turn 2 (line 13)'


def test_a_stray_to_the_speaker_came_after_the_end() -> None:
    """The session is the right one, the time is not."""
    talk = conversation(turn("a", "hi"), strays=(Reply("a", "x", 0.0, 0),))
    assert talk.problems() == ["heard another reply after the turn had ended"]


def test_a_stray_may_go_to_a_session_that_nobody_knows() -> None:
    """Such as the device's own, ``default``."""
    talk = conversation(turn("a", "hi"), strays=(Reply("default", "x", 0.0, 0),))
    assert talk.problems() == ['a reply went to "default", no session of this dialogue']


@pytest.mark.parametrize(("index", "line"), [(-1, 12), (7, 13)])
def test_a_stray_outside_of_the_dialogue_is_told_at_its_edge(
    index: int, line: int
) -> None:
    """It may come before the first turn or after the last."""
    talk = conversation(
        turn("a", "hi"), turn("a", "ho"), strays=(Reply("b", "x", 0.0, index),)
    )
    assert talk.only().mark.line == line


def test_a_stray_is_told_once() -> None:
    """The replay may also have made it a fault of the turn."""
    talk = conversation(
        turn("a", "hi", faults=[Fault("stray", "x")]),
        strays=(Reply("a", "x", 0.0, 0),),
    )
    assert talk.problems() == ["heard another reply after the turn had ended"]


def test_strays_may_be_allowed() -> None:
    """By a turn for itself or for all of the dialogue."""
    strays = (Reply("a", "x", 0.0, 0), Reply("a", "y", 0.0, 1))
    turns = turn("a", "hi", marks=ALLOWED), turn("a", "ho")
    assert conversation(*turns, strays=strays).only().turn == 1
    assert conversation(*turns, strays=strays, marks=ALLOWED).problems() == []


# -- crashes --------------------------------------------------------------------------------

CRASH = Fault("crash", "exit code 9", "trace")


def test_a_crash_is_told_once() -> None:
    """At the turn that was lost, which says what was heard; the rest is only counted."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", replies(expected(text="x")), [spoken("x")]),
        turn("a", "ho", expect, [spoken("x")], end=End.LOST),
        turn("a", "hu", expect),
        turn("a", "ha", expect),
        replayed=2,
        crash=CRASH,
    )
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.turn) == ("crash", 1)
    assert mismatch.problem == "the assistant did not survive the turn: exit code 9"
    assert mismatch.trace == "trace"
    assert mismatch.notes == (("note", "turns 3 to 4 were not replayed"),)
    assert [reply.text for reply in mismatch.heard or ()] == ["x"]


def test_a_crash_between_turns_is_told_at_the_next() -> None:
    """It is the first that did not come about."""
    talk = conversation(
        turn("a", "hi", faults=[CRASH]),
        turn("a", "ho"),
        turn("a", "hu"),
        replayed=1,
        crash=CRASH,
    )
    mismatch = talk.only()
    assert mismatch.turn == 1
    assert mismatch.heard is None
    assert mismatch.notes == (("note", "turn 3 was not replayed"),)


def test_a_crash_after_the_last_turn_is_told_there() -> None:
    """There is no later place."""
    talk = conversation(turn("a", "hi"), turn("a", "ho"), crash=CRASH)
    mismatch = talk.only()
    assert mismatch.turn == 1
    assert mismatch.notes == ()


def test_a_transcript_that_ends_early_is_not_green() -> None:
    """Even if nobody says why."""
    talk = conversation(turn("a", "hi"), turn("a", "ho"), replayed=0)
    mismatch = talk.only()
    assert mismatch.turn == 0
    assert mismatch.problem == (
        "the assistant did not survive the turn: its transcript ends early"
    )


def test_a_crash_may_be_allowed() -> None:
    """Then what was lost is compared as if it had ended."""
    talk = conversation(
        turn("a", "hi", replies(expected()), end=End.LOST, marks=ALLOWED),
        turn("a", "ho"),
        replayed=1,
        crash=CRASH,
    )
    assert talk.problems() == ["heard nothing"]


# -- all of it ------------------------------------------------------------------------------


def test_mismatches_are_collected_in_the_order_of_turns() -> None:
    """A crash at the end and a stray at the start find their places."""
    wrong = turn("a", "hi", replies(expected()), faults=[Fault("two_ends", "")])
    talk = conversation(
        wrong,
        wrong,
        turn("a", "ho"),
        replayed=2,
        crash=CRASH,
        strays=(Reply("a", "x", 0.0, 0),),
    )
    assert [(m.turn, m.kind) for m in talk.mismatches()] == [
        (0, "two_ends"),
        (0, "reply"),
        (0, "stray"),
        (1, "two_ends"),
        (1, "reply"),
        (2, "crash"),
    ]
