"""Compare the results of dialogues across versions: cells, rows and entries.

A cell is one run of ``kit replay -o`` somewhere: one ovos-core on one Python. All cells
are compared with one of them, the reference (``diff`` decides what counts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from packaging.version import Version

from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.matrix.diff import differences
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.verdict.outcome import Outcome

__all__ = [
    "Cell",
    "Entry",
    "EntryState",
    "Matrix",
    "NotRun",
    "ReplayKey",
    "Replayed",
    "Row",
    "compare_cells",
    "worst",
]

ReplayKey: TypeAlias = "tuple[str, str, str, str]"
"""Script, dialogue, case and engine."""

_CORE = "ovos-core"


EntryState: TypeAlias = Literal["-", "cannot run", "same", "differs", "fails"]
"""The result of a dialogue in a cell; ``-``: it was not replayed there."""

_ORDER: tuple[EntryState, ...] = ("-", "cannot run", "same", "differs", "fails")
"""From best to worst; a dialogue is as bad as the worst of its variants."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay as ``result_json`` wrote it.

    ``why`` explains the outcome: the reason of a skip or an xfail, the error that left
    no assistant, or the mismatches in words. ``fixture`` is the digest of the bytes
    that were replayed.
    """

    key: ReplayKey
    outcome: Outcome
    why: str | None = None
    transcript: Transcript | None = None
    fixture: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: the replays of a set of installed versions.

    ``problem`` is why there are none, in the words of the command that failed.
    """

    name: str
    replays: Mapping[ReplayKey, Replayed] = field(default_factory=dict)
    problem: str | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """The installed versions of the distributions that matter."""
        found = (each.transcript for each in self.replays.values() if each.transcript)
        return next((transcript.versions for transcript in found), {})

    @property
    def core(self) -> str:
        """The version of ovos-core; empty if nothing was replayed on it."""
        return self.versions.get(_CORE, "")

    @property
    def age(self) -> tuple[bool, Version, str]:
        """The sort key: oldest ovos-core first, cells that did not run last."""
        return not self.core, Version(self.core or "0"), self.name

    @property
    def is_broken(self) -> bool:
        """True if there was no assistant for a replay that should have run."""
        broken = any(each.outcome == "broken" for each in self.replays.values())
        return self.problem is not None or broken

    def entry(self, key: ReplayKey, reference: Cell) -> Entry:
        """Return the entry of a replay, compared with the same one in a reference."""
        if self.problem is not None:
            return Entry("cannot run", (self.problem,))
        replayed = self.replays.get(key)
        if replayed is None:
            return Entry("-")
        if replayed.transcript is None:
            return Entry("cannot run", (replayed.why or replayed.outcome,))
        if replayed.outcome == "failed":
            return Entry("fails", (replayed.why or replayed.outcome,))
        found = tuple(_compared(replayed, reference.replays.get(key), reference.name))
        return Entry("differs" if found else "same", found)


def _compared(here: Replayed, there: Replayed | None, name: str) -> Iterable[str]:
    """Yield the differences of two replays, after the reasons of their xfails."""
    if there is None or there.transcript is None or here.transcript is None:
        return
    found = [*differences(here.transcript, there.transcript)]
    if here.fixture and there.fixture and here.fixture != there.fixture:
        found = ["it was replayed from a different fixture", *found]
    if found and here.why:
        yield f"xfail: {here.why}"
    if found and there.why and there.outcome != "failed" and there.why != here.why:
        yield f"xfail in {name}: {there.why}"
    yield from found


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of a dialogue in a cell; ``notes`` say how it differs or fails."""

    state: EntryState
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue, with one engine or all, and an entry for each cell."""

    script: str
    dialogue: str
    engine: str
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """The name of the dialogue, with the engine in brackets if the row has one."""
        return f"{self.dialogue} [{self.engine}]" if self.engine else self.dialogue

    @property
    def is_same(self) -> bool:
        """True if it is the same in every cell that replayed it."""
        states: set[EntryState] = {each.state for each in self.entries}
        return not states & {"differs", "fails"}


