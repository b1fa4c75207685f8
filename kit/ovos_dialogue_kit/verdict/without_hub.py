"""Add to mismatches behind a HiveMind hub what is heard without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["with_replies_without_hub"]


def with_replies_without_hub(
    mismatches: Sequence[Mismatch], behind: Transcript, without: Transcript
) -> tuple[Mismatch, ...]:
    """Return mismatches; the first of each turn has its replies without the hub.

    It has them only if they differ from those behind the hub.

    Args:
        mismatches: those of the dialogue behind the hub.
        behind: what happened there.
        without: what happened on the bus in memory.

    """
    heard = {turn.index: _told(turn.replies) for turn in behind.turns}
    differing: dict[int | None, tuple[Reply, ...]] = {
        turn.index: turn.replies
        for turn in without.turns
        if _told(turn.replies) != heard.get(turn.index)
    }
    return tuple(
        replace(mismatch, without_hub=differing.pop(mismatch.turn, None))
        for mismatch in mismatches
    )


def _told(replies: Sequence[Reply]) -> list[tuple[Json, ...]]:
    """Return what replies tell; when they are given makes no difference."""
    return [
        (each.text, each.dialog, dict(each.data or {}), each.asks) for each in replies
    ]
