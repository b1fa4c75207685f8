"""Tests of how the processes of an assistant end."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

from ovos_dialogue_kit.assistant.system.ending import die_with_parent


def test_a_process_whose_parent_is_gone_ends_at_once() -> None:
    """Linux tells of no death that came before the question."""
    command = [sys.executable, "-c", "print('goes on')"]

    def outcome(parent: int) -> tuple[int, bytes]:
        done = subprocess.run(
            command,
            preexec_fn=partial(die_with_parent, parent),
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout

    assert outcome(os.getpid()) == (0, b"goes on\n")
    assert outcome(os.getppid()) == (-9, b"")
