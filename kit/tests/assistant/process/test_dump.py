"""The stacks of a process are complete, however busy the machine is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.process import dump
from ovos_dialogue_kit.assistant.process.dump import DUMP


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that blocks the signal, until it reads a line, and says so."""
    source = (
        "import signal; "
        f"change = lambda how: signal.pthread_sigmask(how, [{DUMP}]); "
        "change(signal.SIG_BLOCK); print(flush=True); input(); "
        "change(signal.SIG_UNBLOCK); print(flush=True); input()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=pipe, stdout=pipe
    ) as made:
        yield made
        made.kill()


def turn(process: subprocess.Popen[bytes]) -> None:
    """Wait for the process, which then waits for us."""
    assert process.stdout
    process.stdout.readline()


def test_a_process_that_writes_its_stacks(process: subprocess.Popen[bytes]) -> None:
    """It blocks the signal while it handles it."""
    turn(process)
    assert dump._is_dumping(process.pid)
    process.communicate(b"\n\n")
    assert not dump._is_dumping(process.pid)


def test_a_process_that_has_not_begun(process: subprocess.Popen[bytes]) -> None:
    """The signal is pending as long as the process has had no time for it."""
    turn(process)
    assert process.stdin
    process.stdin.write(b"\n")
    process.stdin.flush()
    turn(process)
    assert not dump._is_dumping(process.pid)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    process.send_signal(DUMP)
    assert dump._is_dumping(process.pid)


def test_a_process_that_writes_nothing_is_given_up(
    process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may wait in the kernel for ever, and never handle the signal."""
    monkeypatch.setattr(dump, "_GRACE", 0.1)
    turn(process)
    with tempfile.TemporaryFile() as log:
        dump.dump(process.pid, log)
        assert os.fstat(log.fileno()).st_size == 0
    assert process.poll() is None


def test_a_thread_that_has_ended() -> None:
    """It blocks nothing."""
    assert dump._text_of(Path("/proc/0/status")) == ""


def test_a_dump_is_waited_for_to_the_end(
    process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken as complete because it has not grown for a moment."""
    monkeypatch.setattr(dump, "_GRACE", 1000.0)
    turn(process)
    with tempfile.TemporaryFile() as log:
        log.write(b"some stacks")
        log.flush()
        waiting = threading.Thread(target=dump.dump, args=(process.pid, log))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        process.communicate(b"\n")  # it is ended by the signal that it has blocked
        waiting.join()
