"""Two transports, one answer: the bus in memory and a real ``ovos-messagebus``.

By default they are compared on one dialogue of the repeater, with
``KIT_TRANSPORTS=whole`` (tox -e transports) on all.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill
from support.transports import both, our_jobs, without_time

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job

pytestmark = pytest.mark.ovos

REPEATER = "ovos-skill-repeater.kit"

_A_WHILE = 15.0
"""Seconds in which a turn ends on a real bus, if it ever does, however busy it is."""


@pytest.fixture(scope="module")
def assistants() -> Iterator[Assistants]:
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    with Assistants() as made:
        yield made


@pytest.mark.parametrize("job", our_jobs(), ids=lambda job: job.name)
def test_both_transports_give_the_same_transcript(
    job: Job, assistants: Assistants
) -> None:
    """Both transports give the same transcript, except for times."""
    marks = (job.fixture.marks, *(turn.marks for turn in job.case.turns))
    may_fail = any(each.xfail for each in marks)  # on some versions by never ending
    options = Options(deadline=_A_WHILE if may_fail else None)
    expected, heard = map(without_time, both(job, assistants, "real", options))
    assert heard == expected


DEPTH_FIRST = """
import json, sys
from pathlib import Path
from ovos_dialogue_kit.assistant.core.boot import boot, configuration
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox
from ovos_dialogue_kit.assistant.setup import Setup

setup = Setup(("ovos-skill-repeater.kit",))
Sandbox(OwnFolder(Path(sys.argv[1]))).configure(configuration(setup))
from ovos_bus_client.message import Message
from ovos_utils.fakebus import FakeBus

heard = []
bus = FakeBus()
boot(setup, bus, lambda done, seconds: True, Raised(SkillCode()))
bus.on("speak", lambda message: heard.append(message.data["utterance"]))
session = {"session_id": "kitchen", "lang": "en-US", "pipeline": ["padacioso_high"]}
for said in ("hello", "what did i just say"):
    data = {"utterances": [said], "lang": "en-US"}
    bus.emit(Message("recognizer_loop:utterance", data, {"session": session}))
Path(sys.argv[2]).write_text(json.dumps(heard))
"""


@pytest.mark.skipif(
    "not __import__('importlib.metadata').metadata.version('ovos-core') < '2.2'",
    reason="from 2.2 on ovos-core listens on another topic, which comes later",
)
def test_a_depth_first_bus_gets_the_answer_wrong(tmp_path: Path) -> None:
    """Stock ``FakeBus`` runs the intent handler before the skill's own listener.

    The kit's bus gets it right: ``test_every_session_hears_its_own_words``.
    """
    result = tmp_path / "heard.json"
    (tmp_path / "sandbox").mkdir()
    sandbox = Sandbox(OwnFolder(tmp_path / "sandbox"))
    environment = sandbox.environment(os.environ)
    command = [
        sys.executable,
        "-c",
        DEPTH_FIRST,
        str(tmp_path / "sandbox"),
        str(result),
    ]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert json.loads(result.read_text()) == ["you have not said anything yet"]


def closed_port() -> int:
    """Return a port without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_wrong_address_is_told() -> None:
    """An address where no bus answers is an error that names it."""
    url = f"ws://127.0.0.1:{closed_port()}/core"
    setup = Setup((REPEATER,), bus=url, clock="real")
    with pytest.raises(AssistantError) as error, SubprocessAssistant(setup):
        pass
    problem = f'no message bus answers at "{url}": connection refused'
    assert error.value.problem == problem
    assert "ws://127.0.0.1:8181/core" in str(error.value.hint)


@pytest.fixture(scope="module")
def on_a_users_bus(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Transcript, AssistantError]:
    """Replay two dialogues on a bus without an assistant, which ends in between."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    sandbox = Sandbox(OwnFolder(tmp_path_factory.mktemp("bus")))
    port = closed_port()
    address = {"host": "127.0.0.1", "port": port, "route": "/core", "ssl": False}
    sandbox.configure({"websocket": address})
    server = subprocess.Popen(
        [sys.executable, "-m", "ovos_messagebus"],
        env=sandbox.environment(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    fixture = dialogue(REPEATER, ("kitchen", "hello"))
    setup = Setup.of(fixture, "padacioso", f"ws://127.0.0.1:{port}/core")
    try:
        with SubprocessAssistant(setup) as process:
            soon = Options(deadline=0.5)
            first = process.replay(fixture, fixture.cases[0], soon)
            server.kill()
            server.wait()
            with pytest.raises(AssistantError) as gone:
                process.replay(fixture, fixture.cases[0], soon)
            return first, gone.value
    finally:
        server.kill()
        server.wait()


def test_a_bus_without_an_assistant_gives_no_end(
    on_a_users_bus: tuple[Transcript, AssistantError],
) -> None:
    """Without an assistant on the bus, a turn misses its deadline."""
    assert [turn.end for turn in on_a_users_bus[0].turns] == ["deadline"]


def test_a_bus_that_is_gone_costs_its_dialogue(
    on_a_users_bus: tuple[Transcript, AssistantError],
) -> None:
    """A bus killed before a dialogue is reported for it; nothing hangs."""
    problem = on_a_users_bus[1].problem
    assert problem.startswith('no message bus answers at "ws://127.0.0.1:')


ODD = """
import os
import signal
import threading
from pathlib import Path


