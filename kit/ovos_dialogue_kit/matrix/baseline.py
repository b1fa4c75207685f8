"""Find the replay with which the same replay of every other cell is compared.

It is that of the reference. What the reference did not replay, a whole dialogue or a
turn of it, is taken from the nearest cell that did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey

__all__ = ["Base", "find_base"]


@dataclass(frozen=True, slots=True)
class Base:
    """A replay to compare with, put together from one or more cells.

    ``cells`` are those that it is from, the nearest to the reference first.
    """

    replayed: Replayed
    cells: tuple[Cell, ...]


def find_base(cells: Sequence[Cell], reference: Cell, key: ReplayKey) -> Base | None:
    """Return the base of a replay, ``None`` if no cell has it.

    Args:
        cells: all cells, oldest ovos-core first.
        reference: one of them.
        key: that of the replay.

    """
    near = _near([cell for cell in cells if cell.has_run], reference, key)
    if not near:
        return None
    base = Base(near[0].replays[key], (near[0],))
    for cell in near[1:]:
        base = _with_turns(base, cell)
    return base


def _near(cells: Sequence[Cell], reference: Cell, key: ReplayKey) -> list[Cell]:
    """Return the cells that have a replay, those nearest to the reference first.

    Nearest is the reference itself, then the cells of the same ovos-core, of the next
    ones and so on. Of two that are equally near, the older ovos-core comes first.
    """
    cores = list(dict.fromkeys(cell.core for cell in cells))
    here = cores.index(reference.core)
    return sorted(
        (cell for cell in cells if cell.has(key)),
        key=lambda cell: (
            cell is not reference,
            abs(cores.index(cell.core) - here),
        ),
    )


def _with_turns(base: Base, cell: Cell) -> Base:
    """Return a base with those of its skipped turns that a cell has replayed.

    Older versions of the kit numbered turns without the skipped ones; such a replay has
    fewer turns, and none is taken from it.
    """
    skipped = base.replayed.skipped_turns
    other = cell.replays[base.replayed.key]
    found = {turn.index: turn for turn in other.turns if turn.index in skipped}
    is_numbered = other.turn_count == base.replayed.turn_count or other.has_stopped
    transcript = base.replayed.transcript
    if not found or not is_numbered or transcript is None:
        return base
    turns = sorted((*transcript.turns, *found.values()), key=lambda turn: turn.index)
    replayed = replace(
        base.replayed,
        transcript=replace(transcript, turns=tuple(turns)),
        skipped_turns={at: why for at, why in skipped.items() if at not in found},
    )
    return Base(replayed, (*base.cells, cell))
