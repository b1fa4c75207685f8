"""Tests of comparing cells: entries, rows, and replays that could not run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.cells import KEY, cell, entries, heard, passed

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import (
    Cell,
    Entry,
    NotRun,
    Replayed,
    Row,
    compare_cells,
)


def test_cells_stand_in_the_order_of_ovos_core() -> None:
    """Cells are sorted by ovos-core; the newest release is the reference."""
    found = compare_cells(
        [
            cell("new", "3.0.0a1"),
            cell("old", "0.0.8"),
            cell("middle", "2.10.0"),
            cell("less", "2.9.0"),
            Cell("broken", problem="no"),
        ]
    )
    assert ["old", "less", "middle", "new", "broken"] == [c.name for c in found.cells]
    assert "middle" == found.reference.name


def test_pre_releases_are_compared_where_there_is_nothing_else() -> None:
    """Among pre-releases only, the newest is the reference."""
    found = compare_cells([cell("one", "3.0.0a1"), cell("two", "3.0.0a2")])
    assert "two" == found.reference.name


def test_a_reference_must_have_run() -> None:
    """A reference that did not run is an error with the most similar name."""
    with pytest.raises(KitError) as raised:
        compare_cells([cell("core1"), Cell("core2", problem="no")], "core2")
    assert 'no cell named "core2" ran (did you mean "core1"?)' == str(raised.value)


def test_without_a_cell_that_ran_there_is_no_matrix() -> None:
    """If no cell ran, the error names the problem of each."""
    with pytest.raises(KitError) as raised:
        compare_cells([Cell("a", problem="no uv"), Cell("b")])
    assert "no cell ran\n  a: no uv\n  b: no results" == str(raised.value)
    with pytest.raises(KitError) as raised:
        compare_cells([])
    assert "no cell ran" == str(raised.value)


@pytest.mark.parametrize(
    ("replayed", "entry"),
    [
        (passed(), Entry("same")),
        (
            Replayed(KEY, "failed", "a:1:1: wrong", heard()),
            Entry("fails", ("a:1:1: wrong",)),
        ),
        (
            Replayed(KEY, "skipped", "needs more"),
            Entry("cannot run", ("needs more",)),
        ),
        (Replayed(KEY, "broken"), Entry("cannot run", ("broken",))),
        (
            Replayed(KEY, "failed", None, heard()),
            Entry("fails", ("failed",)),
        ),
        (
            Replayed(KEY, "xfailed", "known", heard(route="stop")),
            Entry(
                "differs",
                (
                    "xfail: known",
                    'turn 1, kitchen "hello": route stop, was intent',
                ),
            ),
        ),
    ],
)
def test_what_an_outcome_comes_to(replayed: Replayed, entry: Entry) -> None:
    """A replay that passes, or fails as expected, is compared; others say why not."""
    assert entry == entries(passed(), replayed)[1]


def test_what_the_reference_could_not_replay_is_the_same() -> None:
    """A replay that the reference does not have is the same."""
    adapt = (KEY[0], "loud", "", "adapt")
    missing = Replayed(adapt, "skipped", "no adapt")
    there = replace(passed(), key=adapt)
    cells = [
        Cell(name, {KEY: passed(), adapt: each})
        for name, each in (("without", missing), ("with", there))
    ]
    found = compare_cells(cells, "without")
    assert ["same", "cannot run"] == [entry.state for entry in found.rows[1].entries]


def test_an_xfail_of_the_reference_is_told() -> None:
    """The reason is shown if it is the reference that fails as expected."""
    known = Replayed(KEY, "xfailed", "known", heard(route="stop"))
    assert (
        "xfail in c0: known",
        'turn 1, kitchen "hello": route intent, was stop',
    ) == entries(known, passed())[1].notes


def test_another_fixture_is_no_comparison() -> None:
    """Replays of different fixtures differ."""
    ours, theirs = (replace(passed(), fixture=digest) for digest in ("a", "b"))
    assert ("it was replayed from a different fixture",) == entries(ours, theirs)[
        1
    ].notes
    assert "same" == entries(ours, ours)[1].state


def test_engines_share_a_row_where_they_agree() -> None:
    """Engines have rows of their own only if their results differ."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    loud = {**both, adapt: replace(passed(heard("HI")), key=adapt)}
    same = compare_cells([Cell("a", both), Cell("b", both)])
    assert [""] == [row.engine for row in same.rows]
    [one, other] = compare_cells([Cell("a", both), Cell("b", loud)], "a").rows
    assert ("padacioso", True) == (one.engine, one.is_same)
    assert ("adapt", False) == (other.engine, other.is_same)


def test_an_engine_that_a_cell_is_without_does_not_disagree() -> None:
    """A missing engine does not count as a different result."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    lacking = {**both, adapt: Replayed(adapt, "skipped", "no adapt")}
    found = compare_cells([Cell("a", both), Cell("b", lacking)], "a")
    assert [Row(*KEY[:2], "", (Entry("same"),) * 2)] == list(found.rows)
    assert (NotRun("no adapt", ("b",), 1),) == found.not_run
    assert not found.is_bad


def test_a_note_has_the_variants_that_give_it() -> None:
    """A note names its variants, unless all variants have it."""
    adapt = (*KEY[:3], "adapt")
    one, other = heard("ho", route="stop"), heard("ho")
    differs = {KEY: passed(one), adapt: replace(passed(other), key=adapt)}
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    [row] = compare_cells([Cell("a", both), Cell("b", differs)], "a").rows
    assert (
        'turn 1, kitchen "hello": replies "ho", was "hi"',
        '[padacioso] turn 1, kitchen "hello": route stop, was intent',
    ) == row.entries[1].notes


def test_a_broken_replay_is_bad_news() -> None:
    """A skill that does not load on some version is a failure, not a skip."""
    broken = Replayed(KEY, "broken", "it did not load")
    found = compare_cells([cell("a"), Cell("b", {KEY: broken})])
    assert found.is_bad
    assert (NotRun("it did not load", ("b",), 1),) == found.not_run


def test_an_ovos_core_stands_for_its_cells() -> None:
    """An ovos-core is named instead of its cells if all of them agree."""
    cells = [
        cell("a", "1.0"),
        cell("b", "2.0", transcript=heard("ho", "2.0")),
        cell("c", "2.0", transcript=heard("ho", "2.0")),
        cell("d", "3.0", transcript=heard("ho", "3.0")),
        cell("e", "3.0"),
    ]
    found = compare_cells(cells, "a")
    [row] = found.rows
    assert ("2.0", "d") == found.where(row, row.entries[1])


def test_a_dialogue_that_a_cell_does_not_know_is_absent() -> None:
    """A dialogue that a cell does not know is absent there."""
    later = (KEY[0], "later", "", "padacioso")
    more = {KEY: passed(), later: replace(passed(), key=later)}
    found = compare_cells([Cell("a", {KEY: passed()}), Cell("b", more)], "a")
    states = [[entry.state for entry in row.entries] for row in found.rows]
    assert [["same", "same"], ["-", "same"]] == states
