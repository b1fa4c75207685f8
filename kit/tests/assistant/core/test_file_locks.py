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
from combo_lock import NamedLock


class Skill(OVOSSkill):
    def initialize(self):
        self.lock = NamedLock("kit's test")

    @intent_handler("lock.intent")
    def hold(self, message):
        with self.lock:
            self.speak("held")

    @intent_handler("where.intent")
    def where(self, message):
        self.speak(str(self.lock.path))
"""
INTENTS = {"lock.intent": "hold it\n", "where.intent": "where is it\n"}


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


def test_a_lock_is_no_other_process_s(locks: SubprocessAssistant) -> None:
    """The file of a named lock is in the assistant's own folder, which is removed."""
    ((path,),) = heard(locks, ("kitchen", "where is it"))
    assert "tmpdir/combo_locks" in Path(path).as_posix()
