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
    heard = {turn.index: turn.replies for turn in behind.turns}
    plain = {turn.index: turn.replies for turn in without.turns}
    found = []
    for mismatch in mismatches:
        replies = plain.pop(mismatch.turn, None) if mismatch.turn is not None else None
        if replies is not None and _told(replies) != _told(heard[mismatch.turn or 0]):
            mismatch = replace(mismatch, without_hub=replies)  # noqa: PLW2901  # with more
        found.append(mismatch)
    return tuple(found)


def _told(replies: Sequence[Reply]) -> list[tuple[Json, ...]]:
    """Return what replies tell; when they are given makes no difference."""
    return [
        (each.text, each.dialog, dict(each.data or {}), each.asks) for each in replies
    ]
