"""Search many dialogues, one after another, each with all assistants."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search
from ovos_dialogue_kit.run.assistants import Assistants, own_process
from ovos_dialogue_kit.run.jobs import (
    Job,
    Settings,
    installed_versions,
    reason_to_skip,
    without_skipped_turns,
)

__all__ = ["SearchResult", "search_all", "share_of"]

_FEWEST = 20
"""Schedules that each case gets, if the budget of its dialogue is as large."""


_NO_TIME = "no time was left"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of one job: findings, an error, or the reason for a skip.

    ``settings`` are those of the search, ``run`` those of the whole run. With an error
    there are findings, too, if it came after the search had begun.
    """

    job: Job
    settings: SearchSettings
    findings: Findings | None = None
    error: AssistantError | None = None
    skipped: str | None = None
    run: Settings = field(default_factory=Settings)

    @property
    def has_leak(self) -> bool:
        """True if there is a leak."""
        return bool(self.findings and self.findings.leaks)

    @property
    def is_missed(self) -> bool:
        """True if it was to be searched and was not, or an error ended the search."""
        if self.error or self.skipped == _NO_TIME:
            return True
        return self.findings is not None and self.findings.tried == 0


def share_of(job: Job, schedules: int) -> int:
    """Return how many schedules a job gets of those of its dialogue.

    All cases of the dialogue share them, also those that were not chosen: so a search
    in one case alone is the same.
    """
    return max(min(_FEWEST, schedules), schedules // len(job.fixture.cases))


@dataclass(frozen=True, slots=True)
class Timetable:
    """Shares the time that is left equally among the jobs that are left.

    ``until`` is on the clock of ``time.monotonic``, infinite without a limit.
    """

    until: float
    jobs: int

    @classmethod
    def of(cls, seconds: float | None, jobs: int) -> Timetable:
        """Return a timetable that begins now; ``None`` seconds are no limit."""
        return cls(time.monotonic() + (math.inf if seconds is None else seconds), jobs)

    def share(self, number: int) -> float | None:
        """Return the seconds of a job that begins now; ``number`` counts from 0."""
        left = max(0.0, self.until - time.monotonic()) / (self.jobs - number)
        return left if left < math.inf else None


def search_all(  # noqa: PLR0913, PLR0917  # each has a default or is a setting
    jobs: Sequence[Job],
    settings: Settings,
    chosen: SearchSettings,
    workers: int,
    boot: Callable[[Setup], Assistant] = own_process,
    progress: Callable[[int], None] = lambda _: None,
) -> Generator[SearchResult, None, None]:
    """Search each job for leaks and yield its result.

    Args:
        jobs: the cases to search, each with an engine.
        settings: settings of the run; its bus is one whose order the kit controls.
        chosen: settings of the search; its budget of schedules is for each dialogue,
            that of seconds for all together.
        workers: how many assistants work at the same time.
        boot: makes an assistant for a setup.
        progress: called with the number of schedules of the present job so far.

    """
    with ExitStack() as stack:
        # a process ends with the thread that started it, so these threads stay
        booting = stack.enter_context(ThreadPoolExecutor(workers))
        teams = [stack.enter_context(Assistants(boot)) for _ in range(workers)]

        def team(job: Job) -> list[Assistant]:
            setup = job.setup(settings.bus, settings.limits)
            share = share_of(job, chosen.budget.schedules)
            busy = teams[: math.ceil(share / _FEWEST)]
            return list(booting.map(lambda each: _only(each, setup), busy))

        table = Timetable.of(chosen.budget.seconds, len(jobs))
        for number, job in enumerate(jobs):
            seconds = partial(table.share, number)
            done = _searched(job, settings, chosen, team, seconds, progress)
            yield replace(done, run=settings)


def _only(assistants: Assistants, setup: Setup) -> Assistant:
    """Return the assistant of a setup, and end the others."""
    assistant = assistants.get(setup)
    assistants.keep_latest(1)
    return assistant


def _searched(  # noqa: PLR0913, PLR0917  # all that a search is about
    job: Job,
    settings: Settings,
    chosen: SearchSettings,
    team: Callable[[Job], list[Assistant]],
    seconds: Callable[[], float | None],
    progress: Callable[[int], None],
) -> SearchResult:
    versions = installed_versions(job)
    reason = reason_to_skip(job, settings.bus, versions)
    job, skipped = without_skipped_turns(job, versions)
    if reason is None and not job.case.turns:
        reason = skipped[0].reason
    if reason is not None:
        return SearchResult(job, chosen, skipped=reason)
    if seconds() == 0:
        return SearchResult(job, chosen, skipped=_NO_TIME)
    try:
        assistants = team(job)
        budget = Budget(share_of(job, chosen.budget.schedules), seconds())
        findings = search(
            job.fixture,
            job.case,
            assistants,
            replace(chosen, budget=budget),
            engine=job.engine,
            deadline=settings.options.deadline,
            progress=progress,
        )
    except AssistantError as error:
        return SearchResult(job, chosen, error=error)
    return SearchResult(job, chosen, findings, findings.error)
