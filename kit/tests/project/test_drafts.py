"""Drafts of files: they become the file, or vanish."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Thread
from typing import IO

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
    lock, taken = drafts.lock, []

    def take_first(file: int) -> None:
        if not taken:
            [draft] = tmp_path.glob(".a.json.*.tmp")
            taken.append(draft)
            draft.unlink()
        lock(file)

    monkeypatch.setattr(drafts, "lock", take_first)
    write_draft(tmp_path / "a.json", b"new")
    assert len(taken) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"new"


def test_a_draft_that_another_run_is_about_to_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer waits for the other's lock, and takes another draft."""
    lock, removing = drafts.lock, []

    def take_first(file: int) -> None:
        if not removing:
            [draft] = tmp_path.glob(".a.json.*.tmp")
            other = draft.open("rb")
            fcntl.flock(other, fcntl.LOCK_EX)
            removing.append(Thread(target=remove, args=(draft, other)))
            removing[0].start()
        lock(file)

    def remove(draft: Path, other: IO[bytes]) -> None:
        draft.unlink()
        other.close()

    monkeypatch.setattr(drafts, "lock", take_first)
    write_draft(tmp_path / "a.json", b"new")
    removing[0].join()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]
