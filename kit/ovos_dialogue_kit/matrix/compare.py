"""Compare cells, dialogue by dialogue: entries, rows and the matrix of them.

Each replay is compared with the same one in the reference or, if the reference did not
replay it, in the nearest cell that did. Only a replay that was compared is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from packaging.version import Version

from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.matrix.baseline import Base, find_base
from ovos_dialogue_kit.matrix.cases import by_dialogue, shared_notes
from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey
from ovos_dialogue_kit.matrix.diff import explained

__all__ = ["Entry", "EntryState", "Matrix", "Row", "RowState", "compare_cells"]

EntryState: TypeAlias = Literal[
    "missing", "skipped", "only here", "same", "differs", "cannot run", "fails"
]
"""The result of a dialogue in a cell.

It has no result there (missing); it was skipped; no other cell replayed it (only here);
it was compared (same, differs); there was no assistant (cannot run); it fails.
"""

STATES: tuple[EntryState, ...] = get_args(EntryState)
"""From best to worst; a dialogue is as bad as the worst of its variants."""

RowState: TypeAlias = Literal[
    "changed", "same everywhere", "same where replayed", "only here", "not replayed"
]
"""The result of a dialogue in all cells."""

_IDLE: frozenset[EntryState] = frozenset({"missing", "skipped", "only here"})
"""States of what was not compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of a dialogue in a cell; ``notes`` say how it differs or fails.

    ``is_partial`` is True if some of its variants or turns were not compared.
    """

    state: EntryState
    notes: tuple[str, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue, with one engine or all, and an entry for each cell.

    ``bases`` are the cells that stand in for the reference where that did not replay
    the dialogue or a variant of it.
    """

    script: str
    dialogue: str
    engine: str
    entries: tuple[Entry, ...]
    bases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name of the dialogue, with the engine in brackets if the row has one."""
        return f"{self.dialogue} [{self.engine}]" if self.engine else self.dialogue

    @property
    def state(self) -> RowState:
        """The result in all cells."""
        states = {entry.state for entry in self.entries}
        if states & {"differs", "fails"}:
            return "changed"
        if "same" in states:
            partial = any(entry.is_partial for entry in self.entries)
            is_everywhere = states == {"same"} and not partial
            return "same everywhere" if is_everywhere else "same where replayed"
        return "only here" if "only here" in states else "not replayed"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells, oldest ovos-core first, and rows in the order of the reference.

    ``dialogues`` has a row for each dialogue. ``rows`` has one for each engine where
    engines disagree. ``reference`` is ``None`` if no cell ran.
    """

    cells: tuple[Cell, ...]
    reference: Cell | None
    dialogues: tuple[Row, ...]
    rows: tuple[Row, ...]

    def count(self, cell: Cell, state: EntryState) -> int:
        """Return the number of dialogues that have a state in a cell."""
        at = self.cells.index(cell)
        return sum(row.entries[at].state == state for row in self.dialogues)

    def total(self, state: RowState) -> int:
        """Return the number of dialogues that have a state in all cells."""
        return sum(row.state == state for row in self.dialogues)

    @property
    def states(self) -> tuple[EntryState, ...]:
        """The states to be counted: the usual ones, and any other that occurs."""
        found = {entry.state for row in self.dialogues for entry in row.entries}
        usual: tuple[EntryState, ...] = ("same", "differs", "fails")
        return (*usual, *(s for s in reversed(STATES) if s in found - {*usual}))

    @property
    def skills(self) -> tuple[str, ...]:
        """The ids of the skills that were loaded."""
        replays = (each for cell in self.cells for each in cell.replays.values())
        return tuple(dict.fromkeys(skill for each in replays for skill in each.skills))

    def where(self, row: Row, entry: Entry) -> tuple[str, ...]:
        """Return the names of the cells in which a row has an entry.

        The version of an ovos-core stands for all of its cells if they all have it.
        """
        has = [
            cell
            for cell, found in zip(self.cells, row.entries, strict=True)
            if found == entry
        ]
        split = {cell.core for cell in self.cells if cell not in has} | {""}
        names = (cell.name if cell.core in split else cell.core for cell in has)
        return tuple(dict.fromkeys(names))

    def marks(self, cell: Cell) -> str:
        """Return the words to be shown beside a cell, such as ``reference``."""
        words = (
            "reference" if cell is self.reference else None,
            "nothing in common" if cell in self.strangers else None,
            cell.standing,
        )
        return ", ".join(filter(None, words))

    def is_ambiguous(self, dialogue: str) -> bool:
        """Return True if several scripts have a dialogue of that name."""
        return sum(row.dialogue == dialogue for row in self.dialogues) > 1

    @property
    def strangers(self) -> tuple[Cell, ...]:
        """The cells that ran and have no replay in common with any other cell."""
        ran = [cell for cell in self.cells if cell.has_run]
        return tuple(
            cell
            for cell in ran
            if len(ran) > 1 and not any(_meet(cell, other) for other in ran)
        )

    @property
    def is_bad(self) -> bool:
        """True if a dialogue fails, a cell did not run, or one was not compared."""
        fails = any(self.count(cell, "fails") for cell in self.cells)
        broken = any(cell.is_broken for cell in self.cells)
        return fails or broken or bool(self.strangers)


