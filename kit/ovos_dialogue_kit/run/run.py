"""Replay jobs on assistants and judge them, for every front end alike.

A job is one case with one engine. Assistants are booted when the first job needs them
and shared by all jobs of the same setup; each case still starts with an assistant as it
was just after boot.
"""

from __future__ import annotations

import time
from dataclasses import replace

from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    Settings,
    installed_versions,
    without_skipped_turns,
)
from ovos_dialogue_kit.verdict.compare import compare
from ovos_dialogue_kit.verdict.versions import skip_reason
from ovos_dialogue_kit.verdict.xfail import judge

__all__ = ["run"]


def run(job: Job, assistants: Assistants, settings: Settings) -> Result:
    """Replay a job and return its result.

    A job is broken if its assistant cannot be started. If only an engine is missing, it
    is skipped, unless the settings are strict about engines.
    """
    began = time.monotonic()
    result = _run(job, assistants, settings)
    return replace(result, seconds=time.monotonic() - began)


def _run(job: Job, assistants: Assistants, settings: Settings) -> Result:
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
