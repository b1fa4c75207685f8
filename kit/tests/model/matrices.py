"""Compare ``kit matrix`` with the model of what it tells, on random cells.

``python -m model.matrices N`` tries N matrices and prints the disagreements.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from model.disagreement import Disagreement
from model.matrix_edits import write_cells
from model.matrix_meaning import Story, story_of

from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.compare import Matrix, compare_cells
from ovos_dialogue_kit.matrix.html import matrix_page
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.matrix.upgrades import upgrades_of
from ovos_dialogue_kit.render.lines import plain

__all__ = ["disagreements_of_matrices", "main"]

_PAGES = 50
"""One in so many matrices is also rendered as a page, which takes longer."""


def disagreements_of_matrices(
    seeds: range, tried: Counter[str]
) -> Iterator[Disagreement]:
    """Yield the matrices of which kit and model tell different things."""
    for seed in seeds:
        random = Random(seed)  # noqa: S311  # the same cells for a seed
        with TemporaryDirectory() as folder:
            written = write_cells(Path(folder), random)
            found = read_cells([path for path, _ in written])
        cells = [cell for _, cell in written]
        against = random.choice([None, *(c.name for c in cells if c.has_run)])
        matrix = compare_cells(found, against)
        tried["combinations"] += 1
        tried["cells"] += len(cells)
        told, meant = _story(matrix), story_of(cells, against)
        tried.update(state for row in matrix.dialogues for state in [row.state])
        tried.update(kind for step in told.changes for kind in step.values())
        if matrix.cells:
            plain(matrix_lines(matrix))
        if seed % _PAGES == 0:
            matrix_page(matrix)
        for part in Story.__dataclass_fields__:
            kit, model = getattr(told, part), getattr(meant, part)
            if kit != model:
                yield Disagreement((part,), str(kit), str(model), f"{seed}: {cells}")


def _story(matrix: Matrix) -> Story:
    """Return what a matrix of the kit tells."""
    names = [cell.name for cell in matrix.cells]
    return Story(
        matrix.reference.name if matrix.reference else None,
        {
            (row.script, row.dialogue): dict(
                zip(names, (entry.state for entry in row.entries), strict=True)
            )
            for row in matrix.dialogues
        },
        [
            {(each.script, each.dialogue): each.kind for each in upgrade.changes}
            for upgrade in upgrades_of(matrix.cells)
        ],
        Counter(row.state for row in matrix.dialogues),
        frozenset(cell.name for cell in matrix.strangers),
        matrix.is_bad,
    )


def main(arguments: list[str]) -> int:
    """Try matrices, and print their number and the disagreements."""
    tried: Counter[str] = Counter()
    found = list(disagreements_of_matrices(range(int(arguments[0])), tried))
    total = tried.pop("combinations")
    _print(f"matrices: {total:,} tried, {len(found):,} disagreements")
    for name, count in sorted(tried.items()):
        _print(f"  {name:22} {count:>11,}")
    for each in found[:10]:
        _print(
            f"{each.keys}\n  kit: {each.kit}\n  model: {each.model}\n{each.combination}"
        )
    return int(bool(found))


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # this is a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
