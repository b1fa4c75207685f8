"""Show the progress of a long run, on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.progress import Progress
    from typing_extensions import Self  # typing's own from Python 3.11 on

__all__ = ["Waiting"]

PATIENCE = 1.0
"""Seconds after which the progress of a run is shown."""


class Waiting:
    """The progress of a run on standard error, shown after ``PATIENCE`` seconds.

    Args:
        total: the number of things to be done.
        noun: what these are: ``replays``.

    """

    def __init__(self, total: int, noun: str) -> None:
        self._total = total
        self._noun = noun
        self._count = 0
        self._bar: Progress | None = None
        self._lock = Lock()
        self._is_over = not _is_watched()
        self._timer = Timer(PATIENCE, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Start the timer that shows the progress."""
        if not self._is_over:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the progress from the terminal."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            self._hide()

    def _appear(self) -> None:
        with self._lock:
            if not self._is_over:
                self._bar = _bar(self._count, self._total, self._noun)
                self._bar.start()

    def _hide(self) -> None:
        if self._bar:  # rich would end a bar that was never started with an empty line
            self._bar.stop()

    @contextmanager
    def step(self, count: int | None = None) -> Iterator[None]:
        """Count a result, which is printed in place of the progress.

        Args:
            count: how many things are done then; by default one more.

        """
        with self._lock:
            self._hide()
            yield
            self._set(self._count + 1 if count is None else count)
            if self._bar:
                self._bar.start()

    def reach(self, count: int) -> None:
        """Show that a number of things are done."""
        with self._lock:
            self._set(count)

    def _set(self, count: int) -> None:
        self._count = count
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=count)


def _is_watched() -> bool:
    """Return True if standard error is a terminal that can move its cursor."""
    if sys.stderr is None:  # its caller has closed it
        return False
    return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def _bar(completed: int, total: int, noun: str) -> Progress:
    """Return a progress bar; rich takes a tenth of a second to import, so only now."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    class OurConsole(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to ``main`` how to end; rich itself would exit with 1."""
            raise  # noqa: PLE0704  # rich calls this while it handles the error

    colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    bar = Progress(
        BarColumn(),
        TextColumn(f"{{task.completed}} of {{task.total}} {noun}"),
        TimeElapsedColumn(),
        console=OurConsole(stderr=True, highlight=False, color_system=colors),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", completed=completed, total=total)
    return bar
