"""Tests of how a fork ended, without one."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.process.channel import Channel
from ovos_dialogue_kit.assistant.process.fork import Forks, _fate
from ovos_dialogue_kit.assistant.process.progress import Ending
from ovos_dialogue_kit.assistant.process.watch import Bounds
from ovos_dialogue_kit.assistant.system.memory_file import memory_file


@pytest.mark.parametrize(
    ("status", "ending", "log", "fate"),
    [
        (
            0,
            Ending.FAILED,
            "Traceback …\nOSError: no\n",
            "the replay stopped with an error: OSError: no",
        ),
        (
            0,
            Ending.FAILED,
            "\n",
            "the replay stopped with an error, which it could not write",
        ),
        (signal.SIGKILL, Ending.UNKNOWN, "", "its process was ended by SIGKILL"),
        (signal.SIGRTMIN + 1, Ending.UNKNOWN, "", "its process was ended by signal 35"),
        (3 << 8, Ending.UNKNOWN, "", "its process exited with code 3"),
    ],
)
def test_fate(status: int, ending: Ending, log: str, fate: str) -> None:
    """It is told from the status, and from what was written before."""
    assert _fate(status, ending, log) == fate


@pytest.mark.parametrize(
    ("limit", "number"), [(7, "7"), (resource.RLIM_INFINITY, "unlimited")]
)
def test_no_process_can_be_started(
    monkeypatch: pytest.MonkeyPatch, limit: int, number: str
) -> None:
    """That is no assistant, and the limit to raise is named; no file stays open."""

    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    sandbox: Any = SimpleNamespace(folder=None)
    before = sorted(Path("/proc/self/fd").iterdir())
    with memory_file() as log:
        forks = Forks(sandbox, Channel(-1, -1), -1)
        answer = json.loads(forks._answer(pytest.fail, log, Bounds(1.0)))
    forks.output.close()
    assert sorted(Path("/proc/self/fd").iterdir()) == before
    assert answer == {
        "problem": "the assistant cannot be copied for a dialogue: "
        "resource temporarily unavailable",
        "hint": f"raise the limits of processes (`ulimit -u` is {number}) and of "
        "memory, or run fewer jobs",
        "engine": False,
    }
