"""The assistant in memory: what it calls, and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ovos_bus_client.client import client
from support.actors import fixtures
from support.planned_bus import HANDLED, PlannedBus, sessions_sent, speak

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.unloading import UNLOADING
from ovos_dialogue_kit.assistant.setup import Setup, default_pipeline
from ovos_dialogue_kit.assistant.transports import on_memory
from ovos_dialogue_kit.assistant.transports.on_memory import (
    MemoryBusAssistant,
    _dialog_names,
    transcribe,
    versions,
)
from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault
from ovos_dialogue_kit.script.model import ReplyExpectation

pytestmark = pytest.mark.ovos


@pytest.fixture
def local() -> MemoryBusAssistant:
    """Return an assistant that was not booted."""
    return MemoryBusAssistant(Setup(("any.skill",)))


def test_a_watched_file_that_changed_calls_its_listener(
    local: MemoryBusAssistant,
) -> None:
    """The call takes its turn like that of a listener to the bus."""
    local._call(print, "settings.json")
    assert [call.args for call in local._hub.scheduler.calls] == [("settings.json",)]


@pytest.fixture
def running(local: MemoryBusAssistant) -> Iterator[MemoryBusAssistant]:
    """Yield an assistant that is in virtual time, as after its boot."""
    local._clock.install()
    local._clock.begin(0, 0)
    yield local
    local._clock.uninstall()


class Message:
    """A message of the bus among the variables of a handler."""

    __module__ = "ovos_bus_client.message"

    def __init__(self, session_id: str) -> None:
        self.context = {"session": {"session_id": session_id}}


def chirp(message: object = None) -> None:
    raise ValueError("hoarse" if message else "alone")


def test_faults_of_threads(
    running: MemoryBusAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told once, for its own message's session or else for its starter's."""
    monkeypatch.setattr(threading, "excepthook", None)  # put back afterwards
    Raised.watch_threads(running._note)
    scheduler = running._hub.scheduler
    scheduler.adopt("driver")

    def handle(message: Message) -> None:
        for given in ((), (Message("0-bedroom"),)):
            threading.Thread(target=chirp, args=given).start()
        del message

    handle(Message("0-kitchen"))
    scheduler.rest(scheduler.now + 1, lambda: False)
    assert [
        (caught.fault.detail, caught.session_id) for caught in running.faults()
    ] == [
        ("a listener of the bus: ValueError: alone", "0-kitchen"),
        ("a listener of the bus: ValueError: hoarse", "0-bedroom"),
    ]
    assert running.faults() == []
    scheduler.release()
    assert scheduler.close(60) == []


def test_faults_of_the_boot(
    running: MemoryBusAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a skill are told; what OVOS itself does meanwhile is none."""

    def boot(*_: object) -> RunningCore:
        for detail, trace in (("one", "E: x"), ("of OVOS", None), ("two", "E: y")):
            running._note_fault(Caught(Fault("raised", detail, trace), None))
        return RunningCore(None, None, {})

    name = "ExecutorEventEmitter"  # which it replaces
    monkeypatch.setattr(client, name, getattr(client, name))
    monkeypatch.setattr(on_memory, "boot", boot)
    monkeypatch.setattr(on_memory, "warm_up", lambda _: None)
    running.start()
    assert [caught.fault.detail for caught in running.faults()] == ["one", "two"]
    assert running.faults() == []


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_stop(
    running: MemoryBusAssistant,
    is_interrupted: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Skills are shut down in their own time, unless something was interrupted."""
    log: list[float] = []

    def shut_down() -> None:
        time.sleep(5)
        log.append(running._hub.scheduler.now)

    running._core = RunningCore(None, None, {})
    running._core.shutdown = shut_down  # type: ignore[method-assign]
    running.stop(is_interrupted=is_interrupted)
    assert log == ([] if is_interrupted else [5.0])
    assert running._hub.scheduler.current() is None


def test_skills_that_do_not_stop(running: MemoryBusAssistant) -> None:
    """They are waited for as long as for their unloading, and told by their thread."""
    scheduler = running._hub.scheduler
    scheduler.adopt("driver")
    ending = running._end(threading.Event().wait)
    assert scheduler.now == UNLOADING
    assert ending in {thread.ident for thread in threading.enumerate()}
    scheduler.release()
    assert scheduler.close(60) == []


SCRIPT = """
skill: a.skill
dialogues:
  x:
  - kitchen: hi
    expect: {dialog: hello, not: {replies_include: {dialog: bye}}}
  - bedroom: {say: ola, lang: pt-PT}
    expect: {dialog: hello}
"""


@pytest.mark.parametrize("schedule", [None, (Step(0), Step(1))])
def test_a_transcript(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    schedule: Sequence[Step] | None,
) -> None:
    """It has missing dialogs as faults, the lines of those expected, and explanations.

    A search has no use for explanations.
    """
    monkeypatch.setattr(
        "ovos_dialogue_kit.assistant.transports.on_memory.with_explanations",
        lambda *given: replace(given[-1], leftovers=("explained",)),
    )
    renderer = SimpleNamespace(templates={"hello": []})
    skill = SimpleNamespace(
        load_lang=lambda **_: SimpleNamespace(dialog_renderer=renderer),
        root_dir=str(tmp_path),
    )
    core: Any = SimpleNamespace(
        skills={"a.skill": skill}, dialog_lines=lambda *given: given
    )
    meta = {"dialog": "gone", "skill": "a.skill"}
    bus = PlannedBus([speak("gone", meta=meta), (HANDLED, {})], [])
    setup = Setup(("a.skill",), optional=("common_qa",))
    (fixture,) = fixtures(SCRIPT)
    options = Options(deadline=2.5, schedule=schedule)
    found = transcribe(setup, core, bus, fixture, fixture.cases[0], options)
    first, second = found.turns
    assert [fault.detail for fault in first.faults] == ['no "gone.dialog" in en-US']
    assert (second.end, bus.now) == ("deadline", 2.5)
    assert found.dialogs == {
        f"{name}/{lang}": (name, lang)
        for name in ("bye", "hello")
        for lang in ("en-US", "pt-PT")
    }
    assert found.leftovers == (() if schedule else ("explained",))
    assert (found.engine, found.bus) == ("padacioso", "memory")
    assert found.versions == versions()
    (session, *_) = sessions_sent(bus)
    assert session["pipeline"] == default_pipeline("padacioso", ("common_qa",))


def test_dialogs_of_nested_expectations() -> None:
    """The lines of a dialog are told wherever the expectation names it."""
    mark = Mark("a", 1, 1)
    first, second = (ReplyExpectation(mark, dialog=name) for name in "ab")
    nested = ReplyExpectation(mark, any_of=(first,), denied=second)
    assert [*_dialog_names(nested)] == ["a", "b"]
