"""Measure how time and memory of a replay grow with turns and with sessions.

One dialogue of the repeater runs in one copy of the assistant: 10 to 10,000 turns of
two sessions, then 1,000 turns of 1 to 1,000 sessions. The columns are milliseconds of
processor time per turn, the assistant's peak memory, and the ratio of both to the first
row. The time per turn should stay the same, and memory should not grow with turns.

    python benchmarks/growth.py [--engine padacioso] [--most 10000]
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
from collections.abc import Iterator

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from processor_time import of_process
from turns import children_of

SKILL = "ovos-skill-repeater.kit"
LONG = Limits(boot=3600, training=3600, dialogue=3600)


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="padacioso")
    parser.add_argument("--most", type=int, default=10_000)
    arguments = parser.parse_args()
    names = ("turns", "sessions", "ms a turn", "MB", "x time", "x MB")
    widths = (8, 10, 12, 8, 8, 8)
    print(
        "".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True))
    )
    first: tuple[float, float] | None = None
    for turns, sessions in sizes(arguments.most):
        row = in_new_process(arguments.engine, turns, sessions)
        first = first or row
        ratios = [new / old for new, old in zip(row, first, strict=True)]
        print(f"{turns:>8,}{sessions:>10,}{row[0]:>12.2f}{row[1]:>8.0f}", end="")
        print("".join(f"{ratio:>8.2f}" for ratio in ratios), flush=True)


def sizes(most: int) -> Iterator[tuple[int, int]]:
    """Yield numbers of turns and of sessions."""
    turns = 10
    while turns <= most:
        yield turns, 2
        turns *= 10
    for sessions in (1, 10, 100, 1_000):
        yield 1_000, sessions


def in_new_process(engine: str, turns: int, sessions: int) -> tuple[float, float]:
    """Measure in a new process, to get the memory of its children alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (engine, turns, sessions))


def measure(engine: str, turns: int, sessions: int) -> tuple[float, float]:
    """Return milliseconds per turn and peak memory in MB, in a new process."""
    case = Case(
        "",
        {f"s{n}": session(n) for n in range(sessions)},
        tuple(turn(f"s{n % sessions}", n) for n in range(turns)),
    )
    fixture = Fixture("benchmark", "growth", 1, (SKILL,), (engine,), (case,))
    with SubprocessAssistant(Setup((SKILL,), engine=engine, limits=LONG)) as process:
        process.start()
        [worker] = map(int, children_of("self"))
        start = of_process(worker)
        transcript = process.replay(fixture, case)
        seconds = of_process(worker) - start
    if len(transcript.turns) != turns:
        raise SystemExit(str(transcript.crash))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds / turns * 1000, peak


def session(number: int) -> dict[str, Json]:
    """Return a session's wire data; without ``converse``, which waits half a second."""
    stages: list[Json] = ["stop_high", "engine_high", "engine_medium"]
    return {"session_id": f"0000-{number}", "lang": "en-US", "pipeline": stages}


def turn(name: str, number: int) -> FixtureTurn:
    """Return a turn: every other one is a question of the repeater's."""
    said = "what did i just say" if number % 4 > 1 else f"thing {number}"
    data: dict[str, Json] = {"utterances": [said], "lang": "en-US"}
    context: dict[str, Json] = {"source": f"kit.{name}", "destination": ["skills"]}
    message: dict[str, Json] = {"type": "recognizer_loop:utterance", "data": data}
    return FixtureTurn(name, 1, 1, said, {**message, "context": context})


if __name__ == "__main__":
    main()
