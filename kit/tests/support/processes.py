"""Look at processes that a test has started, or put one in the place of another."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import IO

import pytest

from ovos_dialogue_kit.assistant.process import assistant_process
from ovos_dialogue_kit.assistant.process.spawn import Spawned
from ovos_dialogue_kit.assistant.system.own_folder import make_own_folder

__all__ = ["ANSWERING", "BOOTED", "be_process", "is_running", "processes_at"]

ANSWERING = """
import sys
from json import loads
from ovos_dialogue_kit.assistant.process.channel import Channel

channel = Channel(0, 1)
for answer in loads(sys.argv[1]):
    channel.read()
    channel.answer(answer)
channel.read()
"""
"""The source of a process that answers each request with the next item of a list."""

BOOTED = {"leftovers": [], "took": 0.0}
"""What an assistant answers when it has booted."""


def is_running(pid: int | str) -> bool:
    """Return True if a process is there and does not only wait to be buried."""
    try:
        about = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"


def processes_at(home: str) -> list[str]:
    """Return the command lines of the processes with a folder in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_running(entry.name):
            try:
                if home in (entry / "environ").read_text(errors="replace"):
                    found.append((entry / "cmdline").read_text(errors="replace"))
            except OSError:  # it has just ended, or is of another user
                continue
    return found


def be_process(monkeypatch: pytest.MonkeyPatch, *command: str) -> None:
    """Let a command be the process of each assistant that is started from now on."""

    def spawn(_: object, log: IO[bytes], diary: IO[bytes], *__: object) -> Spawned:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return Spawned(process, make_own_folder(), log, diary)

    monkeypatch.setattr(assistant_process, "spawn", spawn)
