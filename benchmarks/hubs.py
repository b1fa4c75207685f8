"""Measure what a HiveMind hub costs: behind it and without it, in one run.

For each bus, and in a private home: the processor time from the start of an assistant
to the end of its first dialogue, of one turn; that of a further dialogue; that of each
further turn; and the most memory that all processes take together. The time is that of
all of them: the assistant's, the message bus's, the hub's and the satellites'. Machines
are noisy, so quote the ratios.

    python benchmarks/hubs.py [--turns 50] [--rounds 3]

A bus that lacks what it needs is left out; the environment of the hub of ``hivemind``
is made the first time. On a bus in memory, 20 dialogues and 10 times the turns are
taken, as they are so short.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from memory import pss
from processor_time import of_process
from turns import SKILL, children_of, dialogue, private_home

BUSES = ("memory", "hivemind-memory", "real", "hivemind")
ROWS = ("boot and a dialogue", "a further dialogue", "a turn", "memory")
RATIOS = (
    ("hivemind-memory", "memory"),
    ("real", "memory"),
    ("hivemind", "memory"),
    ("hivemind", "real"),
)
TIMES = "×"  # noqa: RUF001  # as in all pages
_TIME_SECONDS = 0.02
_MEMORY_SECONDS = 0.5


def main() -> None:
    """Measure all buses in turn, round after round, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bus", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bus:
        print(json.dumps(measured(arguments.bus, arguments.turns)))
        return
    print("\n".join(table(arguments.rounds, arguments.turns)))


def table(rounds: int, turns: int) -> Iterator[str]:
    """Yield the lines of the table; ratios, and memory in megabytes."""
    from ovos_dialogue_kit.assistant.transports.registry import transport_of

    there = [bus for bus in BUSES if transport_of(bus).is_installed]
    found: dict[str, list[dict[str, float]]] = {bus: [] for bus in there}
    for _ in range(rounds):
        for bus in there:
            found[bus].append(in_new_process(bus, turns))
    figures = {
        bus: {row: statistics.median(each[row] for each in taken) for row in ROWS}
        for bus, taken in found.items()
    }
    yield from lines(figures)


def lines(figures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the lines of the table of figures, without buses that have none."""
    ratios = [pair for pair in RATIOS if figures.keys() >= {*pair}]
    heads = [f"`{bus}` / `{other}`" for bus, other in ratios]
    yield f"| | {' | '.join(heads)} |"
    yield f"|---|{'---:|' * len(heads)}"
    for row in ROWS:
        cells = [
            f"{TIMES} {figures[bus][row] / figures[other][row]:.2f}"
            for bus, other in ratios
        ]
        yield f"| {row} | {' | '.join(cells)} |"
    sizes = ", ".join(
        f"`{bus}` {each['memory']:.0f} MB" for bus, each in figures.items()
    )
    yield ""
    yield f"Memory: {sizes}."


def in_new_process(bus: str, turns: int) -> dict[str, float]:
    """Measure a bus in a process of its own, with the user's environment of a hub."""
    from ovos_dialogue_kit.assistant.transports.hivemind.environment import hub_python

    command = [sys.executable, __file__, "--bus", bus, "--turns", str(turns)]
    with tempfile.TemporaryDirectory() as folder:
        environment = private_home(Path(folder))
        if bus == "hivemind":
            environment["XDG_CACHE_HOME"] = str(hub_python().parents[3])
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(bus: str, turns: int) -> dict[str, float]:
    """Return the figures of a bus: seconds, and megabytes."""
    from ovos_dialogue_kit.assistant.process.assistant_process import (
        SubprocessAssistant,
    )
    from ovos_dialogue_kit.assistant.setup import Setup
    from ovos_dialogue_kit.assistant.transports.registry import transport_of

    is_virtual = transport_of(bus).is_virtual_time
    clock, times = ("virtual", 20) if is_virtual else ("real", 1)
    turns *= 10 if is_virtual else 1
    short, long = dialogue("padacioso", 1), dialogue("padacioso", turns + 1)
    watch = Watch()
    with SubprocessAssistant(Setup((SKILL,), bus=bus, clock=clock)) as assistant:

        def spent(fixture: Any) -> float:
            before = watch.spent()
            transcript = assistant.replay(fixture, fixture.cases[0])
            ends = {turn.end for turn in transcript.turns}
            if transcript.crash or ends != {"handled"}:
                raise SystemExit(f"{bus}: {transcript.crash or ends}")
            return watch.spent() - before

        spent(short)
        boot = watch.spent()
        further = sum(spent(short) for _ in range(times)) / times
        whole = spent(long)
    return {
        "boot and a dialogue": boot,
        "a further dialogue": further,
        "a turn": (whole - further) / turns,
        "memory": watch.most,
    }


class Watch:
    """Looks again and again at all processes that this one has started.

    ``most`` is the most memory that they have taken together, in megabytes.
    """

    def __init__(self) -> None:
        self.most = 0.0
        self._times: dict[str, float] = {}
        self._look(self._note_times, _TIME_SECONDS)
        self._look(self._note_memory, _MEMORY_SECONDS)

    def _look(self, look: Callable[[], None], seconds: float) -> None:
        def again() -> None:
            while True:
                look()
                threading.Event().wait(seconds)

        threading.Thread(target=again, daemon=True).start()

    def spent(self) -> float:
        """Return the seconds of processor time that they have taken so far."""
        self._note_times()
        return sum([*self._times.values()])

    def _note_times(self) -> None:
        for pid in descendants("self"):
            with contextlib.suppress(OSError):  # it has just ended
                self._times[pid] = of_process(int(pid), with_children=False)

    def _note_memory(self) -> None:
        total = 0.0
        for pid in descendants("self"):
            with contextlib.suppress(OSError, LookupError):
                total += pss(pid)
        self.most = max(self.most, total)


def descendants(pid: str) -> list[str]:
    """Return the ids of a process's children, and of theirs."""
    try:
        children = children_of(pid)
    except OSError:
        return []
    return [*children, *(each for child in children for each in descendants(child))]


if __name__ == "__main__":
    main()
