"""Measure which test reaches which line, and run those against a fault.

pytest collects all tests once. They are measured in a copy of that process, and each
mutant is a copy in which the functions are changed, which runs the tests that reach
them until one fails.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import coverage
import pytest
from mutants.choice import all_modules
from mutants.forks import Job, begin_part, run_all
from mutants.mutant import Mutant
from mutants.planting import Planted, plant
from mutants.score import write

KILLED = 1
_MEMORY = 8 << 30
_SLACK_SECONDS = 2.0
_FACTOR = 3.0
"""A mutant may take this many times the processor time that its tests take."""

_IMPORT_SECONDS = 20.0
"""Processor time to import the package and to collect the tests once more."""


@dataclass(frozen=True)
class Measured:
    """A test: its processor time, and the lines that it reaches, by module."""

    seconds: float
    lines: dict[str, list[int]]


@dataclass(frozen=True)
class Baseline:
    """All tests, measured, by their ids."""

    tests: dict[str, Measured]

    @classmethod
    def read(cls, cache: Path) -> Baseline:
        """Read what a session has written."""
        files = json.loads(cache.read_text("utf-8"))["files"].values()
        return cls(
            {name: Measured(**test) for own in files for name, test in own.items()}
        )

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach a mutant, fast ones first."""
        lines = set(mutant.lines)
        reaching = [
            (test.seconds, name)
            for name, test in self.tests.items()
            if not lines.isdisjoint(test.lines.get(mutant.module, ()))
        ]
        return [name for _, name in sorted(reaching)]

    def beside(self, mutant: Mutant) -> list[str]:
        """Return the tests that may see a mutant although they do not reach it.

        What runs at import, or is made once for many tests, is reached by one of them
        at most. These are all tests of the file that mirrors the module and, for what
        runs at import, all that reach anything else of it.
        """
        own = [
            (test.seconds, name)
            for name, test in self.tests.items()
            if mirror_of(mutant.module) in name
            or (mutant.at_import and mutant.module in test.lines)
        ]
        return [name for _, name in sorted(own)]

    def limit(self, names: Sequence[str]) -> float:
        """Return the seconds of processor time that some tests may take."""
        taken = sum(self.tests[name].seconds for name in names)
        return _SLACK_SECONDS + _FACTOR * taken


class Session:
    """A plugin that tries mutants in the place of running the tests.

    Args:
        package: the folder of the modules.
        cache: the file in which it remembers what it has measured.
        mutants: what to try.
        places: how many copies run at once.
        tell: is called with each mutant and its exit code, as they come.

    """

    def __init__(
        self,
        package: Path,
        cache: Path,
        mutants: Sequence[Mutant],
        places: int,
        tell: Callable[[Mutant, int], None],
    ) -> None:
        self.package = package
        self._modules = all_modules(package)
        self.cache = cache
        self.mutants = mutants
        self.places = places
        self.tell = tell
        self.has_run = False

    def pytest_configure(self) -> None:
        """Let Hypothesis try the same examples each time, and remember none."""
        settle_hypothesis()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, then try the mutants that can be planted now."""
        gc.unfreeze()  # conftest.py hides from it what lives long, such as functions
        baseline = self._measured(session.items)
        runner = Runner(session, self.package)
        jobs = []
        for number, mutant in enumerate(self.mutants):
            names = baseline.reaching(mutant)
            if names and not mutant.at_import:
                jobs.append(runner.job(number, mutant, names, baseline))
        for number, code in run_all(jobs, self.places):
            self.tell(self.mutants[number], code)
            if not code:
                write(f"not seen so far: {self.mutants[number]}")
        self.has_run = True
        return True

    def _measured(self, items: Sequence[pytest.Item]) -> Baseline:
        """Return what all tests reach; measure those whose file or code has changed."""
        key = _digest([*self.package.rglob("*.py"), *_support(items)])
        known: dict[str, dict[str, dict[str, object]]] = {}
        if self.cache.exists():
            stored = json.loads(self.cache.read_text("utf-8"))
            known = stored["files"] if stored["key"] == key else {}
        by_file: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in items:
            by_file[f"{item.path} {_digest([item.path])}"].append(item)
        missing = [
            each for file, own in by_file.items() if file not in known for each in own
        ]
        if missing:
            new = self._measure(missing)
            for file, own in by_file.items():
                if file not in known:
                    known[file] = {item.nodeid: new[item.nodeid] for item in own}
        known = {file: known[file] for file in by_file}
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        self.cache.write_text(json.dumps({"key": key, "files": known}), "utf-8")
        return Baseline.read(self.cache)

    def _measure(self, items: list[pytest.Item]) -> dict[str, dict[str, object]]:
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder, "measured.json")

            def measure() -> int:
                _settle(folder)
                found = self._cover(items)
                written.write_text(json.dumps(found), "utf-8")
                return 0

            list(run_all([(0, measure, float("inf"))], 1))
            found: dict[str, dict[str, object]] = json.loads(written.read_text("utf-8"))
        for name, test in found.items():
            if test.pop("failed"):
                test["lines"] = {}
                write(f"left out, as it fails without any fault: {name}")
        return found

    def _cover(self, items: list[pytest.Item]) -> dict[str, dict[str, object]]:
        paths = {str(self.package / module): module for module in self._modules}
        measure = coverage.Coverage(
            include=list(paths), data_file=None, config_file=False
        )
        found: dict[str, dict[str, object]] = {}
        measure.start()
        for item, following in _with_next(items):
            measure.switch_context(item.nodeid)
            before = time.process_time()
            failed = _run(item, following)
            seconds = time.process_time() - before
            found[item.nodeid] = {"seconds": seconds, "lines": {}, "failed": failed}
        measure.stop()
        data = measure.get_data()
        for path, module in paths.items():
            for line, names in data.contexts_by_lineno(path).items():
                for name in names:
                    if name in found:
                        found[name]["lines"].setdefault(module, []).append(line)  # type: ignore[attr-defined]
        return found


class Runner:
    """Runs mutants in copies of a session that has collected all tests."""

    def __init__(self, session: pytest.Session, package: Path) -> None:
        self._items = {item.nodeid: item for item in session.items}
        self._package = package
        self._functions: dict[str, list[FunctionType]] = defaultdict(list)
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                self._functions[each.__code__.co_filename].append(each)
        gc.freeze()

    def job(
        self, number: int, mutant: Mutant, names: Sequence[str], baseline: Baseline
    ) -> Job:
        """Return the job that runs tests against a mutant until one fails."""

        def fails(pair: tuple[pytest.Item, pytest.Item | None]) -> bool:
            begin_part(baseline.limit([pair[0].nodeid]))
            return _run(*pair)

        def run() -> int:
            with tempfile.TemporaryDirectory() as folder:
                _settle(folder)
                path = self._package / mutant.module
                if not plant(mutant, self._functions[str(path)]):
                    return 0
                items = [self._items[name] for name in names]
                return KILLED if any(map(fails, _with_next(items))) else 0

        return number, run, baseline.limit(names)


class OnlyThese:
    """A plugin that runs some tests, in their order, until one fails."""

    def __init__(self, names: Sequence[str], baseline: Baseline) -> None:
        self._order = {name: place for place, name in enumerate(names)}
        self._baseline = baseline

    def pytest_configure(self) -> None:
        """Let Hypothesis try the same examples each time, and remember none."""
        settle_hypothesis()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out all other tests."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order),
            key=lambda item: self._order[item.nodeid],
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that the next one begins."""
        begin_part(self._baseline.limit([nodeid]))


