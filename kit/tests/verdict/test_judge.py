"""Tests of the outcome of a dialogue with expected failures."""

from __future__ import annotations

from support.conversation import (
    XFAIL_PLACE,
    Conversation,
    conversation,
    expected,
    replies,
    turn,
    xfail,
)

from ovos_dialogue_kit.replayer.transcript import Fault
from ovos_dialogue_kit.script.model import RunMarks
from ovos_dialogue_kit.verdict.judge import Verdict, judge

CORE = {"ovos_core": "2.1.1", "ovos-workshop": "8.0.0a2", "python": "3.11.4"}


def talk(
    first: RunMarks | None = None,
    dialogue: RunMarks | None = None,
    *,
    wrong: tuple[int, ...] = (),
) -> Conversation:
    """Return two turns, of which those with the given indices go wrong."""
    expects = [replies(expected()) if n in wrong else None for n in range(2)]
    return conversation(
        turn("a", "hi", expects[0], marks=first),
        turn("a", "ho", expects[1]),
        marks=dialogue,
    )


def verdict(of: Conversation) -> Verdict:
    """Return the verdict on the mismatches of a conversation."""
    return judge(of.fixture, of.case, of.transcript, CORE)


def test_no_mismatch_passes() -> None:
    """A dialogue without mismatches passes."""
    assert verdict(talk()) == Verdict("passed")


def test_a_mismatch_fails() -> None:
    """A dialogue with mismatches fails with all of them."""
    of = talk(wrong=(0, 1))
    assert verdict(of) == Verdict("failed", of.mismatches())


def test_an_expected_failure_is_an_xfail() -> None:
    """A dialogue's xfail covers every turn, a turn's xfail only that turn."""
    assert verdict(talk(None, xfail(), wrong=(0, 1))) == Verdict(
        "xfailed", reason="known"
    )
    assert verdict(talk(xfail(), wrong=(0,))) == Verdict("xfailed", reason="known")
    of = talk(xfail(), wrong=(0, 1))
    assert verdict(of) == Verdict("failed", of.mismatches()[1:])


def test_every_xfail_of_a_turn_counts() -> None:
    """One that is for other versions, or that passes, does not end the search."""
    known = expected()
    other = xfail(when="ovos-core <2")
    turns = [
        turn("a", "hi", marks=other),
        turn("b", "hi", marks=xfail(strict=False)),
        turn("a", "ho", replies(known), marks=xfail()),
    ]
    assert verdict(conversation(*turns)) == Verdict("xfailed", reason="known")
    loose = [turn(name, "hi", marks=xfail(strict=False)) for name in "ab"]
    passed = Verdict("xpassed", reason="known; known")
    assert verdict(conversation(*loose)) == passed


def test_the_versions_are_those_of_this_environment() -> None:
    """Unless the caller names others."""
    of = talk(None, xfail(when="pytest >=1"), wrong=(0,))
    found = judge(of.fixture, of.case, of.transcript)
    assert found == Verdict("xfailed", reason="known")
    assert judge(of.fixture, of.case, of.transcript, {}).outcome == "failed"


def test_both_may_announce() -> None:
    """A dialogue and a turn can both have an xfail; both reasons are given."""
    of = talk(xfail(), xfail(), wrong=(0, 1))
    assert verdict(of) == Verdict("xfailed", reason="known; known")


def test_an_announcement_for_other_versions_is_none() -> None:
    """An xfail for other versions is ignored."""
    marks = xfail(when="ovos-core <2")
    assert verdict(talk(None, marks, wrong=(0,))).outcome == "failed"
    assert verdict(talk(None, marks)) == Verdict("passed")


