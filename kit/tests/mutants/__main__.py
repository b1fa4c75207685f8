"""Put small faults into the modules that decide verdicts: a test must see each.

A MODULE is a file or a folder below the package, such as verdict or isolate/shrink.py.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import pytest
from mutants.choice import BadChoiceError, chosen, touched
from mutants.equivalents import Equivalents
from mutants.forks import run_all
from mutants.planting import mutants_of
from mutants.score import Store, report, write
from mutants.session import OPTIONS, Baseline, Session, fresh_job, warm_up

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parents[1]


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
    parser.add_argument(
        "--left", action="store_true", help="only what earlier runs have not seen"
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
    with tempfile.TemporaryDirectory() as folder:
        cache = (given.cache or Path(folder, "measured.json")).resolve()
        store = Store(cache.with_suffix(".seen"), is_new=not given.left)
        tried = [each for each, is_seen in store.pairs(mutants) if not is_seen]
        write(f"{len(tried)} mutants in {len(parts)} modules")
        session = Session(package, cache, tried, given.places, store.add)
        try_all(session, given.tests or [TESTS], store)
        seen = store.seen(mutants)
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


def try_all(session: Session, tests: Sequence[Path], store: Store) -> None:
    """Try the mutants.

    A session imports the package and collects the tests, once, and tries most mutants.
    Those that change what runs at import are tried after it, in copies of this process;
    so are those that no test has seen that reaches them.
    """
    if not session.mutants:
        return
    if pid := os.fork():
        _, status = os.waitpid(pid, 0)
    else:
        os._exit(run_session(session, tests))
    if status:
        raise SystemExit(1)
    warm_up()
    baseline = Baseline.read(session.cache)
    jobs = []
    for number, (mutant, is_seen) in enumerate(store.pairs(session.mutants)):
        names = baseline.beside(mutant)
        if names and not is_seen:
            path = session.package / mutant.module
            jobs.append(fresh_job(number, mutant, path, names, baseline))
    write(f"{len(jobs)} are tried again, each in a process that imports it")
    for number, code in run_all(jobs, session.places):
        store.add(session.mutants[number], code)


def run_session(session: Session, tests: Sequence[Path]) -> int:
    """Try what can be tried in one session."""
    with redirect_stdout(io.StringIO()) as output:
        pytest.main([*OPTIONS, *map(str, tests)], plugins=[session])
    if not session.has_run:
        write(output.getvalue()[-3000:])
    return 0 if session.has_run else 1


if __name__ == "__main__":
    sys.exit(main())
