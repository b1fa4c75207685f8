"""Replays jobs on assistants and says what came of each: what every front end uses.

A job is one case with one engine. Assistants are booted when the first job needs them
and shared by all jobs of the same setup; each case still meets them as they were just
after boot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Protocol

from packaging.requirements import InvalidRequirement, Requirement

from ovos_dialogue_kit.assistant.options import Options
from ovos_dialogue_kit.assistant.process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.compare import compare
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.fixture import Case, Fixture
from ovos_dialogue_kit.marks import judge, skip_reason
from ovos_dialogue_kit.mismatch import Mismatch
from ovos_dialogue_kit.script import Marks
from ovos_dialogue_kit.transcript import Transcript

__all__ = ["Assistants", "Job", "Result", "Settings", "jobs_of", "run", "run_all"]


class _Assistant(Protocol):
    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose for a whole run.

    ``engines`` replaces the engines of the scripts, ``skills`` their skills; ``bus`` is
    that of ``Setup``. ``strict_engines`` makes a missing engine an error, not a skip.
    """

    engines: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    transformers: tuple[str, ...] = ()
    bus: str = "memory"
    strict_engines: bool = False
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class Job:
    """One case of a fixture, with one engine.

    ``place`` is the committed fixture as a person calls it, ``None`` if there is none.
    """

    fixture: Fixture
    case: Case
    engine: str
    place: str | None = None

    @property
    def name(self) -> str:
        """The dialogue, and in brackets the variant and the engine."""
        variant = "-".join(filter(None, (self.case.name, self.engine)))
        return f"{self.fixture.dialogue}[{variant}]"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job.

    ``outcome`` is passed, failed, skipped, xfailed, xpassed or broken (there was no
    assistant to replay it on; ``error`` says why). ``reason`` is that of a skip or of
    an xfail.
    """

    job: Job
    outcome: str
    mismatches: tuple[Mismatch, ...] = ()
    transcript: Transcript | None = None
    reason: str | None = None
    error: AssistantError | None = None


def jobs_of(
    fixture: Fixture, settings: Settings, place: str | None = None
) -> list[Job]:
    """Return a job for each case of a fixture and each engine, engines innermost."""
    fixture = replace(
        fixture,
        skills=settings.skills or fixture.skills,
        transformers=settings.transformers or fixture.transformers,
    )
    engines = settings.engines or fixture.engines
    return [
        Job(fixture, case, engine, place)
        for case in fixture.cases
        for engine in engines
    ]


class Assistants:
    """The assistants of one run, booted when they are needed.

    Args:
        boot: makes an assistant for a setup.

    """

    def __init__(self, boot: Callable[[Setup], _Assistant] = Process) -> None:
        self._boot = boot
        self._booted: dict[Setup, _Assistant | AssistantError] = {}

    def __len__(self) -> int:
        """Return how many were booted."""
        return sum(
            not isinstance(found, AssistantError) for found in self._booted.values()
        )

    def get(self, setup: Setup) -> _Assistant:
        """Return the assistant of a setup; boot it the first time.

        Raises:
            AssistantError: it cannot be booted; the same error each time.

        """
        if setup not in self._booted:
            try:
                self._booted[setup] = self._boot(setup)
            except AssistantError as error:
                self._booted[setup] = error
        found = self._booted[setup]
        if isinstance(found, AssistantError):
            raise found
        return found

    def close(self) -> None:
        """End all assistants."""
        for found in self._booted.values():
            if not isinstance(found, AssistantError):
                found.close()
        self._booted.clear()

    def __enter__(self) -> Assistants:
        """Return the assistants themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them."""
        self.close()


def run(job: Job, assistants: Assistants, settings: Settings) -> Result:
    """Replay a job and judge it.

    Raises:
        KitError: the fixture names no skill.

    """
    versions = _versions(job)
    reason = skip_reason(job.fixture.marks, versions)
    if reason is not None:
        return Result(job, "skipped", reason=reason)
    case = _without_skipped_turns(job.case, versions)
    try:
        assistant = assistants.get(Setup.of(job.fixture, job.engine, settings.bus))
        transcript = assistant.replay(job.fixture, case, settings.options)
    except EngineMissingError as error:
        if settings.strict_engines:
            return Result(job, "broken", error=error)
        return Result(job, "skipped", reason=error.problem)
    except AssistantError as error:
        return Result(job, "broken", error=error)
    mismatches = compare(job.fixture, case, transcript)
    verdict = judge(job.fixture, case, mismatches, versions)
    return Result(
        job, verdict.outcome, verdict.mismatches, transcript, verdict.reason
    )


def run_all(
    jobs: Sequence[Job], settings: Settings, workers: int = 1
) -> Iterator[Result]:
    """Replay jobs and yield the results in the order of the jobs.

    With several ``workers``, each has assistants of its own; what they are given is the
    same, so results do not depend on their number.
    """
    with ExitStack() as stack:
        pools = [stack.enter_context(Assistants()) for _ in range(workers)]
        executor = stack.enter_context(ThreadPoolExecutor(workers))
        free = list(pools)

        def work(job: Job) -> Result:
            assistants = free.pop()
            try:
                return run(job, assistants, settings)
            finally:
                free.append(assistants)

        yield from executor.map(work, jobs)


def _without_skipped_turns(case: Case, versions: Mapping[str, str]) -> Case:
    turns = [turn for turn in case.turns if skip_reason(turn.marks, versions) is None]
    return replace(case, turns=tuple(turns))


def _versions(job: Job) -> dict[str, str]:
    """Return the installed versions of the distributions that a job's marks name."""
    found = {}
    for marks in (job.fixture.marks, *(turn.marks for turn in job.case.turns)):
        for name in _distributions(marks):
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
    return found


def _distributions(marks: Marks) -> Iterable[str]:
    yield from marks.requires
    if marks.xfail and marks.xfail.when:
        try:
            yield Requirement(marks.xfail.when).name
        except InvalidRequirement:
            return
