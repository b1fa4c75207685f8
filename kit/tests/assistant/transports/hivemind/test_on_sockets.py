"""A real HiveMind hub, whose environment is made where ``KIT_HIVEMIND`` is set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.places import ROOT
from support.processes import processes_at
from support.skills import install_skill
from support.transports import both, our_jobs, twenty, without_place, without_time

from ovos_dialogue_kit.assistant.network import is_listened_to
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.hivemind.bus import SatellitesBus
from ovos_dialogue_kit.assistant.transports.hivemind.environment import (
    HUB_PYTHON,
    hub_python,
)
from ovos_dialogue_kit.assistant.transports.hivemind.hub import Hive
from ovos_dialogue_kit.assistant.transports.hivemind.satellites import HubClient
from ovos_dialogue_kit.assistant.transports.on_websocket import free_port
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job
from ovos_dialogue_kit.script.model import RunMarks, Satellite
from ovos_dialogue_kit.script.parse import parse_script

pytestmark = [
    pytest.mark.ovos,
    pytest.mark.skipif(
        "KIT_HIVEMIND" not in os.environ, reason="tox -e hivemind-sockets has a hub"
    ),
]

REPEATER = "ovos-skill-repeater.kit"
WORST = Options(deadline=20.0)

ODD = """
import os, signal, socket
from pathlib import Path

