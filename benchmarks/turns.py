"""Measure the time per turn of the kit, stock ``FakeBus``, a real bus and ovoscope.

In one run, each of them in turn answers the same utterances with the same repeater
skill, in a process of its own with a private home. Quote the ratios, because machines
are noisy. The columns are milliseconds of processor time per turn (median of rounds)
and the ratio to the kit. On the real bus, that of the bus itself is left out.

    python benchmarks/turns.py [--engine padacioso] [--turns 300] [--rounds 5]
                               [--ovoscope PYTHON]

``--ovoscope`` is the interpreter of another environment, with ovoscope and the skill.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from processor_time import of_process

SKILL = "ovos-skill-repeater.kit"
SAID = {
    "adapt": "which room am i in",
    "padacioso": "what did i just say",
    "padatious": "what did i just say",
}
clock = time.process_time  # before virtual time takes its place


def main() -> None:
    """Run all contestants in turn, round after round, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="padacioso")
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ovoscope")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        run = CONTESTANTS[arguments.contestant]
        print(json.dumps(run(arguments.engine, arguments.turns)))
        return
    rows: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        for name in CONTESTANTS:
            for label, value in figures(name, arguments).items():
                rows.setdefault(label, []).append(value)
    medians = {label: statistics.median(values) for label, values in rows.items()}
    for label, value in medians.items():
        unit = "kit, a dialogue of 4 turns" if "dialogue" in label else "kit, a turn"
        print(f"{label:42}{value:10.2f} ms   x{value / medians[unit]:.2f}")


def figures(name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Run one contestant in a process of its own."""
    python = sys.executable
    if name == "ovoscope":
        if not arguments.ovoscope:
            return {}
        python = arguments.ovoscope
    command = [python, __file__, "--contestant", name, "--engine", arguments.engine]
    command += ["--turns", str(arguments.turns)]
    with tempfile.TemporaryDirectory() as folder:
        environment = private_home(Path(folder))
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def private_home(root: Path) -> dict[str, str]:
    """Return an environment whose configuration and files are below ``root``."""
    home = {name: str(root / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    xdg = {f"XDG_{name}_HOME": path for name, path in home.items()}
    return {**os.environ, **xdg, "HOME": str(root), "OVOS_DEFAULT_LOG_LEVEL": "ERROR"}


def kit(engine: str, turns: int) -> dict[str, float]:
    """Measure a long dialogue in one copy, and short ones in copies of their own."""
    from ovos_dialogue_kit.assistant.process.assistant_process import (
        SubprocessAssistant,
    )
    from ovos_dialogue_kit.assistant.setup import Setup

    long, short = dialogue(engine, turns), dialogue(engine, 4)
    with SubprocessAssistant(Setup((SKILL,), engine=engine)) as process:
        process.replay(short, short.cases[0])
        dialogues = spent_by(process, short, 20) / 20
        turn = spent_by(process, long) / turns
    return {
        "kit, a turn": turn * 1000,
        "kit, a dialogue of 4 turns": dialogues * 1000,
    }


def spent_by(process: Any, fixture: Any, times: int = 1) -> float:
    """Return the seconds of processor time that an assistant takes for replays."""
    [worker] = map(int, children_of("self"))
    before = of_process(worker)
    for _ in range(times):
        process.replay(fixture, fixture.cases[0])
    return of_process(worker) - before


def children_of(pid: str) -> list[str]:
    """Return the ids of a process's children, of all its threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for task in tasks for child in task.read_text().split()]


def dialogue(engine: str, turns: int) -> Any:
    """Return a fixture whose only session says the same thing again and again."""
    from ovos_dialogue_kit.assistant.setup import default_pipeline
    from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn

    said = SAID[engine]
    message = {
        "type": "recognizer_loop:utterance",
        "data": {"utterances": [said], "lang": "en-US"},
        "context": {"source": "kit.kitchen", "destination": ["skills"]},
    }
    stages = [stage for stage in default_pipeline(engine) if stage != "converse"]
    session = {"session_id": "0000-kitchen", "lang": "en-US", "pipeline": stages}
    turn = FixtureTurn("kitchen", 1, 1, said, message)
    case = Case("", {"kitchen": session}, (turn,) * turns)
    return Fixture("benchmark", "turns", 1, (SKILL,), (engine,), (case,))


def fakebus(engine: str, turns: int) -> dict[str, float]:
    """Measure stock ``FakeBus`` with the same engines, matching in process."""
    from ovos_dialogue_kit.assistant.core.engines import match_in_process

    return {"stock FakeBus, a turn": turn_on_fakebus(engine, turns, match_in_process)}


def helped(engine: str, turns: int) -> dict[str, float]:
    """Measure ``FakeBus`` with OVOS made as fast as the kit makes it."""
    from ovos_dialogue_kit.assistant.core.generations.companions import adapt_companions

    turn = turn_on_fakebus(engine, turns, adapt_companions)
    return {"FakeBus with our shortcuts, a turn": turn}


def turn_on_fakebus(engine: str, turns: int, adapt: Callable[[], None]) -> float:
    """Return milliseconds per turn, of which each is carried on and played."""
    from ovos_dialogue_kit.assistant.core.boot import boot, configuration
    from ovos_dialogue_kit.assistant.core.raised import Raised
    from ovos_dialogue_kit.assistant.setup import Setup
    from ovos_dialogue_kit.assistant.system.call_stack import SkillCode

    setup = Setup((SKILL,), engine=engine)
    configure(configuration(setup))
    adapt()
    from ovos_bus_client.message import Message
    from ovos_utils.fakebus import FakeBus
    from ovos_utils.log import LOG

    LOG.set_level("ERROR")
    bus = FakeBus()
    boot(setup, bus, lambda *_: True, Raised(SkillCode()))
    state = dialogue(engine, 1).cases[0].sessions["kitchen"]
    heard: list[Any] = []
    carried = [dict(state)]
    bus.on("speak", heard.append)
    bus.on(
        "ovos.utterance.handled",
        lambda message: carried.append(message.context["session"]),
    )

    def turn() -> None:
        context = {"session": carried.pop(), "source": "kit", "destination": ["skills"]}
        data = {"utterances": [SAID[engine]], "lang": "en-US"}
        carried.clear()
        bus.emit(Message("recognizer_loop:utterance", data, context))
        for topic in ("start", "end"):
            name = f"recognizer_loop:audio_output_{topic}"
            bus.emit(Message(name, {}, heard[-1].context))
        heard.clear()

    return measured(turn, turns)


def configure(settings: dict[str, object]) -> None:
    """Write the configuration into the private home."""
    path = Path(os.environ["XDG_CONFIG_HOME"], "mycroft", "mycroft.conf")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(settings), encoding="utf-8")


