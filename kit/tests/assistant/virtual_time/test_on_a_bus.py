"""The same function in a skill, on a real bus and in memory: the same result."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.bus_usages import bus_usages
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

USER = """
from support import bus_usages


class Skill(OVOSSkill):
    @intent_handler("use.intent")
    def use(self, message):
        what = message.data["what"].replace(" ", "_")
        self.speak(ascii(getattr(bus_usages, what)(self.bus)))
"""
SKILL = "user.test"
CONFIG = '{"websocket": {"max_msg_size": 1}}'
NAMES = [usage.__name__ for usage in bus_usages()]


def played(folder: Path, bus: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return what is said and raised in the turn of each usage."""
    with pytest.MonkeyPatch.context() as patch:
        install_skill(folder, SKILL, USER, {"use.intent": "use {what}\n"})
        patch.syspath_prepend(folder)
        turns = [("kitchen", f"use {name.replace('_', ' ')}") for name in NAMES]
        fixture = dialogue(SKILL, *turns)
        with Process(Setup((SKILL,), bus=bus, config=CONFIG)) as process:
            transcript: Transcript = process.replay(fixture, fixture.cases[0])
    assert transcript.crash is None
    return {
        name: (
            [reply.text for reply in turn.replies],
            [fault.detail for fault in turn.faults],
        )
        for name, turn in zip(NAMES, transcript.turns, strict=True)
    }


def test_same_results(tmp_path: Path) -> None:
    """What a skill finds out in memory is what it finds out on a real bus."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    in_memory = played(tmp_path, "memory")
    assert in_memory == played(tmp_path, "real")
    assert [name for name, (said, _) in in_memory.items() if not said] == []
