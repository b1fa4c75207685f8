"""The deadlines of waits: in their order, and none for long that is outdated."""

from __future__ import annotations

import random

from ovos_dialogue_kit.assistant.virtual_time.deadlines import Deadlines
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task, Wait


def added(deadlines: Deadlines, moments: list[int]) -> list[Wait]:
    """Add waits that end at some moments, and return them."""
    waits = [Wait(Task(str(moment))) for moment in moments]
    for moment, wait in zip(moments, waits, strict=True):
        deadlines.add(moment, wait)
    return waits


def end(deadlines: Deadlines, waits: list[Wait]) -> None:
    """End waits early."""
    for wait in waits:
        wait.over = True
        deadlines.forget_one()


def test_the_nearest_is_the_first() -> None:
    """Those of the same moment keep the order in which they were added."""
    deadlines = Deadlines()
    assert deadlines.nearest() is None
    waits = added(deadlines, [5, 3, 5])
    popped = [(deadlines.nearest(), deadlines.pop()) for _ in range(3)]
    assert popped == [(3, waits[1]), (5, waits[0]), (5, waits[2])]
    assert [wait.timed for wait in waits] == [True] * 3


def test_a_few_outdated_ones_stay_until_they_are_due() -> None:
    """One more than 64 is one too many, however often it happens."""
    deadlines = Deadlines()
    for _ in range(2):
        end(deadlines, added(deadlines, [1] * 64))
        assert len(deadlines) == 64
        assert deadlines.nearest() is None
        assert len(deadlines) == 0
    for _ in range(2):
        end(deadlines, added(deadlines, [1] * 65))
        assert len(deadlines) == 0


def test_outdated_ones_stay_until_they_outnumber_the_others() -> None:
    """Then they are removed, and the others keep their order."""
    deadlines = Deadlines()
    moments = random.Random(1).sample(range(1000), 65)  # noqa: S311  # not secret
    added(deadlines, moments)
    for _ in range(2):
        *most, last = added(deadlines, [*range(67)])
        end(deadlines, most)
        assert len(deadlines) == 132
        end(deadlines, [last])
        assert len(deadlines) == 65
    left = [(deadlines.nearest(), deadlines.pop().task.name) for _ in range(65)]
    assert left == [(moment, str(moment)) for moment in sorted(moments)]
