"""Tests of the assistants of a run: booted when needed, shared, and ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from support.actors import Actor, Troupe

from ovos_dialogue_kit.assistant.process import assistant_process, spawn
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.registry import Transport
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.run.assistants import (
    Assistants,
    first_started_early,
    own_process,
)

MISSING = EngineMissingError(
    'the engine "adapt" is not installed', hint="pip install adapt"
)


def test_assistants_are_shared() -> None:
    """One assistant is booted for each setup."""
    troupe = Troupe()
    setup = Setup(("a.test",))
    with Assistants(troupe) as assistants:
        first = assistants.get(setup)
        assert assistants.get(Setup(("a.test",))) is first
        assert assistants.get(replace(setup, engine="adapt")) is not first
        assert len(assistants) == 2


def test_elsewhere_nothing_is_started_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no assistant runs, the one that is asked for says so."""
    monkeypatch.setattr(sys, "platform", "plan9")
    with first_started_early("memory") as boot:
        assert boot is own_process
    with pytest.raises(AssistantError, match=r'Linux only, and this system is "plan9"'):
        own_process(Setup(("a.test",)))


def test_the_first_process_is_started_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for the run's bus, offered to each assistant, and ends with the run."""
    log: list[object] = []

    @contextmanager
    def start(transport: Transport) -> Iterator[str]:
        log.append(transport.name)
        yield "a process"
        log.append("ended")

    def take(setup: Setup, *, early: str | None) -> Actor:
        log.append(early)
        return Actor(setup)

    monkeypatch.setattr(spawn, "EarlyProcess", start)
    monkeypatch.setattr(assistant_process, "SubprocessAssistant", take)
    setup = Setup(("a.test",))
    with first_started_early("real") as boot:
        assert isinstance(assistant := boot(setup), Actor)
    assert assistant.setup is setup
    own_process(setup)
    assert log == ["real", "a process", "ended", None]


def test_threads_wait_for_one_boot() -> None:
    """Threads that ask for the same setup at once get the same assistant."""
    troupe = Troupe()
    with Assistants(troupe) as assistants, ThreadPoolExecutor(3) as pool:
        found = [*pool.map(assistants.get, [Setup(("a.test",))] * 6)]
        assert found == troupe.actors * 6
        assert len(assistants) == 1


def test_assistants_fail_once() -> None:
    """A failed boot is not tried again; the error is the same each time."""
    troupe = Troupe({"adapt": MISSING})
    setup = Setup(("a.test",), engine="adapt")
    assistants = Assistants(troupe)
    for _ in range(2):
        with pytest.raises(EngineMissingError) as caught:
            assistants.get(setup)
        assert caught.value is MISSING
    assert [actor.is_closed for actor in troupe.actors] == [True]
    assert len(assistants) == 0


def test_assistants_end() -> None:
    """Closing ends all assistants, and no more can be booted."""
    troupe = Troupe()
    with Assistants(troupe) as assistants:
        assistants.get(Setup(("a.test",)))
    assert [actor.is_closed for actor in troupe.actors] == [True]
    with pytest.raises(AssistantError, match=r"^the run has ended$"):
        assistants.get(Setup(("b.test",)))


def test_the_latest_are_kept() -> None:
    """Those used last stay booted; another one is ended, and booted if asked for."""
    troupe = Troupe()
    lamp, clock, radio = (
        Setup((f"{name}.test",)) for name in ("lamp", "clock", "radio")
    )
    with Assistants(troupe) as assistants:
        first = assistants.get(lamp)
        assistants.get(clock)
        assistants.get(radio)
        assert assistants.get(lamp) is first
        assistants.keep_latest(2)
        assert [actor.is_closed for actor in troupe.actors] == [False, True, False]
        assert len(assistants) == 2
        assert assistants.get(lamp) is first
        assert assistants.get(clock) is troupe.actors[-1]
        assert len(troupe.actors) == 4


def test_a_failed_boot_is_remembered_beyond_the_latest() -> None:
    """An assistant that cannot be booted is not tried again, and counts for none."""
    troupe = Troupe({"adapt": MISSING})
    adapt = Setup(("lamp.test",), engine="adapt")
    with Assistants(troupe) as assistants:
        with pytest.raises(EngineMissingError):
            assistants.get(adapt)
        kept = assistants.get(Setup(("lamp.test",)))
        assistants.keep_latest(1)
        with pytest.raises(EngineMissingError):
            assistants.get(adapt)
        assert assistants.get(Setup(("lamp.test",))) is kept
    assert len(troupe.actors) == 2


def test_one_that_cannot_be_ended_leaves_the_others() -> None:
    """All assistants are ended, even if one of them raises."""

    class Stubborn(Actor):
        def close(self) -> None:
            super().close()
            raise OSError("no")

    made: list[Actor] = []

    def boot(setup: Setup) -> Actor:
        made.append((Actor if made else Stubborn)(setup))
        return made[-1]

    assistants = Assistants(boot)
    for name in ("lamp", "clock"):
        assistants.get(Setup((f"{name}.test",)))
    with pytest.raises(OSError, match=r"^no$"):
        assistants.close()
    assert [actor.is_closed for actor in made] == [True, True]


def test_an_error_does_not_grow() -> None:
    """The same error, raised many times, has the trace of one."""
    assistants = Assistants(Troupe({"adapt": MISSING}))
    lengths = set()
    for _ in range(4):
        with pytest.raises(EngineMissingError) as caught:
            assistants.get(Setup(("lamp.test",), engine="adapt"))
        lengths.add(len(caught.traceback))
    assert len(lengths) <= 2  # the first one comes from the boot


WINDOWS = """
import sys
import ovos_dialogue_kit.project.locks  # which asks for the system itself

for missing in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[missing] = None

import ovos_dialogue_kit.cli.generate
import ovos_dialogue_kit.cli.isolate
import ovos_dialogue_kit.cli.replay
import ovos_dialogue_kit.pytest_plugin.assistant
import ovos_dialogue_kit.pytest_plugin.isolate
import ovos_dialogue_kit.pytest_plugin.items
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.run.assistants import Assistants

sys.platform = "win32"
try:
    Assistants().get(Setup(("a.test",)))
except AssistantError as error:
    print(error.problem)
"""


def test_another_system_collects_scripts_and_boots_nothing() -> None:
    """It lacks modules of Python that only an assistant needs."""
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False
    )
    told = 'an assistant runs on Linux only, and this system is "win32"\n'
    assert (done.stdout, done.stderr) == (told, "")
