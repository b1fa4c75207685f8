"""A HiveMind hub of the user's own, which the kit only connects to."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.dialogues import spoken
from support.places import ROOT
from support.processes import processes_at

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.hivemind.environment import (
    HUB_PYTHON,
    hub_python,
)
from ovos_dialogue_kit.assistant.transports.hivemind.hub import Ends
from ovos_dialogue_kit.assistant.transports.hivemind.keys import KEYS_FILE
from ovos_dialogue_kit.assistant.transports.hivemind.on_users_hub import UserHiveBus
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.replayer.bus import BusLostError
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.model import Satellite
from ovos_dialogue_kit.script.parse import parse_script

pytestmark = [
    pytest.mark.ovos,
    pytest.mark.skipif(
        "KIT_HIVEMIND" not in os.environ, reason="tox -e hivemind-sockets has a hub"
    ),
]

REPEATER = "ovos-skill-repeater.kit"
PASSWORD = "kit-Correct-Horse-Battery-9"  # noqa: S105  # of no hub but this one
KEYS = {
    name: {"key": f"key-of-{name}", "password": PASSWORD}
    for name in ("kitchen", "bedroom", "hall", "attic")
}
NOT_TAKEN = "the HiveMind hub did not take the satellite"
NO_HANDSHAKE = "no handshake; the password may be wrong, or no hub is there"
HINT = (
    "check that it is running and that the address is right, usually "
    "hivemind://127.0.0.1:5678"
)


@dataclass(slots=True)
class UsersHub:
    """A hub that runs, and the file with keys of it."""

    port: int
    keys: Path
    process: subprocess.Popen[str]

    @property
    def address(self) -> str:
        return f"hivemind://127.0.0.1:{self.port}"

    def replayed(self, script: str, **changes: dict[str, str]) -> Transcript:
        """Return the transcript of the one dialogue of a script, with other keys.

        None of the kit's processes is left then.
        """
        self.keys.write_text(json.dumps({**KEYS, **changes}), encoding="utf-8")
        text = f"skill: {REPEATER}\nengine: padacioso\n{script}"
        [fixture] = generate(parse_script(text, "a.dialogue.yaml"), ROOT)
        setup = Setup((REPEATER,), bus=self.address, clock="real")
        with SubprocessAssistant(setup) as assistant:
            home = str(assistant._home.path) if assistant._home else ""
            case = fixture.cases[0]
            try:
                return assistant.replay(fixture, case, Options(deadline=20.0))
            finally:
                assert processes_at(home)
                assistant.close()
                assert processes_at(home) == []


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UsersHub]:
    folder = tmp_path_factory.mktemp("hub")
    (folder / "home").mkdir()
    keys = folder / "keys.json"
    program = ROOT / "kit" / "tests" / "support" / "users_hub.py"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HUB_PYTHON, str(hub_python()))
        patch.setenv(KEYS_FILE, str(keys))
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        with subprocess.Popen(
            [sys.executable, str(program), str(folder / "home"), json.dumps(KEYS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            port = int(process.stdout.readline())
            yield UsersHub(port, keys, process)
            process.kill()


TWO = """
dialogues:
  d:
    - kitchen: blue sky
    - bedroom: green grass
    - kitchen: what did i just say
    - bedroom: what did i just say
"""
ONE = "dialogues: {d: [{%s: hello}]}\n"


def test_a_satellite_that_is_away(hub: UsersHub) -> None:
    """Its session is still there when it is back."""
    transcript = hub.replayed(
        """
dialogues:
  d:
    - kitchen: blue sky
    - kitchen: {disconnect: true}
    - bedroom: green grass
    - kitchen: {connect: true}
    - kitchen: what did i just say
"""
    )
    assert spoken(transcript) == [[], [], [], [], ["you said blue sky"]]
    assert transcript.crash is None


def test_each_speaker_has_its_key(hub: UsersHub) -> None:
    """Each hears its own words, also in a second dialogue, as the same device."""
    for _ in range(2):
        transcript = hub.replayed(TWO)
        assert transcript.crash is None
        words = [["you said blue sky"], ["you said green grass"]]
        assert spoken(transcript)[2:] == words


def test_what_the_key_may_not_send(hub: UsersHub) -> None:
    """It is refused by the hub's own rules, and ends its turn."""
    script = "dialogues: {d: [{kitchen: {emit: {type: lamp.on}}}]}\n"
    [turn] = hub.replayed(script).turns
    assert turn.end == "refused"
    assert [each.detail for each in turn.faults] == [
        '"lamp.on": lamp.on not in allowed_types'
    ]


