"""What OVOS does very often and very slowly, done as its newer versions do it.

Both read the whole stack, with source lines, and are three quarters of a turn's time: a
message below the log's level, before it is dropped, and the search for the message that
is being handled (before ovos-bus-client 2.11.26a1).
"""

from __future__ import annotations

import inspect
import sys
from types import FrameType, SimpleNamespace

__all__ = ["find_messages_fast", "log_errors_only"]


def log_errors_only() -> None:
    """Let nothing but errors be logged; versions differ in whether they heed it."""
    from ovos_utils.log import LOG

    LOG.set_level("ERROR")
    LOG.debug = LOG.info = _say_nothing


def _say_nothing(*_: object, **__: object) -> None:
    """Take the place of a logger's method."""


def find_messages_fast() -> None:
    """Let ``dig_for_message`` look at frames without looking up their source."""
    from ovos_bus_client import message

    message.inspect = SimpleNamespace(stack=_stack, getargvalues=inspect.getargvalues)


def _stack() -> list[SimpleNamespace]:
    """Return the caller's frames, innermost first, as ``inspect.stack`` does."""
    frames: list[SimpleNamespace] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # as inspect.stack does
    while frame:
        frames.append(SimpleNamespace(frame=frame))
        frame = frame.f_back
    return frames
