"""Run the listeners of a bus client in real time, in threads, and watch them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from ovos_bus_client.client.client import ExecutorEventEmitter

from ovos_dialogue_kit.assistant.transports.hub import LISTENERS
from ovos_dialogue_kit.assistant.transports.websocket_bus import ECHO

__all__ = ["WatchedListeners"]


class WatchedListeners(ExecutorEventEmitter):  # type: ignore[misc]  # untyped
    """An event emitter that knows which messages have arrived and if listeners run.

    Args:
        note: gets each exception that leaves a listener.

    """

    def __init__(self, note: Callable[[BaseException], object]) -> None:
        super().__init__(ThreadPoolExecutor(LISTENERS))
        self._note = note
        self._at_work = 0
        self._echo: object = None
        self._counting = Lock()

    def has_settled(self, echo: str) -> bool:
        """Return True if no listener of a message sent before an echo is running."""
        return self._echo == echo and self._at_work == 0

    def emit(self, event: str, *args: object, **kwargs: object) -> bool:
        """Call the listeners of a message that has arrived."""
        called = bool(super().emit(event, *args, **kwargs))
        if event == ECHO:
            self._echo = getattr(args[0], "data", {}).get("token")
        return called

    def _emit_run(
        self,
        f: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> None:
        self._count(1)

        def call(*args: object, **kwargs: object) -> object:
            try:
                return f(*args, **kwargs)
            except BaseException as error:
                self._note(error)
                raise
            finally:
                self._count(-1)

        super()._emit_run(call, args, kwargs)

    def _count(self, change: int) -> None:
        with self._counting:
            self._at_work += change
