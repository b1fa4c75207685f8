"""Shared memory has the life of the assistant that has made it."""

from __future__ import annotations

import _multiprocessing
import _posixshmem
import os
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.assistant.system.shared_memory import note_shared_memory

PLACE = Path("/dev/shm")  # noqa: S108  # where Linux keeps it


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnFolder:
    (tmp_path / "own").mkdir()
    monkeypatch.setattr(_posixshmem, "shm_open", _posixshmem.shm_open)
    monkeypatch.setattr(_multiprocessing, "SemLock", _multiprocessing.SemLock)
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
    assert [made.name] == [line.split()[1] for line in lines]
    folder.remove()
    assert not (PLACE / made.name).exists()


def test_a_semaphore_with_a_name_is_removed_with_the_folder(folder: OwnFolder) -> None:
    """One for forks has lost its name at once, as joblib tries it with keywords."""
    _multiprocessing.SemLock(1, 1, 1, "/kit-test-spawn", False)  # noqa: FBT003
    _multiprocessing.SemLock(0, 0, 1, name="/kit-test-fork", unlink=True)
    [name] = [note.split()[1] for note in folder.shared_memory()]
    assert name == "sem.kit-test-spawn"
    assert (PLACE / name).exists()
    folder.remove()
    assert not (PLACE / name).exists()


def test_what_is_new_is_removed_when_the_home_is_restored(folder: OwnFolder) -> None:
    """What was there before stays."""
    sandbox = Sandbox(folder)
    old = SharedMemory(create=True, size=1)
    sandbox.save()
    new = SharedMemory(create=True, size=1)
    sandbox.restore()
    assert [(PLACE / each.name).exists() for each in (old, new)] == [True, False]
    for each in (old, new):
        each.close()
    folder.remove()


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
import multiprocessing
from multiprocessing.shared_memory import SharedMemory


class Skill(OVOSSkill):
    def initialize(self):
        SharedMemory("kit-test-boot", create=True, size=1)

    @intent_handler("share.intent")
    def share(self, message):
        SharedMemory("kit-test-boot").close()
        own = SharedMemory("kit-test-own", create=True, size=1)
        self.lock = multiprocessing.get_context("spawn").Lock()
        self.speak(f"{own.name} {self.lock._semlock.name[1:]}")
"""


@pytest.mark.ovos
def test_nothing_of_a_dialogue_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor of the boot, which each dialogue repeats for such a skill."""
    install_skill(tmp_path, "sharing.test", SHARING, {"share.intent": "share\n"})
    monkeypatch.syspath_prepend(tmp_path)
    fixture = dialogue("sharing.test", ("kitchen", "share"))
    with SubprocessAssistant(Setup(("sharing.test",))) as process:
        for _ in range(2):
            [[text]] = spoken(process.replay(fixture, fixture.cases[0]))
            memory, lock = text.split()
            names = (memory, "kit-test-boot", f"sem.{lock}")
            assert [name for name in names if (PLACE / name).exists()] == []
