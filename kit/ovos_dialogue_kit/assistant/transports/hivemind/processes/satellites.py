"""Run the satellites of a hub, each a client of hivemind-bus-client, in one process.

Commands come as lines of JSON on the standard input, what happens goes out as such on
the standard output:

- ``{"op": "connect", "name", "key", "identity", "password", "session_id",
  "site_id", "address"}``
  gives ``{"connected": name}``, or ``{"refused": name, "why"}``
- ``{"op": "emit", "name", "message"}`` sends a bus message, or gives
  ``{"failed": name, "why"}``
- ``{"op": "close", "name"}`` ends a connection
- ``{"lost": name, "why"}``: the connection has ended otherwise
- ``{"heard": name, "message"}``: the hub has given a satellite a bus message
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

_lock = threading.Lock()
_clients: dict[str, Any] = {}
_keys: list[Path] = []


def _tell(**what: object) -> None:
    with _lock:
        sys.__stdout__.write(json.dumps(what) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


def _identity(name: str) -> Any:  # a NodeIdentity, which is untyped
    """Return an identity of its own, with the one RSA key of all: it takes seconds."""
    from hivemind_bus_client.identity import NodeIdentity
    from hivemind_bus_client.noise import clear_cached_psks
    from json_database import JsonConfigXDG
    from poorman_handshake import HandShake

    folder = os.environ["XDG_CONFIG_HOME"]
    file = JsonConfigXDG("_identity", subfolder=f"hivemind/{name}", xdg_folder=folder)
    file["name"] = name
    identity = NodeIdentity(file)
    path = Path(identity.private_key)
    with _lock:
        if not path.exists() and _keys:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_keys[0], path)
        HandShake(str(path))
        _keys.append(path)
    clear_cached_psks(identity.noise_key)  # which hide that a password is wrong
    return identity


def _connect(  # noqa: PLR0913, PLR0917
    name: str,
    key: str,
    identity: str,
    password: str,
    session_id: str,
    site_id: str,
    address: str,
) -> None:
    """Connect a satellite; returns when it has shaken hands with the hub."""
    from hivemind_bus_client import HiveMessageBusClient
    from hivemind_bus_client.message import HiveMessageType
    from ovos_bus_client.session import Session
    from ovos_utils.fakebus import FakeBus

    why: list[str] = []

    class Client(HiveMessageBusClient):  # type: ignore[misc]  # untyped
        """A client that notes why the hub closes its connection."""

        def on_close(self, *details: Any) -> None:
            why.extend(str(each) for each in details[2:] if each)
            super().on_close(*details)

        def on_error(self, *details: Any) -> None:
            frame = getattr(details[-1], "data", None)  # of a close
            if isinstance(frame, bytes) and frame[2:]:
                why.append(frame[2:].decode(errors="replace"))
            super().on_error(*details)

    host, _, port = address.rpartition(":")
    bus = FakeBus(session=Session(session_id=session_id))  # the default is one for all
    client = Client(
        key=key,
        password=password,
        host=host,
        port=int(port),
        useragent="kit",
        identity=_identity(identity),
        internal_bus=bus,
    )

    def hear(frame: Any) -> None:
        message = frame.payload
        content = {
            "type": message.msg_type,
            "data": message.data,
            "context": message.context,
        }
        _tell(heard=name, message=content)

    client.emitter.on(HiveMessageType.BUS, hear)
    try:
        client.connect(bus=bus, site_id=site_id, handshake_max_retries=3)
    except Exception as error:  # foreign code, reported  # noqa: BLE001
        client.close()  # or it goes on trying
        _tell(refused=name, why=why[-1] if why else str(error))
        return
    client.emitter.on("close", lambda *_: _lose(name, why))
    _clients[name] = client
    _tell(connected=name)


def _lose(name: str, why: list[str]) -> None:
    if name in _clients:
        _tell(lost=name, why=why[-1] if why else "")


def _emit(name: str, message: dict[str, Any]) -> None:
    """Let a satellite send a bus message."""
    from ovos_bus_client.message import Message

    sent = Message(message["type"], message["data"], message["context"])
    _clients[name].emit(sent)


def _close(name: str) -> None:
    """End a satellite's connection."""
    if name in _clients:
        _clients.pop(name).close()


def run_satellites() -> None:
    """Do what the standard input says, until it ends."""
    sys.stdout = sys.stderr
    operations = {"connect": _connect, "emit": _emit, "close": _close}
    _tell(ready=True)
    for line in sys.stdin:
        command = json.loads(line)
        operation = operations[command.pop("op")]

        def run(operation: Any = operation, command: Any = command) -> None:
            try:
                operation(**command)
            except BaseException as error:  # noqa: BLE001  # foreign code, reported
                why = f"{type(error).__name__}: {error}"
                _tell(failed=command["name"], why=why)

        if operation is _connect:
            threading.Thread(target=run, daemon=True).start()
        else:
            run()
    os._exit(0)


if __name__ == "__main__":
    run_satellites()
