"""The same function in a skill, on a real bus and in memory: the same result."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import usages
from support.bus_usages import bus_usages
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
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
        with SubprocessAssistant(Setup((SKILL,), bus=bus, config=CONFIG)) as process:
            transcript: Transcript = process.replay(fixture, fixture.cases[0])
    assert transcript.crash is None
    return {
        name: (
            [reply.text for reply in turn.replies],
            [fault.detail for fault in turn.faults],
        )
        for name, turn in zip(names, transcript.turns, strict=True)
    }


def in_a_handler(function: Callable[[], object]) -> str:
    """Return the result of a function in plain CPython, in a thread as handlers have.

    That is one of a pool, which a bus client has started in a daemon.
    """
    log: list[str] = []

    def use_a_pool() -> None:
        with ThreadPoolExecutor(1) as pool:
            log.append(ascii(pool.submit(usages.raised, function).result()))

    client = threading.Thread(target=use_a_pool, daemon=True)
    client.start()
    client.join()
    return log[0]


def test_same_results(tmp_path: Path) -> None:
    """What a skill finds out in memory is what it finds out on a real bus."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    wanted = names([*bus_usages()])
    in_memory = played(tmp_path, "memory", "use", wanted)
    assert in_memory == played(tmp_path, "real", "use", wanted)
    assert [name for name, (said, _) in in_memory.items() if not said] == []


@pytest.mark.skipif("KIT_WAITS" not in os.environ, reason="takes a minute of real time")
def test_same_results_as_without_a_bus(tmp_path: Path) -> None:
    """What a skill finds out is what plain CPython does in such a thread."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    wanted = names([*usages.usages()])
    in_memory, on_bus = (
        played(tmp_path, bus, "try", wanted) for bus in ("memory", "real")
    )
    for name in wanted:
        expected = in_a_handler(getattr(usages, name))
        found = in_memory[name][0], on_bus[name][0]
        assert (name, *found) == (name, [expected], [expected])
