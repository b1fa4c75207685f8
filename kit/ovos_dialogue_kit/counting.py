"""Counts with their noun, for every summary and message that has one."""

from __future__ import annotations

__all__ = ["counted"]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: ``1 dialogue``, ``2 dialogues``, ``0 replies``.

    Args:
        count: how many there are.
        noun: one of them.
        plural: several of them; by default the noun with an ``s``.

    """
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
