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

from ovos_dialogue_kit.assistant.network import is_listened_to
from ovos_dialogue_kit.assistant.system.ending import die_with_parent
from ovos_dialogue_kit.assistant.transports.hivemind.environment import HUB_PYTHON
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import BusLostError
from ovos_dialogue_kit.replayer.session_state import both_names

__all__ = ["Hive"]

_PROGRAMS = Path(__file__).with_name("processes")
_PASSWORD = "kit-Correct-Horse-Battery-9"  # noqa: S105  # of satellites of this machine
_START_SECONDS = 60.0
_ECHO = "kit.echo"
_REFUSED = re.compile(r"handshake with \S+ FAILED: (.*)")
_CONFIGURATION = {"log_level": "ERROR", "logs": {"level": "ERROR"}}


class Hive:
    """A HiveMind hub on a message bus, and the process of its satellites.

    Args:
        home: a folder for the files of both.
        bus_port: the port of the message bus.
        port: the port of the hub.

    ``events`` are what the satellites tell; see ``processes/satellites.py``.
    """

    def __init__(self, home: Path, bus_port: int, port: int) -> None:
        self._bus_port, self._port = bus_port, port
        self.events: queue.Queue[dict[str, object]] = queue.Queue()
        self._logs = {name: home / name / "log" for name in ("hub", "satellites")}
        self._hub = self._start("hub", home)
        self._ends = self._start("satellites", home)

    def _start(self, name: str, home: Path) -> subprocess.Popen[str]:
        folder = home / name
        (folder / "config" / "mycroft").mkdir(parents=True)
        configuration = folder / "config" / "mycroft" / "mycroft.conf"
        configuration.write_text(json.dumps(_CONFIGURATION), encoding="utf-8")
        environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
        environment["XDG_RUNTIME_DIR"] = str(folder)
        for each in ("CONFIG", "DATA", "CACHE", "STATE"):
            environment[f"XDG_{each}_HOME"] = str(folder / each.lower())
        with self._logs[name].open("w", encoding="utf-8") as log:
            return subprocess.Popen(  # noqa: S603  # our own programs
                [os.environ[HUB_PYTHON], str(_PROGRAMS / f"{name}.py")],
                stdin=subprocess.PIPE,
                stdout=log if name == "hub" else subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509  # there are no threads yet
            )

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
                    "password": _PASSWORD,
                    "admin": rights.admin,
                    "allowed_types": sorted({*each.allowed, _ECHO}),
                    "skill_blacklist": [*rights.blacklisted_skills],
                    "intent_blacklist": both_names(rights.blacklisted_intents),
                }
            )
        wanted = {"port": self._port, "bus_port": self._bus_port, "clients": clients}
        _write(self._hub, wanted)
        threading.Thread(target=self._read, daemon=True).start()
        until = time.monotonic() + _START_SECONDS
        while not is_listened_to(self._port):
            if self._hub.poll() is not None or time.monotonic() > until:
                raise AssistantError(
                    "the HiveMind hub did not start", hint=self._last_words("hub")
                )
            time.sleep(0.02)

    def _read(self) -> None:
        source = self._ends.stdout
        assert source  # noqa: S101  # a pipe
        for line in source:
            with contextlib.suppress(ValueError):
                self.events.put(json.loads(line))

    def require_alive(self) -> None:
        """Raise if the hub, or the process of its satellites, has ended.

        Raises:
            BusLostError: it has.

        """
        if self._hub.poll() is not None:
            raise BusLostError(f"the HiveMind hub has ended{_how(self._hub)}")
        if self._ends.poll() is not None:
            raise BusLostError(f"the satellites' process has ended{_how(self._ends)}")

    def last_refusal(self) -> str:
        """Return why the hub last refused a handshake; empty if it has not."""
        text = self._logs["hub"].read_text(encoding="utf-8", errors="replace")
        found = [each for each in _REFUSED.findall(text) if each.strip()]
        return found[-1].strip() if found else ""

    def _last_words(self, name: str) -> str:
        text = self._logs[name].read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.strip().splitlines()[-5:])

    def connect(self, satellite: HubClient) -> None:
        """Begin to connect a satellite; an event tells when it is."""
        self._order(
            op="connect",
            name=satellite.name,
            key=satellite.key,
            identity=hashlib.sha256(satellite.key.encode()).hexdigest()[:16],
            password=_PASSWORD,
            session_id=satellite.session_id,
            site_id=satellite.site_id,
            port=self._port,
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
        """End both processes."""
        for process in (self._ends, self._hub):
            with process:  # which closes its pipes
                process.kill()


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
