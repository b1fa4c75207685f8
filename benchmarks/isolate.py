"""Measure the search for leaks: schedules per second, and time until a leak is seen.

    python benchmarks/isolate.py [--schedules 200] [--catalogue 100]

The skill is the repeater; the dialogue has two or three sessions with three turns each,
on one and two assistants. A schedule counts when it has been replayed, compared and
judged by all oracles. Then, unless --catalogue is 0, come the leaks of the tests'
catalogue: how long it takes to find each, without the boot and before it is shrunk.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.search import Budget, Findings, search
from ovos_dialogue_kit.run.load import load
from ovos_dialogue_kit.script.parse import parse_script

TESTS = Path(__file__).parents[1] / "kit" / "tests"
SKILL = "ovos-skill-repeater.kit"
TURNS = ("the sky is {word}", "what did i just say", "repeat that")
WORDS = {"kitchen": "blue", "bedroom": "green", "hall": "red"}


def dialogue(sessions: int) -> Fixture:
    """Return a dialogue of sessions that say the same three things."""
    turns = [
        f"    - {name}: {turn.format(word=word)}\n"
        for name, word in list(WORDS.items())[:sessions]
        for turn in TURNS
    ]
    script = f"skill: {SKILL}\ndialogues:\n  x:\n{''.join(turns)}"
    (fixture,) = generate(parse_script(script, "x.dialogue.yaml"), Path())
    return fixture


def searched(fixture: Fixture, team: list[Process], schedules: int) -> Findings:
    """Return the result of a search."""
    return search(fixture, fixture.cases[0], team, budget=Budget(schedules))


def rates(schedules: int) -> None:
    """Print a line for each number of sessions and of assistants."""
    for sessions in (2, 3):
        fixture = dialogue(sessions)
        for workers in (1, 2):
            team = [Process(Setup.of(fixture, "padacioso")) for _ in range(workers)]
            searched(fixture, team, 2)  # boots
            began = time.perf_counter()
            findings = searched(fixture, team, schedules)
            rate = findings.tried / (time.perf_counter() - began)
            for assistant in team:
                assistant.close()
            print(
                f"{sessions} sessions of 3 turns, {workers} assistants: "
                f"{rate:6.1f} schedules/s, {len(findings.leaks)} leaks"
            )


def detections(most: int) -> None:
    """Print how long the leaks of the catalogue stay unseen."""
    sys.path.insert(0, str(TESTS))
    from catalogue.table import LEAKY, install

    seconds, schedules = [], []
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder))
        sys.path.insert(0, folder)
        for leaky in LEAKY[:most]:
            (fixture,) = (f for f in load(leaky.script) if f.dialogue == leaky.dialogue)
            fixture = replace(fixture, skills=(leaky.skill_id,))
            with Process(Setup.of(fixture, fixture.engines[0])) as assistant:
                findings = searched(fixture, [assistant], 500)
            seconds.append(findings.seconds if findings.leaks else math.inf)
            schedules.append(findings.tried)
    print(
        f"{len(seconds)} leaks: seen after {statistics.median(seconds):.2f} s "
        f"(median), {max(seconds):.2f} s (worst); schedules: "
        f"{statistics.median(schedules):g} (median), {max(schedules)} (worst)"
    )


def main() -> None:
    """Measure both."""
    options = argparse.ArgumentParser()
    options.add_argument("--schedules", type=int, default=200)
    options.add_argument("--catalogue", type=int, default=100)
    chosen = options.parse_args()
    rates(chosen.schedules)
    if chosen.catalogue:
        detections(chosen.catalogue)


if __name__ == "__main__":
    main()
