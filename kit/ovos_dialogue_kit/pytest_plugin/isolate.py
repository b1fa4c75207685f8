"""Search a dialogue that is a pytest test for leaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.pytest_plugin.options import schedules_of, wants_isolation
from ovos_dialogue_kit.pytest_plugin.run_state import run_of
from ovos_dialogue_kit.run.jobs import (
    Job,
    installed_versions,
    job_from_here,
    without_skipped_turns,
)
from ovos_dialogue_kit.run.options import require_bus

__all__ = ["leak_in"]


def leak_in(job: Job, config: pytest.Config) -> tuple[str, int, str] | None:
    """Search for a leak, if that is wanted.

    Returns its report, the line of the script that it is about, and what it says in one
    line. Turns that are marked ``skip`` are left out.

    Raises:
        AssistantError: there is no assistant.
        KitError: Hypothesis is not installed, or the bus is one that others share.

    """
    if not (job.fixture.isolate or wants_isolation(config)):
        return None
    # only where it is wanted: the import takes time
    from ovos_dialogue_kit.isolate.reports.leak_lines import leak_place  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.reports.leak_sentence import leak_sentence  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.reports.report import search_text  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.search import Budget, SearchSettings, search  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.search_all import SearchResult, share_of  # noqa: PLC0415

    job, _ = without_skipped_turns(job_from_here(job), installed_versions(job))
    this = run_of(config)
    try:
        require_bus(this.settings.bus, lambda each: each.controls_order)
    except ValueError as error:
        problem = f"the search for leaks {error}"
        raise KitError(problem, hint="omit --kit-isolate or --kit-bus") from error
    chosen = SearchSettings(Budget(schedules_of(config)))
    budget = Budget(share_of(job, chosen.budget.schedules))
    assistant = this.assistants.get(job.setup(this.settings.bus, this.settings.limits))
    findings = search(
        job.fixture,
        job.case,
        [assistant],
        replace(chosen, budget=budget),
        engine=job.engine,
        deadline=this.settings.options.deadline,
    )
    if findings.error and not findings.leaks:
        raise findings.error
    found = SearchResult(job, chosen, findings, run=this.settings)
    if not findings.leaks:
        return None
    first = findings.leaks[0]
    line, _ = leak_place(first)
    return search_text(found), line, leak_sentence(first, first.leak)
