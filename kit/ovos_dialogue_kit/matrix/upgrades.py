"""Find what each ovos-core changes for users, compared with the ones before.

All cells of one ovos-core count as one here: a replay that one of them could not run,
because an engine is missing, is taken from another. A replay is compared with that of
the ovos-core before or, if it was not replayed there, with that of the last one that
did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.matrix.cases import by_dialogue, shared_notes
from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey
from ovos_dialogue_kit.matrix.diff import explained, fails_alike

__all__ = ["Change", "ChangeKind", "Upgrade", "upgrade_words", "upgrades_of"]

ChangeKind: TypeAlias = Literal[
    "new", "gone", "can run", "no longer fails", "differs", "cannot run", "fails"
]
"""The way a dialogue changes."""

_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
"""From best to worst; a dialogue changes in the worst way of its variants."""

_Step: TypeAlias = "tuple[ChangeKind, tuple[str, ...]]"
"""The way a replay changes, and notes that say how."""


@dataclass(frozen=True, slots=True)
class Change:
    """A dialogue whose result differs; ``notes`` say how."""

    script: str
    dialogue: str
    kind: ChangeKind
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From one version of ovos-core to the next that was tried.

    ``unchanged`` is the number of dialogues that were compared and are the same,
    ``uncompared`` of those that were skipped or have nothing to be compared with.
    """

    older: str
    newer: str
    changes: tuple[Change, ...]
    unchanged: int
    uncompared: int


def upgrade_words(upgrade: Upgrade) -> str:
    """Return in words how many dialogues change: ``2 dialogues changed``."""
    if not upgrade.changes and not upgrade.unchanged:
        return "nothing was compared"
    count = len(upgrade.changes)
    words = f"{counted(count, 'dialogue') if count else 'nothing'} changed"
    if upgrade.uncompared:
        words += f", {counted(upgrade.uncompared, 'dialogue')} not compared"
    return words


def upgrades_of(cells: Sequence[Cell]) -> tuple[Upgrade, ...]:
    """Return an upgrade to each ovos-core but the first.

    Args:
        cells: oldest ovos-core first.

    """
    by_core: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.core:
            by_core.setdefault(cell.core, []).append(cell)
    merged = [_merged(core, group) for core, group in by_core.items()]
    return tuple(
        _upgrade(merged[:number], merged[number]) for number in range(1, len(merged))
    )


def _merged(core: str, cells: Sequence[Cell]) -> Cell:
    """Return one cell for all of an ovos-core, with the most telling of each replay."""
    found: dict[ReplayKey, Replayed] = {}
    for cell in cells:
        for key, replayed in cell.replays.items():
            if key not in found or _weight(replayed) > _weight(found[key]):
                found[key] = replayed
    return Cell(core, found, is_complete=any(cell.is_complete for cell in cells))


def _weight(replayed: Replayed) -> int:
    """Return how much a replay tells: a failure most, a skip least."""
    order = ("skipped", "broken", "", "failed")
    return order.index(replayed.outcome if replayed.outcome in order else "")


def _upgrade(older: Sequence[Cell], newer: Cell) -> Upgrade:
    """Return the upgrade to a cell from the last of the older ones."""
    changes: list[Change] = []
    unchanged = uncompared = 0
    for keys in by_dialogue((*newer.replays, *older[-1].replays)):
        steps = {key: _step(key, older, newer) for key in keys}
        changed = {key: step for key, step in steps.items() if step}
        if changed:
            changes.append(_change(changed, len(steps)))
        elif any(newer.has(key) and _last(key, older) for key in keys):
            unchanged += 1
        else:
            uncompared += 1
    names = older[-1].name, newer.name
    return Upgrade(*names, tuple(changes), unchanged, uncompared)


def _change(steps: Mapping[ReplayKey, _Step], variants: int) -> Change:
    """Return the change of a dialogue from those of its variants that change."""
    kind = max((kind for kind, _ in steps.values()), key=_KINDS.index)
    notes = {key: told or (kind,) for key, (kind, told) in steps.items()}
    script, dialogue, _, _ = next(iter(steps))
    return Change(script, dialogue, kind, shared_notes(notes, variants))


def _last(key: ReplayKey, older: Sequence[Cell]) -> Cell | None:
    """Return the last cell that has a replay."""
    return next((cell for cell in reversed(older) if cell.has(key)), None)


def _step(key: ReplayKey, older: Sequence[Cell], newer: Cell) -> _Step | None:
    """Return the way a replay changes, ``None`` if it is the same or not compared."""
    now, was = newer.replays.get(key), older[-1].replays.get(key)
    if now is None:
        return ("gone", ()) if newer.is_complete else None
    was_broken = was is not None and was.outcome == "broken"
    if now.outcome == "broken" and not was_broken:
        return "cannot run", (now.reason,)
    if now.transcript is None:
        return None
    last = _last(key, older)
    if now.outcome == "failed" and (last is None or was_broken):
        return "fails", (now.reason,)
    step = _compared(now, last.replays[key], last.name) if last else None
    if step and last and last is not older[-1]:
        step = step[0], (f"compared with {last.name}", *step[1])
    if not step and was_broken:
        step = "can run", ()
    elif not last and _is_new(key, older):
        step = "new", ()
    return step


def _is_new(key: ReplayKey, older: Sequence[Cell]) -> bool:
    """Return True if no older cell knows a replay, and the last one had them all."""
    return older[-1].is_complete and all(key not in cell.replays for cell in older)


def _compared(now: Replayed, was: Replayed, name: str) -> _Step | None:
    """Return the way a replay changes that both have."""
    notes = tuple(explained(now, was, name))
    if now.outcome == "failed":
        if was.outcome != "failed":
            return "fails", (now.reason,)
        if notes or not fails_alike(now, was):
            return "fails", ("it fails in a different way", now.reason)
        return None
    if was.outcome == "failed":
        return "no longer fails", notes
    return ("differs", notes) if notes else None
