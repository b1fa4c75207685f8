"""Tests of a matrix in lines."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from support.cells import KEY, cell, example, heard, passed

from ovos_dialogue_kit.matrix.cells import Cell, Replayed
from ovos_dialogue_kit.matrix.compare import compare_cells
from ovos_dialogue_kit.matrix.text import matrix_lines
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.visible import visible


def test_a_matrix_in_words() -> None:
    """Cells come first, then dialogues, then how they differ and what did not run."""
    assert dedent("""\
        2 dialogues, 5 replays in 3 cells

           cell   ovos-core  python  written, UTC      same  differs  fails  cannot run
        1  one    1.0        3.10    2026-01-05 12:00     2        0      0           0  reference
        2  two    2.0        3.10                         0        1      1           0
        3  three                                          0        0      0           2  did not run

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

        1 replay skipped in two
            no adapt

        nothing could run in three
            no solution""") == plain(matrix_lines(example()))  # noqa: E501  # as wide as it is


def test_cells_that_say_the_same_share_a_column() -> None:
    """Cells that agree share a column, named by their ovos-core or numbers."""
    cells = [
        cell("a", "1.0"),
        cell("b", "1.0"),
        cell("c", "2.0"),
        cell("d", "2.0", transcript=heard("ho", "2.0")),
    ]
    head, row = plain(matrix_lines(compare_cells(cells, "a"))).split("\n")[10:12]
    assert ["1.0", "3", "4"] == head.split()
    assert ["polite", "same", "same", "differs"] == row.split()


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a"], "1 dialogue is"), (["a", "b"], "2 dialogues are")],
)
def test_what_is_the_same_everywhere_is_counted(names: list[str], words: str) -> None:
    """Dialogues that are the same everywhere are counted, or shown on request."""
    keys = [(KEY[0], name, "", "padacioso") for name in names]
    replays = {key: replace(passed(), key=key) for key in keys}
    found = compare_cells([Cell("x", replays), Cell("y", replays)])
    assert plain(matrix_lines(found)).endswith(f"\n{words} the same everywhere")
    assert f"\n{names[-1]}  same\n" in plain(matrix_lines(found, every=True))


def test_what_stands_in_for_the_reference_is_told() -> None:
    """If the reference did not replay a dialogue, the cell that did is named."""
    skipped = Replayed(KEY, "skipped", "needs less")
    cells = [
        cell("a", "1.0"),
        cell("b", "2.0", transcript=heard("ho", "2.0")),
        Cell("c", {KEY: skipped}),
    ]
    later = (KEY[0], "later", "", "padacioso")
    there = {later: replace(passed(heard(core="3.0")), key=later)}
    cells[2] = replace(cells[2], replays={**cells[2].replays, **there})
    text = plain(matrix_lines(compare_cells(cells)))
    assert "ovos-core 2.0 → 3.0: 1 dialogue changed, 1 dialogue not compared" in text
    assert (
        dedent("""\
        a.dialogue.yaml: polite
          compared with b
          differs on 1.0
        """)
        in text
    )


def test_many_missing_dialogues_are_cut() -> None:
    """Only some missing dialogues are listed, unless all are asked for."""
    keys = [(KEY[0], f"d{number:02}", "", "padacioso") for number in range(13)]
    whole = Cell("a", {key: replace(passed(), key=key) for key in (KEY, *keys)})
    found = compare_cells([whole, cell("b")])
    text = plain(matrix_lines(found))
    assert text.endswith("    a.dialogue.yaml: d09\n    … 3 more (--all)")
    assert plain(matrix_lines(found, every=True)).endswith("a.dialogue.yaml: d12")


def test_the_script_is_told_where_names_are_shared() -> None:
    """Two dialogues of one name are told apart by their scripts."""
    keys = [KEY, ("b.dialogue.yaml", *KEY[1:])]
    cells = [
        Cell(name, {key: replace(passed(heard(text, core)), key=key) for key in keys})
        for name, text, core in (("a", "hi", "1.0"), ("b", "ho", "2.0"))
    ]
    text = plain(matrix_lines(compare_cells(cells)))
    for key in keys:
        assert f"\n  {key[0]}: polite  differs\n" in text
        assert f"\n{key[0]}: polite  differs  same" in text


def test_control_characters_are_shown_as_escapes() -> None:
    """No name or text can colour the terminal, move its cursor or turn its words."""
    key = ("a\x1b[2J", "b\u202e", "c\r", "d\u2028")
    cells = [
        Cell(f"x\x07{n}", {key: replace(passed(heard(text)), key=key)}, trouble="\x9b")
        for n, text in enumerate(("e\x00", "f\u2066"))
    ]
    text = plain(matrix_lines(compare_cells(cells)))
    assert not [c for c in text if c != "\n" and visible(c) != c]
    assert r"a\x1b[2J: b\u202e" in text


def test_wide_characters_take_two_columns() -> None:
    """Columns are aligned by what a terminal shows."""
    lines = plain(matrix_lines(compare_cells([cell("台所"), cell("a")]))).split("\n")
    assert ["2  台所  1.0", "1  a     1.0"] == sorted(
        (s[:12].rstrip() for s in lines[3:5]), reverse=True
    )
