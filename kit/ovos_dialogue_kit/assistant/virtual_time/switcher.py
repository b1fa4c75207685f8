"""Let others go on between two steps of the code under test, as threads may.

A real bus client calls its listeners in threads of a pool, and Python may switch from
one to another after any bytecode. Here a thread keeps the turn until it waits. So the
bytecodes of the skills are traced, and before some of them, which a seed chooses, all
other threads go on first.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any, TypeAlias

from ovos_dialogue_kit.assistant.system.call_stack import frames_from
from ovos_dialogue_kit.assistant.virtual_time.chance import session_among

__all__ = ["Switcher"]

_Trace: TypeAlias = "Callable[[FrameType, str, Any], Any]"

_SHARES = (0.1, 0.4)
"""Shares of the bytecodes before which others go on; the seed chooses one."""

_CORE = ("ovos_core", "mycroft")
"""The packages of ovos-core; ``mycroft`` has its oldest parts."""

_MOST_STEPS = 2000
"""Steps of one call that are looked at: what comes later is most likely a long loop."""


class Switcher:
    """A trace function for ``threading.settrace``.

    Args:
        give_way: lets all others go on that can. Its argument returns the id of the
            session that the calling code works for, if that is known.
        packages: the top-level packages of the code under test.
        seed: chooses before which bytecodes others go on. Of a loop, only the first
            round counts.

    """

    def __init__(
        self,
        give_way: Callable[[Callable[[], str | None]], None],
        packages: Collection[str],
        seed: int,
    ) -> None:
        self._give_way = give_way
        self._own = _OwnModules(packages)
        self._random = random.Random(seed)  # noqa: S311  # not secret
        self._share = self._random.choice(_SHARES)
        # CPython 3.12 traces no bytecode before some frame has asked for it
        sys._getframe().f_trace_opcodes = True  # noqa: SLF001  # the documented way

    def __call__(self, frame: FrameType, _event: str, _arg: object) -> _Trace | None:
        """Return the trace function of a call: ``None`` but for code under test."""
        if not self._own[frame.f_globals.get("__name__")]:
            return None
        # CPython 3.13 traces the first call of a function only in this order
        frame.f_trace = steps = _Steps(self._before_step).trace
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return steps

    def trace_listener(self, listener: object) -> None:
        """Trace the calling thread while it calls a listener, unless it is the core's.

        To trace a thread takes as much time as what it does. A turn is mostly the work
        of ovos-core, which never calls a skill but over the bus.
        """
        owner = getattr(listener, "__self__", None)
        package = type(owner).__module__.partition(".")[0]
        sys.settrace(None if package in _CORE else self)

    def _before_step(self, session: Callable[[], str | None]) -> None:
        if self._random.random() < self._share:
            self._give_way(session)


class _OwnModules(dict[object, bool]):
    """True for the names of modules that belong to one of some packages.

    It is asked for each call that a traced thread makes, so it looks only once.
    """

    def __init__(self, packages: Collection[str]) -> None:
        super().__init__()
        self._packages = packages

    def __missing__(self, module: object) -> bool:
        found = self[module] = str(module).partition(".")[0] in self._packages
        return found


class _Steps:
    """The steps of one call.

    Args:
        before: called before each bytecode that is run for the first time, with what
            returns the session that the call works for.

    """

    def __init__(self, before: Callable[[Callable[[], str | None]], None]) -> None:
        self._before = before
        self._callers: list[str | None] = []
        self._known: set[int] = set()
        self._left = _MOST_STEPS

    def trace(self, frame: FrameType, event: str, _arg: object) -> _Trace:
        """Trace one event of the call."""
        self._left -= 1
        if self._left == 0:
            frame.f_trace_opcodes = False
        if event == "opcode" and frame.f_lasti not in self._known:
            self._known.add(frame.f_lasti)
            self._before(lambda: self._session(frame))
        return self.trace

    def _session(self, frame: FrameType) -> str | None:
        """Return the session of the call, else that of its callers.

        Those do not go on before the call returns, so they are asked once.
        """
        session = session_among((frame,))
        if session is None and not self._callers:
            self._callers.append(session_among(frames_from(frame)))
        return self._callers[0] if session is None else session
