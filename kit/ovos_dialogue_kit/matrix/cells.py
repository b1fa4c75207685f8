"""What a dialogue comes to on different assistants: cells, rows, and what differs.

A cell is one run of ``kit replay -o`` somewhere: one ovos-core on one Python. All cells
are compared with one of them, the reference (``matrix_diff`` says by what).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from packaging.version import Version

from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.matrix.diff import differences
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = [
    "Cell",
    "Entry",
    "Gap",
    "Key",
    "Matrix",
    "Replayed",
    "Row",
    "State",
    "compare_cells",
    "worst",
]

Key: TypeAlias = "tuple[str, str, str, str]"
"""Script, dialogue, case and engine."""

_CORE = "ovos-core"


class State:
    """What an entry says; the values of ``Entry.state``."""

    ABSENT = "-"
    CANNOT = "cannot run"
    SAME = "same"
    DIFFERS = "differs"
    FAILS = "fails"


_ORDER = (State.ABSENT, State.CANNOT, State.SAME, State.DIFFERS, State.FAILS)
"""Of what several variants came to, a dialogue is what stands last."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay as ``result_json`` wrote it.

    ``outcome`` is that of ``runner.Result``. ``why`` is what was told of it: the
    reason of a skip or an xfail, the error that left no assistant, the mismatches.
    ``fixture`` is the digest of the bytes that were replayed.
    """

    key: Key
    outcome: str
    why: str | None = None
    transcript: Transcript | None = None
    fixture: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: what was replayed on which versions.

    ``problem`` is why there is nothing, in the words of whoever failed.
    """

    name: str
    replays: Mapping[Key, Replayed] = field(default_factory=dict)
    problem: str | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """The installed versions of what decides how an assistant behaves."""
        found = (each.transcript for each in self.replays.values() if each.transcript)
        return next((transcript.versions for transcript in found), {})

    @property
    def core(self) -> str:
        """The version of ovos-core; empty, if nothing was replayed on it."""
        return self.versions.get(_CORE, "")

    @property
    def age(self) -> tuple[bool, Version, str]:
        """Sorts cells by ovos-core, oldest first; those that did not run come last."""
        return not self.core, Version(self.core or "0"), self.name

    @property
    def is_broken(self) -> bool:
        """Whether there was no assistant for something that should have been run."""
        broken = any(each.outcome == "broken" for each in self.replays.values())
        return self.problem is not None or broken

    def judge(self, key: Key, reference: Cell) -> Entry:
        """Return what a replay came to, compared with the same of a reference."""
        if self.problem is not None:
            return Entry(State.CANNOT, (self.problem,))
        replayed = self.replays.get(key)
        if replayed is None:
            return Entry(State.ABSENT)
        if replayed.transcript is None:
            return Entry(State.CANNOT, (replayed.why or replayed.outcome,))
        if replayed.outcome == "failed":
            return Entry(State.FAILS, (replayed.why or replayed.outcome,))
        found = tuple(_compared(replayed, reference.replays.get(key), reference.name))
        return Entry(State.DIFFERS if found else State.SAME, found)


def _compared(here: Replayed, there: Replayed | None, name: str) -> Iterable[str]:
    """Yield how two replays differ, after the reasons of the xfails they ran into."""
    if there is None or there.transcript is None or here.transcript is None:
        return
    found = [*differences(here.transcript, there.transcript)]
    if here.fixture and there.fixture and here.fixture != there.fixture:
        found = ["it was replayed from another fixture", *found]
    if found and here.why:
        yield f"announced: {here.why}"
    if found and there.why and there.outcome != "failed" and there.why != here.why:
        yield f"announced in {name}: {there.why}"
    yield from found


