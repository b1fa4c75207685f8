"""Tests of a matrix as a page."""

from __future__ import annotations

import sys

import pytest
from support.cells import cell, example

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import (
    compare_cells,
)
from ovos_dialogue_kit.matrix.html import matrix_page


def test_a_page_has_all_there_is() -> None:
    """A page has each state and each note, and loads nothing from elsewhere."""
    text = matrix_page(example())
    assert '<a href="#row1">differs</a>' in text
    assert "a:1:1: wrong\n  expected  1" in text
    assert "turn 1, kitchen &#34;hello&#34;: replies" in text
    assert "http" not in text
    assert text == matrix_page(example())


def test_a_page_of_one_cell_has_no_differences() -> None:
    """A page without differences has no list of them."""
    assert "<h2>Differences</h2>" not in matrix_page(compare_cells([cell("only")]))


def test_a_page_needs_jinja2(monkeypatch: pytest.MonkeyPatch) -> None:
    """If Jinja2 is missing, the error has the command that installs it."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(KitError) as raised:
        matrix_page(compare_cells([cell("only")]))
    assert (
        "`--html` needs Jinja2, which is not installed\n"
        '  pip install "ovos-dialogue-kit[html]"'
    ) == str(raised.value)
