"""Speed up what older versions of OVOS do often and slowly, as newer ones do.

Two functions read the whole stack with its source lines and take three quarters of a
turn's time: logging, even below the log's level (before ovos-utils 0.15.5a1), and the
search for the message that is being handled (before ovos-bus-client 2.11.26a1). Half of
the rest is merging the configuration, which ``kept_configuration`` saves.
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
from codecs import utf_8_decode
from collections.abc import Callable
from functools import lru_cache
from types import FrameType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

__all__ = [
    "LEVELS",
    "check_utf8_fast",
    "count_parameters_fast",
    "find_messages_fast",
    "log_errors_fast",
    "log_errors_only",
    "upload_nothing_fast",
]

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
"""The methods of ``LOG`` that log less than an error, with their levels."""

_ELSEWHERE = ("__wrapped__", "__signature__", "_partialmethod", "__partialmethod__")
"""Attributes of a function whose parameters are not those of its code."""

_REST = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS

_MOST_KINDS = 64
"""Numbers of parameters that are kept."""

_DEPTH = 3
"""Frames of which ``LOG`` looks at the last."""

_UPLOAD = "_upload_match_data"
"""The method of ``IntentService`` that uploads each match, to where the user says."""


def log_errors_only() -> None:
    """Log only errors; not every version of ovos-utils heeds its level."""
    from ovos_utils import log

    log.LOG.set_level("ERROR")
    for name in LEVELS:
        setattr(log.LOG, name, _say_nothing)
    log.log_deprecation = _say_nothing  # it warns, and reads the stack for that


def _say_nothing(*_: object, **__: object) -> None:
    """Take the place of what would log less than an error."""


def log_errors_fast() -> None:
    """Let ``LOG`` name its caller without reading the source of the whole stack."""
    from ovos_utils import log

    log.inspect = SimpleNamespace(stack=_callers, getmodule=_module_of)


def _callers() -> list[inspect.FrameInfo]:
    """Return the three innermost frames of the caller, which are all that is used."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # as inspect.stack does
    records: list[inspect.FrameInfo] = []
    while frame and len(records) < _DEPTH:
        code = frame.f_code
        place = code.co_filename, frame.f_lineno, code.co_name
        records.append(inspect.FrameInfo(frame, *place, None, None))
        frame = frame.f_back
    return records


def _module_of(frame: FrameType) -> ModuleType | None:
    """Return the module that a frame runs in, as ``inspect.getmodule`` does."""
    found = sys.modules.get(frame.f_globals.get("__name__", ""))
    is_its_own = found and vars(found) is frame.f_globals
    return found if is_its_own else inspect.getmodule(frame)


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


def count_parameters_fast() -> None:
    """Count the parameters of a handler without a ``Signature``, before each call."""
    from ovos_utils import events

    events.signature = _parameters


def _parameters(function: Callable[..., Any]) -> Any:  # of which only the number counts
    """Return as many parameters as ``inspect.signature`` finds."""
    bound = type(function) is MethodType
    plain = function.__func__ if type(function) is MethodType else function
    if type(plain) is not FunctionType:
        return inspect.signature(function)
    attributes, code = plain.__dict__, plain.__code__
    is_elsewhere = attributes and any(map(attributes.get, _ELSEWHERE))
    if is_elsewhere or (bound and not code.co_argcount):
        return inspect.signature(function)
    number = code.co_argcount + code.co_kwonlyargcount - bound
    return _of_number(number, code.co_flags & _REST)


@lru_cache(_MOST_KINDS)
def _of_number(named: int, rest: int) -> SimpleNamespace:
    """Return parameters of which some have a name and up to two take the others."""
    return SimpleNamespace(parameters=range(named + rest.bit_count()))


def upload_nothing_fast(leave_out: Callable[[], bool]) -> None:
    """Start no thread for each match that is uploaded nowhere.

    Args:
        leave_out: counts a thread that would end at once instead of starting it. It
            returns False if others would go on before.

    """
    from ovos_config.config import Configuration
    from ovos_utils import thread_utils

    stock = thread_utils.create_daemon
    unneeded = threading.Thread(name="unneeded")

    def create_daemon(target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if getattr(target, "__name__", "") == _UPLOAD:
            uploads = Configuration().get("open_data", {})
            is_idle = type(uploads) is dict and not uploads.get("intent_urls", [])
            if is_idle and leave_out():
                threading._counter()  # type: ignore[attr-defined]  # noqa: SLF001  # the names of others have its number
                return unneeded
        return stock(target, *args, **kwargs)

    thread_utils.create_daemon = create_daemon
