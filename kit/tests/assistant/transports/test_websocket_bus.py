"""The real bus from the kit's side: what answers there, and what does not."""

from __future__ import annotations

import contextlib
import hashlib
import re
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ovos_dialogue_kit.assistant import network
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports import on_websocket, websocket_bus
from ovos_dialogue_kit.assistant.transports.on_websocket import OwnBusAssistant
from ovos_dialogue_kit.assistant.transports.websocket_bus import WebsocketBus
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.replayer.bus import BusLostError

pytestmark = pytest.mark.ovos

REPEATER = "ovos-skill-repeater.kit"
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What a server of RFC 6455 adds to a client's key."""
OTHERS = b'{"type": "kit.echo", "data": {"token": "x"}, "context": {}}'


def test_a_server_that_is_no_bus_is_told() -> None:
    """The error shows the answer of a server that is not a message bus."""
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    url = f"ws://127.0.0.1:{server.server_port}/core"
    try:
        with pytest.raises(AssistantError) as error:
            WebsocketBus(url)
    finally:
        thread.join(20)
        server.server_close()
    assert error.value.problem == (
        f'no message bus answers at "{url}": the server answered with status 501'
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ws://no-such-host.invalid:8181/core", ""),
        ("ws:///core", "hostname is invalid"),
    ],
)
def test_an_address_of_no_host_is_told(url: str, reason: str) -> None:
    """It is an error that names the address."""
    with pytest.raises(AssistantError) as error:
        WebsocketBus(url)
    problem = f'no message bus answers at "{url}": {reason}'
    assert error.value.problem.startswith(problem)


def test_a_server_that_answers_nothing_is_a_lost_bus() -> None:
    """A connection over which only others' echoes come back is no bus of ours."""
    with connect_to_nobody() as url:
        bus = WebsocketBus(url)
        with pytest.raises(BusLostError) as error:
            bus.rest(bus.now + 0.2)
        bus.close()
    told = re.escape(f"the message bus at {url} has not returned a message for ")
    assert re.fullmatch(told + r"\d+\.\d s", str(error.value))  # a busy machine's time


@pytest.mark.parametrize("opcode", [0x81, 0x82])
def test_what_is_no_text_is_somebody_elses_mistake(opcode: int) -> None:
    """The kit goes on hearing; the connection ends when its other end closes it."""
    frames = [b"\xff", b"", b"[]", OTHERS]
    sent = [bytes([opcode, len(each)]) + each for each in frames]
    with connect_to_nobody(b"".join(sent) + bytes([0x88, 0])) as url:
        bus = WebsocketBus(url)
        heard = [bus._next(bus.now + 20) for _ in frames]
        with pytest.raises(BusLostError) as error:
            bus.advance(bus.now + 20)
        bus.close()
    topics = [each.topic for each in heard if each]
    assert topics == ["None", "None", "None", "kit.echo"]
    assert str(error.value) == f"the connection to the message bus at {url} was lost"


def test_nothing_can_be_sent_over_an_ended_connection() -> None:
    """Sending over a closed connection raises ``BusLostError``."""
    with connect_to_nobody() as url:
        bus = WebsocketBus(url)
        bus.close()
        with pytest.raises(BusLostError) as error:
            bus.send({"type": "news", "data": {}, "context": {}})
    assert str(error.value) == f"the connection to the message bus at {url} was lost"


def test_nothing_is_heard_over_an_ended_connection() -> None:
    """Waiting on a closed connection raises ``BusLostError`` at once, each time."""
    with connect_to_nobody() as url:
        bus = WebsocketBus(url)
        bus.close()
        for _ in range(3):
            with pytest.raises(BusLostError):
                bus.advance(bus.now + 20)


@pytest.mark.parametrize("has_settled", [lambda _: False, None])
def test_listeners_that_stay_at_work(
    monkeypatch: pytest.MonkeyPatch, has_settled: Callable[[str], bool] | None
) -> None:
    """They are waited for only for a moment, or for a moment of quiet if not seen."""
    monkeypatch.setattr(websocket_bus, "_SETTLING_SECONDS", 0.02)
    monkeypatch.setattr(websocket_bus, "_QUIET_SECONDS", 0.001)
    with connect_to_nobody() as url:
        bus = WebsocketBus(url, has_settled=has_settled)
        echoes = iter(["late", ""])
        monkeypatch.setattr(
            bus, "_echo", lambda _, heard: heard.extend(next(echoes, ""))
        )
        heard = bus.advance(bus.now + 20, is_settling=True)
        bus.close()
        bus.close()  # once more does no harm
    assert [each.topic for each in heard[:1]] == ["kit.echo"]
    assert heard[1:] == [*"late"]


@contextlib.contextmanager
def connect_to_nobody(
    frames: bytes = bytes([0x81, len(OTHERS)]) + OTHERS,
) -> Iterator[str]:
    """Serve one connection: an echo of somebody else's, then silence until it ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = self.headers["Sec-WebSocket-Key"] + MAGIC
            digest = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", b64encode(digest).decode())
            self.end_headers()
            self.wfile.write(frames)
            self.rfile.read()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    yield f"ws://127.0.0.1:{server.server_port}/core"
    thread.join(20)
    server.server_close()


def started(tmp_path: Path) -> OwnBusAssistant:
    """Return a bus of the kit's own that is still to be started."""
    configuration = tmp_path / "mycroft.conf"
    configuration.write_text('{"websocket": {}}')
    return OwnBusAssistant(Setup((REPEATER,), bus="real", clock="real"), configuration)


def test_a_bus_that_does_not_come_up_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends before it listens is reported."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    bus = started(tmp_path)
    with pytest.raises(AssistantError) as error:
        bus.start()
    assert str(error.value) == (
        f"ovos-messagebus did not start\n  it does not listen at {bus.url}"
    )


def test_another_server_at_the_port_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker may have taken the same port before the server listens."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(network, "_own_inodes", set)
    with connect_to_nobody() as url:
        monkeypatch.setattr(on_websocket, "free_port", lambda: urlsplit(url).port)
        with pytest.raises(AssistantError, match="ovos-messagebus did not start"):
            started(tmp_path).start()
        WebsocketBus(url).close()


def test_a_bus_that_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra there is no server, and the error names the extra."""
    monkeypatch.setattr(on_websocket, "find_spec", lambda _: None)
    with pytest.raises(AssistantError) as error:
        started(tmp_path).start()
    assert str(error.value) == (
        'ovos-messagebus is not installed\n  pip install "ovos-dialogue-kit[bus]"'
    )
