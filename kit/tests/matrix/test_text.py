"""Tests of a matrix in lines."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from support.cells import KEY, cell, example, heard, passed

from ovos_dialogue_kit.matrix.cells import (
    Cell,
    compare_cells,
)
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.render.lines import plain


def test_a_matrix_in_words() -> None:
    """Cells come first, then dialogues, then how they differ and what did not run."""
    assert dedent("""\
           cell   ovos-core  python  same  differs  cannot run  fails
        1  one    1.0        3.10       2        0           0      0  reference
        2  two    2.0        3.10       0        1           0      1
        3  three                        0        0           2      0

        ovos-core 1.0 → 2.0: 2 dialogues changed
          polite  differs
          loud  fails

                1.0         2.0         3
        polite  same        differs     cannot run
        loud    same        fails       cannot run

        a.dialogue.yaml: polite
          differs on 2.0
            turn 1, kitchen "hello": replies "ho", was "hi"

        a.dialogue.yaml: loud
          fails on 2.0
            a:1:1: wrong
              expected  1

        1 replay could not run in two
            no adapt

        nothing could run in three
            no solution""") == plain(matrix_lines(example()))


def test_cells_that_say_the_same_share_a_column() -> None:
    """Cells that agree share a column, named by their ovos-core or numbers."""
    cells = [
        cell("a", "1.0"),
        cell("b", "1.0"),
        cell("c", "2.0"),
        cell("d", "2.0", transcript=heard("ho", "2.0")),
    ]
    head, row = plain(matrix_lines(compare_cells(cells, "a"))).split("\n")[8:10]
    assert ["1.0", "3", "4"] == head.split()
    assert ["polite", "same", "same", "differs"] == row.split()


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a"], "1 dialogue is"), (["a", "b"], "2 dialogues are")],
)
def test_what_is_the_same_everywhere_is_counted(names: list[str], words: str) -> None:
    """Dialogues that are the same everywhere are counted, or shown on request."""
    keys = [(KEY[0], name, "", "padacioso") for name in names]
    found = compare_cells([Cell("x", {k: replace(passed(), key=k) for k in keys})])
    assert plain(matrix_lines(found)).endswith(f"\n{words} the same everywhere")
    assert plain(matrix_lines(found, every=True)).endswith(f"\n{names[-1]}  same")
