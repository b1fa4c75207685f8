"""What nothing can end: the user is told which line it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Limits, Setup

pytestmark = pytest.mark.ovos

HOLDING = """
import ctypes
import socket


class Skill(OVOSSkill):
    @intent_handler("listen.intent")
    def on_listen(self, message):
        here, there = socket.socketpair()
        here.recv(1)

    @intent_handler("spin.intent")
    def on_spin(self, message):
        while True:
            pass

    @intent_handler("native.intent")
    def on_native(self, message):
        ctypes.CDLL(None).pause()
"""
LOCALE = {f"{what}.intent": f"{what}\n" for what in ("listen", "spin", "native")}


@pytest.fixture(scope="module")
def holding(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Process, Path]]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "holding.test", HOLDING, LOCALE)
    sys.path.insert(0, str(folder))
    limits = Limits(boot=60.0, dialogue=3.0)
    with Process(Setup(("holding.test",), limits=limits)) as process:
        yield process, folder / "holding" / "__init__.py"
    sys.path.remove(str(folder))


def told(holding: tuple[Process, Path], what: str, line: int) -> tuple[str, str]:
    """Return what is told of a dialogue that hangs, and what is expected."""
    process, path = holding
    fixture = dialogue("holding.test", ("kitchen", what))
    crash = process.replay(fixture, fixture.cases[0]).crash
    expected = (
        "it hung: no progress for 3 s, the limit of --dialogue-timeout; "
        f'"{path}", line {line}, in on_{what}, does not end: give it a timeout, or let '
        "its loop sleep"
    )
    return crash.detail if crash else "", expected


def test_a_read_that_never_ends(holding: tuple[Process, Path]) -> None:
    """Nobody writes to the other end."""
    heard, expected = told(holding, "listen", 15)
    assert heard == expected


def test_a_loop_that_never_ends(holding: tuple[Process, Path]) -> None:
    """Others go on after a while, but the dialogue cannot end."""
    heard, expected = told(holding, "spin", 20)
    assert heard in {expected, expected.replace("line 20", "line 19")}


def test_a_thread_in_c_that_never_returns(holding: tuple[Process, Path]) -> None:
    """Python has no way to end it."""
    heard, expected = told(holding, "native", 24)
    assert heard == expected
