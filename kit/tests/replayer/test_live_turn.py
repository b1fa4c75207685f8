"""Tests of a turn in progress."""

from __future__ import annotations

from support.lone_client import Alone
from support.planned_bus import SAID

from ovos_dialogue_kit.replayer.transcript import Fault


def test_the_end_of_a_turn_is_its_first() -> None:
    """Neither time nor rest nor a refusal changes it."""
    kitchen = Alone()
    turns = [kitchen.take("~5"), kitchen.take("!a.b"), kitchen.take("hi")]
    for turn in turns:
        turn.close("until", 1.0)
        turn.expire(99.0, is_quiet=True)
    kitchen.client.come_to_rest(99.0)
    denial = ("hive.policy.denied", {"denied_type": SAID, "reason": "no"})
    kitchen.hear(denial, at=99.0)
    assert kitchen.ends() == [("until", 1.0)] * 3
    assert kitchen.details() == [[], [], [f'"{SAID}": no']]


def test_faults_with_the_same_traceback_are_one() -> None:
    """Whatever else is told of them; those of two tracebacks are two."""
    turn = Alone().take()
    faults = [Fault("raised", detail, trace) for detail, trace in ["aX", "bX", "aY"]]
    for fault in (*faults, *faults):
        turn.add_fault(fault)
    assert turn.faults == [faults[0], faults[2]]
