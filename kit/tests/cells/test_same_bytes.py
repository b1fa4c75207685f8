"""A replay is the same twice, with all its bus messages, in two processes.

Each cell of the matrix runs this, because versions of OVOS import what is random, and
clocks, under names of their own.
"""

from __future__ import annotations

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

DRAWING = """
import os
import random
import secrets
import uuid
from datetime import date, datetime
from os import urandom
from random import Random, SystemRandom, choice, randint
from secrets import token_hex
from time import monotonic, perf_counter, time as now, time_ns
from uuid import uuid1, uuid4

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


class Skill(OVOSSkill):
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


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> list[Transcript]:
    """Replay a dialogue in two processes, with all bus messages."""
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "drawing.test", DRAWING, {"draw.intent": "draw {source}\n"})
    turns = [("kitchen", f"draw {source}") for source in SOURCES]
    fixture = dialogue("drawing.test", *turns)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        for _ in range(2):
            with Process(Setup(("drawing.test",))) as process:
                case = fixture.cases[0]
                found.append(process.replay(fixture, case, Options(traced=True)))
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_skill_draws(replays: list[Transcript], source: str) -> None:
    """Each source of chance or time gives the skill the same in both."""
    first, second = (spoken(replay)[SOURCES.index(source)] for replay in replays)
    assert first == second
    assert len(first) == 1


def test_the_network_address_is_no_machine_s(replays: list[Transcript]) -> None:
    """A UUID of the time is the same on every machine, and asks no other program."""
    [drawn] = spoken(replays[0])[SOURCES.index("uuid")]
    assert drawn.count("-020000000001'") == 2


def test_bus_messages(replays: list[Transcript]) -> None:
    """Everything that went over the bus is the same, with ids and times."""
    first, second = replays
    assert first == second
