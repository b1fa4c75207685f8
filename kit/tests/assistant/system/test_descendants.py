"""The processes that an assistant has started: all are found, and no others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ovos_dialogue_kit.assistant.system.descendants import (
    children,
    descendants,
    end_at_home,
    end_descendants,
)


def test_only_new_descendants_are_ended() -> None:
    """Those that the boot has started are kept, with what is below them."""
    with subprocess.Popen(["/bin/sleep", "1000"]) as old:
        kept = children()
        assert old.pid in kept
        script = "/bin/sleep 1000 & echo; wait"
        with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE) as new:
            assert new.stdout
            new.stdout.readline()
            assert len(descendants(new.pid)) == 1
            assert {old.pid, new.pid} <= descendants(os.getpid())
            for _ in range(2):
                end_descendants(kept)
            new.wait()
            assert not new.stdout.read()  # of the last that has it open
        assert old.poll() is None
        old.kill()


def test_processes_are_known_by_their_home(tmp_path: Path) -> None:
    """Those of an assistant that is gone have inherited it; others have another."""
    homes = (tmp_path / "kit" / "home", tmp_path / "kit-2" / "home")
    ours, other = (
        subprocess.Popen(["/bin/sleep", "1000"], env={"HOME": str(home)})
        for home in homes
    )
    end_at_home(tmp_path / "kit")
    assert ours.wait() == -9
    assert other.poll() is None
    other.kill()
    other.wait()
