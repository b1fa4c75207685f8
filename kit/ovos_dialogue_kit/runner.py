"""Replays jobs on assistants and says what came of each: what every front end uses.

A job is one case with one engine. Assistants are booted when the first job needs them
and shared by all jobs of the same setup; each case still meets them as they were just
after boot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from packaging.requirements import InvalidRequirement, Requirement

from ovos_dialogue_kit.assistant.options import Options
from ovos_dialogue_kit.assistant.process import Process
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.compare import compare
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.fixture import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.marks import judge, skip_reason
from ovos_dialogue_kit.mismatch import Mismatch
from ovos_dialogue_kit.script import Marks
from ovos_dialogue_kit.transcript import Transcript

if TYPE_CHECKING:
    from typing_extensions import Self  # typing's own from Python 3.11 on

__all__ = [
    "Assistants",
    "Bootable",
    "Job",
    "Result",
    "Settings",
    "SkippedTurn",
    "jobs_of",
    "run",
    "without_skipped_turns",
]


class Bootable(Protocol):
    """What is needed of an assistant; see ``Process``."""

    def start(self) -> None:
        """Boot it."""
        ...

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        """Replay a case on it as it was just after boot."""
        ...

    def close(self) -> None:
        """End it, whatever it is doing."""
        ...


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
    options: Options = field(default_factory=Options)


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

    def setup(self, bus: str) -> Setup:
        """Return what the assistant for it is started with."""
        return Setup.of(self.fixture, self.engine, bus)


@dataclass(frozen=True, slots=True)
class SkippedTurn:
    """A turn that was left out, and why."""

    turn: FixtureTurn
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job.

    ``outcome`` is passed, failed, skipped, xfailed, xpassed or broken (there was no
    assistant to replay it on; ``error`` says why). ``reason`` is that of a skip or of
    an xfail. The case of ``job`` is without the turns that were skipped.
    """

    job: Job
    outcome: str
    mismatches: tuple[Mismatch, ...] = ()
    transcript: Transcript | None = None
    reason: str | None = None
    error: AssistantError | None = None
    skipped_turns: tuple[SkippedTurn, ...] = ()

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.outcome in ("failed", "broken")


def jobs_of(
    fixture: Fixture, settings: Settings, place: str | None = None
) -> list[Job]:
    """Return a job for each case of a fixture and each engine, engines innermost.

    Raises:
        KitError: neither the fixture nor the settings name a skill.

    """
    fixture = replace(
        fixture,
        skills=settings.skills or fixture.skills,
        transformers=settings.transformers or fixture.transformers,
    )
    engines = settings.engines or fixture.engines
    Setup.of(fixture, engines[0], settings.bus)  # says now what would fail later
    return [
        Job(fixture, case, engine, place)
        for case in fixture.cases
        for engine in engines
    ]


class Assistants:
    """The assistants of one run, booted when they are needed.

    ``close`` may be called by any thread; what others wait for then ends with an
    ``AssistantError``.

    Args:
        boot: makes an assistant for a setup.

    """

    def __init__(self, boot: Callable[[Setup], Bootable] = Process) -> None:
        self._boot = boot
        self._made: dict[Setup, Bootable] = {}
        self._failed: dict[Setup, AssistantError] = {}
        self._lock = Lock()
        self._is_closed = False

    def __len__(self) -> int:
        """Return how many were booted."""
        return len(self._made) - len(self._failed)

    def get(self, setup: Setup) -> Bootable:
        """Return the assistant of a setup; boot it the first time.

        Raises:
            AssistantError: it cannot be booted; the same error each time.

        """
        if setup in self._failed:
            raise self._failed[setup]
        if setup not in self._made:
            assistant = self._make(setup)
            try:
                assistant.start()
            except AssistantError as error:
                self._failed[setup] = error
                assistant.close()
                raise
        return self._made[setup]

    def _make(self, setup: Setup) -> Bootable:
        with self._lock:
            if self._is_closed:
                raise AssistantError("the run was ended")
            return self._made.setdefault(setup, self._boot(setup))

    def close(self) -> None:
        """End all assistants; no other can be booted."""
        with self._lock:
            self._is_closed = True
        for assistant in self._made.values():
            assistant.close()

    def __enter__(self) -> Self:
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
    """Replay a job and judge it."""
    versions = installed_versions(job)
    reason = skip_reason(job.fixture.marks, versions)
    if reason is not None:
        return Result(job, "skipped", reason=reason)
    job, skipped = without_skipped_turns(job, versions)
    if not job.case.turns:
        return Result(job, "skipped", reason=skipped[0].reason)
    try:
        assistant = assistants.get(job.setup(settings.bus))
        transcript = assistant.replay(job.fixture, job.case, settings.options)
    except EngineMissingError as error:
        if settings.strict_engines:
            return Result(job, "broken", error=error)
        return Result(job, "skipped", reason=f"{error.problem} ({error.hint})")
    except AssistantError as error:
        return Result(job, "broken", error=error)
    mismatches = compare(job.fixture, job.case, transcript)
    verdict = judge(job.fixture, job.case, mismatches, versions)
    return Result(
        job=job,
        outcome=verdict.outcome,
        mismatches=verdict.mismatches,
        transcript=transcript,
        reason=verdict.reason,
        skipped_turns=skipped,
    )


def without_skipped_turns(
    job: Job, versions: Mapping[str, str]
) -> tuple[Job, tuple[SkippedTurn, ...]]:
    """Return a job with the turns that are replayed, and the others with the reason."""
    turns, skipped = [], []
    for turn in job.case.turns:
        reason = skip_reason(turn.marks, versions)
        if reason is None:
            turns.append(turn)
        else:
            skipped.append(SkippedTurn(turn, reason))
    return replace(job, case=replace(job.case, turns=tuple(turns))), tuple(skipped)


def installed_versions(job: Job) -> dict[str, str]:
    """Return the installed versions of the distributions that a job's marks name."""
    found = {}
    for marks in (job.fixture.marks, *(turn.marks for turn in job.case.turns)):
        for name in _distributions(marks):
            try:
                found[name] = version(name)
            except PackageNotFoundError:  # noqa: PERF203  # a few names
                continue
    return found


def _distributions(marks: Marks) -> Iterable[str]:
    yield from marks.requires
    if marks.xfail and marks.xfail.when:
        try:
            yield Requirement(marks.xfail.when).name
        except InvalidRequirement:
            return
