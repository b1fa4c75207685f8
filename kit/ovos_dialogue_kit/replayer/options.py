"""How a case is replayed, apart from what is replayed and on what."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options", "Step"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one replay.

    ``deadline`` is in seconds of the assistant's time, for each turn; ``None`` is what
    fits its clock. ``traced`` keeps all bus messages. ``order_seed`` shuffles the
    listeners of each message. ``schedule`` replaces the order of the turns.
    ``chance_seed`` gives other random numbers and UUIDs.
    """

    deadline: float | None = None
    traced: bool = False
    order_seed: int | None = None
    schedule: tuple[Step, ...] | None = None
    chance_seed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule: a turn, and whether the next one waits for its end."""

    turn: int
    overlap: bool = False