def fresh_job(
    number: int, mutant: Mutant, path: Path, names: Sequence[str], baseline: Baseline
) -> Job:
    """Return a job that imports a mutant, and runs tests until one fails.

    It must be run in a copy of a process that has not imported the package. The tests
    that mirror the module are the first.
    """

    def run() -> int:
        with tempfile.TemporaryDirectory() as folder:
            _settle(folder)
            package = path.parents[mutant.module.count("/")].name
            own = mirror_of(mutant.module)
            near = [each for each in names if own in each]
            far = [each for each in names if own not in each]
            with Planted(package, path, mutant):
                codes = (_only(batch, baseline) for batch in (near, far) if batch)
                return KILLED if any(codes) else 0

    return number, run, baseline.limit(names) + _IMPORT_SECONDS


def mirror_of(module: str) -> str:
    """Return the part of a test's id that says that its file mirrors a module."""
    folder, slash, name = module.rpartition("/")
    return f"tests/{folder}{slash}test_{name}::"


def _only(names: Sequence[str], baseline: Baseline) -> int:
    files = sorted({name.partition("::")[0] for name in names})
    chosen = OnlyThese(names, baseline)
    return int(pytest.main([*OPTIONS, "-x", *files], plugins=[chosen]))


def warm_up() -> None:
    """Import what tests import besides the package, once for all copies."""
    for name in ("click", "hypothesis", "jsonschema", "rich.console", "xdist", "yaml"):
        importlib.import_module(name)


OPTIONS = (
    "-q",
    "--capture=sys",  # the file of another kind would be shared by all copies
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",  # of what is imported before
    "-m",
    "not ovos and not long",
)


def settle_hypothesis() -> None:
    """Let Hypothesis try the same examples each time, and remember none."""
    import hypothesis  # noqa: PLC0415  # pytest rewrites it first

    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None
    )
    hypothesis.settings.load_profile("mutants")


def _settle(folder: str) -> None:
    """Give a copy a folder of its own, and limits."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run a test, and return True if it fails."""
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    failed = bool(item.session.testsfailed)
    item.session.testsfailed = 0
    return failed


def _with_next(
    items: Sequence[pytest.Item],
) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _support(items: Sequence[pytest.Item]) -> set[Path]:
    """Return the files beside the tests that may change what they reach."""
    tests = {item.path for item in items}
    folder = Path(__file__).parents[1]
    return {path for path in folder.rglob("*.py") if path not in tests}


def _digest(paths: Collection[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()
