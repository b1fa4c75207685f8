"""Websockets to the bus in memory, and those that go elsewhere."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping

import ovos_config.config
import pytest
import websocket
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.transports.memory_sockets import (
    MemorySockets,
    is_own_bus,
)

OWN, OTHER = "ws://127.0.0.1:8181/core", "ws://127.0.0.1:2/core"
TOO_LARGE = "x" * (11 << 20)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (OWN, True),
        ("ws://localhost:8181/", True),
        ("wss://[::1]:8181/core", True),
        ("wss://[::]:8181/", True),
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
    monkeypatch.setattr(ovos_config.config, "Configuration", dict)
    errors: list[BaseException] = []
    made = Hub(errors.append)
    with virtual_world(scheduler=made.scheduler):
        yield made
    assert errors == []


@pytest.fixture(autouse=True)
def sockets(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> MemorySockets:
    made = MemorySockets(hub)
    for owner, name, stand_in in made.stand_ins():
        monkeypatch.setattr(owner, name, stand_in)
    return made


def connected(count: int) -> list[websocket.WebSocket]:
    """Return connections that have had their first message."""
    connections = [websocket.create_connection(OWN) for _ in range(count)]
    for each in connections:
        each.recv()
    return connections


def test_a_connection_is_welcomed() -> None:
    """Its first message is that of an ``ovos-messagebus``."""
    connection = websocket.create_connection(OWN)
    assert connection.connected
    assert json.loads(connection.recv()) == {
        "type": "connected",
        "data": {},
        "context": {"session": {"session_id": "default"}},
    }


def test_a_connection_closed_at_once_hears_nothing(hub: Hub) -> None:
    """Closing comes before the bus's first message."""
    connection = websocket.create_connection(OWN)
    connection.close()
    hub.send("{}")
    hub.scheduler.sleep(1)
    assert not connection.connected
    for use in (connection.recv, lambda: connection.send("late")):
        with pytest.raises(websocket.WebSocketConnectionClosedException):
            use()


def test_a_connection_waits_as_long_as_it_says(hub: Hub) -> None:
    """The timeout may be given before, or when it is opened."""
    connection = websocket.WebSocket()
    connection.settimeout(3)
    waited = []
    for options in ({}, {"timeout": 2}):
        connection.connect(OWN, **options)
        connection.recv()
        before = hub.scheduler.now
        with pytest.raises(
            websocket.WebSocketTimeoutException, match=r"^Connection timed out$"
        ):
            connection.recv()
        waited.append(hub.scheduler.now - before)
        connection.close()
    assert waited == [3.0, 2.0]


def test_bytes_arrive_as_text() -> None:
    """As a frame of text does, however it was sent."""
    here, there = connected(2)
    assert here.send(b"hello") == 5
    assert there.recv() == "hello"


@pytest.mark.parametrize(
    ("settings", "megabytes"),
    [({}, 10), ({"websocket": {"max_msg_size": 2}}, 2)],
)
def test_nothing_follows_a_message_too_large(
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    settings: Mapping[str, object],
    megabytes: int,
) -> None:
    """What was sent right after it over the same connection is lost, too.

    ``mycroft.conf`` says how many bytes a message may have.
    """
    monkeypatch.setattr(ovos_config.config, "Configuration", lambda: settings)
    here, there = connected(2)
    most = megabytes << 20
    for payload in ("x" * most, "é" * (most // 2)):
        assert here.send(payload) == most
        assert there.recv() == payload
    here.send("é" * (most // 2) + "x")
    here.send("second")
    hub.send("from another")
    assert there.recv() == "from another"


def test_an_app_calls_its_functions(hub: Hub) -> None:
    """``run_forever`` returns when the app is closed; then it cannot send.

    If the bus cuts the connection, that is an error; the app can be run again.
    """
    log: list[object] = []
    app = websocket.WebSocketApp(
        OWN,
        on_open=lambda _: log.append("open"),
        on_message=lambda _, text: log.append(text[:9]),
        on_error=lambda _, error: log.append(repr(error)),
        on_close=lambda *reason: log.append(reason[1:]),
    )

    def run() -> threading.Thread:
        thread = threading.Thread(target=lambda: log.append(app.run_forever()))
        thread.start()
        hub.scheduler.sleep(1)
        return thread

    def said() -> list[object]:
        copy = [*log]
        log.clear()
        return copy

    cut = run()
    assert app.keep_running
    app.send(TOO_LARGE)
    cut.join()
    assert said() == [
        "open",
        '{"type": ',
        "ConnectionResetError(104, 'Connection reset by peer')",
        (None, None),
        True,
    ]
    closed = run()
    (there,) = connected(1)
    app.send("hello")
    assert there.recv() == "hello"
    app.close()
    hub.send("late")
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        app.send("late")
    closed.join()
    assert said() == ["open", '{"type": ', "hello", (None, None), False]
    assert not app.keep_running


def test_an_app_without_a_thread(hub: Hub, sockets: MemorySockets) -> None:
    """It is told when the bus cuts it; run before, it is not opened once more."""
    log: list[str] = []
    apps = [
        websocket.WebSocketApp(
            OWN, on_open=lambda _: log.append("open"), on_message=lambda *_: None
        )
        for _ in range(2)
    ]
    first, second = apps
    for app in apps:
        sockets.open(app, lambda: log.append("cut"))
        assert app.keep_running
    first.send(TOO_LARGE)
    threading.Thread(target=second.run_forever).start()
    hub.scheduler.sleep(1)
    assert log == ["open", "open", "cut"]
    second.close()


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
    connection = websocket.WebSocket()
    connection.sock, there = socket.socketpair()
    connection.connected = True
    connection.close(timeout=0)
    with there:
        assert there.recv(2) == b"\x88\x82"  # a frame that closes
    assert connection.sock is None
