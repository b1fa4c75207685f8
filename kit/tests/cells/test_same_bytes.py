"""A replay is the same twice, with all its bus messages, in two processes.

The second one runs without what makes OVOS faster. Each cell of the matrix runs this,
because versions of OVOS import what is random, and clocks, under names of their own,
and each is made faster in its own way.
"""

from __future__ import annotations

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

SKILL = """
import json
import os
import random
import secrets
import threading
import uuid
from datetime import date, datetime
from os import urandom
from pathlib import Path
from random import Random, SystemRandom, choice, randint
from secrets import token_hex
from time import monotonic, perf_counter, sleep, time as now, time_ns
from uuid import uuid1, uuid4

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_config.config import Configuration, update_mycroft_config
from ovos_utils.log import LOG

SOURCES = {
    "random": lambda: [random.random(), choice("abcdefgh"), randint(0, 10**9)],
    "system random": lambda: [SystemRandom().random(), random.SystemRandom().random()],
    "new generator": lambda: [Random().random(), random.Random(None).random()],
    "uuid": lambda: [uuid.uuid4(), uuid4(), uuid.uuid1(), uuid1()],
    "secrets": lambda: [secrets.token_hex(), token_hex(), secrets.randbelow(10**9)],
    "urandom": lambda: [os.urandom(8).hex(), urandom(8).hex()],
    "clock": lambda: [now(), time_ns(), monotonic(), perf_counter()],
    "date": lambda: [datetime.now(), datetime.utcnow(), date.today()],
}


def store():
    update_mycroft_config({"probe stored": 1})
    Configuration.reload()


def write(path, config):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(config))


def fetch(skill):
    remote = getattr(Configuration, "remote", None)
    write((Configuration.assistant if remote is None else remote).path, {"probe": 3})
    skill.bus.emit(Message("mycroft.paired"))
    skill.bus.emit(Message("configuration.updated"))


def move_home(skill):
    elsewhere = Path.home() / "elsewhere"
    write(elsewhere / "mycroft" / "mycroft.conf", {"probe": 4})
    os.environ["XDG_CONFIG_HOME"] = str(elsewhere)
    Configuration.reload()


def store_setting(skill):
    skill.settings["probe"] = 5
    skill.settings.store()


CHANGES = {
    "item": lambda skill: Configuration().__setitem__("probe", 1),
    "update": lambda skill: Configuration().update({"probe": True, "lang": "pt-PT"}),
    "part": lambda skill: Configuration()["listener"].update({"probe": 1}),
    "layer": lambda skill: Configuration.xdg_configs[0].update({"probe layer": 1}),
    "patch": lambda skill: Configuration.patch(Message("", {"config": {"probe": 2}})),
    "message": lambda skill: skill.bus.emit(Message("configuration.patch.clear")),
    "clear": lambda skill: Configuration.patch_clear(Message("")),
    "file": lambda skill: store(),
    "remote": fetch,
    "environment": move_home,
    "setting": store_setting,
    "settings": lambda skill: write(skill.settings.path, {"probe": 6}),
}


class Skill(OVOSSkill):
    @intent_handler("change.intent")
    def change(self, message):
        CHANGES[message.data["how"]](self)
        found = Configuration()
        probes = {key: found[key] for key in found if key.startswith("probe")}
        parts = [probes, found["lang"], found["listener"], found["intents"]]
        parts += [self.settings.get("probe"), Session("probe").serialize()]
        self.speak(json.dumps(parts, sort_keys=True))

    @intent_handler("log.intent")
    def log_all(self, message):
        for log in (LOG, self.log):
            log.debug("a debug")
            log.info("an info of %s", self.skill_id)
            log.warning("a warning")
        self.bus.remove("nothing", print)  # about which OVOS may warn
        names = [threading.current_thread().name]
        note = lambda *_: names.append(threading.current_thread().name)
        self.bus.on("probe", note)
        self.bus.emit(Message("probe"))  # this one's thread waits meanwhile
        sleep(1)
        threading.Thread(target=note).start()
        sleep(1)
        self.speak(f"{now()} {names}")

    @intent_handler("draw.intent")
    def draw(self, message):
        self.speak(str(list(map(str, SOURCES[message.data["source"]]()))))
"""

SOURCES = (
    "random",
    "system random",
    "new generator",
    "uuid",
    "secrets",
    "urandom",
    "clock",
    "date",
)


CHANGES = (
    *("item", "update", "part", "layer", "patch", "message", "clear", "file"),
    *("remote", "environment", "setting", "settings", "message"),
)


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> list[Transcript]:
    """Replay a dialogue in two processes, with all bus messages."""
    folder = tmp_path_factory.mktemp("skills")
    intents = {"draw.intent": "draw {source}\n", "change.intent": "change {how}\n"}
    intents["log.intent"] = "log all\n"
    install_skill(folder, "drawing.test", SKILL, intents)
    said = [f"draw {source}" for source in SOURCES]
    said += [*(f"change {how}" for how in CHANGES), "log all"]
    fixture = dialogue("drawing.test", *(("kitchen", each) for each in said))
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.delenv("KIT_STOCK", raising=False)
        for _ in range(2):
            with SubprocessAssistant(Setup(("drawing.test",))) as process:
                case = fixture.cases[0]
                found.append(process.replay(fixture, case, Options(traced=True)))
            patch.setenv("KIT_STOCK", "1")
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_skill_draws(replays: list[Transcript], source: str) -> None:
    """Each source of chance or time gives the skill the same in both."""
    first, second = (spoken(replay)[SOURCES.index(source)] for replay in replays)
    assert first == second
    assert len(first) == 1


def test_what_a_skill_configures(replays: list[Transcript]) -> None:
    """It is read as changed, whether or not the merged configuration is kept."""
    first, second = (spoken(replay)[len(SOURCES) : -1] for replay in replays)
    assert first == second
    assert len({reply for [reply] in first}) > len(CHANGES) / 2


def test_what_a_skill_logs(replays: list[Transcript]) -> None:
    """It is kept, and takes the same time, whether or not OVOS composes log lines."""
    first, second = (replay.turns[-1] for replay in replays)
    assert first.replies == second.replies
    assert first.words == second.words
    assert "'ThreadPoolExecutor-0_" in first.replies[0].text
    assert [line for label, line in first.words if label == "logs"] == [
        *("DEBUG a debug", "INFO an info of drawing.test", "WARNING a warning"),
        *("DEBUG a debug", "INFO an info of drawing.test", "WARNING a warning"),
    ]


def test_the_network_address_is_no_machine_s(replays: list[Transcript]) -> None:
    """A UUID of the time is the same on every machine, and asks no other program."""
    [drawn] = spoken(replays[0])[SOURCES.index("uuid")]
    assert drawn.count("-020000000001'") == 2


def test_bus_messages(replays: list[Transcript]) -> None:
    """Everything that went over the bus is the same, with ids and times."""
    first, second = replays
    assert first == second
