"""Tests of comparing cells: the reference, entries, rows and totals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.cells import KEY, cell, entries, heard, partly, passed, turns
from support.places import ROOT

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.compare import (
    STATES,
    Entry,
    EntryState,
    Row,
    compare_cells,
)

OTHER = (KEY[0], "other", "", "padacioso")


def states(row: Row) -> tuple[EntryState, ...]:
    return tuple(entry.state for entry in row.entries)


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
    unknown = Cell("zero", {KEY: passed(replace(heard(), versions={}))})
    found = compare_cells([unknown, cell("one", "3.0.0a1"), cell("two", "3.0.0a2")])
    assert "two" == found.reference.name


def test_a_reference_must_have_run() -> None:
    """A reference that did not run is an error with the most similar name."""
    with pytest.raises(KitError) as raised:
        compare_cells([cell("core1"), Cell("core2", problem="no")], "core2")
    assert 'no cell named "core2" ran (did you mean "core1"?)' == str(raised.value)


def test_a_reference_must_be_one_cell() -> None:
    """The last part of a name will not do where several cells have it."""
    cells = [cell("old/core1"), cell("new/core1"), cell("new/core2")]
    with pytest.raises(KitError) as raised:
        compare_cells(cells, "core1")
    assert '"core1" could be any of several cells: new/core1, old/core1' == str(
        raised.value
    )


def test_cells_without_a_known_ovos_core_are_compared_last_of_all() -> None:
    """A cell that does not tell its ovos-core is the reference if no other is there."""
    unknown = Cell("b", {KEY: passed(replace(heard(), versions={}))})
    found = compare_cells([unknown, cell("a")])
    assert (["a", "b"], "a") == ([c.name for c in found.cells], found.reference.name)
    assert unknown == compare_cells([unknown]).reference


def test_without_a_cell_that_ran_there_is_no_reference() -> None:
    """If no cell ran, nothing is compared, and that is bad news."""
    skipped = Replayed(KEY, "skipped", "no engine")
    found = compare_cells([Cell("a", problem="no uv"), Cell("b", {KEY: skipped})])
    assert found.reference is None
    assert found.is_bad
    assert [Entry("skipped", ("no engine",)), Entry("cannot run", ("no uv",))] == [
        *sorted(found.rows[0].entries, key=lambda entry: entry.state, reverse=True)
    ]
    assert "not replayed" == found.rows[0].state


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
            Entry("skipped", ("needs more",)),
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


def test_what_the_reference_lacks_is_compared_with_the_nearest() -> None:
    """A replay that the reference does not have is compared with the nearest cell."""
    skipped = Replayed(KEY, "skipped", "needs less")
    cells = [
        cell("a", "1.0", transcript=heard("hi", "1.0")),
        cell("b", "1.3", transcript=heard("ho", "1.3")),
        Cell("c", {KEY: skipped, OTHER: replace(passed(heard(core="2.0")), key=OTHER)}),
    ]
    [row, other] = compare_cells(cells).rows
    assert ("differs", "same", "skipped") == states(row)
    assert (("b",), "changed") == (row.bases, row.state)
    assert ("missing", "missing", "only here") == states(other)
    assert ((), "only here") == (other.bases, other.state)


def test_of_two_equally_near_the_older_is_taken() -> None:
    """Of two neighbours of the reference, the one with the older ovos-core is taken."""
    other = replace(passed(heard(core="2.0")), key=OTHER)
    cells = [
        cell("old", "1.0", transcript=heard("hi", "1.0")),
        Cell("chosen", {OTHER: other}),
        cell("new", "3.0", transcript=heard("ho", "3.0")),
    ]
    row = compare_cells(cells, "chosen").rows[1]
    assert (("old",), ("same", "missing", "differs")) == (row.bases, states(row))


def test_a_turn_that_the_reference_skipped_is_compared_with_the_nearest() -> None:
    """Turns are compared one by one, each with the nearest cell that has it."""
    cells = [
        Cell("a", {KEY: partly("1", "2", None, core="1.0")}),
        Cell("b", {KEY: partly("one", "2", None, core="2.0")}),
        Cell("c", {KEY: partly(None, "2", None, core="3.0")}),
    ]
    [row] = compare_cells(cells).rows
    assert ("c", ("b",)) == (compare_cells(cells).reference.name, row.bases)
    assert (
        Entry("differs", ('turn 1, kitchen "say 0": replies "1", was "one"',)),
        Entry("same"),
        Entry("same", is_partial=True),
    ) == row.entries


def test_no_turn_is_taken_from_a_file_that_lacks_some() -> None:
    """Files of older versions number turns without the skipped ones."""
    second, third = turns(None, "2", "3").turns
    moved = (replace(second, index=0), replace(third, index=1))
    old = replace(passed(), transcript=replace(heard(core="2.0"), turns=moved))
    cells = [
        Cell("a", {KEY: partly("1", "2", "3", core="1.0")}),
        Cell("b", {KEY: old}),
        Cell("c", {KEY: partly(None, "2", "3", core="2.0")}),
    ]
    [row] = compare_cells(cells, "c").rows
    assert (("a",), ("same", "differs", "same")) == (row.bases, states(row))


def test_a_turn_skipped_in_some_cells_is_not_the_same_everywhere() -> None:
    """A dialogue is the same where it was replayed if a cell skipped a turn of it."""
    cells = [
        Cell("a", {KEY: partly("1", "2")}),
        Cell("b", {KEY: partly(None, "2")}),
    ]
    [row] = compare_cells(cells).rows
    assert "same where replayed" == row.state
    whole = [Cell(name, {KEY: partly(None, "2")}) for name in "ab"]
    assert "same everywhere" == compare_cells(whole).rows[0].state


def test_a_cell_alone_is_not_compared() -> None:
    """What one cell alone replayed is neither the same nor different."""
    found = compare_cells([cell("a")])
    assert ("only here",) == states(found.rows[0])
    assert not found.is_bad


def test_cells_with_nothing_in_common_are_bad_news() -> None:
    """Cells of which nothing could be compared are told, and are bad news."""
    other = Cell("b", {OTHER: replace(passed(heard(core="2.0")), key=OTHER)})
    found = compare_cells([cell("a"), other])
    assert ["a", "b"] == [each.name for each in found.strangers]
    assert ["nothing in common", "reference, nothing in common"] == [
        found.marks(each) for each in found.cells
    ]
    assert found.is_bad
    both = Cell("c", {**cell("a").replays, **other.replays})
    assert () == compare_cells([cell("a"), other, both]).strangers
    skipped = Cell("d", {**other.replays, KEY: Replayed(KEY, "skipped", "no")})
    assert 2 == len(compare_cells([cell("a"), skipped]).strangers)
    assert (
        () == compare_cells([cell("a"), cell("b"), Cell("c", problem="no")]).strangers
    )


def test_a_failure_in_one_cell_is_bad_news() -> None:
    """A dialogue that differs is none, but it has changed; so has one that fails."""
    fails = Cell("b", {KEY: Replayed(KEY, "failed", "wrong", heard())})
    differs = Cell("b", {KEY: passed(heard("ho"))})
    for other, is_bad in ((fails, True), (differs, False)):
        found = compare_cells([cell("a"), other], "a")
        assert (found.is_bad, found.rows[0].state) == (is_bad, "changed")


def test_a_cell_that_is_not_complete_is_marked() -> None:
    """Beside other words for it."""
    cut = replace(cell("a"), is_complete=False)
    found = compare_cells([cut, cell("b")], "a")
    assert ["reference, incomplete", ""] == [found.marks(each) for each in found.cells]


@pytest.mark.parametrize(("engine", "title"), [("", "polite"), ("x", "polite [x]")])
def test_the_title_of_a_row(engine: str, title: str) -> None:
    """The engine is in it if the row is that of one engine."""
    row = Row(*KEY[:2], engine, (Entry("same"), Entry("missing")))
    assert (title, "same where replayed") == (row.title, row.state)


def test_a_dialogue_is_counted_once() -> None:
    """A dialogue with a row for each engine is one dialogue, as bad as the worst."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    loud = {**both, adapt: replace(passed(heard("HI")), key=adapt)}
    found = compare_cells([Cell("a", both), Cell("b", loud)], "a")
    assert (2, 1) == (len(found.rows), len(found.dialogues))
    assert (0, 1) == (found.count(found.cells[1], "same"), found.total("changed"))


