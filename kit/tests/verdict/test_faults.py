"""Tests of the faults that count in every turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.conversation import (
    HERE,
    conversation,
    expected,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.replayer.transcript import Fault, Reply
from ovos_dialogue_kit.script.model import RunMarks

ALLOWED = RunMarks(allow={"raised": "", "no_end": "", "stray": "", "crash": ""})


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
            "the turn changed the session: site_id was a, is b",
        ),
        (Fault("lang", "x"), "the language differs: x"),
        (Fault("dialog", "x"), "the skill spoke a dialog that does not exist: x"),
        (Fault("hub", "x"), "the HiveMind hub failed the satellite: x"),
        (Fault("refused", "x"), "the HiveMind hub refused a message: x"),
        (Fault("crash", "exit 9"), "the assistant crashed during the turn: exit 9"),
    ],
)
def test_faults_count_without_being_asked_for(fault: Fault, problem: str) -> None:
    """Each kind of fault is worded, and only ``allow`` switches it off."""
    talk = conversation(turn("a", "hi", faults=[fault, fault]))
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.problem) == (fault.kind, problem)
    allow = RunMarks(allow={fault.kind: "on purpose"})
    of_turn = conversation(turn("a", "hi", faults=[fault], marks=allow))
    of_dialogue = conversation(turn("a", "hi", faults=[fault]), marks=allow)
    assert of_turn.mismatches() == of_dialogue.mismatches() == ()


def test_a_skill_that_raised_explains_the_rest_of_its_turn() -> None:
    """An exception also explains the error that OVOS speaks, in any language."""
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
    """If the reply was right, the exception is shown without replies."""
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
    assert talk.problems() == ["heard a different reply"]


def test_a_language_is_told_once() -> None:
    """If the script expects a language, only its own mismatch is reported."""
    expect = replies(expected(lang="pt-PT"))
    reply = spoken("x", lang="en-US")
    talk = conversation(turn("a", "hi", expect, [reply], faults=[Fault("lang", "x")]))
    assert talk.problems() == ["the reply is in a different language"]
    other = replies(expected(text="y"))
    talk = conversation(turn("a", "hi", other, [reply], faults=[Fault("lang", "x")]))
    assert talk.problems() == [
        "the language differs: x",
        "heard a different reply",
    ]


def test_a_turn_that_did_not_end_says_what_was_heard_so_far() -> None:
    """A turn without end shows the replies so far, and nothing else is missing."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", expect, [spoken("x", at=5.25)], at=5.0, end="deadline")
    )
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.since) == ("no_end", 5.0)
    assert mismatch.problem == "the turn did not end in time"
    assert mismatch.expected == expect.replies
    assert [reply.text for reply in mismatch.heard or ()] == ["x"]


def test_a_deadline_of_the_script_is_told() -> None:
    """The deadline is shown if the script sets it with ``within:``."""
    talk = conversation(turn("a", "hi", end="deadline", within=2.5))
    mismatch = talk.only()
    assert mismatch.problem == "the turn did not end in time: its deadline is 2.5 s"
    assert mismatch.expected is None


def test_a_missing_end_is_told_once() -> None:
    """A missing end is reported once, even if the replay reported it already."""
    talk = conversation(
        turn("a", "hi", end="deadline", faults=[Fault("no_end", "9 s")])
    )
    assert talk.problems() == ["the turn did not end in time: 9 s"]


