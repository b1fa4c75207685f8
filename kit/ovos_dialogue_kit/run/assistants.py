"""Boot the assistants of a run when they are first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from ovos_dialogue_kit.assistant.system.linux import require_linux
from ovos_dialogue_kit.assistant.transports.registry import transport_of
from ovos_dialogue_kit.errors import AssistantError

if TYPE_CHECKING:
    from typing_extensions import Self  # typing's own from Python 3.11 on

    from ovos_dialogue_kit.assistant.process.spawn import EarlyProcess
    from ovos_dialogue_kit.assistant.protocol import Assistant
    from ovos_dialogue_kit.assistant.setup import Setup

__all__ = ["Assistants", "first_started_early", "own_process"]


@contextmanager
def first_started_early(bus: str) -> Iterator[Callable[[Setup], Assistant]]:
    """Start the process of a run's first assistant; yield what boots all of them.

    The process ends with the block if the run needs none.
    """
    try:
        require_linux()
    except AssistantError:
        yield own_process
        return
    from ovos_dialogue_kit.assistant.process.spawn import EarlyProcess  # noqa: PLC0415

    with EarlyProcess(transport_of(bus)) as early:
        yield partial(own_process, early=early)


def own_process(setup: Setup, early: EarlyProcess | None = None) -> Assistant:
    """Return an assistant that has a process of its own, not yet started.

    Args:
        setup: what it is started with.
        early: a process that may have been started already.

    Raises:
        AssistantError: this is not Linux.

    """
    require_linux()  # other systems lack modules that are imported here
    from ovos_dialogue_kit.assistant.process.assistant_process import (  # noqa: PLC0415
        SubprocessAssistant,
    )

    return SubprocessAssistant(setup, early=early)


class Assistants:
    """The assistants of one run, each booted when it is first needed.

    Threads may share them. ``close`` may be called by any thread; calls of others that
    are waiting then raise ``AssistantError``.

    Args:
        boot: returns an assistant for a setup, not yet started.

    """

    def __init__(self, boot: Callable[[Setup], Assistant] = own_process) -> None:
        self._boot = boot
        self._made: dict[Setup, Assistant] = {}  # the one used last stands last
        self._booting: dict[Setup, Lock] = {}
        self._booted: set[Setup] = set()
        self._failed: dict[Setup, AssistantError] = {}
        self._lock = Lock()
        self._is_closed = False

    def __len__(self) -> int:
        """Return the number of booted assistants."""
        return len(self._booted)

    def get(self, setup: Setup) -> Assistant:
        """Return the assistant of a setup; boot it the first time.

        Threads that ask for the same one wait for its boot. A boot that is interrupted
        is begun anew by the next call.

        Raises:
            AssistantError: it cannot be booted; the same error each time.

        """
        assistant, booting = self._make(setup)
        with booting:
            if setup in self._failed:
                raise self._failed[setup].with_traceback(None)  # of an earlier call
            if setup not in self._booted:
                try:
                    assistant.start()
                except AssistantError as error:
                    self._failed[setup] = error
                    assistant.close()
                    raise
                self._booted.add(setup)
        return assistant

    def _make(self, setup: Setup) -> tuple[Assistant, Lock]:
        with self._lock:
            if setup not in self._made:
                if self._is_closed:
                    raise AssistantError("the run has ended")
                self._made[setup] = self._boot(setup)
                self._booting[setup] = Lock()
            self._made[setup] = self._made.pop(setup)
            return self._made[setup], self._booting[setup]

    def keep_latest(self, number: int) -> None:
        """End all assistants but those used last, when no thread uses one.

        Each is a process of its own. One that is asked for again is booted again.
        """
        with self._lock:
            old = [each for each in self._made if each not in self._failed][:-number]
            ended = [self._made.pop(setup) for setup in old]
            self._booted.difference_update(old)
        _close_all(ended)

    def close(self) -> None:
        """End all assistants; no more can be booted."""
        with self._lock:
            self._is_closed = True
        _close_all(self._made.values())

    def __enter__(self) -> Self:
        """Return the assistants themselves."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self.close()


def _close_all(assistants: Iterable[Assistant]) -> None:
    """End assistants, each even if another one cannot be ended."""
    with ExitStack() as stack:
        for assistant in assistants:
            stack.callback(assistant.close)
