"""How far a long run has come, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

if TYPE_CHECKING:
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
        console = Console(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(
            *columns,
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task("", total=total)
        self._lock = threading.Lock()
        self._is_shown = False
        # not console.is_terminal, which is about colours: FORCE_COLOR makes it true
        self._is_over = not sys.stderr.isatty() or console.is_dumb_terminal
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
            if self._is_shown:  # rich ends what it did not begin with an empty line
                self._bar.stop()

    def _appear(self) -> None:
        with self._lock:
            if not self._is_over:
                self._is_shown = True
                self._bar.start()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Count a result, and let it be printed where the progress was."""
        with self._lock:
            if self._is_shown:
                self._bar.stop()
            yield
            self._bar.advance(self._task)
            if self._is_shown:
                self._bar.start()
