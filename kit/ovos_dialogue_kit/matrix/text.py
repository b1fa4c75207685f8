"""Render a matrix as lines: cells, changes with each ovos-core, dialogues, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.matrix.compare import EntryState, Matrix, Row
from ovos_dialogue_kit.matrix.gaps import MISSING, Gap, gaps_of
from ovos_dialogue_kit.matrix.totals import heading, total_sentences
from ovos_dialogue_kit.matrix.upgrades import (
    ChangeKind,
    upgrade_words,
    upgrades_of,
)
from ovos_dialogue_kit.render.columns import columns_of, filled
from ovos_dialogue_kit.render.lines import Line
from ovos_dialogue_kit.visible import visible

__all__ = ["matrix_lines"]

_STYLES: Mapping[EntryState | ChangeKind, str] = {
    "differs": "heard",
    "cannot run": "label",
    "fails": "problem",
    "gone": "label",
    "new": "label",
}
_SPACING = 2
"""Columns between two columns of a table."""

_LISTED = 10
"""Missing dialogues that are listed unless all are asked for."""


def matrix_lines(matrix: Matrix, *, every: bool = False) -> list[Line]:
    """Return a matrix as lines.

    Args:
        matrix: the comparison to show.
        every: also show the dialogues that did not change, and all that are missing.

    """
    changed = [row for row in matrix.rows if row.state == "changed"]
    shown = matrix.rows if every else changed
    blocks: list[list[Line]] = [
        [(("", heading(matrix)),)],
        _cell_lines(matrix),
        list(_upgrade_lines(matrix)),
        list(_row_lines(matrix, shown)) if shown else [],
        [(("quiet", sentence),) for sentence in total_sentences(matrix)],
        *(list(_detail_lines(matrix, row)) for row in changed),
        *(list(_gap_lines(gap, every=every)) for gap in gaps_of(matrix)),
    ]
    lines = [line for block in blocks if block for line in (*block, ())]
    return [
        tuple((style, visible(text)) for style, text in line) for line in lines[:-1]
    ]


def _cell_lines(matrix: Matrix) -> list[Line]:
    """Return a line for each cell: its number, versions and counts."""
    states = matrix.states
    table: list[tuple[str, ...]] = [
        ("", "cell", "ovos-core", "python", "written, UTC", *states)
    ]
    table += [
        (
            str(number),
            cell.name,
            cell.core,
            cell.versions.get("python", ""),
            f"{cell.written:%Y-%m-%d %H:%M}" if cell.written else "",
            *(str(matrix.count(cell, state)) for state in states),
        )
        for number, cell in enumerate(matrix.cells, start=1)
    ]
    numbers = (0, *range(5, 5 + len(states)))
    head, *rows = _aligned(table, numbers)
    marks = [matrix.marks(cell) for cell in matrix.cells]
    return [
        (("", head),),
        *(
            (("", row), ("label", f"  {each}" if each else ""))
            for row, each in zip(rows, marks, strict=True)
        ),
    ]


def _upgrade_lines(matrix: Matrix) -> Iterator[Line]:
    """Yield a line for each upgrade of ovos-core, and one for each changed dialogue."""
    for upgrade in upgrades_of(matrix.cells):
        step = f"ovos-core {upgrade.older} → {upgrade.newer}: "
        yield ("", step), ("", upgrade_words(upgrade))
        for change in upgrade.changes:
            name = _named(matrix, change.script, change.dialogue, change.dialogue)
            yield ("", f"  {name}  "), (_STYLES.get(change.kind, "quiet"), change.kind)


def _named(matrix: Matrix, script: str, dialogue: str, title: str) -> str:
    """Return a title with its script if other scripts have such a dialogue."""
    return f"{script}: {title}" if matrix.is_ambiguous(dialogue) else title


def _row_lines(matrix: Matrix, rows: Sequence[Row]) -> Iterator[Line]:
    """Yield a line for each row, with one column for all cells that agree."""
    columns = _columns(matrix, rows)
    titles = [
        visible(_named(matrix, row.script, row.dialogue, row.title)) for row in rows
    ]
    width = max(map(columns_of, titles)) + _SPACING
    states = [[row.entries[at[0]].state for at in columns.values()] for row in rows]
    widest = (columns_of(text) for texts in (columns, *states) for text in texts)
    column = max(widest) + _SPACING
    heads = "".join(filled(head, column) for head in columns)
    yield (("quiet", " " * width + heads),)
    for title, found in zip(titles, states, strict=True):
        yield (
            ("", filled(title, width)),
            *((_STYLES.get(state, "quiet"), filled(state, column)) for state in found),
        )


def _columns(matrix: Matrix, rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return the indices of the cells that share a column, by its head.

    The head is their ovos-core if all of its cells agree, else their numbers.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, cell in enumerate(matrix.cells):
        states = (row.entries[at].state for row in rows)
        groups.setdefault((cell.core, *states), []).append(at)
    cores = [core for core, *_ in groups]
    return {
        core
        if core and cores.count(core) == 1
        else ",".join(str(at + 1) for at in found): found
        for (core, *_), found in groups.items()
    }


def _detail_lines(matrix: Matrix, row: Row) -> Iterator[Line]:
    """Yield how a row differs, once for all cells that agree."""
    yield ("place", f"{row.script}: "), ("", row.title)
    if row.bases and any(entry.state == "differs" for entry in row.entries):
        yield (("quiet", f"  compared with {', '.join(row.bases)}"),)
    for entry in dict.fromkeys(row.entries):
        if entry.state not in ("differs", "fails"):
            continue
        names = ", ".join(matrix.where(row, entry))
        yield ("", "  "), (_STYLES[entry.state], entry.state), ("", f" on {names}")
        for note in entry.notes:
            yield from _indented(note.split("\n"))


def _gap_lines(gap: Gap, *, every: bool) -> Iterator[Line]:
    """Yield what was not compared, where, and why."""
    yield (("label", gap.what), ("", f" in {', '.join(gap.cells)}"))
    more = 0 if every or gap.what != MISSING else max(len(gap.lines) - _LISTED, 0)
    yield from _indented(gap.lines[: len(gap.lines) - more])
    if more:
        yield (("quiet", f"    … {more} more (--all)"),)


def _indented(lines: Iterable[str]) -> Iterator[Line]:
    for line in lines:
        yield (("", f"    {line}"),)


def _aligned(table: Iterable[Sequence[str]], numbers: Sequence[int]) -> list[str]:
    """Return a table as text; the columns in ``numbers`` are aligned right."""
    rows = [[visible(text) for text in row] for row in table]
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    return [
        (" " * _SPACING).join(
            " " * (width - columns_of(text)) + text
            if at in numbers
            else filled(text, width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
