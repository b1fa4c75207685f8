"""Tests of finding and reading the cells that tox and ``kit replay -o`` write."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cells import KEY, heard, line, passed
from support.tox_cells import make_tox

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cells import (
    Replayed,
)
from ovos_dialogue_kit.matrix.files import find_cells, read_cell


@pytest.fixture
def tox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the ``.tox`` of the project in the current folder."""
    monkeypatch.chdir(tmp_path)
    return make_tox(tmp_path)


def test_cells_are_found_where_tox_makes_them(tox: Path) -> None:
    """An environment with transcripts, or named like a cell, is one."""
    assert ["channel-alpha", "core1.0-py310", "core3.0-py313", "mine"] == [
        path.name for path in find_cells(tox.parent)
    ]


def test_a_cell_is_read_as_it_was_written(tox: Path) -> None:
    """A cell is read from its folder or its file, with the folder's name."""
    for path in (tox / "mine", tox / "mine" / "transcripts.jsonl"):
        found = read_cell(path)
        assert ("mine", "2.0") == (found.name, found.core)
        [replayed] = found.replays.values()
        assert Replayed(KEY, "passed", None, heard("ho", core="2.0"), "abc") == replayed


def test_another_file_is_called_by_its_own_name(tmp_path: Path) -> None:
    """``before.jsonl`` is the cell "before"."""
    path = tmp_path / "before.jsonl"
    path.write_text(line(Replayed(KEY, "skipped", "no engine")))
    found = read_cell(path)
    assert "before" == found.name
    assert {KEY: Replayed(KEY, "skipped", "no engine")} == found.replays


def test_a_cell_that_failed_tells_the_last_failure(tox: Path) -> None:
    """A failed cell shows the command's output without tox's head and its secrets."""
    assert "standard error:\n  no solution" == read_cell(tox / "core3.0-py313").problem
    assert "no transcripts were written" == read_cell(tox / "channel-alpha").problem


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"outcome": "passed"}'])
def test_a_line_that_is_no_result_is_told(tmp_path: Path, text: str) -> None:
    """A line that is no result is an error with its file and line."""
    path = tmp_path / "x.jsonl"
    path.write_text(line(passed()) + text)
    with pytest.raises(KitError) as raised:
        read_cell(path)
    assert (
        f'{path}:2:1: this is not output of "kit replay"\n'
        '  create it with "kit replay -o FILE"'
    ) == str(raised.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file is named as it was given."""
    with pytest.raises(KitError) as raised:
        read_cell(tmp_path / "none.jsonl")
    assert f'"{tmp_path / "none.jsonl"}" does not exist' == str(raised.value)