def test_passing_although_marked_fails() -> None:
    """A strict xfail that passes is a mismatch with its reason and what to do."""
    result = verdict(talk(None, xfail(when="ovos-core <3")))
    assert result.outcome == "failed"
    (mismatch,) = result.mismatches
    assert mismatch.kind == "xfail"
    assert (mismatch.turn, mismatch.session, mismatch.said) == (None, "", "")
    assert mismatch.mark == XFAIL_PLACE
    assert mismatch.problem == 'passes although it is marked xfail: "known"'
    assert mismatch.notes == (
        ("edit", 'remove the xfail, or narrow its "when: ovos-core <3"'),
    )


def test_a_turn_that_passes_although_marked_fails() -> None:
    """The mismatch of a turn's xfail names the turn."""
    (mismatch,) = verdict(talk(xfail())).mismatches
    assert mismatch.kind == "xfail"
    assert (mismatch.turn, mismatch.said, mismatch.mark) == (0, '"hi"', XFAIL_PLACE)
    assert mismatch.notes == (
        ("edit", 'remove the xfail, or limit it to some versions ("when:")'),
    )


def test_passing_is_fine_where_the_announcement_is_not_strict() -> None:
    """An xfail that is not strict may pass; other failures still count."""
    loose = xfail(strict=False)
    assert verdict(talk(None, loose)) == Verdict("xpassed", reason="known")
    assert verdict(talk(loose, wrong=(1,))).outcome == "failed"
    of = talk(loose, xfail(), wrong=(1,))
    assert verdict(of) == Verdict("xfailed", reason="known")


CRASH = Fault("crash", "exit code 9")


def crashing(
    *marks: RunMarks | None, replayed: int = 1, dialogue: RunMarks | None = None
) -> Conversation:
    """Return turns with these marks, of which the last replayed one crashes."""
    turns = [
        turn("a", "hi", marks=mark, end="lost" if index == replayed - 1 else "handled")
        for index, mark in enumerate(marks)
    ]
    return conversation(*turns, marks=dialogue, replayed=replayed, crash=CRASH)


def test_an_expected_crash_is_an_xfail() -> None:
    """An xfail accounts for a crash of its turn, if no turn follows."""
    assert verdict(crashing(xfail())) == Verdict("xfailed", reason="known")


def test_a_mismatch_before_a_crash_leaves_nothing_unchecked_either() -> None:
    """What is not replayed after a crash is told once, by the turn that crashed."""
    turns = [
        turn("a", "hi", replies(expected()), marks=xfail()),
        turn("b", "hi", end="lost"),
        turn("a", "ho"),
    ]
    of = conversation(*turns, replayed=2, crash=CRASH)
    assert [(m.turn, m.kind) for m in verdict(of).mismatches] == [
        (1, "crash"),
    ]


def test_an_expected_crash_leaves_nothing_unchecked() -> None:
    """An xfail of a turn does not account for turns that were never replayed."""
    result = verdict(crashing(xfail(), None, None))
    assert result.outcome == "failed"
    assert [(m.turn, m.problem) for m in result.mismatches] == [
        (1, "turns 2 to 3 were not replayed, because the assistant had crashed")
    ]


def test_an_expected_crash_is_not_the_only_mismatch_of_its_turn() -> None:
    """The turns after it are told nevertheless."""
    ended = [Fault("two_ends", "")]
    turns = [
        turn("a", "hi", marks=xfail(), end="lost", faults=ended),
        turn("b", "hi"),
    ]
    result = verdict(conversation(*turns, replayed=1, crash=CRASH))
    assert [(m.turn, m.problem) for m in result.mismatches] == [
        (1, "turn 2 was not replayed, because the assistant had crashed")
    ]


def test_an_expected_crash_of_the_dialogue() -> None:
    """An xfail of the dialogue accounts for a crash and for all turns after it."""
    result = verdict(crashing(None, None, dialogue=xfail()))
    assert result == Verdict("xfailed", reason="known")


def test_a_turn_that_was_not_replayed_has_not_passed() -> None:
    """A strict xfail of a turn that was not replayed is ignored."""
    result = verdict(crashing(None, xfail()))
    assert [m.problem for m in result.mismatches] == [
        "the assistant crashed during the turn: exit code 9"
    ]
