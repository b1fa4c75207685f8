"""The hunt for leaks in a dialogue that is a test of pytest."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.assistant.transport import transport_of
from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.pytest_plugin.options import schedules_of, wants_isolation
from ovos_dialogue_kit.pytest_plugin.run import run_of
from ovos_dialogue_kit.run.jobs import Job

__all__ = ["leak_in"]


def leak_in(job: Job, config: pytest.Config) -> str | None:
    """Hunt for a leak, if that is wanted, and return it in words.

    Raises:
        AssistantError: there is no assistant.
        KitError: Hypothesis is not installed, or the bus is one that others share.

    """
    if not (job.fixture.isolate or wants_isolation(config)):
        return None
    # only where there is something to hunt: importing it takes its time
    from ovos_dialogue_kit.isolate.report import search_text  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.search import Budget, SearchSettings, search  # noqa: PLC0415
    from ovos_dialogue_kit.isolate.search_all import SearchResult  # noqa: PLC0415

    this = run_of(config)
    if not transport_of(this.settings.bus).controls_order:
        problem = (
            f'schedules are explored on the bus in memory, not on "{this.settings.bus}"'
        )
        raise KitError(problem, hint="leave out --kit-isolate or --kit-bus")
    chosen = SearchSettings(Budget(schedules_of(config)))
    assistant = this.assistants.get(job.setup(this.settings.bus))
    findings = search(
        job.fixture,
        job.case,
        [assistant],
        engine=job.engine,
        budget=chosen.budget,
        seed=chosen.seed,
    )
    return search_text(SearchResult(job, chosen, findings)) if findings.leaks else None
