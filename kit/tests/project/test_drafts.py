"""Drafts of files: they become the file, or vanish."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from ovos_dialogue_kit.project import drafts
from ovos_dialogue_kit.project.drafts import write_draft


def test_a_link_in_the_place_of_a_draft(tmp_path: Path) -> None:
    """It is not followed, and another name is taken."""
    treasure = tmp_path / "treasure"
    treasure.write_bytes(b"old")
    link = tmp_path / f".a.json.{os.getpid()}.tmp"
    link.symlink_to(treasure)
    write_draft(tmp_path / "a.json", b"new")
    assert treasure.read_bytes() == b"old"
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert set(tmp_path.iterdir()) == {treasure, link, tmp_path / "a.json"}


def test_a_draft_that_is_taken_for_a_dead_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may see it between its making and its lock; it is written again."""
    lock, taken = drafts._lock, []

    def take_first(file: int) -> bool:
        if not taken:
            [draft] = tmp_path.glob(".a.json.*.tmp")
            taken.append(draft)
            draft.unlink()
        return lock(file)

    monkeypatch.setattr(drafts, "_lock", take_first)
    write_draft(tmp_path / "a.json", b"new")
    assert len(taken) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"new"


def test_a_draft_that_another_run_is_about_to_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock is another's; the next draft has another number."""
    lock, taken = drafts._lock, []

    def take_first(file: int) -> bool:
        if not taken:
            [draft] = tmp_path.glob(".a.json.*.tmp")
            taken.append(other := draft.open("rb"))
            fcntl.flock(other, fcntl.LOCK_EX)
        return lock(file)

    monkeypatch.setattr(drafts, "_lock", take_first)
    write_draft(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"
    taken[0].close()
