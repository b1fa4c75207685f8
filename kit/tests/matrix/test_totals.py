"""Tests of the totals of a matrix in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from support.cells import KEY, cell, passed

from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.totals import dates, heading, total_sentences


def test_the_heading_tells_what_was_compared() -> None:
    """The heading has the skills, and the numbers of dialogues, replays and cells."""
    skipped = Cell("b", {KEY: Replayed(KEY, "skipped", "no engine")})
    found = compare_cells([cell("a", skills=("a.skill", "b.skill")), skipped])
    assert "a.skill, b.skill: 1 dialogue, 1 replay in 2 cells" == heading(found)
    assert "1 dialogue, 2 replays in 2 cells" == heading(
        compare_cells([cell("a"), cell("b")])
    )


def test_the_dates_are_those_of_the_files() -> None:
    """The first and the last day are told, one day once."""
    days = [datetime(2026, 1, day, 23, 59, tzinfo=timezone.utc) for day in (5, 7)]
    cells = [
        replace(cell(name), written=day) for name, day in zip("ba", days, strict=True)
    ]
    assert "2026-01-05 to 2026-01-07" == dates(compare_cells(cells))
    assert "2026-01-05" == dates(compare_cells([cells[0], cell("c")]))
    assert "" == dates(compare_cells([cell("a")]))


def test_each_result_has_its_sentence() -> None:
    """Dialogues are counted by their result in all cells."""
    one, two, lone, never, *_ = [(KEY[0], name, "", "x") for name in "abcde"]
    skipped = {never: Replayed(never, "skipped", "no")}
    first = {key: replace(passed(), key=key) for key in (one, two, lone)}
    second = {one: first[one], two: Replayed(two, "skipped", "no")}
    third = {one: first[one], two: first[two]}
    found = compare_cells(
        [Cell("a", first | skipped), Cell("b", second), Cell("c", third)]
    )
    assert [
        "1 dialogue is the same in all cells that replayed it",
        "1 dialogue was replayed in one cell only: there is nothing to compare it with",
        "1 dialogue was not replayed in any cell",
    ] == [
        sentence for sentence in total_sentences(found) if "everywhere" not in sentence
    ]
    assert "1 dialogue is the same everywhere" in [*total_sentences(found)]
