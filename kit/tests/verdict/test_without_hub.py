"""What is heard without a hub, beside mismatches behind one."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


FULL = Reply("kitchen", "a", 1.0, 1, dialog="d", data={"n": 1})


@pytest.mark.parametrize(
    ("without", "differs"),
    [
        ((replace(FULL, at=2.0, lang="en-US"),), False),
        ((replace(FULL, text="b"),), True),
        ((replace(FULL, dialog="e"),), True),
        ((replace(FULL, data={"n": 2}),), True),
        ((replace(FULL, data=None),), True),
        ((replace(FULL, asks=True),), True),
        ((FULL, FULL), True),
        ((), True),
    ],
)
def test_only_if_they_differ(without: tuple[Reply, ...], *, differs: bool) -> None:
    """In what they tell; the first of two turns, which is the same, has none."""
    same = (reply("x"),)
    mismatches = [MISMATCH, replace(MISMATCH, turn=1)]
    first, second = with_replies_without_hub(
        mismatches, transcript(same, (FULL,)), transcript(same, without)
    )
    assert first.without_hub is None
    assert second.without_hub == (without if differs else None)


def test_the_hub_was_lost_before_the_last_turn() -> None:
    """What would have been heard in it belongs to no mismatch of another one."""
    without = transcript((reply("a"),), (reply("b"),))
    [found] = with_replies_without_hub([MISMATCH], transcript((reply("a"),)), without)
    assert found.without_hub is None


def test_no_data_are_empty_data() -> None:
    """A reply without a dialog file has none."""
    behind, without = reply("a"), replace(reply("a"), data={})
    [found] = with_replies_without_hub(
        [MISMATCH], transcript((behind,)), transcript((without,))
    )
    assert found.without_hub is None
