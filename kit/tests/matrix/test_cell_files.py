"""Tests of reading the cells that tox and ``kit replay -o`` write."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.cells import KEY, heard, line, passed
from support.tox_cells import make_tox

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.cell_files import read_cells
from ovos_dialogue_kit.matrix.cells import Cell, Replayed


def read_cell(path: Path) -> Cell:
    [found] = read_cells([path])
    return found


@pytest.fixture
def tox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the ``.tox`` of the project in the current folder."""
    monkeypatch.chdir(tmp_path)
    return make_tox(tmp_path)


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


def test_an_old_file_of_tox_is_not_used(tox: Path) -> None:
    """A file is of an earlier run if the last one did not come to replaying."""
    (tox / "mine" / "log").mkdir()
    log = tox / "mine" / "log" / "3-commands[0].log"
    log.write_text("cmd: kit replay\nexit_code: 2\nno such option\n")
    for path in (tox / "mine", tox / "mine" / "transcripts.jsonl"):
        assert Cell("mine", problem="no such option") == read_cell(path)


def test_what_failed_after_the_replay_is_trouble(tox: Path) -> None:
    """The results count if a later command failed, and its words are told."""
    (tox / "mine" / "log").mkdir()
    for name, text in (
        ("1", "cmd: kit replay\nexit_code: 1\n"),
        ("2", "exit_code: 4\n"),
    ):
        (tox / "mine" / "log" / f"{name}-test.log").write_text(text)
    found = read_cell(tox / "mine")
    assert ("exit code 4", "2.0", True) == (
        found.trouble,
        found.core,
        found.is_complete,
    )


def test_an_interrupted_file_is_read_as_that(tox: Path) -> None:
    """The last line of an interrupted run says how many results there should be."""
    path = tox / "mine" / "transcripts.jsonl"
    with path.open("a") as file:
        file.write('{"incomplete": {"planned": 3, "replays": 1}}\n')
    found = read_cell(path)
    assert ("interrupted after 1 of 3 replays", False, 1) == (
        found.trouble,
        found.is_complete,
        len(found.replays),
    )
    (tox / "mine" / "log").mkdir()
    (tox / "mine" / "log" / "1-commands[0].log").write_text("exit_code: 130\n")
    assert "interrupted after 1 of 3 replays\nexit code 130" == read_cell(path).trouble


def test_a_cell_has_the_time_of_its_file(tox: Path) -> None:
    """The time is that of the file, in UTC, not that of the clock."""
    path = tox / "mine" / "transcripts.jsonl"
    os.utime(path, (1_750_000_000, 1_750_000_000))
    assert "2025-06-15 15:06:40+00:00" == str(read_cell(path).written)


def test_a_cell_is_read_once(tox: Path) -> None:
    """A cell that is given twice, or as folder and as file, is one."""
    path = tox / "mine"
    paths = [path, path / "transcripts.jsonl", path]
    assert ["mine"] == [found.name for found in read_cells(paths)]


def test_lines_end_only_at_a_line_feed(tmp_path: Path) -> None:
    """Older versions wrote other line breaks of Unicode as they are."""
    text = "a\u2028b\u2029c\x85d"
    path = tmp_path / "x.jsonl"
    written = json.dumps(json.loads(line(passed(heard(text)))), ensure_ascii=False)
    path.write_text(f"\n{written}\n", encoding="utf-8")
    [replayed] = read_cell(path).replays.values()
    assert text == replayed.turns[0].replies[0].text


def test_equal_lines_are_one_result(tmp_path: Path) -> None:
    """A file may have a result twice, but not two results of one replay."""
    path = tmp_path / "x.jsonl"
    path.write_text(line(passed()) * 2)
    assert 1 == len(read_cell(path).replays)
    path.write_text(line(passed()) + line(passed(heard("ho"))))
    with pytest.raises(KitError) as raised:
        read_cell(path)
    assert (
        f'{path}:2:1: "polite" [padacioso] has two results in this file\n'
        "  a cell is one run; give each a file of its own"
    ) == str(raised.value)


def test_a_file_is_of_one_ovos_core(tmp_path: Path) -> None:
    """Results of two versions are of two cells."""
    path = tmp_path / "x.jsonl"
    other = replace(passed(heard(core="2.0")), key=("b", *KEY[1:]))
    path.write_text(line(passed()) + line(other))
    with pytest.raises(KitError) as raised:
        read_cell(path)
    assert (
        f"{path}:2:1: results on ovos-core 1.0 and 2.0 are in one file\n"
        "  a cell is one run; give each a file of its own"
    ) == str(raised.value)


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"outcomes": "passed"}'])
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
