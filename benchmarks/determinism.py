"""Replays every script many times under bad conditions; transcripts must not differ.

Each round replays all dialogues in another order. After some rounds the assistants are
booted anew, with another hash seed. All the while every processor is kept busy by
somebody else. What is compared is the whole transcript, byte for byte: replies, times,
routes, sessions. The last line is the result; the exit code is 1 if anything differed.

    python benchmarks/determinism.py [--rounds 200] [--boots 10] [PATH]...
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import sys
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

from ovos_dialogue_kit.assistant.process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.loading import load_path
from ovos_dialogue_kit.runner import Assistants, Job, Settings, jobs_of
from ovos_dialogue_kit.transcript_json import dumps


def main() -> int:
    """Replay, compare, report."""
    arguments = parse_arguments()
    jobs = [
        job
        for path in arguments.paths
        for loaded in load_path(path)
        for job in jobs_of(loaded.fixture, Settings())
    ]
    loads = [
        multiprocessing.Process(target=burn, daemon=True)
        for _ in range(os.cpu_count() or 1)
    ]
    for load in loads:
        load.start()
    digests: dict[str, set[str]] = defaultdict(set)
    start, count = time.monotonic(), 0
    for boot in range(arguments.boots):
        rounds = arguments.rounds // arguments.boots
        with Assistants(partial(Process, hash_seed=boot)) as assistants:
            for _ in range(rounds):
                chance = random.Random(count)  # noqa: S311  # not secret
                count += one_round(jobs, assistants, chance, digests)
        print(f"{count:,} replays, {time.monotonic() - start:.0f} s", file=sys.stderr)
    for load in loads:
        load.terminate()
    return report(digests, count, arguments)


def parse_arguments() -> argparse.Namespace:
    """Return rounds, boots and paths."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--boots", type=int, default=10)
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("skill/test")])
    return parser.parse_args()


def burn() -> None:
    """Keep one processor busy for ever."""
    while True:
        hashlib.sha256(b"x" * 100_000).digest()


def one_round(
    jobs: list[Job],
    assistants: Assistants,
    chance: random.Random,
    digests: dict[str, set[str]],
) -> int:
    """Replay all jobs once, in an order of this round, and note what came out."""
    count = 0
    for job in chance.sample(jobs, len(jobs)):
        try:
            assistant = assistants.get(Setup.of(job.fixture, job.engine))
        except EngineMissingError:
            continue
        transcript = assistant.replay(job.fixture, job.case)
        digest = hashlib.sha256(dumps(transcript).encode()).hexdigest()
        digests[f"{job.fixture.script} {job.name}"].add(digest)
        count += 1
    return count


def report(
    digests: dict[str, set[str]], count: int, arguments: argparse.Namespace
) -> int:
    """Print what differed, and the figures."""
    different = {name: len(found) for name, found in digests.items() if len(found) > 1}
    for name, versions in sorted(different.items()):
        print(f"{versions} versions of {name}")
    print(
        f"{len(digests)} dialogues, {arguments.rounds} rounds, {arguments.boots} hash "
        f"seeds, {os.cpu_count()} busy processors: {count:,} replays, "
        f"{len(different)} dialogues that differ"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
