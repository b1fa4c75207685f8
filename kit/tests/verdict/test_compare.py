"""Tests of all mismatches of a dialogue together."""

from __future__ import annotations

import pytest
from support.conversation import (
    HERE,
    conversation,
    expected,
    holds,
    replies,
    spoken,
    turn,
)

from ovos_dialogue_kit.regex_search import SlowRegexError
from ovos_dialogue_kit.replayer.transcript import Fault, Reply

CRASH = Fault("crash", "exit code 9", "trace")


def test_mismatches_are_collected_in_the_order_of_turns() -> None:
    """Mismatches come in the order of turns, also a crash at the end and a stray."""
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
    assert talk.mismatches()[0].heard is None  # the reply has a mismatch of its own


def test_an_expression_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a mismatch at its expectation, beside the faults of the turn."""

    def give_up(pattern: str, _: str) -> bool:
        raise SlowRegexError(pattern)

    monkeypatch.setattr("ovos_dialogue_kit.verdict.one_reply.is_found", give_up)
    expect = replies(expected(regex="(a+)+$" + "b" * 75))
    whole = replies(expected(regex="(a+)+$" + "b" * 74))
    faults = [Fault("two_ends", "")]
    talk = conversation(
        turn("a", "hi", expect, [spoken("x")], faults=faults),
        turn("a", "hi", whole, [spoken("x")]),
    )
    ended, slow, other = talk.mismatches()
    assert (ended.kind, slow.kind, slow.mark) == ("two_ends", "reply", HERE)
    regex = "(a+)+$" + "b" * 74
    assert slow.problem == f"the regular expression /{regex}…/ takes too long"
    assert other.problem == f"the regular expression /{regex}/ takes too long"
    ((label, note),) = slow.notes
    assert label == "note"
    assert note == (
        "it was given up after 2 s of processor time; a repetition within another, as "
        "in (a+)+, takes time that doubles with each character"
    )


def test_an_expression_of_a_slot_that_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same holds for the pattern of a slot."""

    def give_up(pattern: str, _: str) -> bool:
        raise SlowRegexError(pattern)

    monkeypatch.setattr("ovos_dialogue_kit.verdict.equality.is_found", give_up)
    wanted = holds(slots={"n": {"regex": "(a+)+$"}})
    only = conversation(turn("a", "hi", wanted, slots={"n": "x"}, matched=True)).only()
    assert only.problem == "the regular expression /(a+)+$/ takes too long"