def _meet(cell: Cell, other: Cell) -> bool:
    """Return True if two different cells have replayed the same dialogue."""
    common = (key for key in cell.replays if cell.has(key) and other.has(key))
    return cell is not other and any(common)


def compare_cells(cells: Sequence[Cell], reference: str | None = None) -> Matrix:
    """Compare cells, dialogue by dialogue.

    Args:
        cells: at least one, each with a name of its own.
        reference: the name of the cell that others are compared with; by default one
            with the newest ovos-core that is not a pre-release.

    Raises:
        KitError: no cell with that name ran.

    """
    ordered = tuple(sorted(cells, key=lambda cell: cell.age))
    chosen = _reference(ordered, reference)
    comparison = _Comparison(ordered, chosen)
    first = (chosen,) if chosen else ()
    groups = by_dialogue(key for cell in (*first, *ordered) for key in cell.replays)
    return Matrix(
        ordered,
        chosen,
        tuple(comparison.row(keys) for keys in groups),
        tuple(row for keys in groups for row in comparison.rows(keys)),
    )


def _reference(cells: Sequence[Cell], name: str | None) -> Cell | None:
    ran = {cell.name: cell for cell in cells if cell.has_run}
    if name is not None:
        return _chosen(ran, name)
    known = [cell for cell in ran.values() if cell.core]
    releases = [cell for cell in known if not Version(cell.core).is_prerelease]
    candidates = releases or ran.values()
    return max(candidates, key=lambda cell: Version(cell.core or "0"), default=None)


def _chosen(ran: Mapping[str, Cell], name: str) -> Cell:
    """Return the cell of a name, from those that ran."""
    if name in ran:
        return ran[name]
    several = [each for each in ran if each.endswith(f"/{name}")]
    if several:
        raise KitError(f'"{name}" could be any of several cells: {", ".join(several)}')
    raise KitError(f'no cell named "{name}" ran{near_name(name, ran)}')


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The cells to compare, oldest ovos-core first, and their reference."""

    cells: tuple[Cell, ...]
    reference: Cell | None

    def rows(self, keys: Sequence[ReplayKey]) -> list[Row]:
        """Return one row for a dialogue, or one for each engine if they disagree.

        An engine that was not compared in a cell does not disagree.
        """
        engines = list(dict.fromkeys(key[3] for key in keys))
        rows = [
            self.row([key for key in keys if key[3] == engine], engine)
            for engine in engines
        ]
        for entries in zip(*(row.entries for row in rows), strict=True):
            if len({entry.state for entry in entries} - _IDLE) > 1:
                return rows
        return [self.row(keys)]

    def row(self, keys: Sequence[ReplayKey], engine: str = "") -> Row:
        """Return the row of some variants of a dialogue."""
        bases = {key: self._base(key) for key in keys}
        judged = (
            {key: self._entry(cell, key, bases[key]) for key in keys}
            for cell in self.cells
        )
        used = (cell for base in bases.values() if base for cell in base.cells)
        matter = [key for key in keys if bases[key]]
        return Row(
            *keys[0][:2],
            engine,
            tuple(_worst(entries, matter) for entries in judged),
            tuple(dict.fromkeys(c.name for c in used if c is not self.reference)),
        )

    def _base(self, key: ReplayKey) -> Base | None:
        if self.reference is None:
            return None
        return find_base(self.cells, self.reference, key)

    def _entry(self, cell: Cell, key: ReplayKey, base: Base | None) -> Entry:
        """Return the entry of a replay, compared with the same one in its base."""
        found = cell.replays.get(key)
        if found is None or found.transcript is None or base is None:
            return _not_replayed(cell, found)
        if found.outcome == "failed":
            return Entry("fails", (found.reason,))
        if not any(each.has(key) for each in self.cells if each is not cell):
            return Entry("only here")
        notes = tuple(explained(found, base.replayed, base.cells[0].name))
        is_partial = {*found.skipped_turns} != {*base.replayed.skipped_turns}
        return Entry("differs" if notes else "same", notes, is_partial)


def _not_replayed(cell: Cell, found: Replayed | None) -> Entry:
    """Return the entry of what a cell did not replay."""
    if cell.problem is not None:
        return Entry("cannot run", (cell.problem,))
    if found is None:
        return Entry("missing")
    state: EntryState = "skipped" if found.outcome == "skipped" else "cannot run"
    return Entry(state, (found.reason,))


def _worst(entries: Mapping[ReplayKey, Entry], matter: Collection[ReplayKey]) -> Entry:
    """Return the worst entry of the variants of a dialogue, with all their notes.

    Args:
        entries: those of one cell.
        matter: the variants that some cell replayed; the others make no entry partial.

    """
    state = max((entry.state for entry in entries.values()), key=STATES.index)
    compared = [key for key, each in entries.items() if each.state not in _IDLE]
    telling = {key: entries[key].notes for key in compared or entries}
    lacking = bool(compared) and any(key not in compared for key in matter)
    is_partial = lacking or any(each.is_partial for each in entries.values())
    return Entry(state, shared_notes(telling, len(telling)), is_partial)
