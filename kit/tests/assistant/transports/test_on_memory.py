"""The assistant in memory: which ends of a thread are faults."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.on_memory import MemoryBusAssistant

pytestmark = pytest.mark.ovos


def fail() -> None:
    raise KeyError("note")


@pytest.mark.parametrize(
    ("function", "faults"),
    [(sys.exit, []), (fail, ["a listener of the bus: KeyError: 'note'"])],
)
def test_end_of_a_thread(
    monkeypatch: pytest.MonkeyPatch, function: Callable[[], None], faults: list[str]
) -> None:
    """An exception that ends a thread is a fault; ``sys.exit()`` ends it quietly."""
    local = MemoryBusAssistant(Setup(("any.skill",)))
    monkeypatch.setattr(threading, "excepthook", None)  # put back afterwards
    local._raised.watch_threads(local._note)
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
    assert [caught.fault.detail for caught in local.faults()] == faults
