"""Tests of the changes with each ovos-core."""

from __future__ import annotations

import pytest
from support.cells import KEY, cell, heard, passed

from ovos_dialogue_kit.matrix.cells import (
    Cell,
    Entry,
    Replayed,
)
from ovos_dialogue_kit.matrix.upgrades import Change, Upgrade, upgrades_of


def upgrade(was: Replayed, now: Replayed) -> Upgrade:
    """Return the upgrade from one ovos-core to the next."""
    kinds = (("1.0", was), ("2.0", now))
    cells = []
    for core, replayed in kinds:
        key = (KEY[0], "other", "", "padacioso")  # so that each has its versions
        other = Replayed(key, "passed", None, heard(core=core))
        cells.append(Cell(core, {key: other, replayed.key: replayed}))
    [found] = upgrades_of(cells)
    return found


@pytest.mark.parametrize(
    ("was", "now", "entry"),
    [
        (passed(), passed(), None),
        (
            passed(),
            passed(heard("ho")),
            Entry("differs", ('turn 1, kitchen "hello": replies "ho", was "hi"',)),
        ),
        (
            passed(),
            Replayed(KEY, "failed", "wrong", heard()),
            Entry("fails", ("wrong",)),
        ),
        (
            Replayed(KEY, "failed", "wrong", heard()),
            passed(),
            Entry("same", ("no longer fails",)),
        ),
        (
            Replayed(KEY, "failed", "wrong", heard()),
            Replayed(KEY, "failed", "wrong", heard()),
            None,
        ),
        (
            passed(),
            Replayed(KEY, "broken", "no import"),
            Entry("cannot run", ("no import",)),
        ),
        (passed(), Replayed(KEY, "skipped", "no engine"), None),
        (Replayed(KEY, "skipped", "no engine"), passed(), None),
    ],
)
def test_what_an_ovos_core_changes(
    was: Replayed, now: Replayed, entry: Entry | None
) -> None:
    """A dialogue is changed if its result differs from the ovos-core before."""
    changes = (Change(*KEY[:2], entry),) if entry else ()
    assert Upgrade("1.0", "2.0", changes) == upgrade(was, now)


def test_cells_of_one_ovos_core_are_one() -> None:
    """A replay that one cell could not run is taken from another."""
    skipped = Replayed(KEY, "skipped", "no engine")
    other = (KEY[0], "other", "", "padacioso")
    lacking = {KEY: skipped, other: Replayed(other, "passed", None, heard(core="2.0"))}
    cells = [
        cell("a", "1.0"),
        Cell("b", lacking),
        cell("c", "2.0", transcript=heard("ho", "2.0")),
        Cell("d", problem="no solution"),
    ]
    [found] = upgrades_of(cells)
    assert ("1.0", "2.0") == (found.older, found.newer)
    assert ["polite"] == [change.dialogue for change in found.changes]
