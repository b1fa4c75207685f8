"""A matrix as lines of a terminal: its cells, its dialogues, then what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ovos_dialogue_kit.matrix import Cell, Entry, Matrix, Row, State
from ovos_dialogue_kit.render import Line

__all__ = ["matrix_lines", "title"]

_STATES = (State.SAME, State.DIFFERS, State.CANNOT, State.FAILS)
_STYLES = {
    State.SAME: "quiet",
    State.DIFFERS: "heard",
    State.CANNOT: "label",
    State.FAILS: "problem",
    State.ABSENT: "quiet",
}
_GAP = 2


def matrix_lines(matrix: Matrix, *, every: bool = False) -> list[Line]:
    """Return a matrix as lines.

    Args:
        matrix: what was compared.
        every: whether to show the dialogues, too, that are the same everywhere.

    """
    shown = [row for row in matrix.rows if every or not row.is_same]
    lines = [*_cell_lines(matrix), ()]
    if shown:
        lines += [*_row_lines(matrix, shown), ()]
    left = len(matrix.rows) - len(shown)
    if left:
        lines += [(("quiet", f"{_number(left)} the same everywhere"),), ()]
    for row in matrix.rows:
        if not row.is_same:
            lines += [*_detail_lines(matrix.cells, row), ()]
    return lines[:-1]


def _number(count: int) -> str:
    return "1 dialogue is" if count == 1 else f"{count} dialogues are"


def title(row: Row) -> str:
    """Return what a row is called: the dialogue, and the engine if it has one."""
    return f"{row.dialogue} [{row.engine}]" if row.engine else row.dialogue


def _cell_lines(matrix: Matrix) -> list[Line]:
    """Return a line for each cell: its number, versions and counts."""
    table: list[tuple[str, ...]] = [("", "cell", "ovos-core", *_STATES)]
    table += [
        (
            str(number),
            cell.name,
            cell.versions.get("ovos-core", ""),
            *(str(matrix.count(cell, state)) for state in _STATES),
        )
        for number, cell in enumerate(matrix.cells, start=1)
    ]
    lines: list[Line] = [
        (("", line),) for line in _aligned(table, numbers=(0, 3, 4, 5, 6))
    ]
    at = 1 + matrix.cells.index(matrix.reference)
    lines[at] += (("label", "  compared with"),)
    return lines


def _row_lines(matrix: Matrix, rows: Sequence[Row]) -> Iterator[Line]:
    """Yield a line for each row: what it came to in the cells, by their numbers."""
    width = max(len(title(row)) for row in rows)
    column = max(map(len, _STATES)) + _GAP
    numbers = "".join(
        f"{number:<{column}}" for number in range(1, 1 + len(matrix.cells))
    )
    yield (("quiet", " " * (width + _GAP) + numbers),)
    for row in rows:
        name = f"{title(row):<{width + _GAP}}"
        cells = ((_STYLES[e.state], f"{e.state:<{column}}") for e in row.entries)
        yield (("", name), *cells)


def _detail_lines(cells: Sequence[Cell], row: Row) -> Iterator[Line]:
    """Yield what a row differs in; cells that say the same say it together."""
    yield ("place", f"{row.script}: "), ("", title(row))
    by_entry: dict[Entry, list[str]] = {}
    for cell, entry in zip(cells, row.entries, strict=True):
        if entry.state not in (State.SAME, State.ABSENT):
            by_entry.setdefault(entry, []).append(cell.name)
    for entry, names in by_entry.items():
        yield (
            ("", "  "),
            (_STYLES[entry.state], entry.state),
            ("", f" in {', '.join(names)}"),
        )
        for note in entry.notes:
            for line in note.splitlines():
                yield (("", f"    {line}"),)


def _aligned(table: Iterable[Sequence[str]], numbers: Sequence[int]) -> list[str]:
    """Return a table as text; the columns in ``numbers`` are set flush right."""
    rows = list(table)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (" " * _GAP).join(
            f"{text:>{width}}" if at in numbers else f"{text:<{width}}"
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
