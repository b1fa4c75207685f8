"""Tests of how a fork ended, without one."""

from __future__ import annotations

import signal

import pytest

from ovos_dialogue_kit.assistant.process.fork import _fate
from ovos_dialogue_kit.assistant.process.pace import Ending


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
