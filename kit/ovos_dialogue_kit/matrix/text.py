"""Render a matrix as lines: cells, changes with each ovos-core, dialogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.matrix.cells import EntryState, Matrix, NotRun, Row
from ovos_dialogue_kit.matrix.upgrades import Upgrade, upgrades_of
from ovos_dialogue_kit.render.lines import Line

__all__ = ["matrix_lines"]

_STATES: tuple[EntryState, ...] = ("same", "differs", "cannot run", "fails")
_STYLES: Mapping[EntryState, str] = {
    "same": "quiet",
    "differs": "heard",
    "cannot run": "label",
    "fails": "problem",
    "-": "quiet",
}
_SPACING = 2
"""Columns between two columns of a table."""


def matrix_lines(matrix: Matrix, *, every: bool = False) -> list[Line]:
    """Return a matrix as lines.

    Args:
        matrix: the comparison to show.
        every: also show the dialogues that are the same everywhere.

    """
    shown = [row for row in matrix.rows if every or not row.is_same]
    blocks = [
        _cell_lines(matrix),
        [line for each in upgrades_of(matrix.cells) for line in _upgrade_lines(each)],
        list(_row_lines(matrix, shown)) if shown else [],
        _same_lines(len(matrix.rows) - len(shown)),
        *(list(_detail_lines(matrix, row)) for row in matrix.rows if not row.is_same),
        *(list(_not_run_lines(group)) for group in matrix.not_run),
    ]
    lines = [line for block in blocks if block for line in (*block, ())]
    return lines[:-1]


def _cell_lines(matrix: Matrix) -> list[Line]:
    """Return a line for each cell: its number, versions and counts."""
    table: list[tuple[str, ...]] = [("", "cell", "ovos-core", "python", *_STATES)]
    table += [
        (
            str(number),
            cell.name,
            cell.core,
            cell.versions.get("python", ""),
            *(str(matrix.count(cell, state)) for state in _STATES),
        )
        for number, cell in enumerate(matrix.cells, start=1)
    ]
    lines: list[Line] = [
        (("", line),) for line in _aligned(table, numbers=(0, 4, 5, 6, 7))
    ]
    at = 1 + matrix.cells.index(matrix.reference)
    lines[at] += (("label", "  reference"),)
    return lines


def _upgrade_lines(upgrade: Upgrade) -> Iterator[Line]:
    """Yield a line for an upgrade of ovos-core, and one for each changed dialogue."""
    changed = (
        counted(len(upgrade.changes), "dialogue") if upgrade.changes else "nothing"
    )
    yield (
        ("", f"ovos-core {upgrade.older} → {upgrade.newer}: "),
        ("", f"{changed} changed"),
    )
    for change in upgrade.changes:
        state = change.entry.state
        yield ("", f"  {change.dialogue}  "), (_STYLES[state], state)


def _row_lines(matrix: Matrix, rows: Sequence[Row]) -> Iterator[Line]:
    """Yield a line for each row, with one column for all cells that agree."""
    columns = _columns(matrix, rows)
    width = max(len(row.title) for row in rows)
    column = max(map(len, (*_STATES, *columns))) + _SPACING
    heads = "".join(f"{head:<{column}}" for head in columns)
    yield (("quiet", " " * (width + _SPACING) + heads),)
    for row in rows:
        name = f"{row.title:<{width + _SPACING}}"
        states = [row.entries[at[0]].state for at in columns.values()]
        yield (
            ("", name),
            *((_STYLES[state], f"{state:<{column}}") for state in states),
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


def _same_lines(count: int) -> list[Line]:
    if not count:
        return []
    verb = "is" if count == 1 else "are"
    return [(("quiet", f"{counted(count, 'dialogue')} {verb} the same everywhere"),)]


def _detail_lines(matrix: Matrix, row: Row) -> Iterator[Line]:
    """Yield how a row differs, once for all cells that agree."""
    yield ("place", f"{row.script}: "), ("", row.title)
    for entry in dict.fromkeys(row.entries):
        if entry.state not in ("differs", "fails"):
            continue
        names = ", ".join(matrix.where(row, entry))
        yield ("", "  "), (_STYLES[entry.state], entry.state), ("", f" on {names}")
        for note in entry.notes:
            yield from _indented(note)


def _not_run_lines(group: NotRun) -> Iterator[Line]:
    """Yield the replays that could not run, where, and why."""
    what = "nothing could run"
    if group.count is not None:
        what = f"{counted(group.count, 'replay')} could not run"
    yield (("label", what), ("", f" in {', '.join(group.cells)}"))
    yield from _indented(group.reason)


def _indented(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        yield (("", f"    {line}"),)


def _aligned(table: Iterable[Sequence[str]], numbers: Sequence[int]) -> list[str]:
    """Return a table as text; the columns in ``numbers`` are aligned right."""
    rows = list(table)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (" " * _SPACING).join(
            f"{text:>{width}}" if at in numbers else f"{text:<{width}}"
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
