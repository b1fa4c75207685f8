"""Report the results of a run as they come: the protocol that all reports share.

The terminal, JSON lines, JUnit XML and pages are each a ``Reporter``; a front end only
chooses which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.project.drafts import remove_dead_drafts
from ovos_dialogue_kit.project.paths import find_root
from ovos_dialogue_kit.project.text_files import write_text
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.select import Plan

__all__ = ["FileReporter", "Reporter", "report"]


class Reporter(Protocol):
    """Shows or stores the results of one run."""

    def started(self, plan: Plan) -> None:
        """Begin, before anything is replayed."""
        ...

    def result(self, result: Result) -> None:
        """Take the next result, in the order of the plan's jobs."""
        ...

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        """End the report; the only call after ``started`` that always comes.

        Args:
            seconds: of real time that the run took.
            is_complete: False if an interrupt or an error ended the run early.

        Raises:
            KitError: the report cannot be written.

        """
        ...


def report(
    plan: Plan, arriving: Iterable[Result], reporters: Sequence[Reporter]
) -> tuple[Result, ...]:
    """Pass each result to all reporters and return the results.

    However the run ends, every reporter is called, in order, even if one of them fails.

    Args:
        plan: the jobs that are replayed.
        arriving: their results.
        reporters: at most one of them should write to standard output.

    """
    results: list[Result] = []
    is_complete = False
    began = time.monotonic()
    for reporter in reporters:
        reporter.started(plan)
    try:
        for result in arriving:
            results.append(result)
            for reporter in reporters:
                reporter.result(result)
        is_complete = True
    finally:
        seconds = time.monotonic() - began
        with ExitStack() as stack:
            for reporter in reversed(reporters):
                stack.callback(reporter.finished, seconds, is_complete=is_complete)
    return tuple(results)


class FileReporter:
    """Writes a file when a run ends, with all results there are.

    After an interrupt or an error, these are the results so far.

    Args:
        path: the file, new or old; its folder is made if need be.
        render: returns the file's text.
        openings: the texts with which ``render`` begins, one of them always.

    """

    def __init__(
        self,
        path: Path,
        render: Callable[[Plan, Sequence[Result]], str],
        openings: Sequence[str],
    ) -> None:
        self._path = path
        self._render = render
        self._openings = [opening.encode() for opening in openings]
        self._results: list[Result] = []

    def clear(self) -> None:
        """Remove the file of an earlier run, so that it is not taken for a new one.

        Raises:
            KitError: no file can be written there, or there is one that is no report.

        """
        path, shown = self._path, str(self._path)
        if path.exists() and not path.is_file():
            raise KitError(f'"{shown}" is not a file', hint="choose a different one")
        if path.exists() and not self._is_report():
            raise KitError(
                f'"{shown}" exists and is not a report of kit replay',
                hint="remove it, or choose a different file",
            )
        write_text(path, "", shown, find_root(Path()))
        path.unlink()
        remove_dead_drafts(path.parent, path.name)

    def _is_report(self) -> bool:
        """Return True for a file that begins as a report does, or is empty."""
        with self._path.open("rb") as file:
            begins = file.read(max(map(len, self._openings)))
        return not begins or begins.startswith(tuple(self._openings))

    def started(self, plan: Plan) -> None:
        """Keep the plan."""
        self._plan = plan

    def result(self, result: Result) -> None:
        """Keep a result."""
        self._results.append(result)

    def finished(self, seconds: float, *, is_complete: bool) -> None:  # noqa: ARG002  # the text says so
        """Write the file.

        Raises:
            KitError: it cannot be written.

        """
        text = self._render(self._plan, self._results)
        write_text(self._path, text, str(self._path), find_root(Path()))
