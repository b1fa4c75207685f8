"""What each ovos-core changes for users: its cells against those of the one before.

Cells of one ovos-core count as one here; a replay that one of them could not run, for
want of an engine, is taken from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ovos_dialogue_kit.matrix.cells import Cell, Entry, Key, Replayed, State, worst

__all__ = ["Change", "Step", "steps_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """A dialogue that comes to something else; ``entry`` says what and how."""

    script: str
    dialogue: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Step:
    """One ovos-core and the next that was tried, by their versions."""

    older: str
    newer: str
    changes: tuple[Change, ...]


def steps_of(cells: Sequence[Cell]) -> tuple[Step, ...]:
    """Return a step for each ovos-core but the first.

    Args:
        cells: oldest ovos-core first.

    """
    by_core: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.core:
            by_core.setdefault(cell.core, []).append(cell)
    merged = [Cell(core, _merged(group)) for core, group in by_core.items()]
    return tuple(
        Step(older.name, newer.name, tuple(_changes(older, newer)))
        for older, newer in pairwise(merged)
    )


def _merged(cells: Iterable[Cell]) -> dict[Key, Replayed]:
    """Return the first of each replay that was heard, or that there is."""
    found: dict[Key, Replayed] = {}
    for cell in cells:
        for key, replayed in cell.replays.items():
            if key not in found or found[key].transcript is None:
                found[key] = replayed
    return found


def _changes(older: Cell, newer: Cell) -> Iterable[Change]:
    by_dialogue: dict[tuple[str, str], dict[Key, Entry]] = {}
    for key in newer.replays:
        entry = _changed(key, older, newer)
        if entry:
            by_dialogue.setdefault(key[:2], {})[key] = entry
    for (script, dialogue), entries in by_dialogue.items():
        yield Change(script, dialogue, worst(entries))


def _changed(key: Key, older: Cell, newer: Cell) -> Entry | None:
    """Return what a replay comes to now, ``None`` if it is what it was."""
    was, now = older.judge(key, older), newer.judge(key, older)
    if State.ABSENT in (was.state, now.state) or was.state == State.CANNOT:
        return None
    if was.state == State.FAILS:
        return None if now.state == State.FAILS else Entry(now.state, ("is mended",))
    is_skipped = newer.replays[key].outcome == "skipped"
    return None if now.state == State.SAME or is_skipped else now
