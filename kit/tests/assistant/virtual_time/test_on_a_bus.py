"""The same function in a skill, on a real bus and in memory: the same result."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support import usages
from support.bus_usages import bus_usages
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

USER = """
from support import bus_usages, usages


class Skill(OVOSSkill):
    @intent_handler("use.intent")
    def use(self, message):
        what = message.data["what"].replace(" ", "_")
        self.speak(ascii(getattr(bus_usages, what)(self.bus)))

    @intent_handler("try.intent")
    def use_without_a_bus(self, message):
        what = message.data["what"].replace(" ", "_")
        self.speak(ascii(usages.raised(getattr(usages, what))))
"""
SKILL = "user.test"
INTENTS = {"use.intent": "use {what}\n", "try.intent": "try {what}\n"}
CONFIG = '{"websocket": {"max_msg_size": 1}}'


def names(functions: Sequence[Callable[..., object]]) -> list[str]:
    return [function.__name__ for function in functions]


def played(
    folder: Path, bus: str, verb: str, names: Sequence[str]
) -> dict[str, tuple[list[str], list[str]]]:
    """Return what is said and raised in the turn of each usage."""
    with pytest.MonkeyPatch.context() as patch:
        install_skill(folder, SKILL, USER, INTENTS)
        patch.syspath_prepend(folder)
        turns = [("kitchen", f"{verb} {name.replace('_', ' ')}") for name in names]
        fixture = dialogue(SKILL, *turns)
        with Process(Setup((SKILL,), bus=bus, config=CONFIG)) as process:
            transcript: Transcript = process.replay(fixture, fixture.cases[0])
    assert transcript.crash is None
    return {
        name: (
            [reply.text for reply in turn.replies],
            [fault.detail for fault in turn.faults],
        )
        for name, turn in zip(names, transcript.turns, strict=True)
    }


def in_a_thread(function: Callable[[], object]) -> str:
    """Return the result of a function in a thread of plain CPython."""
    log: list[str] = []
    thread = threading.Thread(target=lambda: log.append(usages.raised(function)))
    thread.start()
    thread.join()
    return ascii(log[0])


def test_same_results(tmp_path: Path) -> None:
    """What a skill finds out in memory is what it finds out on a real bus."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    wanted = names([*bus_usages()])
    in_memory = played(tmp_path, "memory", "use", wanted)
    assert in_memory == played(tmp_path, "real", "use", wanted)
    assert [name for name, (said, _) in in_memory.items() if not said] == []


@pytest.mark.skipif(
    "KIT_WAITS" not in os.environ, reason="it takes a minute of real time"
)
@pytest.mark.parametrize("bus", ["memory", "real"])
def test_same_results_as_without_a_bus(tmp_path: Path, bus: str) -> None:
    """What a skill finds out is what plain CPython does in a thread."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    wanted = names([*usages.usages()])
    found = played(tmp_path, bus, "try", wanted)
    expected = {name: in_a_thread(getattr(usages, name)) for name in wanted}
    assert {name: said for name, (said, _) in found.items()} == {
        name: [result] for name, result in expected.items()
    }