class Skill(OVOSSkill):
    def hubs(self):
        home = os.environ["HOME"]
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_text().split("\\0")
                    own = home in (entry / "environ").read_text()
                except OSError:
                    continue
                if own and any(word.endswith("/hub.py") for word in words):
                    yield int(entry.name)

    @intent_handler("kill.intent")
    def kill(self, message):
        for pid in self.hubs():
            os.kill(pid, signal.SIGKILL)

    @intent_handler("garbage.intent")
    def garbage(self, message):
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        rows = [line.split() for line in table]
        ports = {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A"}
        for port in ports:
            with socket.create_connection(("127.0.0.1", port)) as sock:
                sock.sendall(bytes(range(256)) * 20)
        self.speak(f"sent to {len(ports)}")
"""
INTENTS = {"kill.intent": "kill the hub\n", "garbage.intent": "send garbage\n"}


@pytest.fixture(scope="module")
def repeater() -> Iterator[SubprocessAssistant]:
    with SubprocessAssistant(Setup((REPEATER,), bus="hivemind")) as made:
        yield made


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "odd.test", ODD, INTENTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with SubprocessAssistant(Setup(("odd.test",), bus="hivemind")) as made:
            yield made


def of_script(assistant: SubprocessAssistant, script: str) -> Transcript:
    """Replay the one dialogue of a script."""
    text = f"skill: {REPEATER}\nengine: padacioso\n{script}"
    [fixture] = generate(parse_script(text, "a.dialogue.yaml"), ROOT)
    return assistant.replay(fixture, fixture.cases[0], WORST)


@pytest.fixture(scope="module")
def assistants() -> Iterator[Assistants]:
    with Assistants() as made:
        yield made


@pytest.mark.parametrize("job", our_jobs("padacioso"), ids=lambda job: job.name)
def test_satellites_hear_what_other_clients_hear(
    job: Job, assistants: Assistants
) -> None:
    """The transcript is that of the bus in memory, except for times and places."""
    may_fail = any(each.xfail for each in (job.fixture.marks, *marks_of(job)))
    options = Options(deadline=15.0 if may_fail else None)
    expected, heard = map(without_time, both(job, assistants, "hivemind", options))
    assert without_place(heard, job.case) == without_place(expected, job.case)


def marks_of(job: Job) -> list[RunMarks]:
    """Return the marks of a job's turns."""
    return [turn.marks for turn in job.case.turns]


def test_satellites_of_a_real_hub(repeater: SubprocessAssistant) -> None:
    """Each hears its own words; the hub keeps a skill from one, a type from another.

    The latter is told, and its turn ends with that.
    """
    transcript = of_script(
        repeater,
        f"""
sessions:
  cellar: {{satellite: {{blacklisted_skills: {REPEATER}}}}}
  hall: {{satellite: {{allowed: recognizer_loop:utterance}}}}
dialogues:
  d:
    - cellar: damp walls
    - kitchen: blue sky
    - bedroom: green grass
    - kitchen: what did i just say
    - bedroom: what did i just say
    - cellar: what did i just say
    - hall: {{emit: {{type: lamp.on}}}}
""",
    )
    assert transcript.crash is None
    assert spoken(transcript)[3:] == [
        ["you said blue sky"],
        ["you said green grass"],
        [],
        [],
    ]
    last = transcript.turns[-1]
    assert last.end == "refused"
    assert [(each.kind, each.detail) for each in last.faults] == [
        ("refused", '"lamp.on": lamp.on not in allowed_types')
    ]


def test_a_satellite_that_is_away(repeater: SubprocessAssistant) -> None:
    """Its session is still there when it is back; what was said meanwhile is lost."""
    transcript = of_script(
        repeater,
        """
dialogues:
  d:
    - kitchen: blue sky
    - {kitchen: what did i just say, overlap: true}
    - kitchen: {disconnect: true}
    - bedroom: green grass
    - kitchen: {connect: true}
    - kitchen: what did i just say
""",
    )
    assert transcript.crash is None
    ends = ["handled", "handled", "connection", "handled", "connection", "handled"]
    assert ends == [turn.end for turn in transcript.turns]
    assert spoken(transcript)[5] == ["you said what did i just say"]
    assert [fault for turn in transcript.turns for fault in turn.faults] == []


def test_a_hub_that_dies(odd: SubprocessAssistant) -> None:
    """It costs its own dialogue, with a sentence; the next one has a new hub."""
    lost = replayed(odd, "kill the hub")
    assert lost.crash is not None
    assert lost.crash.detail == "the HiveMind hub has ended by signal 9"


class Forger(Hive):
    """Connects each satellite with a key that the hub does not know."""

    def connect(self, satellite: HubClient) -> None:
        super().connect(replace(satellite, rights=Satellite(key="wrong")))


def test_a_wrong_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the satellite, and says what the hub did with it."""
    monkeypatch.setenv(HUB_PYTHON, str(hub_python()))
    for each in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{each}_HOME", str(tmp_path / each.lower()))
    port = free_port()
    configuration = tmp_path / "config" / "mycroft" / "mycroft.conf"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(json.dumps({"websocket": {"port": port}}))
    server = subprocess.Popen([sys.executable, "-m", "ovos_messagebus"])
    hive = Forger(tmp_path / "hive", port, free_port())
    try:
        while not is_listened_to(port):
            assert server.poll() is None
        case = dialogue("a.skill", ("kitchen", "hi")).cases[0]
        case = replace(case, sessions={"kitchen": case.sessions["kitchen"]})
        with pytest.raises(AssistantError) as error:
            SatellitesBus(
                hive,
                case,
                f"ws://127.0.0.1:{port}/core",
                faults=list,
                traceback_of=lambda _: None,
                has_settled=None,
            )
    finally:
        hive.end()
        server.kill()
        server.wait()
    assert error.value.problem == (
        'the HiveMind hub did not take the satellite "kitchen": invalid api key'
    )


def test_garbage_on_the_socket(odd: SubprocessAssistant) -> None:
    """It disturbs nobody."""
    transcript = replayed(odd, "send garbage", "send garbage")
    assert transcript.crash is None
    assert [["sent to 2"], ["sent to 2"]] == spoken(transcript)


def replayed(assistant: SubprocessAssistant, *said: str) -> Transcript:
    """Return the transcript of what the kitchen says."""
    fixture = dialogue("odd.test", *(("kitchen", each) for each in said))
    case = fixture.cases[0]
    sessions = {"kitchen": case.sessions["kitchen"]}
    return assistant.replay(fixture, replace(case, sessions=sessions), WORST)


def test_one_key_for_two(repeater: SubprocessAssistant) -> None:
    """Two satellites that use one key at once are two sessions all the same."""
    transcript = of_script(
        repeater,
        """
sessions:
  phone: {satellite: {key: shared}}
  tablet: {satellite: {key: shared}}
dialogues:
  d:
    - phone: blue sky
    - tablet: green grass
    - phone: what did i just say
    - tablet: what did i just say
""",
    )
    assert transcript.crash is None
    words = [["you said blue sky"], ["you said green grass"]]
    assert spoken(transcript)[2:] == words
    assert [turn.faults for turn in transcript.turns] == [()] * 4


@pytest.mark.parametrize("said", ["send garbage", "kill the hub"])
def test_nothing_is_left(odd: SubprocessAssistant, said: str) -> None:
    """Neither a hub nor a satellite outlives its dialogue, or its assistant."""
    replayed(odd, said)
    home = str(odd._home.path) if odd._home else ""
    left = processes_at(home)
    programs = ("hivemind/processes/", "ovos_messagebus")
    assert [each for each in left if any(name in each for name in programs)] == []


def test_twenty_satellites(repeater: SubprocessAssistant) -> None:
    """Each of twenty that all ask before the first is answered hears its own words."""
    transcript = of_script(repeater, twenty())
    assert transcript.crash is None
    words = [[f"you said the number room{number}"] for number in range(20)]
    assert spoken(transcript)[20:] == words
    assert {turn.faults for turn in transcript.turns} == {()}