def test_a_dialogue_of_two_scripts_is_ambiguous() -> None:
    """The script is to be told where two have a dialogue of one name."""
    key = ("b.dialogue.yaml", *KEY[1:])
    found = compare_cells([Cell("a", {KEY: passed(), key: replace(passed(), key=key)})])
    assert found.is_ambiguous("polite")
    assert not compare_cells([cell("a")]).is_ambiguous("polite")


def test_only_states_that_occur_are_counted() -> None:
    """The usual states are always counted, the others where they occur."""
    assert ("same", "differs", "fails") == compare_cells([cell("a"), cell("b")]).states
    assert (
        *("same", "differs", "fails"),
        *("cannot run", "only here", "missing"),
    ) == compare_cells([cell("a"), Cell("b"), Cell("c", problem="no")]).states


def test_skills_are_named_once() -> None:
    """The skills of all replays are listed in their order."""
    cells = [cell("a", skills=("x", "y")), cell("b", skills=("y", "z"))]
    assert ("x", "y", "z") == compare_cells(cells).skills


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
    assert ("padacioso", "same everywhere") == (one.engine, one.state)
    assert ("adapt", "changed") == (other.engine, other.state)


def test_an_engine_that_a_cell_is_without_does_not_disagree() -> None:
    """A missing engine does not count as a different result."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    lacking = {**both, adapt: Replayed(adapt, "skipped", "no adapt")}
    for other in (lacking, {KEY: passed()}):
        found = compare_cells([Cell("a", both), Cell("b", other)], "a")
        assert [Row(*KEY[:2], "", (Entry("same", is_partial=True),) * 2)] == list(
            found.rows
        )
        assert "same where replayed" == found.rows[0].state
        assert not found.is_bad


def test_a_turn_that_one_engine_skips_makes_a_dialogue_partial() -> None:
    """Even if the others are compared as a whole."""
    adapt = (*KEY[:3], "adapt")
    some = replace(partly(None, "2"), key=adapt)
    both = {KEY: partly("1", "2"), adapt: replace(partly("1", "2"), key=adapt)}
    [row] = compare_cells([Cell("a", both), Cell("b", {**both, adapt: some})], "a").rows
    assert (Entry("same"), Entry("same", is_partial=True)) == row.entries


def test_an_engine_that_no_cell_has_is_no_matter() -> None:
    """What no cell replayed does not keep a dialogue from being the same everywhere."""
    adapt = (*KEY[:3], "adapt")
    lacking = {KEY: passed(), adapt: Replayed(adapt, "skipped", "no adapt")}
    [row] = compare_cells([Cell("a", lacking), Cell("b", lacking)]).rows
    assert "same everywhere" == row.state


def test_an_engine_that_does_not_start_disagrees() -> None:
    """A variant without an assistant is worse than one that is the same."""
    adapt = (*KEY[:3], "adapt")
    both = {KEY: passed(), adapt: replace(passed(), key=adapt)}
    broken = {**both, adapt: Replayed(adapt, "broken", "no import")}
    found = compare_cells([Cell("a", both), Cell("b", broken)], "a")
    assert [("same", "same"), ("only here", "cannot run")] == [
        states(row) for row in found.rows
    ]
    assert 1 == found.count(found.cells[1], "cannot run")


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
    unknown = passed(replace(heard("ho"), versions={}))
    found = compare_cells([cell("a"), Cell("b", {KEY: unknown})])
    assert ("b",) == found.where(found.rows[0], found.rows[0].entries[1])


def test_a_dialogue_that_a_cell_does_not_know_is_absent() -> None:
    """A dialogue that a cell does not know is absent there."""
    later = (KEY[0], "later", "", "padacioso")
    more = {KEY: passed(), later: replace(passed(), key=later)}
    found = compare_cells([Cell("a", {KEY: passed()}), Cell("b", more)], "a")
    states = [[entry.state for entry in row.entries] for row in found.rows]
    assert [["same", "same"], ["missing", "only here"]] == states


def test_the_page_explains_each_state() -> None:
    """Every state of a dialogue in a cell has a row in the page."""
    page = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8")
    table = page[page.index("| a dialogue in a cell is |") :].split("\n\n")[0]
    assert {*STATES} == {*re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)}
