"""Tests of the sessions that a scene has."""

from __future__ import annotations

from support.scenes import happened, scene, transcript

from ovos_dialogue_kit.replayer.transcript import Reply


def test_those_who_take_no_part_are_told_from_those_who_do() -> None:
    """Each once, in their order, whatever is said to whom outside of turns."""
    turns = [happened(number, name) for number, name in enumerate("baba")]
    names = ("radio", "a", "hall", "radio", "b")
    strays = [Reply(name, "news", 0.0, 1) for name in names]
    seen = scene(transcript(*turns, strays=strays))
    assert seen.sessions == ("b", "a")
    assert seen.outsiders == ("radio", "hall")