@dataclass(frozen=True, slots=True)
class NotRun:
    """Replays that could not run, in some cells and for one reason.

    ``count`` is how many there are in each of the cells, ``None`` for all.
    """

    reason: str
    cells: tuple[str, ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells, oldest ovos-core first, and rows in the order of the reference."""

    cells: tuple[Cell, ...]
    reference: Cell
    rows: tuple[Row, ...]

    def count(self, cell: Cell, state: EntryState) -> int:
        """Return the number of rows that have a state in a cell."""
        at = self.cells.index(cell)
        return sum(row.entries[at].state == state for row in self.rows)

    def where(self, row: Row, entry: Entry) -> tuple[str, ...]:
        """Return the names of the cells in which a row has an entry.

        The version of an ovos-core stands for all of its cells if they all have it.
        """
        has = [
            cell
            for cell, found in zip(self.cells, row.entries, strict=True)
            if found == entry
        ]
        split = {cell.core for cell in self.cells if cell not in has}
        names = (cell.name if cell.core in split else cell.core for cell in has)
        return tuple(dict.fromkeys(names))

    @property
    def is_bad(self) -> bool:
        """True if a dialogue fails somewhere, or a cell did not run."""
        fails = any(self.count(cell, "fails") for cell in self.cells)
        return fails or any(cell.is_broken for cell in self.cells)

    @property
    def not_run(self) -> tuple[NotRun, ...]:
        """The replays that could not run, by reason and count."""
        found: dict[tuple[str, int | None], list[str]] = {}
        for cell in self.cells:
            for reason, count in _reasons(cell).items():
                found.setdefault((reason, count), []).append(cell.name)
        return tuple(
            NotRun(reason, tuple(names), count)
            for (reason, count), names in found.items()
        )


def _reasons(cell: Cell) -> Mapping[str, int | None]:
    """Return the reasons why replays of a cell could not run, with their numbers."""
    if cell.problem is not None:
        return {cell.problem: None}
    found: Counter[str] = Counter()
    for replayed in cell.replays.values():
        if replayed.transcript is None:
            reason = replayed.why or replayed.outcome
            found[reason] += 1
    return found


def compare_cells(cells: Sequence[Cell], reference: str | None = None) -> Matrix:
    """Compare cells, dialogue by dialogue.

    Args:
        cells: at least one that ran.
        reference: the name of the cell that others are compared with; by default one
            with the newest ovos-core that is not a pre-release.

    Raises:
        KitError: no cell ran, or none has that name.

    """
    ordered = tuple(sorted(cells, key=lambda cell: cell.age))
    chosen = _reference(ordered, reference)
    keys = _keys(chosen, ordered)
    by_dialogue: dict[tuple[str, str], list[ReplayKey]] = {}
    for key in keys:
        by_dialogue.setdefault(key[:2], []).append(key)
    rows = [
        row for group in by_dialogue.values() for row in _rows(group, chosen, ordered)
    ]
    return Matrix(ordered, chosen, tuple(rows))


def _reference(cells: Sequence[Cell], name: str | None) -> Cell:
    ran = {cell.name: cell for cell in cells if cell.core}
    if name is not None and name not in ran:
        near = near_name(name, ran)
        raise KitError(f'no cell named "{name}" ran{near}')
    if not ran:
        problems = (f"{cell.name}: {cell.problem or 'no results'}" for cell in cells)
        raise KitError("no cell ran", hint="\n  ".join(problems) or None)
    if name is not None:
        return ran[name]
    releases = [cell for cell in ran.values() if not Version(cell.core).is_prerelease]
    return max(releases or ran.values(), key=lambda cell: Version(cell.core))


def _keys(reference: Cell, cells: Iterable[Cell]) -> list[ReplayKey]:
    """Return all keys, those of the reference first."""
    return list(
        dict.fromkeys(key for cell in (reference, *cells) for key in cell.replays)
    )


def _rows(
    keys: Sequence[ReplayKey], reference: Cell, cells: Sequence[Cell]
) -> list[Row]:
    """Return one row for a dialogue, or one for each engine if they disagree.

    An engine that is missing in a cell does not disagree.
    """
    engines = list(dict.fromkeys(key[3] for key in keys))
    rows = [
        _row([key for key in keys if key[3] == engine], engine, reference, cells)
        for engine in engines
    ]
    unknown: set[EntryState] = {"-", "cannot run"}
    for entries in zip(*(row.entries for row in rows), strict=True):
        if len({entry.state for entry in entries} - unknown) > 1:
            return rows
    return [_row(keys, "", reference, cells)]


def _row(
    keys: Sequence[ReplayKey], engine: str, reference: Cell, cells: Sequence[Cell]
) -> Row:
    script, dialogue, _, _ = keys[0]
    judged = ({key: cell.entry(key, reference) for key in keys} for cell in cells)
    return Row(script, dialogue, engine, tuple(worst(entries) for entries in judged))


def worst(entries: Mapping[ReplayKey, Entry]) -> Entry:
    """Return the worst entry of the variants of a dialogue, with all their notes.

    A note that not all of the variants give names its own in brackets. Variants that
    could not run count only if none could.
    """
    state = max((entry.state for entry in entries.values()), key=_ORDER.index)
    idle: EntryState = "cannot run" if state != "cannot run" else "-"
    telling = {key: each for key, each in entries.items() if each.state != idle}
    found: dict[str, list[str]] = {}
    for key, entry in telling.items():
        for note in entry.notes:
            found.setdefault(note, []).append("-".join(filter(None, key[2:])))
    return Entry(
        state,
        tuple(
            note if len(variants) == len(telling) else f"[{', '.join(variants)}] {note}"
            for note, variants in found.items()
        ),
    )
