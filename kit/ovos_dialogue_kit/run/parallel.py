"""Replay many jobs on several assistants at once, with the same results as on one.

Jobs of one setup share an assistant. A share of them goes to a second one only if it is
large enough to be worth another boot, and an assistant ends with its share, so there
are never more of them than workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Job, Result, Settings
from ovos_dialogue_kit.run.run_job import run_job

__all__ = ["run_all"]

_WORTH = 50
"""Number of jobs that take about as long as a boot."""


def run_all(
    jobs: Sequence[Job],
    settings: Settings,
    workers: int,
    boot: Callable[[Setup], Assistant],
) -> Generator[Result, None, None]:
    """Replay jobs and yield the results in the order of the jobs, as they come.

    Closing the generator early, as an interrupt does, ends all assistants.

    Args:
        jobs: the cases to replay.
        settings: the user's choices.
        workers: number of assistants that may work at the same time.
        boot: returns an assistant for a setup, not yet started.

    """
    futures: list[Future[Result]] = [Future() for _ in jobs]
    teams = [(Assistants(boot), share) for share in _shares(jobs, settings, workers)]

    def work(assistants: Assistants, share: Sequence[int]) -> None:
        with assistants:
            for index in share:
                _run_into(futures[index], jobs[index], assistants, settings)

    with ThreadPoolExecutor(workers) as executor:
        try:
            for team in teams:
                executor.submit(work, *team)
            for future in futures:
                yield future.result()
        finally:
            for assistants, _ in teams:  # a closed one boots no more
                assistants.close()


def _run_into(
    future: Future[Result], job: Job, assistants: Assistants, settings: Settings
) -> None:
    try:
        future.set_result(run_job(job, assistants, settings))
    except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
        future.set_exception(error)


def _shares(jobs: Sequence[Job], settings: Settings, workers: int) -> list[list[int]]:
    """Return the indices of the jobs for each assistant, those of the first job first.

    Every share of a setup takes each n-th of its jobs, so that results come in order.
    """
    by_setup: dict[Setup, list[int]] = {}
    for index, job in enumerate(jobs):
        setup = job.setup(settings.bus, settings.limits)
        by_setup.setdefault(setup, []).append(index)
    shares = []
    for group in by_setup.values():
        parts = min(workers, math.ceil(len(group) / _WORTH))
        shares += [group[part::parts] for part in range(parts)]
    return sorted(shares)
