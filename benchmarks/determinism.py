"""Replay every script many times under bad conditions, and compare the transcripts.

All rounds of a boot are shuffled together, so that each dialogue follows different ones
each time. Assistants are rebooted with other hash seeds, one or two in parallel, with
and without what makes OVOS faster, and every processor is kept busy by another process.
Whole transcripts are compared, byte for byte: replies, times, routes, sessions; only
what skills print and log is not. The last line is the result; the exit code is 1 if
anything differed.

    python benchmarks/determinism.py [--rounds 200] [--boots 10] [PATH]...
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.run.jobs import Job, Settings, jobs_of
from ovos_dialogue_kit.run.load import load_path
from ovos_dialogue_kit.run.parallel import run_all


def main() -> int:
    """Replay, compare, report."""
    arguments = parse_arguments()
    jobs = [
        job
        for path in arguments.paths
        for loaded in load_path(path)
        for job in jobs_of(loaded.fixture, Settings())
    ]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    start = time.monotonic()
    with busy_processors():
        for boot in range(arguments.boots):
            rounds = len(range(boot, arguments.rounds, arguments.boots))
            for name, digest in digests(jobs, rounds, boot):
                found[name][digest] += 1
            count = sum(map(Counter.total, found.values()))
            seconds = time.monotonic() - start
            print(f"{count:,} replays, {seconds:.0f} s", file=sys.stderr)
    return report(found, arguments)


def parse_arguments() -> argparse.Namespace:
    """Return rounds, boots and paths."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--boots", type=int, default=10)
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("skill/test")])
    return parser.parse_args()


@contextmanager
def busy_processors() -> Iterator[None]:
    """Keep every processor busy for as long as this lasts."""
    loads = [
        multiprocessing.Process(target=burn, daemon=True)
        for _ in range(os.cpu_count() or 1)
    ]
    for load in loads:
        load.start()
    try:
        yield
    finally:
        for load in loads:
            load.terminate()


def burn() -> None:
    """Keep one processor busy for ever."""
    while True:
        hashlib.sha256(b"x" * 100_000).digest()


def digests(jobs: list[Job], rounds: int, boot: int) -> Iterator[tuple[str, str]]:
    """Replay all jobs so many times, shuffled, and yield a digest of each transcript.

    Jobs whose engine is not installed yield none.
    """
    chance = random.Random(boot)  # noqa: S311  # not secret
    shuffled = chance.sample(jobs * rounds, len(jobs) * rounds)
    workers = boot % 2 + 1
    os.environ.pop("KIT_STOCK", None)
    if boot // 2 % 2:
        os.environ["KIT_STOCK"] = "1"
    for result in run_all(
        shuffled, Settings(), workers, partial(SubprocessAssistant, hash_seed=boot)
    ):
        if result.error:
            raise result.error
        if result.transcript:
            script = result.job.fixture.script
            turns = (replace(turn, words=()) for turn in result.transcript.turns)
            transcript = replace(result.transcript, turns=tuple(turns))
            text = json.dumps(as_json(transcript), sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            yield f"{script} {result.job.name}", digest


def report(found: dict[str, Counter[str]], arguments: argparse.Namespace) -> int:
    """Print what differed, and the figures."""
    different = {name: digests for name, digests in found.items() if len(digests) > 1}
    for name, digests in sorted(different.items()):
        shares = ", ".join(f"{count}" for _, count in digests.most_common())
        print(f"{name}: {len(digests)} transcripts, seen {shares} times")
    print(
        f"{len(found)} dialogues and variants, {arguments.rounds} rounds, "
        f"{arguments.boots} hash seeds, {os.cpu_count()} busy processors: "
        f"{sum(map(Counter.total, found.values())):,} replays, "
        f"{len(different)} dialogues that differ"
    )
    return 1 if different or not found else 0


if __name__ == "__main__":
    sys.exit(main())
