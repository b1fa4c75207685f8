"""The assistant in memory: what it calls, and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from ovos_dialogue_kit.assistant.core.boot import RunningCore
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.unloading import UNLOADING
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.on_memory import (
    MemoryBusAssistant,
    _dialog_names,
)
from ovos_dialogue_kit.errors import Mark
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
    scheduler.close()


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
    assert scheduler.close() == []


def test_dialogs_of_nested_expectations() -> None:
    """The lines of a dialog are told wherever the expectation names it."""
    mark = Mark("a", 1, 1)
    first, second = (ReplyExpectation(mark, dialog=name) for name in "ab")
    nested = ReplyExpectation(mark, any_of=(first,), denied=second)
    assert [*_dialog_names(nested)] == ["a", "b"]
