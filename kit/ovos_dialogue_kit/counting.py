"""Word counts with their noun, for summaries and messages."""

from __future__ import annotations

__all__ = ["counted"]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: ``1 dialogue``, ``2 dialogues``, ``0 replies``.

    Args:
        count: the number of things.
        noun: the word for one of them.
        plural: the word for several; by default the noun with an ``s``.

    """
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
