"""Locks of files that this process has made."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from ovos_dialogue_kit.project.locks import is_abandoned, is_at, lock


def test_who_has_a_file(tmp_path: Path) -> None:
    """A file is abandoned once its maker has closed it."""
    path = tmp_path / "a"
    with path.open("w") as mine, path.open("r") as other:
        lock(mine.fileno())
        assert not is_abandoned(other.fileno())
    with path.open("r") as other:
        assert is_abandoned(other.fileno())


def test_a_file_system_without_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are made without a lock there, and none is taken for abandoned."""

    def refuse(*_: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "a").open("w") as file:
        lock(file.fileno())
        assert not is_abandoned(file.fileno())


def test_a_file_that_is_gone_or_another_one(tmp_path: Path) -> None:
    """An open file has its name no more when another one has it, or none."""
    path = tmp_path / "a"
    with path.open("w") as file:
        assert is_at(path, file.fileno())
        path.unlink()
        assert not is_at(path, file.fileno())
        path.touch()
        assert not is_at(path, file.fileno())
