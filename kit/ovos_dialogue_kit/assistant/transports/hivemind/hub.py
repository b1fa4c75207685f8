"""Start a HiveMind hub and the process of its satellites, and watch them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ovos_dialogue_kit.assistant.network import is_listened_to
from ovos_dialogue_kit.assistant.system.ending import die_with_parent
from ovos_dialogue_kit.assistant.transports.hivemind.environment import HUB_PYTHON
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import BusLostError
from ovos_dialogue_kit.replayer.session_state import both_names

__all__ = ["Ends", "Hive"]

_PROGRAMS = Path(__file__).with_name("processes")
_START_SECONDS = 60.0
_CONNECT_SECONDS = 60.0
_LOOK_SECONDS = 0.5
_LAST_LINES = 5
_ECHO = "kit.echo"
_REFUSED = re.compile(r"handshake with \S+ FAILED: (.*)")
_HANDSHAKE = ("handshake failure", "timed out waiting for handshake")
_NO_HANDSHAKE = "no handshake; the password may be wrong, or no hub is there"
_CONFIGURATION = {"log_level": "ERROR", "logs": {"level": "ERROR"}}


class Ends:
    """The process of the satellites of a HiveMind hub.

    Args:
        home: a folder for its files.
        address: that of the hub: ``ws://host:port``, or ``wss://``.
        identities: a folder for the satellites' own keys; by default below ``home``.

    ``events`` are what the satellites tell; see ``processes/satellites.py``.
    """

    def __init__(
        self, home: Path, address: str, identities: Path | None = None
    ) -> None:
        self._address = address
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._log = home / "satellites" / "log"
        self._ends = _start("satellites", home, identities)

    def listen(self) -> None:
        """Take down the events from now on, in a thread."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        source = self._ends.stdout
        assert source  # noqa: S101  # a pipe
        for line in source:
            with contextlib.suppress(ValueError):
                self.events.put(json.loads(line))

    def event(self, until: float) -> dict[str, Any] | None:
        """Return the next event; ``None`` if there is none until a monotonic time.

        Raises:
            BusLostError: the hub, or the satellites' process, has ended, or the hub
                has closed a connection.

        """
        while True:
            left = until - time.monotonic()
            try:
                event = self.events.get(timeout=max(0, min(left, _LOOK_SECONDS)))
            except queue.Empty:
                self.require_alive()
                if left <= 0:
                    return None
            else:
                self._require_connection(event)
                return event

    def _require_connection(self, event: Mapping[str, Any]) -> None:
        """Raise if an event tells that a connection is lost."""
        if "lost" in event:
            time.sleep(_LOOK_SECONDS)  # its hub may just be ending
            self.require_alive()
            why = f": {event['why']}" if event["why"] else ""
            raise BusLostError(
                f'the HiveMind hub has closed the connection of "{event["lost"]}"{why}'
            )
        if "failed" in event:
            raise BusLostError(f'"{event["failed"]}": {event["why"]}')

    def require_alive(self) -> None:
        """Raise if the satellites' process has ended.

        Raises:
            BusLostError: it has.

        """
        if self._ends.poll() is not None:
            raise BusLostError(f"the satellites' process has ended{_how(self._ends)}")

    def last_refusal(self) -> str:
        """Return why a satellite was last refused, if it knows; else nothing."""
        return ""

    def connect_all(self, satellites: Sequence[HubClient]) -> None:
        """Connect satellites at the same time.

        Raises:
            AssistantError: the hub does not take one of them, or it, or the process,
                has ended.

        """
        while not self.events.empty():  # those of another dialogue
            self.events.get()
        try:
            self._connect_all(satellites)
        except BusLostError as error:
            raise AssistantError(str(error)) from error

    def connect_again(self, satellite: HubClient) -> list[dict[str, Any]]:
        """Connect a satellite beside others, and return the events of these meanwhile.

        Raises:
            AssistantError: the hub does not take it.
            BusLostError: it, or the process, has ended.

        """
        return self._connect_all([satellite])

    def _connect_all(self, satellites: Sequence[HubClient]) -> list[dict[str, Any]]:
        others = []
        for each in satellites:
            self.connect(each)
        waiting = {each.name for each in satellites}
        until = time.monotonic() + _CONNECT_SECONDS
        while waiting:
            event = self.event(until)
            if event is None:
                raise self.not_taken(min(waiting), "no answer")
            if "refused" in event:
                raise self.not_taken(str(event["refused"]), str(event["why"]))
            if "heard" in event:
                others.append(event)
            waiting.discard(str(event.get("connected")))
        return others

    def not_taken(self, name: str, why: str) -> AssistantError:
        """Return the error that the hub refuses a satellite, in the hub's own words."""
        reason = self.last_refusal() or why
        if reason.startswith(_HANDSHAKE):  # and no more
            reason = _NO_HANDSHAKE
        return AssistantError(
            f'the HiveMind hub did not take the satellite "{name}": {reason}'
        )

    def connect(self, satellite: HubClient) -> None:
        """Begin to connect a satellite; an event tells when it is."""
        self._order(
            op="connect",
            name=satellite.name,
            key=satellite.key,
            identity=hashlib.sha256(satellite.key.encode()).hexdigest()[:16],
            password=satellite.password,
            session_id=satellite.session_id,
            site_id=satellite.site_id,
            address=self._address,
        )

    def emit(self, satellite: HubClient, message: Mapping[str, Json]) -> None:
        """Let a satellite send a bus message."""
        self._order(op="emit", name=satellite.name, message=message)

    def close(self, satellite: HubClient) -> None:
        """End a satellite's connection."""
        with contextlib.suppress(BusLostError):
            self._order(op="close", name=satellite.name)

    def _order(self, **command: object) -> None:
        self.require_alive()
        _write(self._ends, command)

    def end(self) -> None:
        """End the process."""
        _end(self._ends)


