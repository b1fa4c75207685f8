"""How far a long run has come, on a terminal; nothing elsewhere."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress
    from typing_extensions import Self  # typing's own from Python 3.11 on

__all__ = ["Waiting"]

PATIENCE = 1.0
"""Seconds that a run may take before its progress is shown."""


class Waiting:
    """The progress of a run on standard error, from its second second on.

    Args:
        total: how many results there will be.

    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._count = 0
        self._bar: Progress | None = None
        self._lock = threading.Lock()
        self._is_over = not _is_watched()
        self._timer = threading.Timer(PATIENCE, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin to wait."""
        if not self._is_over:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the progress off the terminal."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            self._hide()

    def _appear(self) -> None:
        with self._lock:
            if not self._is_over:
                self._bar = _bar(self._count, self._total)
                self._bar.start()

    def _hide(self) -> None:
        if self._bar:  # rich ends what it did not begin with an empty line
            self._bar.stop()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Count a result, and let it be printed where the progress was."""
        with self._lock:
            self._hide()
            yield
            self._count += 1
            if self._bar:
                self._bar.advance(self._bar.task_ids[0])
                self._bar.start()


def _is_watched() -> bool:
    """Say whether standard error is a terminal that can move its cursor."""
    return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def _bar(completed: int, total: int) -> Progress:
    """Return a bar; rich takes a tenth of a second to import, so only now."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeElapsedColumn,
    )

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", completed=completed, total=total)
    return bar
