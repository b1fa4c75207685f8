"""What is heard without a hub, beside mismatches behind one."""

from __future__ import annotations

from dataclasses import replace

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.verdict.mismatch import Mismatch
from ovos_dialogue_kit.verdict.without_hub import with_replies_without_hub

MISMATCH = Mismatch(Mark("a.yaml", 1, 1), 0, "kitchen", "hi", "reply", "differs")


def reply(text: str, at: float = 0.0) -> Reply:
    return Reply("kitchen", text, at, 0)


def transcript(*turns: tuple[Reply, ...]) -> Transcript:
    """Return the transcript of turns with these replies."""
    made = (
        TurnTranscript(number, "kitchen", "hi", 0.0, "handled", replies=replies)
        for number, replies in enumerate(turns)
    )
    return Transcript("a", "b", "", "padacioso", "memory", tuple(made))


def test_the_first_mismatch_of_a_turn_has_them() -> None:
    """Further ones, those of turns that were not replayed, and of none do not."""
    others = [replace(MISMATCH, turn=turn) for turn in (0, 1, None)]
    behind = transcript((reply("a"),), ())
    without = transcript((reply("b"), reply("c")))
    first, *rest = with_replies_without_hub([MISMATCH, *others], behind, without)
    assert (reply("b"), reply("c")) == first.without_hub
    assert others == rest


def test_only_if_they_differ() -> None:
    """When a reply is given makes no difference; that there is none does."""
    behind = transcript((reply("a", 1.0),))
    for without, expected in (((reply("a"),), None), ((), ())):
        [found] = with_replies_without_hub([MISMATCH], behind, transcript(without))
        assert expected == found.without_hub
