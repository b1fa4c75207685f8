"""Speed up what older versions of OVOS do often and slowly, as newer ones do.

Two functions read the whole stack with its source lines and take three quarters of a
turn's time: logging below the log's level, and the search for the message that is being
handled (before ovos-bus-client 2.11.26a1). Half of the rest is merging the
configuration, which ``kept_configuration`` saves.
"""

from __future__ import annotations

import logging
import sys
from codecs import utf_8_decode
from types import FrameType, SimpleNamespace

__all__ = ["LEVELS", "check_utf8_fast", "find_messages_fast", "log_errors_only"]

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
"""The methods of ``LOG`` that log less than an error, with their levels."""


def log_errors_only() -> None:
    """Log only errors; not every version of ovos-utils heeds its level."""
    from ovos_utils import log

    log.LOG.set_level("ERROR")
    for name in LEVELS:
        setattr(log.LOG, name, _say_nothing)
    log.log_deprecation = _say_nothing  # it warns, and reads the stack for that


def _say_nothing(*_: object, **__: object) -> None:
    """Take the place of what would log less than an error."""


def find_messages_fast() -> None:
    """Make ``dig_for_message`` look at frames without reading their source files."""
    from ovos_bus_client import message

    message.inspect = SimpleNamespace(stack=_stack, getargvalues=_arguments)


def _stack() -> list[SimpleNamespace]:
    """Return the caller's frames, innermost first, as ``inspect.stack`` does."""
    frames: list[SimpleNamespace] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # as inspect.stack does
    while frame:
        frames.append(SimpleNamespace(frame=frame))
        frame = frame.f_back
    return frames


def _arguments(frame: FrameType) -> SimpleNamespace:
    """Return a frame's arguments, as far as ``inspect.getargvalues`` is asked here."""
    code = frame.f_code
    number = code.co_argcount + code.co_kwonlyargcount
    return SimpleNamespace(args=code.co_varnames[:number], locals=frame.f_locals)


def check_utf8_fast() -> None:
    """Make websocket-client decide in C whether what it receives is UTF-8.

    It goes through the octets in Python, at 25 times the cost of all else in a frame.
    """
    from websocket import _abnf

    _abnf.validate_utf8 = _is_utf8  # type: ignore[assignment, attr-defined]


def _is_utf8(octets: bytes) -> bool:
    try:
        utf_8_decode(octets, "strict", False)  # noqa: FBT003  # may be cut off
    except UnicodeDecodeError:
        return False
    return True
