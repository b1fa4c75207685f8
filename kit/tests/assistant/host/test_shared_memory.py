"""Shared memory has the life of the assistant that has made it."""

from __future__ import annotations

import _posixshmem
import os
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.host.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.host.shared_memory import note_shared_memory
from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup

PLACE = Path("/dev/shm")  # noqa: S108  # where Linux keeps it


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnFolder:
    (tmp_path / "own").mkdir()
    monkeypatch.setattr(_posixshmem, "shm_open", _posixshmem.shm_open)
    monkeypatch.setattr(resource_tracker, "register", lambda *_: None)
    monkeypatch.setattr(resource_tracker, "unregister", lambda *_: None)
    note_shared_memory(tmp_path / "own")
    return OwnFolder(tmp_path / "own")


def test_it_is_removed_with_the_folder(folder: OwnFolder) -> None:
    """It is that which was made, not that which was only opened."""
    made = SharedMemory(create=True, size=1)
    SharedMemory(made.name).close()
    made.close()
    lines = (folder.path / "shared_memory").read_text().splitlines()
    assert [f"/{made.name}"] == [line.split()[1] for line in lines]
    folder.remove()
    assert not (PLACE / made.name).exists()


def test_what_was_removed_before(folder: OwnFolder) -> None:
    """Somebody else may have its name by now."""
    made = SharedMemory(create=True, size=1)
    path = PLACE / made.name
    made.unlink()
    other = SharedMemory(create=True, size=1)
    path.touch()
    other.unlink()
    folder.remove()
    assert path.exists()
    path.unlink()
    made.close()
    other.close()


@pytest.mark.parametrize("noted", ["", "nonsense", "1 /none", "\udc80"])
def test_what_is_no_note(folder: OwnFolder, noted: str) -> None:
    """A skill may write there, too."""
    (folder.path / "shared_memory").write_bytes(os.fsencode(noted))
    folder.remove()
    assert not folder.path.exists()


def test_nothing_outside_its_place_is_removed(
    folder: OwnFolder, tmp_path: Path
) -> None:
    """A name cannot lead out of it."""
    treasure = tmp_path / "treasure"
    treasure.touch()
    way = os.path.relpath(treasure, PLACE)
    (folder.path / "shared_memory").write_text(f"{treasure.stat().st_ino} {way}\n")
    folder.remove()
    assert treasure.exists()


SHARING = """
from multiprocessing.shared_memory import SharedMemory


class Skill(OVOSSkill):
    def initialize(self):
        self.memory = SharedMemory(create=True, size=1)

    @intent_handler("share.intent")
    def share(self, message):
        self.own = SharedMemory(create=True, size=1)
        self.speak(f"{self.memory.name} {self.own.name}")
"""


@pytest.mark.ovos
def test_nothing_of_an_assistant_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what a skill has made at boot, nor in a dialogue."""
    install_skill(tmp_path, "sharing.test", SHARING, {"share.intent": "share\n"})
    monkeypatch.syspath_prepend(tmp_path)
    fixture = dialogue("sharing.test", ("kitchen", "share"))
    with Process(Setup(("sharing.test",))) as process:
        [[text]] = spoken(process.replay(fixture, fixture.cases[0]))
        names = text.split()
        assert [True] == [(PLACE / name).exists() for name in names[:1]]
    assert [False, False] == [(PLACE / name).exists() for name in names]
