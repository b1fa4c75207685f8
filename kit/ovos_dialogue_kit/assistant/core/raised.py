"""Find exceptions of the skills under test that OVOS catches and only logs.

OVOS calls a skill in many places: intents, events, ``converse``, ``stop``, fallbacks,
common queries, ``can_converse``, settings callbacks. Few of them tell the bus when the
skill raises; all of them log it, in every version. So the log is watched: an exception
counts if it left the skill's code and OVOS caught it. What a skill raises and catches
itself is its own affair, and so is an exception by which OVOS ends a handler.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from types import FrameType, TracebackType
from typing import Any

from ovos_dialogue_kit.assistant.system.call_stack import SkillCode, module_of
from ovos_dialogue_kit.assistant.virtual_time.chance import (
    session_among,
    session_of_caller,
)
from ovos_dialogue_kit.ovos_packages import is_of_ovos
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.transcript import Fault

__all__ = ["Raised", "is_noted"]

_EVENTS = "ovos_utils.events"
"""The module that calls the handlers of a skill's events."""

_ABORT = "Abort"
"""The prefix of the exceptions with which ``killable_event`` ends a thread."""

_NOTED = "_noted_by_ovos_dialogue_kit"


class Raised:
    """The exceptions that were caught in the assistant's process, with tracebacks.

    Args:
        code: that of the skills under test.

    """

    def __init__(self, code: SkillCode) -> None:
        self.last: BaseException | None = None
        self._by_error: dict[str, str] = {}
        self._code = code

    def watch(self, note: Callable[[BaseException], object]) -> None:
        """Start watching the log: see every record from now on.

        Args:
            note: gets each exception that left a skill and was caught by OVOS.

        """
        make = logging.getLogRecordFactory()

        def make_and_look(*args: Any, **kwargs: Any) -> logging.LogRecord:  # logging's
            record = make(*args, **kwargs)
            if record.exc_info and record.exc_info[1]:
                self.add(record.exc_info[1])
            error = sys.exc_info()[1]
            if (
                error
                and record.levelno >= logging.WARNING
                and self._is_swallowed(error)
            ):
                note(error)
            return record

        logging.setLogRecordFactory(make_and_look)

    @staticmethod
    def watch_threads(note: Callable[[BaseException], object]) -> None:
        """Note what ends a thread from now on, unless it is ``sys.exit()``."""

        def note_end(args: threading.ExceptHookArgs) -> None:
            if args.exc_value and not isinstance(args.exc_value, SystemExit):
                note(args.exc_value)

        threading.excepthook = note_end

    @staticmethod
    def watch_raw_threads(note: Callable[[BaseException], object]) -> None:
        """Do the same for the threads of ``_thread``."""

        def note_end(args: sys.UnraisableHookArgs) -> None:
            if args.exc_value and "thread" in (args.err_msg or ""):
                note(args.exc_value)  # pragma: no cover  # no such thread is measured

        sys.unraisablehook = note_end

    def _is_swallowed(self, error: BaseException) -> bool:
        """Return True if a skill raised an error and OVOS was the one to catch it."""
        catching, *raising = _frames(error.__traceback__)
        if self._code.has_frame(catching) or not is_of_ovos(module_of(catching)):
            return False
        return (
            any(map(self._code.has_frame, raising))
            or (module_of(catching) == _EVENTS and self._is_for_a_skill(raising))
            or self._is_a_wrong_call(error)
        )

    def _is_for_a_skill(self, raising: Sequence[FrameType]) -> bool:
        """Return True if a skill's handler raised that OVOS itself defines for it.

        An example is ``can_stop``, which a skill that stops must define.
        """
        owner = raising[0].f_locals.get("self") if raising else None
        return self._code.has(type(owner).__module__)

    def _is_a_wrong_call(self, error: BaseException) -> bool:
        """Return True if a function of a skill does not take what OVOS gives it.

        Such a ``TypeError`` is raised before the function has a frame; its text begins
        with the function's qualified name.
        """
        called, bracket, _ = str(error).partition("(")
        if not (isinstance(error, TypeError) and bracket and called):
            return False
        modules = list(sys.modules.items())  # another thread may import
        return any(
            _has(module, called) for name, module in modules if self._code.has(name)
        )

    def add(self, error: BaseException) -> str:
        """Remember an exception and return its traceback as text."""
        self.last = error
        trace = "".join(traceback.format_exception(error))
        for name in (repr(error), repr(str(error)), str(error)):
            self._by_error[name] = trace
        return trace

    def lines_of(self, error: BaseException) -> str | None:
        """Return the part of a traceback that begins with the skill's own code.

        Returns ``None`` if the skill has no part in it.
        """
        trace = error.__traceback__
        while trace and not self._code.has_frame(trace.tb_frame):
            trace = trace.tb_next
        return "".join(traceback.format_tb(trace)).rstrip() if trace else None

    def calls_of(self, thread: int) -> tuple[str, str] | None:
        """Return the skill's function that a thread is in, and its calls as text.

        Returns ``None`` for a thread in which no skill is.
        """
        frames = sys._current_frames()  # noqa: SLF001  # public, and documented
        calls = [*traceback.walk_stack(frames.get(thread))][::-1]
        is_own = [self._code.has_frame(frame) for frame, _ in calls]
        if True not in is_own:
            return None
        first, last = is_own.index(True), len(calls) - is_own[::-1].index(True)
        lines = traceback.StackSummary.extract(iter(calls[first:last])).format()
        head = "Traceback (most recent call last):\n"
        return _name_of(calls[first][0]), head + "".join(lines)

    def caught(self, error: BaseException) -> Caught | None:
        """Return an exception as a fault, and whose session it was raised for.

        Returns ``None`` for one that was returned before, and for one by which OVOS
        ends a handler on purpose.
        """
        if type(error).__name__.startswith(_ABORT) or is_noted(error):
            return None
        setattr(error, _NOTED, True)
        trace = self.add(error)
        detail = f"{self._function_of(error)}: {trace.strip().splitlines()[-1]}"
        return Caught(Fault("raised", detail, trace), _session_of(error))

    def _function_of(self, error: BaseException) -> str:
        """Return the name of the skill's function that OVOS had called."""
        frames = [*_frames(error.__traceback__)]
        for frame in frames:
            if self._code.has_frame(frame):
                return _name_of(frame)
        if self._is_for_a_skill(frames[1:]):
            return _name_of(frames[-1])
        return "a listener of the bus"

    def of(self, error: str) -> str | None:
        """Return the traceback of the last exception reported as ``error``.

        Versions of ovos-workshop tell it by its ``repr``, its text, or its text's.
        """
        return self._by_error.get(error)


def is_noted(error: BaseException | None) -> bool:
    """Return True if an exception has become a fault."""
    return hasattr(error, _NOTED)


def _session_of(error: BaseException) -> str | None:
    """Return the id of the session that an exception was raised for, if it is known.

    It is that of the bus message among the variables of the functions that the
    exception went through, the innermost first, or of those that are handling it.
    """
    raising = [*_frames(error.__traceback__)][::-1]
    return session_among(raising) or session_of_caller()


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    """Yield the frames of a traceback, beginning with the one that caught it."""
    return (frame for frame, _ in traceback.walk_tb(trace))


def _name_of(frame: FrameType) -> str:
    """Return the name of a frame's function, with the class if it is a method."""
    owner, name = frame.f_locals.get("self"), frame.f_code.co_name
    return f"{type(owner).__name__}.{name}" if hasattr(type(owner), name) else name


def _has(module: object, name: str) -> bool:
    try:
        attrgetter(name)(module)
    except AttributeError:
        return False
    return True
