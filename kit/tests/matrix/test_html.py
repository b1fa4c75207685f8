"""Tests of a matrix as a page."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from support.cells import KEY, cell, example, heard, passed

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.html import matrix_page


def test_a_page_has_all_there_is() -> None:
    """A page has each state and each note, and loads nothing from elsewhere."""
    text = matrix_page(example())
    assert '<a href="#row1">differs</a>' in text
    assert "a:1:1: wrong\n  expected  1" in text
    assert "turn 1, kitchen &#34;hello&#34;: replies" in text
    assert "http" not in text
    assert "<p>Replayed 2026-01-05.</p>" in text
    assert "<h1>2 dialogues, 5 replays in 3 cells</h1>" in text
    assert "<li>2 dialogues with a different result somewhere</li>" in text
    assert "did not run" in text
    assert text == matrix_page(example())


def test_a_page_of_one_cell_has_no_differences() -> None:
    """A page without differences has no list of them."""
    assert "<h2>Differences</h2>" not in matrix_page(compare_cells([cell("only")]))


def test_a_page_tells_what_stands_in_for_the_reference() -> None:
    """Gaps, changes and the cells that stand in for the reference are there."""
    skipped = Replayed(KEY, "skipped", "needs less")
    later = (KEY[0], "later", "", "padacioso")
    there = {later: replace(passed(heard(core="3.0")), key=later)}
    cells = [
        cell("a", "1.0"),
        cell("b", "2.0", transcript=heard("ho", "2.0")),
        Cell("c", {KEY: skipped, **there}),
    ]
    text = matrix_page(compare_cells(cells))
    assert "<p>compared with b</p>" in text
    assert '<b class="new">new</b>\nlater' in text
    assert "<pre>needs less</pre>" in text


def test_a_page_of_cells_that_did_not_run_has_no_reference() -> None:
    """Without a cell that ran, nothing is compared."""
    text = matrix_page(compare_cells([Cell("a", problem="no uv")]))
    assert "Each result is compared" not in text
    assert "<h1>0 dialogues, 0 replays in 1 cell</h1>" in text


def test_a_page_shows_control_characters_as_escapes() -> None:
    """Nothing in a page turns the direction of its words."""
    key = ("a", "b\u202e<i>\x00", "", "d")
    text = matrix_page(compare_cells([Cell("a", {key: replace(passed(), key=key)})]))
    assert r"b\u202e&lt;i&gt;\x00" in text


def test_a_page_needs_jinja2(monkeypatch: pytest.MonkeyPatch) -> None:
    """If Jinja2 is missing, the error has the command that installs it."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(KitError) as raised:
        matrix_page(compare_cells([cell("only")]))
    assert (
        "`--html` needs Jinja2, which is not installed\n"
        '  pip install "ovos-dialogue-kit[html]"'
    ) == str(raised.value)
