"""Tests of finding the cells of tox, and of how their last run ended."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.tox_cells import make_tox

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.matrix.tox import Failure, find_cells, last_failure

REPLAY = "kit replay -q -o transcripts.jsonl"


def log(
    folder: Path, name: str, code: int, command: str = "", output: str = ""
) -> None:
    """Write the log of a command as tox does."""
    (folder / "log").mkdir(exist_ok=True)
    head = f"name: x\nenv TOKEN: secret\ncmd: {command}\n" if command else ""
    text = f"{head}exit_code: {code}\n\nstandard error:\n{output}\n"
    (folder / "log" / name).write_text(text)


def test_cells_are_found_where_tox_makes_them(tmp_path: Path) -> None:
    """An environment with transcripts, or named like a cell, is one."""
    make_tox(tmp_path)
    assert ["channel-alpha", "core1.0-py310", "core3.0-py313", "mine"] == [
        path.name for path in find_cells(tmp_path)
    ]


def test_without_logs_nothing_failed(tmp_path: Path) -> None:
    """A folder without logs, or with those of successful commands, has no failure."""
    assert last_failure(tmp_path) is None
    log(tmp_path, "1-commands[0].log", 0, REPLAY)
    log(tmp_path, "2-commands[1].log", 0, "pytest")
    assert last_failure(tmp_path) is None


def test_failed_dialogues_are_no_failed_command(tmp_path: Path) -> None:
    """A replay that ends with 1 has written which dialogues fail."""
    log(tmp_path, "1-commands[0].log", 1, REPLAY)
    assert last_failure(tmp_path) is None


@pytest.mark.parametrize("code", [2, 130, -9])
def test_a_replay_that_did_not_end_is_told(tmp_path: Path, code: int) -> None:
    """A replay with any other exit code has not replayed all."""
    log(tmp_path, "1-commands[0].log", code, REPLAY, "no such file")
    found = Failure("standard error:\nno such file", has_replayed=False)
    assert found == last_failure(tmp_path)


def test_what_failed_before_the_replay_is_told(tmp_path: Path) -> None:
    """If an installation fails, nothing was replayed; the last failure is told."""
    log(tmp_path, "1-install_deps.log", 1, "uv pip install", "no solution")
    log(tmp_path, "10-other.log", 3, "other", "later")
    found = Failure("standard error:\nlater", has_replayed=False)
    assert found == last_failure(tmp_path)


def test_what_failed_after_the_replay_is_told(tmp_path: Path) -> None:
    """A later command that fails leaves the transcripts as they are."""
    log(tmp_path, "1-commands[0].log", 0, REPLAY)
    log(tmp_path, "2-commands[1].log", 1, "pytest", "1 failed")
    found = Failure("standard error:\n1 failed", has_replayed=True)
    assert found == last_failure(tmp_path)


def test_what_failed_and_was_ignored_is_no_matter(tmp_path: Path) -> None:
    """A failure before the replay did not keep tox from running it."""
    log(tmp_path, "1-commands_pre[0].log", 1, "rm nothing", "no such file")
    log(tmp_path, "2-commands[0].log", 0, REPLAY)
    assert last_failure(tmp_path) is None


def test_logs_of_others_come_first(tmp_path: Path) -> None:
    """A log without a number is none of a command of tox; it is read, too."""
    log(tmp_path, "1-commands[0].log", 0, REPLAY)
    log(tmp_path, "pip.log", 1, "pip", "no solution")
    log(tmp_path, "\u00b2-odd.log", 1, "odd", "no end")
    (tmp_path / "log" / "2-x.log").write_text(f"exit_code: {'9' * 5000}\n")
    assert last_failure(tmp_path) is None


def test_a_log_that_cannot_be_read(tmp_path: Path) -> None:
    """A pipe in the place of a log is an error, and nobody waits for it."""
    (tmp_path / "log").mkdir()
    os.mkfifo(tmp_path / "log" / "1-commands[0].log")
    with pytest.raises(KitError, match="it is a pipe or a device"):
        last_failure(tmp_path)


def test_logs_of_other_shapes_are_read(tmp_path: Path) -> None:
    """A log may lack its command, which is a replay by its name, or its output."""
    log(tmp_path, "1-commands[0].log", 1)
    assert last_failure(tmp_path) is None
    (tmp_path / "log" / "1-commands[0].log").write_text("exit_code: 7\n")
    (tmp_path / "log" / "2-commands[0].log").write_text("nothing yet")
    assert Failure("exit code 7", has_replayed=False) == last_failure(tmp_path)
