"""Processes that are started where no scheduler runs the thread."""

from __future__ import annotations

import os
import subprocess

from ovos_dialogue_kit.assistant.virtual_time.file_stand_ins import file_stand_ins
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler


def test_a_process_of_another_thread() -> None:
    """It is none of the scheduler's."""
    scheduler = Scheduler(lambda: False, lambda _: None)
    stand_ins = {name: stand_in for _, name, stand_in in file_stand_ins(scheduler)}
    process = subprocess.Popen.__new__(subprocess.Popen)
    stand_ins["__init__"](process, ["sleep", "10"])
    pid = stand_ins["spawnv_passfds"](b"/bin/sleep", [b"sleep", b"10"], [])
    assert not scheduler.files.has_children()
    process.kill()
    process.wait()
    os.kill(pid, 9)
    os.waitpid(pid, 0)
