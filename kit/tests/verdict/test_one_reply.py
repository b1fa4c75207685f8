"""Tests of expected replies against heard ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.conversation import (
    HERE,
    conversation,
    expected,
    holds,
    leaking,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import ReplyExpectation


def kinds_of(expect: ReplyExpectation, reply: Reply, **transcript: object) -> list[str]:
    """Return the kinds of mismatch where one reply is expected and heard."""
    talk = conversation(turn("kitchen", "hi", replies(expect), [reply]), **transcript)
    return [mismatch.kind for mismatch in talk.mismatches()]


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
        expected(any_of=(expected(contains="sky", asks=True), expected(lang="en-US"))),
        expected(
            dialog="repeat.stt",
            any_of=(expected(dialog="other"), expected(data={"n": "5"})),
        ),
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
        (expected(dialog="nothing"), "reply", "heard a different reply"),
        (expected(data={"stt": "grass"}), "reply", "heard a different reply"),
        (expected(data={"other": "x"}), "reply", "heard a different reply"),
        (
            expected(dialog="repeat.stt", data={"stt": "grass"}),
            "reply",
            "heard a different reply",
        ),
        (expected(text="You said the sky"), "reply", "heard a different reply"),
        (expected(text="you said"), "reply", "heard a different reply"),
        (expected(regex="^said"), "reply", "heard a different reply"),
        (expected(regex="SKY"), "reply", "heard a different reply"),
        (expected(contains="Sky"), "reply", "heard a different reply"),
        (
            expected(any_of=(expected(text="no"), expected(contains="grass"))),
            "reply",
            "heard a different reply",
        ),
        (expected(skill="other"), "skill", "the reply is from a different skill"),
        (expected(lang="pt-PT"), "lang", "the reply is in a different language"),
        (expected(asks=True), "asks", "the reply does not open the microphone"),
        (expected(within=1.9), "within", "the reply came too late"),
        (
            expected(denied=expected(text="no", contains="sky")),
            "denied",
            "the reply must not be given",
        ),
        (expected(text="no", asks=True), "reply", "heard a different reply"),
    ],
)
def test_each_part_of_an_expectation_can_fail(
    expect: ReplyExpectation, kind: str, problem: str
) -> None:
    """One failing part is enough; if it is the only one, it names the problem."""
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
    """``within`` counts from the beginning of the turn, not of the dialogue."""
    expect = replies(expected(within=0.3))
    talk = conversation(turn("a", "hi", expect, [spoken("x", at=60.3)], at=60.0))
    assert talk.problems() == []
    late = conversation(turn("a", "hi", expect, [spoken("x", at=60.4)], at=60.0))
    assert late.only().since == 60.0
    at_once = replies(expected(within=0.0))
    for at, kinds in ((60.0, []), (60.1, ["within"])):
        talk = conversation(turn("a", "hi", at_once, [spoken("x", at=at)], at=60.0))
        assert [each.kind for each in talk.mismatches()] == kinds


def test_a_language_that_is_not_told_is_another() -> None:
    """A reply without a language does not match an expected one."""
    assert kinds_of(expected(lang="en-US"), spoken("x")) == ["lang"]


LINES = {
    "Repeat.stt/en-US": ("another file: {stt}",),
    "repeat.stt/pt-PT": ("disseste {stt}",),
    "repeat.stt/en-us": ("(you|we) said {stt}", "it was {stt}"),
}


def test_a_nameless_reply_is_compared_with_the_lines() -> None:
    """A reply without a dialog's name is compared with the lines of its file."""
    expect = expected(dialog="repeat.stt", data={"stt": "the sky"})
    assert kinds_of(expect, spoken("we said the sky"), dialogs=LINES) == []
    assert kinds_of(expect, spoken("it was grass"), dialogs=LINES) == ["reply"]
    assert kinds_of(expect, spoken("disseste the sky"), dialogs=LINES) == ["reply"]


def test_data_of_a_nameless_reply() -> None:
    """Data of a reply without a dialog's name are the values in the line spoken."""
    both = expected(dialog="repeat.stt", data={"stt": "x", "near": "y"})
    assert kinds_of(both, spoken("it was x"), dialogs=LINES) == ["reply"]
    lines = {**LINES, "repeat.stt/en-us": ("it was {stt}", "it was near {near}")}
    assert kinds_of(both, spoken("it was x"), dialogs=lines) == []
    assert kinds_of(both, spoken("it was near x"), dialogs=lines) == ["reply"]


