"""List what a matrix did not compare: cells, replays, turns and missing dialogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.matrix.cases import by_dialogue, variant_of
from ovos_dialogue_kit.matrix.cells import Cell, ReplayKey
from ovos_dialogue_kit.matrix.compare import Matrix

__all__ = ["MISSING", "Gap", "gaps_of"]

MISSING = "missing"
"""The gap of a dialogue that a cell lacks altogether; its lines are such dialogues."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not compared in some cells, and why or which in lines."""

    what: str
    cells: tuple[str, ...]
    lines: tuple[str, ...]


def gaps_of(matrix: Matrix) -> tuple[Gap, ...]:
    """Return the gaps of all cells; cells with the same one share it."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for cell in matrix.cells:
        for gap in _gaps(cell, matrix):
            found.setdefault(gap, []).append(cell.name)
    return tuple(
        Gap(what, tuple(cells), lines) for (what, lines), cells in found.items()
    )


def _gaps(cell: Cell, matrix: Matrix) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each gap of a cell, with its lines."""
    if cell.problem is not None:
        yield "nothing could run", tuple(cell.problem.split("\n"))
        return
    if cell.trouble:
        yield "something went wrong", tuple(cell.trouble.split("\n"))
    if not cell.has_run:
        yield "nothing was replayed", ()
    if cell in matrix.strangers:
        yield "nothing was compared", ("no other cell replayed the same dialogues",)
    for (noun, verb, reason), count in _reasons(cell).items():
        yield f"{counted(count, noun)} {verb}", tuple(reason.split("\n"))
    missing = tuple(_missing(cell, matrix)) if cell.replays and cell.is_complete else ()
    if missing:
        yield MISSING, missing


def _reasons(cell: Cell) -> Counter[tuple[str, str, str]]:
    """Return how often something was not replayed for a reason."""
    found: Counter[tuple[str, str, str]] = Counter()
    for replayed in cell.replays.values():
        if replayed.outcome == "skipped":
            found["replay", "skipped", replayed.reason] += 1
        elif replayed.transcript is None:
            found["replay", "could not run", replayed.reason] += 1
        for reason in replayed.skipped_turns.values():
            found["turn", "skipped", reason] += 1
    return found


def _missing(cell: Cell, matrix: Matrix) -> Iterator[str]:
    """Yield the dialogues of other cells, or variants of them, that a cell lacks."""
    every = (key for other in matrix.cells for key in other.replays)
    for keys in by_dialogue(every):
        lacking = [key for key in keys if key not in cell.replays]
        if lacking:
            yield _named(lacking, is_whole=len(lacking) == len(keys))


def _named(keys: list[ReplayKey], *, is_whole: bool) -> str:
    script, dialogue, _, _ = keys[0]
    variants = "" if is_whole else f" [{', '.join(map(variant_of, keys))}]"
    return f"{script}: {dialogue}{variants}"
