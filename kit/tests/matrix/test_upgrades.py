"""Tests of the changes with each ovos-core."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.cells import KEY, cell, heard, passed
from support.places import ROOT

from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.upgrades import (
    Change,
    ChangeKind,
    Upgrade,
    upgrade_words,
    upgrades_of,
)

OTHER = (KEY[0], "other", "", "padacioso")
FAILED = Replayed(KEY, "failed", "wrong", heard())
BROKEN = Replayed(KEY, "broken", "no import")
SKIPPED = Replayed(KEY, "skipped", "no engine")
LOUD = passed(heard("ho"))
LOUDER = 'turn 1, kitchen "hello": replies "ho", was "hi"'


def steps(*replays: Replayed | None) -> tuple[Upgrade, ...]:
    """Return the upgrades between ovos-core 1.0, 2.0 and so on, with a replay each."""
    cells = []
    for number, replayed in enumerate(replays, start=1):
        core = f"{number}.0"
        other = Replayed(OTHER, "passed", None, heard(core=core))  # for the version
        found = {KEY: replayed} if replayed else {}
        cells.append(Cell(core, {OTHER: other, **found}))
    return upgrades_of(cells)


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (passed(), passed(), None),
        (passed(), LOUD, ("differs", (LOUDER,))),
        (passed(), FAILED, ("fails", ("wrong",))),
        (passed(), BROKEN, ("cannot run", ("no import",))),
        (passed(), SKIPPED, None),
        (passed(), None, ("gone", ("gone",))),
        (FAILED, passed(), ("no longer fails", ("no longer fails",))),
        (FAILED, LOUD, ("no longer fails", (LOUDER,))),
        (FAILED, FAILED, None),
        (
            FAILED,
            replace(FAILED, why="wrong, too"),
            ("fails", ("it fails in a different way", "wrong, too")),
        ),
        (
            FAILED,
            replace(FAILED, transcript=heard("ho")),
            ("fails", ("it fails in a different way", "wrong")),
        ),
        (FAILED, SKIPPED, None),
        (FAILED, BROKEN, ("cannot run", ("no import",))),
        (BROKEN, BROKEN, None),
        (BROKEN, passed(), ("can run", ("can run",))),
        (BROKEN, FAILED, ("fails", ("wrong",))),
        (BROKEN, SKIPPED, None),
        (SKIPPED, passed(), None),
        (SKIPPED, FAILED, ("fails", ("wrong",))),
        (SKIPPED, BROKEN, ("cannot run", ("no import",))),
        (SKIPPED, None, ("gone", ("gone",))),
        (None, passed(), ("new", ("new",))),
        (None, FAILED, ("fails", ("wrong",))),
        (None, SKIPPED, None),
    ],
)
def test_what_an_ovos_core_changes(
    was: Replayed | None,
    now: Replayed | None,
    change: tuple[ChangeKind, tuple[str, ...]] | None,
) -> None:
    """A dialogue is changed if its result differs from the ovos-core before."""
    [found] = steps(was, now)
    assert ((Change(*KEY[:2], *change),) if change else ()) == found.changes


def test_what_was_skipped_is_compared_with_an_older_ovos_core() -> None:
    """A dialogue is compared with the last ovos-core that replayed it."""
    skipped, changed = steps(passed(), SKIPPED, LOUD)
    assert ((), 1, 1) == (skipped.changes, skipped.unchanged, skipped.uncompared)
    assert (Change(*KEY[:2], "differs", ("compared with 1.0", LOUDER)),) == (
        changed.changes
    )
    assert () == steps(passed(), SKIPPED, passed())[1].changes
    assert ("compared with 1.0", "it fails in a different way", "wrong, too") == (
        steps(FAILED, None, replace(FAILED, why="wrong, too"))[1].changes[0].notes
    )


def test_what_was_broken_in_between_can_run_again() -> None:
    """A dialogue that is as it was before it could not run can run again."""
    assert "can run" == steps(passed(), BROKEN, passed())[1].changes[0].kind
    assert "differs" == steps(passed(), BROKEN, LOUD)[1].changes[0].kind
    assert "fails" == steps(FAILED, BROKEN, FAILED)[1].changes[0].kind


def test_an_interrupted_run_makes_nothing_new_or_gone() -> None:
    """What a run did not come to is neither gone, nor new afterwards."""
    there = {OTHER: replace(passed(heard(core="2.0")), key=OTHER)}
    cut = Cell("b", there, None, "interrupted", is_complete=False)
    [gone] = upgrades_of([cell("a", "1.0"), cut])
    assert ["new"] == [change.kind for change in gone.changes]
    both = Cell("c", {**there, **cell("c", "2.0").replays})
    [new] = upgrades_of([replace(cut, replays={OTHER: passed()}), both])
    assert () == new.changes
    assert "nothing changed, 1 dialogue not compared" == upgrade_words(new)


def test_a_dialogue_changes_as_its_worst_variant() -> None:
    """Notes name the variants that changed, unless all did."""
    adapt = (*KEY[:3], "adapt")
    was = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    now = {
        KEY: passed(heard("ho", core="2.0")),
        adapt: Replayed(adapt, "broken", "no import"),
    }
    [found] = upgrades_of([Cell("a", was), Cell("b", now)])
    notes = (f"[padacioso] {LOUDER}", "[adapt] no import")
    assert (Change(*KEY[:2], "cannot run", notes),) == found.changes
    [gone] = upgrades_of([Cell("a", was), cell("b", "2.0")])
    assert (Change(*KEY[:2], "gone", ("[adapt] gone",)),) == gone.changes


@pytest.mark.parametrize(
    ("upgrade", "words"),
    [
        (Upgrade("1", "2", (), 1, 0), "nothing changed"),
        (Upgrade("1", "2", (), 1, 2), "nothing changed, 2 dialogues not compared"),
        (Upgrade("1", "2", (), 0, 2), "nothing was compared"),
        (Upgrade("1", "2", (Change("a", "b", "new"),), 0, 0), "1 dialogue changed"),
    ],
)
def test_an_upgrade_in_words(upgrade: Upgrade, words: str) -> None:
    """Nothing has changed only if something was compared."""
    assert words == upgrade_words(upgrade)


def test_cells_of_one_ovos_core_are_one() -> None:
    """A replay that one cell could not run is taken from another."""
    lacking = Cell("b", {KEY: SKIPPED, OTHER: passed(heard(core="2.0"))})
    cells = [
        Cell("a", {KEY: passed(), OTHER: passed()}),
        lacking,
        cell("c", "2.0", transcript=heard("ho", "2.0")),
        Cell("d", problem="no solution"),
    ]
    [found] = upgrades_of(cells)
    assert ("1.0", "2.0") == (found.older, found.newer)
    assert ["polite"] == [change.dialogue for change in found.changes]


def test_a_failure_in_one_cell_is_one_of_its_ovos_core() -> None:
    """Of the cells of one ovos-core, the one in which a dialogue fails counts."""
    failed = replace(FAILED, transcript=heard(core="2.0"))
    broken = Cell(
        "d", {KEY: BROKEN, OTHER: replace(passed(heard(core="2.0")), key=OTHER)}
    )
    cells = [cell("a", "1.0"), cell("b", "2.0"), Cell("c", {KEY: failed}), broken]
    for order in (cells, [cells[0], *reversed(cells[1:])]):
        [found] = upgrades_of(order)
        assert ["fails", "new"] == sorted(change.kind for change in found.changes)


_COLUMNS: dict[str, Replayed | None] = {
    "passed": passed(),
    "passed, different words": LOUD,
    "failed": FAILED,
    "failed, different words": replace(FAILED, transcript=heard("ho")),
    "broken": BROKEN,
    "skipped": SKIPPED,
    "missing": None,
}


def test_the_page_has_the_table_of_changes() -> None:
    """Each row of the page's table is what the kit tells."""
    page = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8")
    table = page[page.index("| before \\ now |") :].split("\n\n")[0].splitlines()
    assert [*_COLUMNS] == [each.strip() for each in table[0].split("|")[2:-1]]
    for row in table[2:]:
        before, *told = [each.strip() for each in row.split("|")[1:-1]]
        for kind, now in zip(told, _COLUMNS.values(), strict=True):
            [found] = steps(_COLUMNS[before], now)
            assert kind == "".join(change.kind for change in found.changes), before
