"""Define the settings of one replay."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options", "Step"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one replay.

    ``deadline`` is the limit for each turn in seconds of the assistant's clock, or
    ``None`` for the default of that clock. ``traced`` keeps all bus messages.
    ``order_seed`` shuffles the listeners of each message. ``schedule`` replaces the
    order of the turns. ``chance_seed`` changes random numbers and UUIDs.
    """

    deadline: float | None = None
    traced: bool = False
    order_seed: int | None = None
    schedule: tuple[Step, ...] | None = None
    chance_seed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule: a turn; with ``overlap``, the next does not wait."""

    turn: int
    overlap: bool = False
