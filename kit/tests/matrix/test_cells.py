"""Tests of a cell: its age, and the word for how it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.cells import KEY, cell, passed

from ovos_dialogue_kit.matrix.cells import Cell, Replayed

SKIPPED = Replayed(KEY, "skipped", "no engine")
BROKEN = Replayed(KEY, "broken", "no import")


@pytest.mark.parametrize(
    ("found", "word", "is_broken"),
    [
        (cell("a"), None, False),
        (Cell("a", problem="no uv"), "did not run", True),
        (Cell("a"), "no results", True),
        (Cell("a", {KEY: SKIPPED}), "only skips", True),
        (Cell("a", {KEY: BROKEN}), "did not boot", True),
        (replace(cell("a"), trouble="stopped", is_complete=False), "incomplete", True),
        (Cell("a", trouble="stopped", is_complete=False), "incomplete", True),
        (replace(cell("a"), trouble="exit code 1"), "a command failed", True),
    ],
)
def test_a_cell_that_is_not_whole_has_a_word_for_it(
    found: Cell, word: str | None, *, is_broken: bool
) -> None:
    """A cell that did not run, or not all, is named as that and is bad news."""
    assert (word, is_broken) == (found.standing, found.is_broken)


def test_a_cell_has_what_it_replayed() -> None:
    """A skip is no replay, and has no turns and no ovos-core."""
    assert cell("a").has(KEY)
    assert not Cell("a", {KEY: SKIPPED}).has(KEY)
    assert not Cell("a").has(KEY)
    assert ("", ()) == (SKIPPED.core, SKIPPED.turns)
    assert "1.0" == passed().core
