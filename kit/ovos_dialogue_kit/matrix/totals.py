"""Put the totals of a matrix into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.matrix.compare import Matrix, RowState

__all__ = ["dates", "heading", "total_sentences"]

_SENTENCES: Mapping[RowState, tuple[str, str]] = {
    "same everywhere": (
        "is the same everywhere",
        "are the same everywhere",
    ),
    "same where replayed": (
        "is the same in all cells that replayed it",
        "are the same in all cells that replayed them",
    ),
    "only here": (
        "was replayed in one cell only: there is nothing to compare it with",
        "were replayed in one cell only: there is nothing to compare them with",
    ),
    "not replayed": (
        "was not replayed in any cell",
        "were not replayed in any cell",
    ),
}
"""For each result in all cells, the words for one dialogue and for several."""


def heading(matrix: Matrix) -> str:
    """Return what was compared: ``a.skill: 2 dialogues, 4 replays in 2 cells``."""
    skills = f"{', '.join(matrix.skills)}: " if matrix.skills else ""
    replays = sum(cell.has(key) for cell in matrix.cells for key in cell.replays)
    dialogues = counted(len(matrix.dialogues), "dialogue")
    cells = counted(len(matrix.cells), "cell")
    return f"{skills}{dialogues}, {counted(replays, 'replay')} in {cells}"


def dates(matrix: Matrix) -> str:
    """Return the day on which the files of the cells were written, or first and last.

    The days are those of UTC; empty if there are no files.
    """
    days = sorted(f"{cell.written:%Y-%m-%d}" for cell in matrix.cells if cell.written)
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""


def total_sentences(matrix: Matrix) -> Iterator[str]:
    """Yield how many dialogues have each result in all cells, but for changed ones."""
    for state, (one, several) in _SENTENCES.items():
        count = matrix.total(state)
        if count:
            yield f"{counted(count, 'dialogue')} {one if count == 1 else several}"
