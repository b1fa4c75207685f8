"""Measure how much memory several assistants take, each while a copy of it replays.

The proportional set size (PSS) counts a page that processes share only once, so the
sizes of all of them add up. The columns are the number of assistants, and in megabytes
the boot of one, its copy at work, and all of them.

    python benchmarks/memory.py [--assistants 8]
"""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from turns import SKILL, children_of, dialogue

TURNS = 2_000


def main() -> None:
    """Boot the assistants, let all of them replay, and look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assistants", type=int, default=8)
    number = parser.parse_args().assistants
    fixture = dialogue("padacioso", TURNS)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                SubprocessAssistant(Setup((SKILL,), engine="padacioso"))
            )
            for _ in range(number)
        ]
        workers = children_of("self")
        threads = [
            threading.Thread(target=each.replay, args=(fixture, fixture.cases[0]))
            for each in processes
        ]
        for thread in threads:
            thread.start()
        while not all(map(children_of, workers)):
            time.sleep(0.01)
        time.sleep(number * 0.5)  # each has had some turns
        copies = [pid for worker in workers for pid in children_of(worker)]
        sizes = [sum(map(pss, pids)) for pids in (workers, copies)]
        for thread in threads:
            thread.join()
    one, copy = (size / number for size in sizes)
    print(f"{number:>3} assistants {one:8.0f} MB each {copy:8.0f} MB its copy", end="")
    print(f"{sum(sizes):8.0f} MB in all")


def pss(pid: str) -> float:
    """Return the proportional set size of a process, in megabytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


if __name__ == "__main__":
    main()
