"""Tests of the differences between two transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.cells import entries, heard, passed

from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript


def difference(transcript: Transcript) -> tuple[str, ...]:
    """Return the differences between a transcript and ``heard()``."""
    _, entry = entries(passed(), passed(transcript))
    return entry.notes


def test_times_sessions_and_spaces_are_no_matter() -> None:
    """Only what users notice is compared."""
    other = heard(" hi  ", at=7.0, ended=None, end="stopped", session_after={"a": 1})
    assert () == difference(other)


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        ({"route": "converse"}, "route converse, was intent"),
        ({"route": None}, "route (none), was intent"),
        ({"intent": "hello"}, "intent hello, was (none)"),
        ({"skill": "a.skill"}, "skill a.skill, was (none)"),
        ({"slots": {"n": "1"}}, 'slots {n: "1"}, was (none)'),
        ({"faults": (Fault("lang", "x"),)}, 'faults "lang", was (none)'),
        ({"replies": ()}, 'replies (none), was "hi"'),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, asks=True),)},
            "asks true, was false",
        ),
        (
            {"replies": (Reply("kitchen", "hi", 0, 0, dialog="hello"),)},
            'dialogs "hello", was (none)',
        ),
    ],
)
def test_a_difference_is_told_at_its_turn(
    turn: Mapping[str, object], told: str
) -> None:
    """A difference names its turn, the value and that of the reference."""
    first, *_ = difference(heard(**turn))
    assert f'turn 1, kitchen "hello": {told}' == first


def test_what_belongs_to_no_turn_is_told_without() -> None:
    """Strays, a crash and the number of turns belong to no turn."""
    crashed = replace(
        heard(),
        turns=(),
        strays=(Reply("hall", "psst", 0.0, 0),),
        crash=Fault("crash", "it hung"),
    )
    assert (
        "turns 0, was 1",
        'strays "psst", was (none)',
        "crash it hung, was (none)",
    ) == difference(crashed)


def test_a_turn_that_the_reference_lacks_is_counted_only() -> None:
    """A turn that the reference does not have is only counted."""
    twice = heard()
    [turn] = twice.turns
    twice = replace(twice, turns=(turn, replace(turn, index=1)))
    assert ("turns 2, was 1",) == difference(twice)