@pytest.mark.parametrize(
    ("denied", "wanted"),
    [
        (expected(dialog="repeat.stt", data={"stt": "grass"}), ["denied"]),
        (expected(data={"stt": "x"}), ["denied"]),
        (expected(data={"stt": "grass"}), []),
        (expected(any_of=(expected(data={"stt": "x"}),)), ["denied"]),
        (expected(any_of=(expected(data={"stt": "grass"}),)), []),
    ],
)
def test_denied_data_of_a_nameless_reply(
    denied: ReplyExpectation, wanted: list[str]
) -> None:
    """In ``not``, dialog and data count each for itself, as for any other reply.

    Data are those of the dialog beside it or, without one, of that around the ``not``.
    """
    expect = expected(dialog="repeat.stt", denied=denied)
    named = spoken("it was x", dialog="repeat.stt", data={"stt": "x"})
    assert kinds_of(expect, spoken("it was x"), dialogs=LINES) == wanted
    assert kinds_of(expect, named, dialogs=LINES) == wanted


def test_a_nameless_reply_is_compared_in_the_language_of_its_session() -> None:
    """The lines are those of the session's language."""
    talk = conversation(
        turn(
            "a", "olá", replies(expected(dialog="repeat.stt")), [spoken("disseste x")]
        ),
        sessions={"a": {"lang": "pt-pt"}},
        dialogs=LINES,
    )
    assert talk.problems() == []


def test_a_session_without_a_language_speaks_the_main_one() -> None:
    """A session without a language has the first of the fixture."""
    talk = conversation(
        turn("a", "hi", replies(expected(dialog="repeat.stt")), [spoken("it was x")]),
        sessions={"a": {}},
        dialogs=LINES,
    )
    assert talk.problems() == []


def test_a_name_that_a_reply_tells_counts_more_than_its_words() -> None:
    """A dialog's name decides even if the text matches another dialog."""
    reply = spoken("it was x", dialog="other")
    assert kinds_of(expected(dialog="repeat.stt"), reply, dialogs=LINES) == ["reply"]


def test_a_nameless_reply_is_no_unknown_dialog() -> None:
    """Without lines no reply matches a dialog."""
    assert kinds_of(expected(dialog="repeat.stt"), spoken("it was x")) == ["reply"]


def test_data_of_a_nameless_reply_without_dialog_fails() -> None:
    """A reply without data does not match expected data."""
    assert kinds_of(expected(data={"stt": "x"}), spoken("x")) == ["reply"]


def test_a_dialog_that_does_not_exist_is_told_with_the_near_name() -> None:
    """A missing dialog is noted with the most similar name."""
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


def test_the_dialog_of_an_utterance_in_another_language() -> None:
    """Its lines are those of that language, if OVOS is set up for it."""
    message = {"type": "recognizer_loop:utterance", "data": {"lang": "pt-PT"}}
    expect = replies(expected(dialog="repeat.stt"))
    lines = {
        "repeat.stt/pt-PT": ("disseste {stt}",),
        "repeat.stt/en-US": ("you {stt}",),
    }
    talk = conversation(
        turn("a", "o que", expect, [spoken("disseste x")], message=message),
        dialogs=lines,
    )
    assert talk.problems() == ["heard a different reply"]
    both = replace(talk.fixture, langs=("en-US", "pt-pt"))
    assert replace(talk, fixture=both).problems() == []


@pytest.mark.parametrize(
    ("listed", "heard", "kind", "problem"),
    [
        ((), ["x"], "no_reply", "heard a reply where none was expected"),
        (("x",), [], "reply", "heard nothing"),
        (("x",), ["x", "y"], "reply", "heard 2 replies instead of 1"),
        (("x", "y"), ["x"], "reply", "heard 1 reply instead of 2"),
        (("x", "y", "z"), ["x", "q", "z"], "reply", "reply 2 of 3 differs"),
        (("x", "y"), ["y", "x"], "reply", "reply 1 of 2 differs"),
    ],
)
def test_replies_are_an_exact_sequence(
    listed: tuple[str, ...], heard: list[str], kind: str, problem: str
) -> None:
    """No reply may be missing, added or moved."""
    expect = replies(*(expected(text=text) for text in listed))
    talk = conversation(turn("a", "hi", expect, [spoken(text) for text in heard]))
    mismatch = talk.only()
    assert (kind, problem) == (mismatch.kind, mismatch.problem)
    assert expect.replies == mismatch.expected
    assert talk.transcript.turns[0].replies == mismatch.heard