class Hive(Ends):
    """A HiveMind hub on a message bus, and the process of its satellites.

    Args:
        home: a folder for the files of both.
        bus_port: the port of the message bus.
        port: the port of the hub.

    """

    def __init__(self, home: Path, bus_port: int, port: int) -> None:
        self._bus_port, self._port = bus_port, port
        self._hub_log = home / "hub" / "log"
        self._hub = _start("hub", home)
        super().__init__(home, f"ws://127.0.0.1:{port}")

    def serve(self, satellites: Sequence[HubClient]) -> None:
        """Let the hub know its satellites, and wait until it listens.

        Raises:
            AssistantError: it does not.

        """
        clients: list[dict[str, object]] = []
        for each in {one.key: one for one in reversed(satellites)}.values():
            rights = each.rights
            clients.append(
                {
                    "name": each.name,
                    "key": each.key,
                    "password": each.password,
                    "admin": rights.admin,
                    "allowed_types": sorted({*each.allowed, _ECHO}),
                    "skill_blacklist": [*rights.blacklisted_skills],
                    "intent_blacklist": both_names(rights.blacklisted_intents),
                }
            )
        wanted = {"port": self._port, "bus_port": self._bus_port, "clients": clients}
        _write(self._hub, wanted)
        self.listen()
        until = time.monotonic() + _START_SECONDS
        while not is_listened_to(self._port):
            if self._hub.poll() is not None or time.monotonic() > until:
                text = self._hub_log.read_text(encoding="utf-8", errors="replace")
                last = text.strip().splitlines()[-_LAST_LINES:]
                problem = "the HiveMind hub did not start"
                raise AssistantError(problem, hint="\n".join(last))
            time.sleep(0.02)

    def require_alive(self) -> None:
        """Raise if the hub, or the process of its satellites, has ended.

        Raises:
            BusLostError: it has.

        """
        if self._hub.poll() is not None:
            raise BusLostError(f"the HiveMind hub has ended{_how(self._hub)}")
        super().require_alive()

    def last_refusal(self) -> str:
        """Return why the hub last refused a handshake; empty if it has not."""
        return _last(_REFUSED, self._hub_log)

    def end(self) -> None:
        """End both processes."""
        super().end()
        _end(self._hub)


def _start(
    name: str, home: Path, identities: Path | None = None
) -> subprocess.Popen[str]:
    """Start one of our programs, all of whose files are below a folder."""
    folder = home / name
    config = identities or folder / "config"
    (config / "mycroft").mkdir(parents=True, exist_ok=True)
    configuration = config / "mycroft" / "mycroft.conf"
    configuration.write_text(json.dumps(_CONFIGURATION), encoding="utf-8")
    folder.mkdir(exist_ok=True, parents=True)
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    environment["XDG_RUNTIME_DIR"] = str(folder)
    for each in ("DATA", "CACHE", "STATE"):
        environment[f"XDG_{each}_HOME"] = str(folder / each.lower())
    environment["XDG_CONFIG_HOME"] = str(config)
    with (folder / "log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(  # noqa: S603  # our own programs
            [os.environ[HUB_PYTHON], str(_PROGRAMS / f"{name}.py")],
            stdin=subprocess.PIPE,
            stdout=log if name == "hub" else subprocess.PIPE,
            stderr=log,
            env=environment,
            text=True,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509  # there are no threads yet
        )


def _end(process: subprocess.Popen[str]) -> None:
    with process:  # which closes its pipes
        process.kill()


def _last(pattern: re.Pattern[str], log: Path) -> str:
    """Return what a pattern last found in a log; empty if nothing."""
    text = log.read_text(encoding="utf-8", errors="replace")
    found = [each for each in pattern.findall(text) if each.strip()]
    return str(found[-1]).strip() if found else ""


def _write(process: subprocess.Popen[str], what: object) -> None:
    sink = process.stdin
    assert sink  # noqa: S101  # a pipe
    try:
        sink.write(json.dumps(what) + "\n")
        sink.flush()
    except BrokenPipeError as error:
        raise BusLostError("the satellites' process has ended") from error


def _how(process: subprocess.Popen[str]) -> str:
    code = process.returncode
    return f" by signal {-code}" if code < 0 else f" with exit code {code}"
