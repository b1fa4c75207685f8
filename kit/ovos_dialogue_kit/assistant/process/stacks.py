"""Put the stacks that ``faulthandler`` writes into the order of a Python traceback.

It writes the innermost call first, and all threads. Whoever looks for the line that
hangs or crashes expects it last, as in every other traceback.
"""

from __future__ import annotations

import linecache
import os
import re
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ovos_dialogue_kit.ovos_packages import is_file_of_ovos

__all__ = ["as_traceback", "holder"]

_HEAD = re.compile(r"(Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):")
_FRAME = re.compile(
    r'  File "(?P<path>[^\0]*)", line (?P<line>[0-9]{1,9}) in (?P<name>.*)'
)
_OURS = Path(__file__).parents[2]
_STDLIB = Path(sysconfig.get_path("stdlib"))
_CARRIER = "/websocket/"
"""The library by which OVOS is connected to a bus."""

_WAITING = ("threading.py", "queue.py", "selectors.py", "socket.py", "connection.py")
_CALL = "_make"
"""The function of the scheduler that calls the listeners of the bus."""

_INNER = 2
"""Calls within Python's own library that are shown below the last one from outside."""


class _Frame(NamedTuple):
    """One call: its file, line and function."""

    path: str
    line: int
    name: str

    @property
    def is_of_kit(self) -> bool:
        """Return True for the kit's own code."""
        return Path(self.path).is_relative_to(_OURS)

    @property
    def is_foreign(self) -> bool:
        """Return True for code of a skill, or of a package that it uses."""
        path = Path(self.path)
        is_stdlib = path.is_relative_to(_STDLIB) and "site-packages" not in path.parts
        return not (is_stdlib or self.is_of_kit or self.path.startswith("<frozen"))

    @property
    def is_of_a_skill(self) -> bool:
        """Return True for foreign code, unless it is of OVOS itself."""
        is_between = is_file_of_ovos(self.path) or _CARRIER in self.path
        return self.is_foreign and not is_between


class _Thread(NamedTuple):
    """The calls of one thread, the innermost first."""

    is_current: bool
    frames: Sequence[_Frame]

    @property
    def rank(self) -> int:
        """The distance from being the one that hangs, from 0 on.

        Others have nothing to do, or wait: in the handler of a message, or anywhere.
        """
        inner = self.frames[0]
        if not (inner.is_of_kit or Path(inner.path).name in _WAITING):
            return 0
        if not any(frame.is_foreign for frame in self.frames):
            return 3
        return 1 if any(frame.name == _CALL for frame in self.frames) else 2

    @property
    def relevant_frames(self) -> Sequence[_Frame]:
        """The frames without most of what a skill's line has called."""
        is_foreign = [frame.is_foreign for frame in self.frames]
        if True not in is_foreign:
            return self.frames
        last = is_foreign.index(True)
        inner = [frame for frame in self.frames[:last] if not frame.is_of_kit]
        return [*inner[-_INNER:], *self.frames[last:]]


def as_traceback(dump: str, *, is_fatal: bool) -> str:
    """Return the stack of the thread that matters, its innermost call last.

    Text without a stack is returned as it is.

    Args:
        dump: what ``faulthandler`` has written.
        is_fatal: the current thread is the one that crashed. In a hang, it is the first
            that does not wait for another one.

    """
    threads = [thread for thread in list(_threads(dump)) if thread.frames]
    if not threads:
        return dump.strip()
    chosen = min(
        threads, key=lambda each: (not (is_fatal and each.is_current), each.rank)
    )
    lines = [line for each in reversed(chosen.relevant_frames) for line in _lines(each)]
    return "\n".join(["Traceback (most recent call last):", *lines])


def _threads(dump: str) -> Iterator[_Thread]:
    """Yield the threads; their frames are complete when all have been yielded."""
    frames: list[_Frame] | None = None
    for line in dump.splitlines():
        if head := _HEAD.fullmatch(line):
            frames = []
            yield _Thread(head[1] == "Current thread", frames)
        elif frames is not None and (found := _FRAME.fullmatch(line)):
            frames.append(_Frame(found["path"], int(found["line"]), found["name"]))
        elif not line.startswith("  "):
            frames = None


def _lines(frame: _Frame) -> Iterator[str]:
    yield f'  File "{frame.path}", line {frame.line}, in {frame.name}'
    if os.path.isfile(frame.path):  # noqa: PTH113  # whatever the skill wrote there
        text = linecache.getline(frame.path, frame.line).strip()
        if text:
            yield f"    {text}"


def holder(dump: str) -> str | None:
    """Return the line of a skill in a hang that neither ends nor lets others go on.

    A thread whose innermost call is the kit's waits for its turn.
    """
    for thread in list(_threads(dump)):
        if thread.frames and not thread.frames[0].is_of_kit:
            for frame in thread.frames:
                if frame.is_of_a_skill:
                    return f'"{frame.path}", line {frame.line}, in {frame.name}'
    return None
