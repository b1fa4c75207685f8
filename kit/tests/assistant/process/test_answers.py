"""Tests of what an assistant's process answers, which a skill may have changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.dialogues import dialogue

from ovos_dialogue_kit.assistant.process.answers import transcript_of
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript

[CASE] = dialogue("a.test", ("kitchen", "hi"), ("bedroom", "hi")).cases


def transcript(turn: int, reply: int, stray: int) -> Transcript:
    """Return a transcript with these indices of turns."""
    heard, lost = (Reply("kitchen", "hi", 0.0, index) for index in (reply, stray))
    first = TurnTranscript(0, "kitchen", "hi", 0.0, "handled")
    turns = (first, replace(first, index=turn, replies=(heard,)))
    return Transcript("x", "y", "", "padacioso", "memory", turns, strays=(lost,))


def test_a_transcript_is_read_as_it_was_written() -> None:
    """Turns, replies and strays have the indices of turns that there are."""
    made = transcript(1, 1, 0)
    assert transcript_of(as_json(made), CASE) == made


@pytest.mark.parametrize(
    ("turn", "reply", "stray"),
    [(2, 1, 1), (-1, 1, 1), (1, 2, 1), (1, -1, 1), (1, 1, 2), (1, 1, -1)],
)
def test_a_turn_that_there_is_not(turn: int, reply: int, stray: int) -> None:
    """Such a transcript is none, whichever part of it names the turn."""
    with pytest.raises(KitError) as error:
        transcript_of(as_json(transcript(turn, reply, stray)), CASE)
    assert error.value.problem == "there is no such turn"
