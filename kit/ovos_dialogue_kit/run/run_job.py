"""Replay jobs on assistants and judge them, for every front end alike.

A job is one case with one engine. Assistants are booted when the first job needs them
and shared by all jobs of the same setup; each case still starts with an assistant as it
was just after boot.
"""

from __future__ import annotations

import time
from dataclasses import replace

from ovos_dialogue_kit.assistant.transports.registry import transport_of
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    Settings,
    installed_versions,
    reason_to_skip,
    without_skipped_turns,
)
from ovos_dialogue_kit.verdict.judge import judge
from ovos_dialogue_kit.verdict.without_hub import with_replies_without_hub

__all__ = ["replay_job", "run_job"]


def run_job(job: Job, assistants: Assistants, settings: Settings) -> Result:
    """Replay a job and return its result.

    A job is broken if its assistant cannot be started. If only an engine is missing, it
    is skipped, unless the settings are strict about engines.
    """
    began = time.monotonic()
    result = _run(job, assistants, settings)
    return replace(result, seconds=time.monotonic() - began)


def _run(job: Job, assistants: Assistants, settings: Settings) -> Result:
    versions = installed_versions(job)
    reason = reason_to_skip(job, settings.bus, versions)
    if reason is not None:
        return Result(job, "skipped", reason=reason)
    replayed, skipped = without_skipped_turns(job, versions)
    if not replayed.case.turns:
        return Result(job, "skipped", reason=skipped[0].reason, skipped_turns=skipped)
    try:
        transcript = replay_job(job, assistants, settings)
    except EngineMissingError as error:
        if settings.strict_engines:
            return Result(job, "broken", error=error)
        reason = f"{error.problem} ({error.hint})"
        return Result(job, "skipped", reason=reason, lacks_engine=True)
    except AssistantError as error:
        return Result(job, "broken", error=error)
    verdict = judge(job.fixture, job.case, transcript, versions)
    mismatches = verdict.mismatches
    transport = transport_of(settings.bus)
    if mismatches and transport.has_hub and not transport.has_users_hub:
        without = _without_hub(job, assistants, settings)
        if without:
            mismatches = with_replies_without_hub(mismatches, transcript, without)
    return Result(
        job=job,
        outcome=verdict.outcome,
        mismatches=mismatches,
        transcript=transcript,
        reason=verdict.reason,
        skipped_turns=skipped,
    )


def _without_hub(
    job: Job, assistants: Assistants, settings: Settings
) -> Transcript | None:
    """Return what is heard of a job on the bus in memory.

    Where that has no assistant, nothing is known.
    """
    case = replace(job.case, satellites={})
    try:
        return replay_job(
            replace(job, case=case), assistants, replace(settings, bus="memory")
        )
    except AssistantError:
        return None


def replay_job(job: Job, assistants: Assistants, settings: Settings) -> Transcript:
    """Replay a job without its skipped turns, and return the transcript.

    Its turns and replies have the indices of the job's case.

    Raises:
        EngineMissingError: the engine is not installed.
        AssistantError: the assistant cannot be booted, or its process is gone.

    """
    played, skipped = without_skipped_turns(job, installed_versions(job))
    assistant = assistants.get(job.setup(settings.bus, settings.limits))
    transcript = assistant.replay(job.fixture, played.case, settings.options)
    if not skipped:
        return transcript
    left_out = tuple(each.index for each in skipped)
    return _renumbered(transcript, left_out, len(job.case.turns))


def _renumbered(
    transcript: Transcript, skipped: tuple[int, ...], count: int
) -> Transcript:
    """Return a transcript with the indices that turns have among all turns."""
    kept = [index for index in range(count) if index not in skipped]
    turns = (
        replace(
            turn,
            index=kept[turn.index],
            replies=tuple(replace(r, turn=kept[r.turn]) for r in turn.replies),
        )
        for turn in transcript.turns
    )
    strays = (replace(r, turn=kept[r.turn]) for r in transcript.strays)
    return replace(
        transcript, turns=tuple(turns), strays=tuple(strays), skipped=skipped
    )
