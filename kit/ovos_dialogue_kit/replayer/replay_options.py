"""Define the settings of one replay."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ovos_dialogue_kit.errors import KitError

__all__ = ["Options", "Step"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one replay.

    ``deadline`` is the limit for each turn in seconds of the assistant's clock, or
    ``None`` for the default of that clock. ``traced`` keeps all bus messages,
    ``outgoing`` only those that leave the assistant; see ``Dialect.leaves``.
    ``order_seed`` shuffles the listeners of each message, and lets them interrupt each
    other between two steps of the skills' code. ``schedule`` replaces the
    order of the turns. ``chance_seed`` changes random numbers and UUIDs.
    """

    deadline: float | None = None
    traced: bool = False
    order_seed: int | None = None
    schedule: tuple[Step, ...] | None = None
    chance_seed: int = 0
    outgoing: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            KitError: the deadline is not above 0, or a seed is below.

        """
        if self.deadline is not None and not 0 < self.deadline < math.inf:
            raise KitError(
                f'"deadline" must be a number of seconds above 0, not "{self.deadline}"'
            )
        for name in ("order_seed", "chance_seed"):
            if (getattr(self, name) or 0) < 0:
                seed = getattr(self, name)
                raise KitError(
                    f'"{name}" must be a whole number, 0 or above, not "{seed}"'
                )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule: a turn; with ``overlap``, the next does not wait."""

    turn: int
    overlap: bool = False
