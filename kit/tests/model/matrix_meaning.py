"""Say what ``kit matrix`` tells of some cells, from ``docs/matrix.md`` alone.

Nothing here is imported from the kit. A cell has results by their key (script,
dialogue, case and engine); a result has an outcome and, if it was replayed, the words
that were heard in each of its turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Key", "Results", "SomeCell", "SomeResult", "Story", "story_of"]

Key: TypeAlias = "tuple[str, str, str, str]"
Results: TypeAlias = "Mapping[Key, SomeResult]"

CORES = ("0.0.8", "1.3.1", "2.1.1", "3.0.0a1")
"""The versions of ovos-core that cells have, oldest first."""

BEST_TO_WORST = (
    *("missing", "skipped", "only here", "same"),
    *("differs", "cannot run", "fails"),
)
SMALL_TO_GREAT = (
    *("new", "gone", "can run", "no longer fails"),
    *("differs", "cannot run", "fails"),
)


@dataclass(frozen=True)
class SomeResult:
    """A result: ``heard`` has the words of each replayed turn by its index.

    ``skipped`` are the turns that the file says were skipped. ``stop`` is True for a
    crash. ``why`` is the way it fails.
    """

    outcome: str
    heard: Mapping[int, str] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    stop: bool = False
    fixture: str = "f"
    why: str = ""

    @property
    def ran(self) -> bool:
        return self.outcome not in ("skipped", "broken")


@dataclass(frozen=True)
class SomeCell:
    """A cell: ``state`` is ran, failed (it did not run) or cut (interrupted)."""

    name: str
    core: str
    results: Results
    state: str = "ran"

    def ran(self, key: Key) -> bool:
        return key in self.results and self.results[key].ran

    @property
    def has_run(self) -> bool:
        return any(map(self.ran, self.results))


@dataclass(frozen=True)
class Story:
    """What the matrix tells.

    ``states`` are those of each dialogue in each cell, ``changes`` the kind of each
    change with each ovos-core but the first, ``totals`` the dialogues by their result
    in all cells, and ``bad`` is True for exit code 1.
    """

    reference: str | None
    states: Mapping[tuple[str, str], Mapping[str, str]]
    changes: Sequence[Mapping[tuple[str, str], str]]
    totals: Mapping[str, int]
    strangers: frozenset[str]
    bad: bool


def story_of(cells: Sequence[SomeCell], against: str | None = None) -> Story:
    """Return what the matrix tells of cells, compared with the one of a name."""
    ran = sorted(
        (cell for cell in cells if cell.has_run),
        key=lambda cell: (CORES.index(cell.core), cell.name),
    )
    chosen = [cell for cell in ran if cell.name == against]
    reference = chosen[0] if chosen else _reference(ran)
    keys = {key for cell in cells for key in cell.results}
    dialogues = {key[:2] for key in keys}
    entries = {
        (cell.name, key): _entry(cell, key, ran, reference)
        for cell in cells
        for key in keys
    }
    states = {
        dialogue: {
            cell.name: _worst(
                (entries[cell.name, key] for key in keys if key[:2] == dialogue),
                BEST_TO_WORST,
            )
            for cell in cells
        }
        for dialogue in dialogues
    }
    totals = Counter(
        _total(
            states[dialogue],
            cells,
            {key for key in keys if key[:2] == dialogue},
            entries,
        )
        for dialogue in dialogues
    )
    strangers = frozenset(
        cell.name
        for cell in ran
        if len(ran) > 1
        and not any(
            cell.ran(key) and other.ran(key)
            for other in ran
            if other is not cell
            for key in keys
        )
    )
    return Story(
        reference.name if reference else None,
        states,
        _changes(ran),
        totals,
        strangers,
        bool(strangers)
        or any(_is_bad(cell) for cell in cells)
        or any("fails" in found.values() for found in states.values()),
    )


def _is_bad(cell: SomeCell) -> bool:
    broken = any(result.outcome == "broken" for result in cell.results.values())
    return not cell.has_run or cell.state != "ran" or broken


def _reference(ran: Sequence[SomeCell]) -> SomeCell | None:
    """Return the first cell of the newest ovos-core, a release if there is one."""
    releases = [cell for cell in ran if "a" not in cell.core] or ran
    newest = [cell for cell in releases if cell.core == releases[-1].core]
    return newest[0] if newest else None


def _near(key: Key, ran: Sequence[SomeCell], reference: SomeCell) -> list[SomeCell]:
    """Return the cells that replayed something: the reference, then by distance."""
    order = list(dict.fromkeys(cell.core for cell in ran))
    here = order.index(reference.core)
    found = [reference] if reference.ran(key) else []
    for distance in range(len(order)):
        for at in dict.fromkeys((here - distance, here + distance)):
            found += [
                cell
                for cell in ran
                if 0 <= at < len(order)
                and cell.core == order[at]
                and cell is not reference
                and cell.ran(key)
            ]
    return found


def _entry(
    cell: SomeCell, key: Key, ran: Sequence[SomeCell], reference: SomeCell | None
) -> str:
    if cell.state == "failed":
        return "cannot run"
    if key not in cell.results:
        return "missing"
    result = cell.results[key]
    if not result.ran:
        return "skipped" if result.outcome == "skipped" else "cannot run"
    if result.outcome == "failed":
        return "fails"
    assert reference
    near = _near(key, ran, reference)
    if near == [cell]:
        return "only here"
    return (
        "same" if _alike(result, _whole([c.results[key] for c in near])) else "differs"
    )


def _whole(results: Sequence[SomeResult]) -> SomeResult:
    """Return the first result, its skipped turns taken from the next that have them."""
    first, *others = results
    heard, skipped = dict(first.heard), set(first.skipped)
    count = len(heard.keys() | skipped)
    for other in others:
        if len(other.heard.keys() | other.skipped) != count and not other.stop:
            continue  # a file of an older version, which lacks turns
        for turn in skipped & other.heard.keys():
            heard[turn] = other.heard[turn]
            skipped.discard(turn)
    return SomeResult(
        first.outcome, heard, frozenset(skipped), first.stop, first.fixture, first.why
    )


def _alike(one: SomeResult, other: SomeResult) -> bool:
    """Return True if as many turns are there, and those of both are alike."""
    compared = (one.heard.keys() | other.heard.keys()) - one.skipped - other.skipped
    return (
        all(one.heard.get(turn) == other.heard.get(turn) for turn in compared)
        and len(one.heard.keys() | one.skipped)
        == len(other.heard.keys() | other.skipped)
        and one.stop == other.stop
        and one.fixture == other.fixture
    )


def _worst(found: Iterable[str], order: Sequence[str]) -> str:
    return max(found, key=order.index)


def _total(
    states: Mapping[str, str],
    cells: Sequence[SomeCell],
    keys: set[Key],
    entries: Mapping[tuple[str, Key], str],
) -> str:
    """Return the result of a dialogue in all cells."""
    found = set(states.values())
    if found & {"differs", "fails"}:
        return "changed"
    if "same" not in found:
        return "only here" if "only here" in found else "not replayed"
    known = {key for key in keys if any(cell.ran(key) for cell in cells)}
    heard = {
        (key, turn)
        for cell in cells
        for key in known
        if cell.ran(key)
        for turn in cell.results[key].heard
    }
    whole = all(
        states[cell.name] == "same"
        and all(entries[cell.name, key] == "same" for key in known)
        and all(turn in cell.results[key].heard for key, turn in heard)
        for cell in cells
    )
    return "same everywhere" if whole else "same where replayed"


# -- changes with each ovos-core -------------------------------------------------------


def _changes(ran: Sequence[SomeCell]) -> list[Mapping[tuple[str, str], str]]:
    order = list(dict.fromkeys(cell.core for cell in ran))
    merged = [_merged([cell for cell in ran if cell.core == core]) for core in order]
    found = []
    for number in range(1, len(merged)):
        older, newer = merged[:number], merged[number]
        steps: dict[tuple[str, str], list[str]] = {}
        for key in newer.results.keys() | older[-1].results.keys():
            step = _step(key, older, newer)
            if step:
                steps.setdefault(key[:2], []).append(step)
        found.append(
            {name: _worst(kinds, SMALL_TO_GREAT) for name, kinds in steps.items()}
        )
    return found


def _merged(cells: Sequence[SomeCell]) -> SomeCell:
    """Return all cells of one ovos-core as one."""
    results: dict[Key, SomeResult] = {}
    for telling in (
        lambda result: result.outcome == "failed",
        lambda result: result.ran,
        lambda result: result.outcome == "broken",
        lambda _: True,
    ):
        for cell in cells:
            for key, result in cell.results.items():
                if telling(result):
                    results.setdefault(key, result)
    whole = any(cell.state == "ran" for cell in cells)
    return SomeCell("", cells[0].core, results, "ran" if whole else "cut")


def _step(  # noqa: PLR0911  # a cell of the table each
    key: Key, older: Sequence[SomeCell], newer: SomeCell
) -> str | None:
    """Return the row and the column of the table, with the last that replayed it."""
    was, now = older[-1].results.get(key), newer.results.get(key)
    if now is None:
        return "gone" if newer.state == "ran" else None
    was_broken = was is not None and was.outcome == "broken"
    if now.outcome == "skipped":
        return None
    if now.outcome == "broken":
        return None if was_broken else "cannot run"
    before = [cell.results[key] for cell in older if cell.ran(key)]
    last = before[-1] if before else None
    if now.outcome == "failed":
        is_same = (
            last is not None
            and last.outcome == "failed"
            and _alike(now, last)
            and last.why == now.why
        )
        return None if is_same and not was_broken else "fails"
    if last is None:
        if was_broken:
            return "can run"
        known = any(key in cell.results for cell in older)
        return None if known or older[-1].state != "ran" else "new"
    if last.outcome == "failed":
        return "no longer fails"
    if not _alike(now, last):
        return "differs"
    return "can run" if was_broken else None