@pytest.mark.parametrize(
    ("speaker", "key", "problem"),
    [
        (
            "cellar",
            None,
            '"cellar" has no key in the file that KIT_HIVEMIND_KEYS names',
        ),
        (
            "kitchen",
            {"key": "unknown", "password": PASSWORD},
            f'{NOT_TAKEN} "kitchen": invalid api key',
        ),
        (
            "hall",
            {"key": "key-of-hall", "password": "wrong-Correct-Horse-Battery-9"},
            f'{NOT_TAKEN} "hall": {NO_HANDSHAKE}',
        ),
    ],
    ids=["none", "unknown", "wrong password"],
)
def test_a_wrong_key(
    hub: UsersHub, speaker: str, key: dict[str, str] | None, problem: str
) -> None:
    """It costs its dialogue, with the name of the speaker and the hub's own reason."""
    with pytest.raises(AssistantError) as error:
        hub.replayed(ONE % speaker, **({speaker: key} if key else {}))
    assert error.value.problem == problem


def test_a_key_of_another_device(
    hub: UsersHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub knows the device that a key was first used by, and takes no other."""
    assert hub.replayed(ONE % "bedroom").crash is None
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    crash = hub.replayed(ONE % "bedroom").crash
    assert crash is not None
    closed, _, why = crash.detail.rpartition(": ")
    assert closed == 'the HiveMind hub has closed the connection of "bedroom"'
    reasons = "client Noise static key contradicts the pinned key", "invalid message"
    assert why in reasons  # the latter if the satellite was quicker


@pytest.mark.parametrize(
    ("bus", "problem"),
    [
        (
            "hivemind://127.0.0.1:1",
            'no HiveMind hub answers at "{bus}": connection refused',
        ),
        ("hivemind://127.0.0.1:99999", '"{bus}" is no address: Port out of range'),
        ("hivemind://me:secret@127.0.0.1", '"{bus}" is no address of a HiveMind hub'),
        ("hivemind://127.0.0.1/core", '"{bus}" is no address of a HiveMind hub'),
        ("hivemind://", '"{bus}" is no address of a HiveMind hub'),
    ],
)
def test_a_wrong_address(hub: UsersHub, bus: str, problem: str) -> None:
    """It is told before anything is replayed."""
    hub.keys.write_text(json.dumps(KEYS), encoding="utf-8")
    setup = Setup((REPEATER,), bus=bus, clock="real")
    with pytest.raises(AssistantError) as error, SubprocessAssistant(setup):
        pass
    assert error.value.problem.startswith(problem.format(bus=bus))
    assert error.value.hint == HINT


def silent(server: socket.socket) -> None:
    """Take connections and say nothing."""
    with contextlib.ExitStack() as ends, contextlib.suppress(OSError):
        while True:
            ends.enter_context(server.accept()[0])


def talking(server: socket.socket) -> None:
    """Take websockets, and send garbage: text, bytes, and what is no frame."""
    with contextlib.ExitStack() as ends, contextlib.suppress(OSError):
        while True:
            end = ends.enter_context(server.accept()[0])
            asked = end.recv(4096).decode()
            key = asked.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
            digest = hashlib.sha1(f"{key}{WEBSOCKET}".encode())  # noqa: S324  # RFC 6455
            accept = base64.b64encode(digest.digest()).decode()
            end.sendall(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
                "\x01".encode()
            )
            end.sendall(b"\x81\x05{oops\x82\x04\xff\x00\xfe\x01\x7f\x7f garbage")


WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@pytest.mark.parametrize("serve", [silent, talking])
def test_a_hub_that_is_not_one(
    hub: UsersHub, serve: Callable[[socket.socket], None]
) -> None:
    """A server that says nothing, or garbage, costs the dialogue, with a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=serve, args=(server,))
        serving.start()
        other = UsersHub(server.getsockname()[1], hub.keys, hub.process)
        with pytest.raises(AssistantError) as error:
            other.replayed(ONE % "kitchen")
        server.shutdown(socket.SHUT_RDWR)
        serving.join()
    assert error.value.problem == f'{NOT_TAKEN} "kitchen": {NO_HANDSHAKE}'


def test_a_hub_that_ends(hub: UsersHub, tmp_path: Path) -> None:
    """Whoever waits for a word of it is told: the last test, as the hub is gone."""
    wire = {"session_id": "0000-attic", "site_id": "attic"}
    clients, rights = {"0000-attic": "0000-attic"}, Satellite(key="key-of-attic")
    attic = HubClient(clients, ("attic",), wire, frozenset(), rights, PASSWORD)
    ends = Ends(tmp_path, f"ws://127.0.0.1:{hub.port}")
    try:
        ends.listen()
        bus = UserHiveBus(ends, [attic])
        hub.process.kill()  # and what it has started
        with pytest.raises(BusLostError) as error:
            bus.advance(bus.now + 60)
        bus.close()
    finally:
        ends.end()
    assert str(error.value) == ('the HiveMind hub has closed the connection of "attic"')
