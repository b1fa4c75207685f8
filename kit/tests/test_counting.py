"""Tests of counts with their noun."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.counting import counted


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 turns"), (1, "1 turn"), (2, "2 turns")]
)
def test_a_noun_is_plural_unless_there_is_one(count: int, words: str) -> None:
    """Only one thing is singular."""
    assert counted(count, "turn") == words


def test_a_plural_of_its_own() -> None:
    """A plural may be another word than the noun with an s."""
    assert counted(2, "reply", "replies") == "2 replies"
    assert counted(1, "reply", "replies") == "1 reply"
