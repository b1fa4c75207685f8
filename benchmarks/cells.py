"""Write the table of cells: their versions and their results.

    tox -m core
    python benchmarks/cells.py docs/matrix.md

The row of a cell has the versions and outcomes from the transcripts in its tox
environment. The table replaces the part of the page between the marks.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.cells import Cell
from ovos_dialogue_kit.matrix.tox import find_cells

BEGIN = "<!-- cells: made by python benchmarks/cells.py docs/matrix.md -->"
END = "<!-- end of cells -->"

COLUMNS = (
    "cell",
    "CPython",
    "ovos-core",
    "workshop",
    "bus-client",
    "padacioso",
    "padatious",
    "adapt",
    "replays",
)


def row(cell: Cell) -> Sequence[str]:
    """Return the columns of a cell."""
    versions = cell.versions
    outcomes = Counter(replayed.outcome for replayed in cell.replays.values())
    replays = ", ".join(f"{outcomes[name]} {name}" for name in sorted(outcomes))
    padatious = versions.get("ovos-padatious", versions.get("padatious", ""))
    adapt = versions.get("ovos-adapt-parser", versions.get("adapt-parser", ""))
    return (
        f"`{cell.name}`",
        versions["python"],
        cell.core,
        versions["ovos-workshop"],
        versions["ovos-bus-client"],
        versions["padacioso"],
        padatious,
        adapt,
        replays,
    )


def table(project: Path) -> str:
    """Return the table of a project's cells as Markdown, oldest ovos-core first."""
    folders = [
        each
        for each in find_cells(project)
        if each.name.startswith(("core", "channel")) and "sealed" not in each.name
    ]
    rows: list[Sequence[str]] = [COLUMNS, ("---",) * len(COLUMNS)]
    for cell in sorted(read_cells(folders), key=lambda found: found.age):
        if cell.problem is not None:
            sys.exit(f"{cell.name} did not run: {cell.problem}")
        rows.append(row(cell))
    return "".join(f"| {' | '.join(each)} |\n" for each in rows)


def main() -> None:
    """Replace the table of a page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("page", nargs="?", type=Path, help="docs/matrix.md")
    page = options.parse_args().page
    made = table(Path())
    if page is None:
        sys.stdout.write(made)
        return
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n\n{made}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
