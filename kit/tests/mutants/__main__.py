"""Put small faults into the modules that decide verdicts: a test must see each.

A MODULE is a file or a folder below the package, such as verdict or isolate/shrink.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import pytest
from mutants.choice import BadChoiceError, all_modules, chosen, touched
from mutants.equivalents import Equivalents
from mutants.forks import run_all
from mutants.planting import mutants_of
from mutants.score import report, write
from mutants.session import (
    NOT_PLANTED,
    OPTIONS,
    Baseline,
    Session,
    fresh_job,
    warm_up,
    was_seen,
)

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parents[1]
IMPORT_SECONDS = 20.0
"""Processor time to import the package and to collect the tests once more."""


def main() -> int:
    """Try the mutants, and return 1 if too few are seen."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="default: all")
    parser.add_argument("--since", metavar="REV", help="only what changed since then")
    parser.add_argument(
        "--places", type=int, default=os.cpu_count() or 1, help="processes at once"
    )
    parser.add_argument(
        "--tests", type=Path, action="append", help="only these tests, which is quicker"
    )
    parser.add_argument("--cache", type=Path, help="remembers what the tests reach")
    given = parser.parse_args()
    package = package_folder()
    try:
        modules = chosen(given.modules, package)
        parts = touched(given.since, modules, ROOT, package) if given.since else modules
        equivalents = Equivalents.read(Path(__file__).with_name("equivalents.yaml"))
    except BadChoiceError as error:
        parser.error(str(error))
    every = [
        mutant
        for module in parts
        for mutant in mutants_of(module, (package / module).read_text("utf-8"))
    ]
    mutants = [each for each in every if parts[each.module](each.lines)]
    write(f"{len(mutants)} mutants in {len(parts)} modules")
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder, "measured.json")
        session = Session(
            package, all_modules(package), cache.resolve(), mutants, given.places
        )
        codes = try_all(session, given.tests or [TESTS])
    seen = [was_seen(code) for code in codes]
    problems = [
        *equivalents.unknown(every),
        *equivalents.seen(mutants, seen),
    ]
    return report(mutants, seen, equivalents, problems)


def package_folder() -> Path:
    """Return the folder of the package, which this process does not import."""
    spec = find_spec("ovos_dialogue_kit")
    if spec is None or spec.origin is None:
        raise SystemExit("the package ovos_dialogue_kit is not installed")
    return Path(spec.origin).parent


def try_all(session: Session, tests: Sequence[Path]) -> list[int]:
    """Return the exit code of each mutant.

    A session imports the package and collects the tests, once, and tries most mutants.
    Those that change what runs at import are tried after it, in copies of this process.
    """
    mutants = session.mutants
    if not mutants:
        return []
    session.learn_what_is_early()
    codes = [NOT_PLANTED] * len(mutants)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "codes")
        if pid := os.fork():
            _, status = os.waitpid(pid, 0)
        else:
            os._exit(run_session(session, tests, told))
        if status:
            raise SystemExit(1)
        for number, code in json.loads(told.read_text("utf-8")).items():
            codes[int(number)] = code
    warm_up()
    baseline = Baseline.read(session.cache)
    jobs = []
    for number, code in enumerate(codes):
        if code == NOT_PLANTED:
            names = baseline.of_module(mutants[number].module)
            limit = baseline.limit(names) + IMPORT_SECONDS
            path = session.package / mutants[number].module
            jobs.append(fresh_job(number, mutants[number], path, names, limit))
    for number, code in run_all(jobs, session.places):
        codes[number] = code
    return codes


def run_session(session: Session, tests: Sequence[Path], told: Path) -> int:
    """Try what can be tried in one session, and write down the codes."""
    output = told.with_name("output")
    with output.open("w") as stream, redirect_stdout(stream):
        pytest.main([*OPTIONS, *map(str, tests)], plugins=[session])
    if session.error:
        write(f"{output.read_text('utf-8')[-3000:]}\n{session.error}")
        return 1
    told.write_text(json.dumps(session.codes), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
