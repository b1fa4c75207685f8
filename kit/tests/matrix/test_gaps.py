"""Tests of what a matrix did not compare."""

from __future__ import annotations

from dataclasses import replace

from support.cells import KEY, cell, heard, partly, passed

from ovos_dialogue_kit.matrix.cells import Cell, Replayed, ReplayKey
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.gaps import Gap, gaps_of

LATER = (KEY[0], "later", "", "padacioso")
ADAPT = (*KEY[:3], "adapt")


def gaps(*cells: Cell) -> tuple[Gap, ...]:
    return gaps_of(compare_cells(cells))


def replays(*keys: ReplayKey) -> dict[ReplayKey, Replayed]:
    return {key: replace(passed(), key=key) for key in keys}


def test_where_all_was_compared_there_is_no_gap() -> None:
    """Cells with the same dialogues have no gap."""
    assert () == gaps(cell("a"), cell("b"))


def test_what_is_missing_is_named() -> None:
    """A dialogue or a variant that other cells have is missing, not skipped."""
    whole = Cell("a", replays(KEY, ADAPT, LATER))
    lines = ("a.dialogue.yaml: polite [adapt]", "a.dialogue.yaml: later")
    assert (Gap("missing", ("b", "c"), lines),) == gaps(whole, cell("b"), cell("c"))


def test_an_interrupted_cell_lacks_nothing() -> None:
    """Of an interrupted run it is told that it was, not what it lacks."""
    whole = Cell("a", replays(KEY, LATER))
    cut = Cell("b", replays(KEY), None, "interrupted", is_complete=False)
    gap = Gap("something went wrong", ("b",), ("interrupted",))
    assert (gap,) == gaps(whole, cut)


def test_cells_that_did_not_run_are_told() -> None:
    """A cell without results and one that did not start are different."""
    skipped = Replayed(KEY, "skipped", "no engine")
    cells = (Cell("b"), Cell("c", {KEY: skipped}), Cell("d", problem="no\nuv"))
    assert (
        Gap("nothing was replayed", ("b", "c"), ()),
        Gap("1 replay skipped", ("c",), ("no engine",)),
        Gap("nothing could run", ("d",), ("no", "uv")),
    ) == gaps(cell("a"), *cells)


def test_replays_are_told_by_reason() -> None:
    """Replays and turns that were not replayed are counted by reason."""
    found = {
        KEY: partly(None, None, "3"),
        ADAPT: Replayed(ADAPT, "broken", "no import"),
        LATER: Replayed(LATER, "broken", "no import"),
    }
    told = gaps(Cell("a", {KEY: partly("1", "2", "3")}), Cell("b", found))
    assert (
        Gap("missing", ("a",), (f"{KEY[0]}: polite [adapt]", f"{KEY[0]}: later")),
        Gap("2 turns skipped", ("b",), ("not now",)),
        Gap("2 replays could not run", ("b",), ("no import",)),
    ) == told


def test_cells_with_nothing_in_common_are_told() -> None:
    """A cell of which nothing could be compared says so."""
    other = Cell("b", {LATER: replace(passed(heard(core="2.0")), key=LATER)})
    words = ("no other cell replayed the same dialogues",)
    assert Gap("nothing was compared", ("a", "b"), words) == gaps(cell("a"), other)[0]