class Skill(OVOSSkill):
    def initialize(self):
        self.count = self.settings.get("count", 0)
        self.is_later = threading.Event()
        self.add_event("odd.event", self.on_event)

    def on_event(self, message):
        raise KeyError("event")

    @intent_handler("kill.intent")
    def kill(self, message):
        for stat in Path("/proc").glob("[0-9]*/cmdline"):
            if b"ovos_messagebus" in stat.read_bytes():
                parent = (stat.parent / "stat").read_text().split()[3]
                if int(parent) == os.getpid():
                    os.kill(int(stat.parent.name), signal.SIGKILL)

    @intent_handler("count.intent")
    def on_count(self, message):
        self.count += 1
        self.settings["count"] = self.count
        self.settings.store()
        self.speak(str(self.count))

    @intent_handler("later.intent")
    def promise(self, message):
        self.schedule_event(self.keep, 1, context=message.context)
        self.is_later.wait()

    def keep(self, message):
        self.speak("it is later now")
        self.is_later.set()
"""
INTENTS = {
    "count.intent": "count\n",
    "kill.intent": "kill the bus\n",
    "later.intent": "say it later\n",
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Transcript]:
    """Replay three dialogues on a real bus, which the skill ends in the second."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "odd.test", ODD, INTENTS)
    said = (
        ("!odd.event", "say it later", "count", "count"),
        ("kill the bus",),
        ("count",),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with SubprocessAssistant(Setup(("odd.test",), bus="real")) as process:
            return [replayed(process, *turns) for turns in said]


def replayed(process: SubprocessAssistant, *said: str) -> Transcript:
    """Return the transcript of what the kitchen says."""
    fixture = dialogue("odd.test", *(("kitchen", each) for each in said))
    return process.replay(fixture, fixture.cases[0])


def test_what_is_scheduled_comes(played: list[Transcript]) -> None:
    """A skill's event, which the scheduler of ovos-core brings, is heard."""
    assert ["it is later now"] == spoken(played[0])[1]


def test_a_handler_of_an_event_that_raises_is_told(played: list[Transcript]) -> None:
    """On a real bus, too, where no message tells of it."""
    assert [fault.detail for turn in played[0].turns for fault in turn.faults] == [
        "Skill.on_event: KeyError: 'event'"
    ]


def test_each_dialogue_has_an_assistant_of_its_own(played: list[Transcript]) -> None:
    """What a dialogue leaves in memory or in files is not there in another one."""
    assert [["1"], ["2"]] == spoken(played[0])[2:]
    assert [["1"]] == spoken(played[2])


def test_a_bus_killed_in_mid_dialogue_costs_that_dialogue(
    played: list[Transcript],
) -> None:
    """The lost connection is reported, and the next dialogue gets a new bus."""
    _, lost, after = played
    assert lost.crash is not None
    assert "the connection to the message bus" in lost.crash.detail
    assert after.crash is None


LOADING = 'the skill "ending.test" was being loaded'
LIMIT = "raise the limit with --boot-timeout (in pytest: --kit-boot-timeout)"
LINE = '  File "{folder}/ending/__init__.py", line'
HANG = """\
__import__('faulthandler').dump_traceback_later(
    0.01, exit=True, file=open(os.path.dirname(os.environ['HOME']) + '/hang.txt', 'wb')
)
while True: pass"""


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        (
            "os.kill(os.getpid(), 11)",
            "the assistant did not boot: its process was ended by SIGSEGV",
            f"{LOADING}\n{LINE} 7, in <module>",
        ),
        (
            HANG,
            "the assistant was not ready after 60 s",
            f"{LIMIT}\n{LOADING}\n{LINE} 10 in <module>",
        ),
        (
            "1 / 0",
            'the skill "ending.test" did not load: ZeroDivisionError: division by zero',
            f"{LINE} 7, in <module>\n    1 / 0",
        ),
    ],
    ids=["crashes", "hangs", "raises"],
)
def test_a_boot_on_a_real_bus_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, problem: str, hint: str
) -> None:
    """It is told when the assistant is started, with the skill and its line."""
    pytest.importorskip("ovos_messagebus", reason="the extra [bus] is not installed")
    install_skill(tmp_path, "ending.test", f"import os\n{line}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with (
        pytest.raises(AssistantError) as error,
        SubprocessAssistant(Setup(("ending.test",), bus="real")),
    ):
        pass
    assert error.value.problem == problem
    marks = "\n    ~~^~~"  # from Python 3.11 on
    assert str(error.value.hint).removesuffix(marks) == hint.format(folder=tmp_path)