def test_a_wrong_or_needless_reply_is_wrong_before_the_end_too() -> None:
    """Without an end only missing replies are excused, not wrong ones."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(turn("a", "hi", expect, [spoken("q")], end="deadline"))
    assert talk.problems() == [
        "the turn did not end in time",
        "reply 1 of 2 differs",
    ]
    talk = conversation(turn("a", "hi", replies(), [spoken("q")], end="deadline"))
    assert talk.problems()[1:] == ["heard a reply where none was expected"]


def test_a_missing_end_that_is_allowed_excuses_nothing() -> None:
    """If the missing end is allowed, the turn is compared as if it had ended."""
    talk = conversation(
        turn("a", "hi", replies(expected()), end="deadline", marks=ALLOWED)
    )
    assert talk.problems() == ["heard nothing"]


def test_a_stray_reply_is_told_at_the_turn_that_was_open() -> None:
    """A stray is reported at the turn that was open, with a hint at the leak."""
    stray = Reply("bedroom", "you said the sky is blue", 0.0, 1)
    talk = conversation(
        turn("bedroom", "hi"), turn("kitchen", "the sky is blue"), strays=(stray,)
    )
    mismatch = talk.only()
    assert mismatch.kind == "stray"
    assert mismatch.problem == "bedroom heard a reply although it was not speaking"
    assert mismatch.mark == Mark(HERE.path, 13, 7)
    assert mismatch.session == "kitchen"
    assert mismatch.expected == ()
    assert mismatch.heard == (stray,)
    assert mismatch.leak == '"the sky is blue" was said by kitchen in turn 2 (line 13)'


def test_a_stray_to_the_speaker_came_after_the_end() -> None:
    """A stray to the speaker of the turn came after its end."""
    talk = conversation(turn("a", "hi"), strays=(Reply("a", "x", 0.0, 0),))
    assert talk.problems() == ["heard another reply after the turn had ended"]


def test_a_stray_may_go_to_a_session_that_nobody_knows() -> None:
    """A stray may go to an unknown session, such as ``default``."""
    talk = conversation(turn("a", "hi"), strays=(Reply("default", "x", 0.0, 0),))
    assert talk.problems() == [
        'a reply went to "default", which is not a session of this dialogue'
    ]


@pytest.mark.parametrize(("index", "line"), [(-1, 12), (7, 13)])
def test_a_stray_outside_of_the_dialogue_is_told_at_its_edge(
    index: int, line: int
) -> None:
    """A stray before the first or after the last turn is reported there."""
    talk = conversation(
        turn("a", "hi"), turn("a", "ho"), strays=(Reply("b", "x", 0.0, index),)
    )
    assert talk.only().mark.line == line


def test_a_stray_is_told_once() -> None:
    """A stray is reported once, even if it is a fault of the turn, too."""
    talk = conversation(
        turn("a", "hi", faults=[Fault("stray", "x")]),
        strays=(Reply("a", "x", 0.0, 0),),
    )
    assert talk.problems() == ["heard another reply after the turn had ended"]


def test_strays_may_be_allowed() -> None:
    """Strays can be allowed for a turn or for the whole dialogue."""
    strays = (Reply("a", "x", 0.0, 0), Reply("a", "y", 0.0, 1))
    turns = turn("a", "hi", marks=ALLOWED), turn("a", "ho")
    assert conversation(*turns, strays=strays).only().turn == 1
    assert conversation(*turns, strays=strays, marks=ALLOWED).problems() == []


CRASH = Fault("crash", "exit code 9", "trace")


def test_a_crash_is_told_once() -> None:
    """A crash is reported once, at the lost turn; the turns after it are counted."""
    expect = replies(expected(text="x"), expected(text="y"))
    talk = conversation(
        turn("a", "hi", replies(expected(text="x")), [spoken("x")]),
        turn("a", "ho", expect, [spoken("x")], end="lost"),
        *[turn("a", "hu", expect)] * 3,
        replayed=2,
        crash=CRASH,
    )
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.turn) == ("crash", 1)
    assert mismatch.problem == "the assistant crashed during the turn: exit code 9"
    assert mismatch.trace == "trace"
    assert mismatch.notes == (("note", "turns 3 to 5 were not replayed"),)
    assert [reply.text for reply in mismatch.heard or ()] == ["x"]


def test_a_crash_between_turns_is_told_at_the_next() -> None:
    """A crash between two turns is reported at the second, which was not replayed."""
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
    """A crash after the last turn is reported at that turn."""
    talk = conversation(turn("a", "hi"), turn("a", "ho"), crash=CRASH)
    mismatch = talk.only()
    assert mismatch.turn == 1
    assert mismatch.notes == ()


def test_a_transcript_that_ends_early_is_not_green() -> None:
    """A transcript without all turns is a failure, even without a reason."""
    talk = conversation(turn("a", "hi"), turn("a", "ho"), replayed=0)
    mismatch = talk.only()
    assert mismatch.turn == 0
    assert mismatch.problem == (
        "the assistant crashed during the turn: the transcript ends early"
    )


def test_a_crash_may_be_allowed() -> None:
    """If a crash is allowed, the lost turn is compared as if it had ended."""
    talk = conversation(
        turn("a", "hi"),
        turn("a", "ho", replies(expected()), end="lost", marks=ALLOWED),
        crash=CRASH,
    )
    assert talk.problems() == ["heard nothing"]


@pytest.mark.parametrize(
    ("turns", "problem"),
    [
        (2, "turn 2 was not replayed, because the assistant had crashed"),
        (3, "turns 2 to 3 were not replayed, because the assistant had crashed"),
    ],
)
def test_an_allowed_crash_leaves_nothing_unchecked(turns: int, problem: str) -> None:
    """Turns that an allowed crash keeps from being replayed are a failure."""
    talk = conversation(
        turn("a", "hi", end="lost", marks=ALLOWED),
        *[turn("a", "ho", replies(expected()))] * (turns - 1),
        replayed=1,
        crash=CRASH,
    )
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.turn, mismatch.problem) == ("crash", 1, problem)
    assert mismatch.notes == (
        ("edit", "skip what follows the crash, or put it into another dialogue"),
    )


def test_a_crash_is_told_at_the_turn_that_was_lost() -> None:
    """Of overlapping turns, the crash is reported at the one that did not end."""
    talk = conversation(
        turn("a", "hi", end="lost"),
        turn("b", "ho"),
        turn("a", "hu"),
        crash=CRASH,
        replayed=2,
    )
    mismatch = talk.only()
    assert (mismatch.turn, mismatch.heard, mismatch.notes) == (
        0,
        None,
        (("note", "turn 3 was not replayed"),),
    )


def test_skipped_turns_are_not_missing() -> None:
    """Turns are compared by their index in the script; one left out is no crash."""
    talk = conversation(turn("a", "hi"), turn("a", "ho", replies(expected())))
    later = talk.transcript.turns[1:]
    left = replace(talk, transcript=replace(talk.transcript, turns=later, skipped=(0,)))
    mismatch = left.only()
    assert (mismatch.turn, mismatch.problem) == (1, "heard nothing")


@pytest.mark.parametrize(("hosts", "count"), [(("a.b",), 1), (("*",), 0)])
@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("c.d:80", '{reason: …, hosts: ["c.d:80"]}'),
        ("an unknown address", "…"),
    ],
)
def test_a_network_that_is_allowed(
    hosts: tuple[str, ...], count: int, host: str, network: str
) -> None:
    """Where only some hosts are allowed, another one that was refused still counts."""
    detail = f"{host}, by handle in x.py:1"
    fault = Fault("network", detail)
    allow = RunMarks(allow={"network": "on purpose"}, hosts=hosts)
    mismatches = conversation(turn("a", "hi", faults=[fault]), marks=allow).mismatches()
    assert [(each.problem, each.notes) for each in mismatches] == [
        (
            f"a connection was refused: {detail}",
            (("edit", f"to allow it: allow: {{network: {network}}}"),),
        )
    ] * count
