"""Run all tests shuffled, with four processes, on a machine that is busy.

    PYTHONPATH=kit/tests python benchmarks/busy.py [--rounds 3] [--seed 1] [PYTEST…]

Every processor is kept busy by another process meanwhile. Each round has an order of
its own, which ``python -m pytest -p support.shuffled --shuffle SEED`` repeats. Other
arguments are pytest's. The exit code is 1 if a round fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from determinism import busy_processors


def main() -> int:
    """Run the rounds, and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    known, others = parser.parse_known_args()
    seeds = range(known.seed, known.seed + known.rounds)
    with busy_processors():
        failed = [seed for seed in seeds if run(seed, others)]
    print(f"{known.rounds} rounds, {len(failed)} failed: --shuffle {failed}")
    return 1 if failed else 0


def run(seed: int, arguments: list[str]) -> int:
    """Run all tests in the order of a seed, and return pytest's exit code."""
    order = ["-p", "support.shuffled", "--shuffle", str(seed)]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "4", *order, *arguments]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