def test_one_of_several_replies_that_fails_in_one_part_is_named() -> None:
    """The problem names the failing reply and part."""
    expect = replies(expected(text="x"), expected(text="y", lang="pt-PT"))
    talk = conversation(turn("a", "hi", expect, [spoken("x"), spoken("y")]))
    assert talk.problems() == ["reply 2 of 2 is in a different language"]


def test_replies_that_nobody_expects_or_denies_are_free() -> None:
    """Without ``expect`` only faults count."""
    talk = conversation(turn("a", "hi", None, [spoken("x")]), turn("a", "q", holds()))
    assert talk.mismatches() == ()


def test_replies_as_expected_are_no_mismatch() -> None:
    """Replies as expected are no mismatch."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", expect, [spoken("x"), spoken("y")]), turn("a", "q", replies())
    )
    assert talk.mismatches() == ()


def test_a_mismatch_knows_its_place() -> None:
    """A mismatch has script, line, column, turn, session and action."""
    mismatch = leaking().only()
    assert mismatch.mark == HERE
    assert mismatch.turn == 2
    assert mismatch.session == "kitchen"
    assert mismatch.said == '"what did i just say"'
    assert mismatch.parts == {"data"}
    assert mismatch.since is None
    assert mismatch.leak == '"grass is green" was said by bedroom in turn 2 (line 13)'


def test_the_leak_may_be_in_a_reply_too_many() -> None:
    """Every wrong reply is searched for a leak, not only the first."""
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
    """Words of the expected reply are no leak."""
    talk = conversation(
        turn("b", "grass is green"),
        turn("a", "hi", replies(expect), [spoken("x grass is green", asks=True)]),
    )
    assert talk.only().leak is None


def test_no_match_explains_silence() -> None:
    """A missing reply is explained if no intent matched."""
    talk = conversation(turn("a", "hi", replies(expected(text="x")), matched=False))
    assert talk.only().notes == (("note", "no intent matched"),)
    quiet = conversation(turn("a", "hi", replies(), [spoken("x")], matched=False))
    assert quiet.only().notes == ()


def test_every_part_of_an_alternative_must_hold() -> None:
    """One of two parts is not enough, in the first or the second alternative."""
    part = expected(contains="sky", asks=True)
    for pair in ((part, expected(text="no")), (expected(text="no"), part)):
        assert kinds_of(expected(any_of=pair), spoken("the sky is blue")) == ["reply"]


def test_an_alternative_may_name_another_dialog() -> None:
    """Its data are those of that dialog, whose lines were filled with it."""
    dialogs = {
        "hello/en-US": ("hello {name}",),
        "bye/pt-PT": ("x {name}",),
        "bye/en-US": ("bye {name}",),
    }
    own = expected(dialog="bye", data={"name": "eve"})
    either = expected(any_of=(expected(dialog="x"), own))
    assert kinds_of(either, spoken("bye eve"), dialogs=dialogs) == []
    inner = expected(dialog="hello", any_of=(own,))
    assert kinds_of(inner, spoken("hello eve"), dialogs=dialogs) == ["reply"]
    same = expected(dialog="hello", any_of=(expected(data={"name": "eve"}),))
    assert kinds_of(same, spoken("hello eve"), dialogs=dialogs) == []
    assert kinds_of(same, spoken("hello bob"), dialogs=dialogs) == ["reply"]


def test_the_data_of_a_dialog_that_nobody_knows() -> None:
    """A reply of no dialog does not have them."""
    expect = expected(dialog="hello", data={"name": "eve"})
    assert kinds_of(expect, spoken("hello eve")) == ["reply"]


def test_no_data_are_part_of_any_reply() -> None:
    """Also of one that has none, and is of no dialog."""
    assert kinds_of(expected(data={}), spoken("hello")) == []
    assert kinds_of(expected(data={"x": "y"}), spoken("hello")) == ["reply"]
