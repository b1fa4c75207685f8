"""Hold what kit and model say differently."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Disagreement"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A combination on which kit and model disagree; ``keys`` are those in it."""

    keys: tuple[str, ...]
    kit: str
    model: str
    combination: str
