"""What a dialogue comes to on different assistants: cells, rows, and what differs.

A cell is one run of ``kit replay -o`` somewhere: one ovos-core on one Python. All cells
are compared with one of them, the reference, by what each session said and heard and
where its words went; times, ids and the state of sessions are no matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from packaging.version import Version

from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.script import Json
from ovos_dialogue_kit.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.words import flow, quoted

__all__ = ["Cell", "Entry", "Matrix", "Replayed", "Row", "State", "compare_cells"]

Key: TypeAlias = "tuple[str, str, str, str]"
"""Script, dialogue, case and engine."""

_CORE = "ovos-core"
_NOTHING = "(none)"


class State:
    """What an entry says; the values of ``Entry.state``, the worst one last."""

    ABSENT = "-"
    SAME = "same"
    DIFFERS = "differs"
    CANNOT = "cannot run"
    FAILS = "fails"


_ORDER = (State.ABSENT, State.SAME, State.DIFFERS, State.CANNOT, State.FAILS)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay as ``result_json`` wrote it.

    ``outcome`` is that of ``runner.Result``. ``why`` is what was told of it: the
    reason of a skip or an xfail, the error that left no assistant, the mismatches.
    """

    key: Key
    outcome: str
    why: str | None = None
    transcript: Transcript | None = None


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
    def age(self) -> tuple[bool, Version, str]:
        """Sorts cells by ovos-core, oldest first; those that did not run come last."""
        return not self.versions, Version(self.versions.get(_CORE, "0")), self.name


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
        return all(each.state in (State.SAME, State.ABSENT) for each in self.entries)


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
    ran = {cell.name: cell for cell in cells if cell.versions}
    if name is not None and name not in ran:
        near = near_name(name, ran)
        raise KitError(f'there is no cell "{name}" that ran{near}')
    if not ran:
        problems = (f"{cell.name}: {cell.problem or 'empty'}" for cell in cells)
        raise KitError("no cell ran", hint="\n  ".join(problems) or None)
    if name is not None:
        return ran[name]
    releases = [
        cell for cell in ran.values() if not Version(cell.versions[_CORE]).is_prerelease
    ]
    return max(releases or ran.values(), key=lambda cell: Version(cell.versions[_CORE]))


def _keys(reference: Cell, cells: Iterable[Cell]) -> list[Key]:
    """Return all keys, those of the reference first."""
    return list(
        dict.fromkeys(key for cell in (reference, *cells) for key in cell.replays)
    )


def _rows(keys: Sequence[Key], reference: Cell, cells: Sequence[Cell]) -> list[Row]:
    """Return a row for a dialogue, or one for each engine where those disagree."""
    script, dialogue, _, _ = keys[0]
    engines = list(dict.fromkeys(key[3] for key in keys))
    rows = [
        _row(
            script,
            dialogue,
            engine,
            [key for key in keys if key[3] == engine],
            reference,
            cells,
        )
        for engine in engines
    ]
    states = {tuple(entry.state for entry in row.entries) for row in rows}
    if len(states) > 1:
        return rows
    return [_row(script, dialogue, "", keys, reference, cells)]


def _row(  # noqa: PLR0913, PLR0917  # plain facts
    script: str,
    dialogue: str,
    engine: str,
    keys: Sequence[Key],
    reference: Cell,
    cells: Sequence[Cell],
) -> Row:
    entries = (_entry(keys, cell, reference) for cell in cells)
    return Row(script, dialogue, engine, tuple(entries))


def _entry(keys: Sequence[Key], cell: Cell, reference: Cell) -> Entry:
    """Return the worst of what the variants of a dialogue came to, and all notes."""
    if cell.problem is not None:
        return Entry(State.CANNOT, (cell.problem,))
    found = [_judge(key, cell, reference) for key in keys]
    worst = max((entry.state for entry in found), key=_ORDER.index)
    notes = [
        _named(key, note)
        for key, entry in zip(keys, found, strict=True)
        for note in entry.notes
    ]
    return Entry(worst, tuple(dict.fromkeys(notes)))


def _named(key: Key, note: str) -> str:
    variant = "-".join(filter(None, key[2:]))
    return f"[{variant}] {note}"


def _judge(key: Key, cell: Cell, reference: Cell) -> Entry:
    replayed = cell.replays.get(key)
    if replayed is None:
        return Entry(State.ABSENT)
    if replayed.transcript is None:
        return Entry(State.CANNOT, (replayed.why or replayed.outcome,))
    if replayed.outcome in ("failed", "broken"):
        return Entry(State.FAILS, (replayed.why or replayed.outcome,))
    other = reference.replays.get(key)
    if other is None or other.transcript is None:
        return Entry(State.SAME)
    differences = tuple(_differences(replayed.transcript, other.transcript))
    if not differences:
        return Entry(State.SAME)
    reason = (f"announced: {replayed.why}",) if replayed.why else ()
    return Entry(State.DIFFERS, (*reason, *differences))


def _differences(here: Transcript, there: Transcript) -> Iterator[str]:
    """Yield what one transcript has that another has not, in words."""
    turns = {turn.index: turn for turn in there.turns}
    for turn in here.turns:
        other = turns.get(turn.index)
        if other is not None:
            yield from _turn_differences(turn, other)
    yield from _change("", "turns", len(here.turns), len(there.turns))
    yield from _change("", "strays", _texts(here.strays), _texts(there.strays))
    crashes = [each.crash.detail if each.crash else None for each in (here, there)]
    yield from _change("", "crash", *crashes)


def _turn_differences(turn: TurnTranscript, other: TurnTranscript) -> Iterator[str]:
    where = f"turn {turn.index + 1}, {turn.session} {quoted(turn.said)}: "
    ours, theirs = _facts(turn), _facts(other)
    for name, value in ours.items():
        yield from _change(where, name, value, theirs[name])


def _facts(turn: TurnTranscript) -> dict[str, Json]:
    """Return what of a turn is compared, by the names that scripts use."""
    kinds: list[Json] = [*sorted({fault.kind for fault in turn.faults})]
    return {
        "replies": _texts(turn.replies),
        "dialogs": [reply.dialog for reply in turn.replies],
        "asks": [reply.asks for reply in turn.replies],
        "route": turn.route,
        "intent": turn.intent,
        "skill": turn.skill,
        "slots": dict(turn.slots),
        "faults": kinds,
    }


def _texts(replies: Iterable[Reply]) -> list[Json]:
    """Return what was spoken; how a version spaces it is no matter."""
    return [" ".join(reply.text.split()) for reply in replies]


def _change(where: str, name: str, here: Json, there: Json) -> Iterator[str]:
    if here != there:
        yield f"{where}{name} {_shown(here)}, was {_shown(there)}"


def _shown(value: Json) -> str:
    if value is None or value in ([], {}):
        return _NOTHING
    if isinstance(value, list):
        return ", ".join(quoted(str(each)) for each in value)
    return flow(value)
