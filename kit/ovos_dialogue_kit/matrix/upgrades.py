"""Find what each ovos-core changes for users, compared with the one before.

All cells of one ovos-core count as one here; a replay that one of them could not run,
because an engine is missing, is taken from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ovos_dialogue_kit.matrix.cells import (
    Cell,
    Entry,
    Replayed,
    ReplayKey,
    worst,
)

__all__ = ["Change", "Upgrade", "upgrades_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """A dialogue whose result differs; ``entry`` says how."""

    script: str
    dialogue: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From one version of ovos-core to the next that was tried."""

    older: str
    newer: str
    changes: tuple[Change, ...]


def upgrades_of(cells: Sequence[Cell]) -> tuple[Upgrade, ...]:
    """Return an upgrade to each ovos-core but the first.

    Args:
        cells: oldest ovos-core first.

    """
    by_core: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.core:
            by_core.setdefault(cell.core, []).append(cell)
    merged = [Cell(core, _merged(group)) for core, group in by_core.items()]
    return tuple(
        Upgrade(older.name, newer.name, tuple(_changes(older, newer)))
        for older, newer in pairwise(merged)
    )


def _merged(cells: Iterable[Cell]) -> dict[ReplayKey, Replayed]:
    """Return the first of each replay that has a transcript, or the first of all."""
    found: dict[ReplayKey, Replayed] = {}
    for cell in cells:
        for key, replayed in cell.replays.items():
            if key not in found or found[key].transcript is None:
                found[key] = replayed
    return found


def _changes(older: Cell, newer: Cell) -> Iterable[Change]:
    by_dialogue: dict[tuple[str, str], dict[ReplayKey, Entry]] = {}
    for key in newer.replays:
        entry = _changed(key, older, newer)
        if entry:
            by_dialogue.setdefault(key[:2], {})[key] = entry
    for (script, dialogue), entries in by_dialogue.items():
        yield Change(script, dialogue, worst(entries))


def _changed(key: ReplayKey, older: Cell, newer: Cell) -> Entry | None:
    """Return the new entry of a replay, ``None`` if it is unchanged."""
    was, now = older.entry(key, older), newer.entry(key, older)
    if "-" in (was.state, now.state) or was.state == "cannot run":
        return None
    if was.state == "fails":
        return None if now.state == "fails" else Entry(now.state, ("no longer fails",))
    is_skipped = newer.replays[key].outcome == "skipped"
    return None if now.state == "same" or is_skipped else now
