"""Define jobs, each one case of a fixture with one engine, and their results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ovos_dialogue_kit.assistant.device import LeftOut, chosen_engine, left_out
from ovos_dialogue_kit.assistant.setup import Limits, Setup, require_skills
from ovos_dialogue_kit.assistant.transports.registry import transport_of
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.project.paths import path_from_here
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.verdict.mismatch import Mismatch
from ovos_dialogue_kit.verdict.outcome import BAD, Outcome
from ovos_dialogue_kit.verdict.versions import named_versions, skip_reason

__all__ = [
    "Job",
    "Result",
    "Settings",
    "SkippedTurn",
    "from_here",
    "installed_versions",
    "job_below",
    "job_from_here",
    "jobs_of",
    "notes_on",
    "reason_to_skip",
    "without_skipped_turns",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices for a whole run.

    ``engines`` replaces the engines of the scripts, ``skills`` their skills, and
    ``transformers`` their transformers; ``bus`` and ``limits`` are those of ``Setup``.
    ``strict_engines`` makes a missing engine an error, not a skip.
    """

    engines: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    transformers: tuple[str, ...] = ()
    bus: str = "memory"
    limits: Limits = field(default_factory=Limits)
    strict_engines: bool = False
    options: Options = field(default_factory=Options)

    def applied_to(self, fixture: Fixture) -> Fixture:
        """Return a fixture with the user's choices, each of them once."""
        skills = tuple(dict.fromkeys(self.skills or fixture.skills))
        named = self.engines or fixture.engines
        engines = (chosen_engine(engine, skills) for engine in named)
        return replace(
            fixture,
            engines=tuple(dict.fromkeys(engines)),
            skills=skills,
            transformers=tuple(
                dict.fromkeys(self.transformers or fixture.transformers)
            ),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One case of a fixture, with one engine.

    ``generated`` is the fixture as it is committed, before the user's choices.
    ``place`` is the path of the committed fixture below the project's ``root``,
    ``None`` without one.
    """

    fixture: Fixture
    case: Case
    engine: str
    generated: Fixture
    place: str | None = None
    root: Path | None = None

    @property
    def title(self) -> str:
        """The name of the dialogue, with the variant, if it has any, in brackets."""
        variant = f"[{self.case.name}]" if self.case.name else ""
        return f"{self.fixture.dialogue}{variant}"

    @property
    def name(self) -> str:
        """The name of the dialogue, with the variant and the engine in brackets."""
        variant = "-".join(filter(None, (self.case.name, self.engine)))
        return f"{self.fixture.dialogue}[{variant}]"

    def setup(self, bus: str, limits: Limits) -> Setup:
        """Return the setup of the assistant that can replay it."""
        setup = Setup.of(self.fixture, self.engine, bus, self.case.lang)
        return replace(setup, limits=limits)


@dataclass(frozen=True, slots=True)
class SkippedTurn:
    """A turn that was skipped, by its index in the case, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job.

    ``error`` is why a job is broken; ``reason`` is that of a skip or of an xfail, and
    ``lacks_engine`` is True if the skip is for an engine that is not installed.
    ``seconds`` of real time is how long the replay took, a boot included; results that
    differ only there are equal.
    """

    job: Job
    outcome: Outcome
    mismatches: tuple[Mismatch, ...] = ()
    transcript: Transcript | None = None
    reason: str | None = None
    error: AssistantError | None = None
    skipped_turns: tuple[SkippedTurn, ...] = ()
    lacks_engine: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def skip_reasons(self) -> dict[int, str]:
        """The reasons for skipping turns, by the index of each turn."""
        return {each.index: each.reason for each in self.skipped_turns}

    @property
    def wrong_turns(self) -> frozenset[int | None]:
        """The indices of the turns with a mismatch."""
        return frozenset(each.turn for each in self.mismatches)

    @property
    def is_bad(self) -> bool:
        """True if it makes the run fail."""
        return self.outcome in BAD


def from_here(result: Result) -> Result:
    """Return a result whose paths are seen from the current folder, for people."""
    if result.job.root is None:
        return result
    job = job_from_here(result.job)
    mismatches = tuple(
        replace(each, mark=replace(each.mark, path=job.fixture.script))
        for each in result.mismatches
    )
    return replace(result, job=job, mismatches=mismatches)


def job_from_here(job: Job) -> Job:
    """Return a job whose paths are seen from the current folder, for people."""
    if job.root is None:
        return job
    script = path_from_here(job.fixture.script, job.root)
    place = None if job.place is None else path_from_here(job.place, job.root)
    return replace(
        job, fixture=replace(job.fixture, script=script), place=place, root=None
    )


def job_below(top: Path, job: Job) -> Job:
    """Return a job whose paths begin at a folder above its project's."""
    if job.root is None:
        return job
    inner = job.root.relative_to(top)
    script = (inner / job.fixture.script).as_posix()
    place = None if job.place is None else (inner / job.place).as_posix()
    return replace(
        job, fixture=replace(job.fixture, script=script), place=place, root=top
    )


def jobs_of(
    fixture: Fixture,
    settings: Settings,
    place: str | None = None,
    root: Path | None = None,
) -> list[Job]:
    """Return a job for each case of a fixture and each engine, engines innermost.

    Raises:
        KitError: neither the fixture nor the settings name a skill.

    """
    chosen = settings.applied_to(fixture)
    require_skills(chosen)
    return [
        Job(chosen, case, engine, fixture, place, root)
        for case in fixture.cases
        for engine in chosen.engines
    ]


def notes_on(fixture: Fixture, settings: Settings) -> list[LeftOut]:
    """Return what the skills of a dialogue register and its assistants do not take."""
    skills = settings.skills or fixture.skills
    engines = settings.engines or fixture.engines
    return [note for engine in engines for note in left_out(engine, skills)]


def reason_to_skip(job: Job, bus: str, versions: Mapping[str, str]) -> str | None:
    """Return why a job is skipped as a whole, ``None`` if it is not."""
    reason = skip_reason(job.fixture.marks, versions)
    transport = transport_of(bus)
    if reason is not None:
        return reason
    if transport.has_users_hub and job.case.satellites:
        return (
            'a running hub itself decides what a "satellite" may do: use --bus '
            "hivemind-memory (in pytest: --kit-bus hivemind-memory)"
        )
    key = "satellite" if job.case.satellites else _connection_key(job.case)
    if key and not transport.has_hub:
        return (
            f'a "{key}" needs a HiveMind hub: --bus hivemind-memory (in pytest: '
            "--kit-bus hivemind-memory)"
        )
    return None


def _connection_key(case: Case) -> str | None:
    """Return the first turn of a case that is about a connection, by its key."""
    return next((turn.said for turn in case.turns if turn.connects is not None), None)


def without_skipped_turns(
    job: Job, versions: Mapping[str, str]
) -> tuple[Job, tuple[SkippedTurn, ...]]:
    """Return a job without the turns to skip, and those turns with their reasons."""
    turns, skipped = [], []
    for index, turn in enumerate(job.case.turns):
        reason = skip_reason(turn.marks, versions)
        if reason is None:
            turns.append(turn)
        else:
            skipped.append(SkippedTurn(index, reason))
    return replace(job, case=replace(job.case, turns=tuple(turns))), tuple(skipped)


def installed_versions(job: Job) -> dict[str, str]:
    """Return the installed versions of the distributions that a job's marks name."""
    return named_versions(job.fixture, job.case)
