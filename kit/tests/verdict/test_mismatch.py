"""What a session does, in words."""

from __future__ import annotations

import pytest
from support.dialogues import turn

from ovos_dialogue_kit.verdict.mismatch import action_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("hello", '"hello"'),
        ("!x.y", 'emits "x.y"'),
        ("~90", "is silent for ~90"),
        ("=disconnect", "disconnects"),
        ("=connect", "connects"),
    ],
)
def test_action_words(said: str, words: str) -> None:
    """They tell an utterance from a message, and from what a satellite does."""
    assert action_words(turn("kitchen", said)) == words
