"""Websockets to the bus in memory, and those that go elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import websocket
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.transports import memory_sockets
from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.transports.memory_sockets import (
    MemorySockets,
    is_own_bus,
)

OWN, OTHER = "ws://127.0.0.1:8181/core", "ws://127.0.0.1:2/core"


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (OWN, True),
        ("ws://localhost:8181/", True),
        ("wss://[::1]:8181/core", True),
        ("ws://0.0.0.0:1/core", True),
        ("ws://localhost:18181/gui", False),
        ("ws://192.0.2.1:8181/core", False),
        ("ws://localhost/core", False),
    ],
)
def test_what_counts_as_the_own_bus(url: str, *, is_own: bool) -> None:
    """The address in ``mycroft.conf``, and the usual port of this machine."""
    assert is_own_bus(url) is is_own


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    errors: list[BaseException] = []
    made = Hub(errors.append)
    with virtual_world(scheduler=made.scheduler):
        for owner, name, stand_in in MemorySockets(made).stand_ins():
            monkeypatch.setattr(owner, name, stand_in)
        yield made
    assert errors == []


def test_a_connection_closed_at_once_hears_nothing(hub: Hub) -> None:
    """Closing comes before the bus's first message."""
    connection = websocket.create_connection(OWN)
    connection.close()
    hub.send("{}")
    hub.scheduler.sleep(1)
    assert not connection.connected
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        connection.send("late")


@pytest.mark.usefixtures("hub")
def test_bytes_arrive_as_text() -> None:
    """As a frame of text does, however it was sent."""
    here, there = (websocket.create_connection(OWN) for _ in range(2))
    there.recv()
    assert here.send(b"hello") == 5
    assert there.recv() == "hello"


def test_nothing_follows_a_message_too_large(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent right after it over the same connection is lost, too."""
    monkeypatch.setattr(memory_sockets, "_limit", lambda: 1 << 20)
    here, there = (websocket.create_connection(OWN) for _ in range(2))
    there.recv()
    here.send("x" * (2 << 20))
    here.send("second")
    hub.send("from another")
    assert there.recv() == "from another"


@pytest.mark.usefixtures("hub")
def test_an_app_calls_its_functions() -> None:
    """``run_forever`` returns when the app is closed; then it cannot send."""
    log: list[str] = []
    app = websocket.WebSocketApp(
        OWN,
        on_open=lambda _: log.append("open"),
        on_message=lambda app, _: app.close(),
        on_close=lambda *_: log.append("close"),
    )
    thread = threading.Thread(target=app.run_forever)
    thread.start()
    thread.join()
    assert log == ["open", "close"]
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        app.send("late")


@pytest.mark.usefixtures("hub")
def test_other_addresses_are_left_alone() -> None:
    """A connection to anything else is attempted, and here refused."""
    errors: list[str] = []
    app = websocket.WebSocketApp(
        OTHER, on_error=lambda _, error: errors.append(type(error).__name__)
    )
    app.run_forever()
    app.close()
    assert errors == ["ConnectionRefusedError"]
    with pytest.raises(ConnectionRefusedError):
        websocket.create_connection(OTHER)
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        websocket.WebSocket().recv()
