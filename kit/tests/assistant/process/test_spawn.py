"""Tests of processes that are started before it is known what to ask them."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from support.processes import is_running, processes_at

from ovos_dialogue_kit.assistant.process import spawn as spawning
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.channel import Channel
from ovos_dialogue_kit.assistant.process.frames import frame
from ovos_dialogue_kit.assistant.process.spawn import EarlyProcess
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.assistant.transports.registry import transport_of
from ovos_dialogue_kit.errors import AssistantError

MEMORY = transport_of("memory")


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which homes are made; none is left there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield tmp_path
    assert [*tmp_path.iterdir()] == []
    assert processes_at(str(tmp_path / "ovos-kit-")) == []


@pytest.mark.usefixtures("homes")
def test_one_that_is_not_needed_ends() -> None:
    """Nothing is left of it after the block, whatever ends the block."""
    before = children()
    with contextlib.suppress(KeyboardInterrupt), EarlyProcess(MEMORY):
        [pid] = children() - before
        assert is_running(pid)
        raise KeyboardInterrupt
    assert not is_running(pid)


USER = """
import os, signal
from ovos_dialogue_kit.assistant.process.spawn import EarlyProcess
from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.assistant.transports.registry import transport_of
with EarlyProcess(transport_of("memory")):
    print(*children(), flush=True)
    input()
    os.kill(os.getpid(), signal.SIG{name})
"""


@pytest.mark.parametrize("name", ["TERM", "KILL"])
def test_one_whose_user_is_killed_removes_its_home(name: str, homes: Path) -> None:
    """It notices the end of its user, as an assistant does."""
    with subprocess.Popen(
        [sys.executable, "-c", USER.format(name=name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as user:
        assert user.stdin
        assert user.stdout
        end = os.pidfd_open(int(user.stdout.readline()))
        assert len([*homes.iterdir()]) == 1
        user.communicate("go on\n")
    select.select([end], [], [])
    os.close(end)
    assert user.returncode == -getattr(signal, f"SIG{name}")


@pytest.mark.usefixtures("homes")
def test_it_is_taken_once_on_the_same_transport() -> None:
    """Whoever comes later, or has another transport, starts a process of their own."""
    with EarlyProcess(MEMORY) as early:
        assert early.take(transport_of("real")) is None
        spawned = early.take(MEMORY)
        assert spawned
        assert early.take(MEMORY) is None
    assert is_running(spawned.process.pid)
    spawning.end(spawned.process, spawned.home)
    spawned.log.close()
    spawned.diary.close()


@pytest.mark.ovos
@pytest.mark.usefixtures("homes")
def test_an_assistant_takes_it() -> None:
    """It becomes the process of the first assistant that is booted."""
    setup = Setup(("ovos-skill-repeater.kit",))
    before = children()
    with EarlyProcess(MEMORY) as early:
        [pid] = children() - before
        with SubprocessAssistant(setup, early=early):
            assert children() - before == {pid}
        assert not is_running(pid)


@pytest.mark.parametrize(
    "error", [AssistantError("no home can be made"), OSError("no more processes")]
)
def test_one_that_cannot_be_started_is_no_error(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not be needed; otherwise the assistant has the same error."""

    def fail(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(spawning, "spawn", fail)
    with EarlyProcess(MEMORY) as early:
        assert early.take(MEMORY) is None


def test_none_is_started_for_an_environment_that_may_have_to_be_made() -> None:
    """The hub of ``--bus hivemind`` may have to be installed before."""
    transport = transport_of("hivemind")
    with EarlyProcess(transport) as early:
        assert early.take(transport) is None


def test_no_home_is_left_if_there_is_no_process(
    homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If Python cannot be started, the home is removed again."""
    monkeypatch.setattr(sys, "executable", str(homes / "python"))
    with EarlyProcess(MEMORY) as early:
        assert early.take(MEMORY) is None


def test_two_requests_may_come_at_once() -> None:
    """What has been read of the second one is kept for the next time."""
    source, sink = os.pipe()
    os.write(sink, frame(0, {"first": 1}) + frame(7, {"second": 2}))
    channel = Channel(source, -1)
    assert channel.read() == {"first": 1}
    assert channel.read() == {"second": 2}
    assert channel.number == 7
    os.close(source)
    os.close(sink)