@dataclass(frozen=True, slots=True)
class Entry:
    """What a dialogue came to in a cell; ``notes`` say how it differs or fails."""

    state: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue, with one engine or all, and an entry for each cell."""

    script: str
    dialogue: str
    engine: str
    entries: tuple[Entry, ...]

    @property
    def is_same(self) -> bool:
        """Whether it is the same in every cell that replayed it."""
        states = {each.state for each in self.entries}
        return not states & {State.DIFFERS, State.FAILS}


@dataclass(frozen=True, slots=True)
class Gap:
    """Why some replays of some cells could not run; ``count`` is how many of each."""

    reason: str
    cells: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells, oldest ovos-core first, and rows in the order of the reference."""

    cells: tuple[Cell, ...]
    reference: Cell
    rows: tuple[Row, ...]

    def count(self, cell: Cell, state: str) -> int:
        """Return how many rows of a cell have a state."""
        at = self.cells.index(cell)
        return sum(row.entries[at].state == state for row in self.rows)

    def where(self, row: Row, entry: Entry) -> tuple[str, ...]:
        """Return where a row has an entry, in as few names as will do.

        An ovos-core stands for all its cells, if they all have it.
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
        """Whether a dialogue fails somewhere, or a cell did not run."""
        fails = any(self.count(cell, State.FAILS) for cell in self.cells)
        return fails or any(cell.is_broken for cell in self.cells)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not run, each reason once for all cells that give it."""
        found: dict[tuple[str, int], list[str]] = {}
        for cell in self.cells:
            for reason, count in _reasons(cell).items():
                found.setdefault((reason, count), []).append(cell.name)
        return tuple(
            Gap(reason, tuple(names), count) for (reason, count), names in found.items()
        )


def _reasons(cell: Cell) -> Mapping[str, int]:
    """Return why replays of a cell could not run, and how many for each reason."""
    if cell.problem is not None:
        return {cell.problem: 0}
    found: dict[str, int] = {}
    for replayed in cell.replays.values():
        if replayed.transcript is None:
            reason = replayed.why or replayed.outcome
            found[reason] = found.get(reason, 0) + 1
    return found


def compare_cells(cells: Sequence[Cell], reference: str | None = None) -> Matrix:
    """Compare cells, dialogue by dialogue.

    Args:
        cells: at least one that ran.
        reference: the name of the cell that others are compared with; by default one
            with the newest ovos-core that is no pre-release.

    Raises:
        KitError: no cell ran, or none has that name.

    """
    ordered = tuple(sorted(cells, key=lambda cell: cell.age))
    chosen = _reference(ordered, reference)
    keys = _keys(chosen, ordered)
    by_dialogue: dict[tuple[str, str], list[Key]] = {}
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
        raise KitError(f'there is no cell "{name}" that ran{near}')
    if not ran:
        problems = (f"{cell.name}: {cell.problem or 'empty'}" for cell in cells)
        raise KitError("no cell ran", hint="\n  ".join(problems) or None)
    if name is not None:
        return ran[name]
    releases = [cell for cell in ran.values() if not Version(cell.core).is_prerelease]
    return max(releases or ran.values(), key=lambda cell: Version(cell.core))


def _keys(reference: Cell, cells: Iterable[Cell]) -> list[Key]:
    """Return all keys, those of the reference first."""
    return list(
        dict.fromkeys(key for cell in (reference, *cells) for key in cell.replays)
    )


def _rows(keys: Sequence[Key], reference: Cell, cells: Sequence[Cell]) -> list[Row]:
    """Return a row for a dialogue, or one for each engine where those disagree.

    An engine that a cell is without does not disagree.
    """
    engines = list(dict.fromkeys(key[3] for key in keys))
    rows = [
        _row([key for key in keys if key[3] == engine], engine, reference, cells)
        for engine in engines
    ]
    unknown = {State.ABSENT, State.CANNOT}
    for entries in zip(*(row.entries for row in rows), strict=True):
        if len({entry.state for entry in entries} - unknown) > 1:
            return rows
    return [_row(keys, "", reference, cells)]


def _row(
    keys: Sequence[Key], engine: str, reference: Cell, cells: Sequence[Cell]
) -> Row:
    script, dialogue, _, _ = keys[0]
    judged = ({key: cell.judge(key, reference) for key in keys} for cell in cells)
    return Row(script, dialogue, engine, tuple(worst(entries) for entries in judged))


def worst(entries: Mapping[Key, Entry]) -> Entry:
    """Return the worst of what the variants of a dialogue came to, and all notes.

    A note that not all of those variants give has theirs in brackets before it. What
    could not run says something only where nothing could.
    """
    state = max((entry.state for entry in entries.values()), key=_ORDER.index)
    idle = State.CANNOT if state != State.CANNOT else State.ABSENT
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
