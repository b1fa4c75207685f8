"""A matrix as lines of a terminal: cells, what each ovos-core changes, dialogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ovos_dialogue_kit.matrix.cells import Gap, Matrix, Row, State
from ovos_dialogue_kit.matrix.steps import Step, steps_of
from ovos_dialogue_kit.render.lines import Line

__all__ = ["counted", "matrix_lines", "title"]

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
    blocks = [
        _cell_lines(matrix),
        [line for step in steps_of(matrix.cells) for line in _step_lines(step)],
        list(_row_lines(matrix, shown)) if shown else [],
        _same_lines(len(matrix.rows) - len(shown)),
        *(list(_detail_lines(matrix, row)) for row in matrix.rows if not row.is_same),
        *(list(_gap_lines(gap)) for gap in matrix.gaps),
    ]
    lines = [line for block in blocks if block for line in (*block, ())]
    return lines[:-1]


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 dialogue``, ``2 dialogues``, ``2 replays``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def title(row: Row) -> str:
    """Return what a row is called: the dialogue, and the engine if it has one."""
    return f"{row.dialogue} [{row.engine}]" if row.engine else row.dialogue


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


def _step_lines(step: Step) -> Iterator[Line]:
    """Yield what an ovos-core changes: a line of its own, and one for each dialogue."""
    changed = counted(len(step.changes), "dialogue") if step.changes else "nothing"
    yield (("", f"ovos-core {step.older} → {step.newer}: "), ("", f"{changed} changed"))
    for change in step.changes:
        state = change.entry.state
        yield ("", f"  {change.dialogue}  "), (_STYLES[state], state)


def _row_lines(matrix: Matrix, rows: Sequence[Row]) -> Iterator[Line]:
    """Yield a line for each row, with a column for all cells that say the same."""
    columns = _columns(matrix, rows)
    width = max(len(title(row)) for row in rows)
    column = max(map(len, (*_STATES, *columns))) + _GAP
    heads = "".join(f"{head:<{column}}" for head in columns)
    yield (("quiet", " " * (width + _GAP) + heads),)
    for row in rows:
        name = f"{title(row):<{width + _GAP}}"
        states = [row.entries[at[0]].state for at in columns.values()]
        yield (
            ("", name),
            *((_STYLES[state], f"{state:<{column}}") for state in states),
        )


def _columns(matrix: Matrix, rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return which cells (from 0) share a column, by its head.

    It is their ovos-core where all cells of it say the same; else their numbers.
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
    """Yield what a row differs in; cells that say the same say it together."""
    yield ("place", f"{row.script}: "), ("", title(row))
    for entry in dict.fromkeys(row.entries):
        if entry.state not in (State.DIFFERS, State.FAILS):
            continue
        names = ", ".join(matrix.where(row, entry))
        yield ("", "  "), (_STYLES[entry.state], entry.state), ("", f" on {names}")
        for note in entry.notes:
            yield from _indented(note)


def _gap_lines(gap: Gap) -> Iterator[Line]:
    """Yield what could not run where, and why."""
    what = counted(gap.count, "replay") if gap.count else "nothing"
    verb = "could not run" if gap.count else "could run"
    yield (("label", f"{what} {verb}"), ("", f" in {', '.join(gap.cells)}"))
    yield from _indented(gap.reason)


def _indented(text: str) -> Iterator[Line]:
    for line in text.splitlines():
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