def measured(turn: Callable[[], object], turns: int) -> float:
    """Return milliseconds per turn, after a few that do not count."""
    for _ in range(20):
        turn()
    start = clock()
    for _ in range(turns):
        turn()
    return (clock() - start) / turns * 1000


def real(engine: str, turns: int) -> dict[str, float]:
    """Measure the same dialogue over a real ``ovos-messagebus``."""
    from ovos_dialogue_kit.assistant.process.assistant_process import (
        SubprocessAssistant,
    )
    from ovos_dialogue_kit.assistant.setup import Setup

    turns = min(turns, 50)
    fixture, first = dialogue(engine, turns + 1), dialogue(engine, 1)
    setup = Setup((SKILL,), engine=engine, bus="real", clock="real")
    with SubprocessAssistant(setup) as process:
        spent = spent_by(process, fixture) - spent_by(process, first)  # two boots
    return {"real message bus, a turn": spent / turns * 1000}


def ovoscope(engine: str, turns: int) -> dict[str, float]:
    """Measure ovoscope: turns on one MiniCroft, and one booted for each dialogue."""
    from ovos_bus_client.message import Message
    from ovos_bus_client.session import Session
    from ovos_utils.log import LOG
    from ovoscope import get_minicroft

    LOG.set_level("ERROR")
    stages = [f"{engine}_{level}" for level in ("high", "medium", "low")]

    def talk(croft: Any, session: list[Any]) -> None:
        done: list[Any] = []
        croft.bus.once("ovos.utterance.handled", done.append)
        data = {"utterances": [SAID[engine]], "lang": "en-US"}
        context = {"session": session[0], "source": "kit", "destination": "skills"}
        croft.bus.emit(Message("recognizer_loop:utterance", data, context))
        until = time.monotonic() + 30
        while not done and time.monotonic() < until:
            time.sleep(0.0005)
        session[0] = done[0].context["session"]

    def start() -> list[Any]:
        return [Session("kitchen", lang="en-US", pipeline=stages).serialize()]

    croft = get_minicroft([SKILL])
    session = start()
    turn = measured(lambda: talk(croft, session), turns)
    croft.stop()
    times = []
    for _ in range(3):
        before = clock()
        croft, session = get_minicroft([SKILL]), start()
        for _ in range(4):
            talk(croft, session)
        times.append(clock() - before)
        croft.stop()
    return {
        "ovoscope, a turn": turn,
        "ovoscope, a dialogue of 4 turns": statistics.median(times) * 1000,
    }


CONTESTANTS = {
    "kit": kit,
    "fakebus": fakebus,
    "helped": helped,
    "real": real,
    "ovoscope": ovoscope,
}

if __name__ == "__main__":
    main()
