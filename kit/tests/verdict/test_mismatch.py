"""Tests of the words for what a session does."""

from __future__ import annotations

from dataclasses import replace

from support.dialogues import turn

from ovos_dialogue_kit.verdict.mismatch import action_words


def test_what_a_session_does_in_words() -> None:
    """It says something, sends a bus message, or is silent for the time it says."""
    assert action_words(turn("kitchen", "good night")) == '"good night"'
    assert action_words(turn("kitchen", "!light.on")) == 'emits "light.on"'
    silence = replace(turn("kitchen", "~90"), said="1m30s")
    assert action_words(silence) == "is silent for 1m30s"
