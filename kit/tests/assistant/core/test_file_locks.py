"""A skill that locks a file, as OVOS's own do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup

pytestmark = pytest.mark.ovos

LOCKS = """
import os
import tempfile

from combo_lock import NamedLock
from filelock import FileLock


class Skill(OVOSSkill):
    def initialize(self):
        self.lock = NamedLock("kit's test")
        self.of_file = FileLock(os.path.join(tempfile.gettempdir(), "own.lock"))

    @intent_handler("lock.intent")
    def hold(self, message):
        with self.lock:
            self.speak("held")

    @intent_handler("where.intent")
    def where(self, message):
        self.speak(str(self.lock.path))

    @intent_handler("fork.intent")
    def fork(self, message):
        with self.of_file:
            if not (child := os.fork()):
                os._exit(self.of_file.is_locked)
            self.speak(f"{os.waitpid(child, 0)[1]} {self.of_file.is_locked}")
"""
INTENTS = {"lock.intent": "hold it\n", "where.intent": "where is it\n"}
INTENTS["fork.intent"] = "give it to a child\n"


@pytest.fixture(scope="module")
def locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "locks.test", LOCKS, INTENTS)
    sys.path.insert(0, str(folder))
    with SubprocessAssistant(Setup(("locks.test",))) as process:
        yield process
    sys.path.remove(str(folder))


def heard(process: SubprocessAssistant, *turns: tuple[str, str]) -> list[list[str]]:
    fixture = dialogue("locks.test", *turns)
    transcript = process.replay(fixture, fixture.cases[0])
    assert not any(turn.faults for turn in transcript.turns)
    return spoken(transcript)


def test_a_lock_made_while_booting_is_good_in_every_case(
    locks: SubprocessAssistant,
) -> None:
    """A lock that the skill made when it was loaded can be taken, again and again."""
    twice = (("kitchen", "hold it"), ("bedroom", "hold it"))
    assert [["held"], ["held"]] == heard(locks, *twice)
    assert [["held"], ["held"]] == heard(locks, *twice)


def test_a_lock_is_not_held_by_a_child_of_the_skill(
    locks: SubprocessAssistant,
) -> None:
    """What filelock does in a fork is left out in the kit's copies, not in others."""
    assert [["0 True"]] == heard(locks, ("kitchen", "give it to a child"))


def test_a_lock_is_no_other_process_s(locks: SubprocessAssistant) -> None:
    """The file of a named lock is in the assistant's own folder, which is removed."""
    ((path,),) = heard(locks, ("kitchen", "where is it"))
    assert "tmpdir/combo_locks" in Path(path).as_posix()
