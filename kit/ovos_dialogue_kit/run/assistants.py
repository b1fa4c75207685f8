"""Boot the assistants of a run when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

if TYPE_CHECKING:
    from typing_extensions import Self  # typing's own from Python 3.11 on

__all__ = ["Assistants"]


class Assistants:
    """The assistants of one run, each booted when it is first needed.

    ``close`` may be called by any thread; calls of other threads that are waiting then
    raise ``AssistantError``.

    Args:
        boot: returns an assistant for a setup, not yet started.

    """

    def __init__(self, boot: Callable[[Setup], Assistant] = Process) -> None:
        self._boot = boot
        self._made: dict[Setup, Assistant] = {}
        self._failed: dict[Setup, AssistantError] = {}
        self._lock = Lock()
        self._is_closed = False

    def __len__(self) -> int:
        """Return the number of booted assistants."""
        return len(self._made) - len(self._failed)

    def get(self, setup: Setup) -> Assistant:
        """Return the assistant of a setup; boot it the first time.

        Raises:
            AssistantError: it cannot be booted; the same error each time.

        """
        if setup in self._failed:
            raise self._failed[setup]
        if setup not in self._made:
            assistant = self._make(setup)
            try:
                assistant.start()
            except AssistantError as error:
                self._failed[setup] = error
                assistant.close()
                raise
        return self._made[setup]

    def _make(self, setup: Setup) -> Assistant:
        with self._lock:
            if self._is_closed:
                raise AssistantError("the run has ended")
            return self._made.setdefault(setup, self._boot(setup))

    def close(self) -> None:
        """End all assistants; no more can be booted."""
        with self._lock:
            self._is_closed = True
        for assistant in self._made.values():
            assistant.close()

    def __enter__(self) -> Self:
        """Return the assistants themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them."""
        self.close()
