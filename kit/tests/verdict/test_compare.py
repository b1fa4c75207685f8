"""Tests of all mismatches of a dialogue together."""

from __future__ import annotations

from support.conversation import (
    conversation,
    expected,
    replies,
    turn,
)

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
