"""Measure the search for leaks: schedules per second, and their processor time.

    python benchmarks/isolate.py [--schedules 200]

The skill is the repeater; the dialogue has two or three sessions with three turns each,
on one and two assistants. A schedule counts when it has been replayed, as it is and
with canaries, compared and judged by all oracles. The processor time is that of the
kit and of its assistants, without their boots; it depends less on what else the machine
does. ``leak_rates.py`` measures how reliable the search is.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search
from ovos_dialogue_kit.script.parse import parse_script

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


def searched(
    fixture: Fixture, team: list[SubprocessAssistant], schedules: int
) -> Findings:
    """Return the result of a search."""
    chosen, engine = SearchSettings(Budget(schedules)), fixture.engines[0]
    return search(fixture, fixture.cases[0], team, chosen, engine=engine)


def rates(schedules: int) -> None:
    """Print a line for each number of sessions and of assistants."""
    for sessions in (2, 3):
        fixture = dialogue(sessions)
        for workers in (1, 2):
            few, used_by_few = measured(fixture, workers, 2)
            many, used_by_many = measured(fixture, workers, 2 + schedules)
            print(
                f"{sessions} sessions of 3 turns, {workers} assistants: "
                f"{schedules / (many - few):6.1f} schedules/s, "
                f"{1000 * (used_by_many - used_by_few) / schedules:4.0f} ms each"
            )


def measured(fixture: Fixture, workers: int, schedules: int) -> tuple[float, float]:
    """Return the seconds and the processor time of a search, with boots.

    Raises:
        ValueError: it has found a leak.

    """
    began, before = time.perf_counter(), processor_time()
    team = [SubprocessAssistant(Setup.of(fixture, "padacioso")) for _ in range(workers)]
    found = searched(fixture, team, schedules)
    seconds = time.perf_counter() - began
    for assistant in team:
        assistant.close()
    if found.leaks:
        raise ValueError(f"{SKILL} leaks")
    return seconds, processor_time() - before


def processor_time() -> float:
    """Return the seconds of processor time of this process and its children."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser()
    options.add_argument("--schedules", type=int, default=200)
    rates(options.parse_args().schedules)


if __name__ == "__main__":
    main()
