"""Put the stacks that ``faulthandler`` writes into the order of a Python traceback.

It writes the innermost call first, and all threads. Whoever looks for the line that
hangs or crashes expects it last, as in every other traceback.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["as_traceback"]

_HEAD = re.compile(r"(Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):")
_FRAME = re.compile(r'  File "(?P<path>.*)", line (?P<line>\d+) in (?P<name>.*)')
_OURS = Path(__file__).parents[2]
_WAITING = ("threading.py", "queue.py", "selectors.py", "socket.py", "connection.py")


class _Frame(NamedTuple):
    """One call: its file, line and function."""

    path: str
    line: int
    name: str

    @property
    def is_of_kit(self) -> bool:
        """Return True for the kit's own code."""
        return Path(self.path).is_relative_to(_OURS)


class _Thread(NamedTuple):
    """The calls of one thread, the innermost first."""

    is_current: bool
    frames: Sequence[_Frame]

    @property
    def is_waiting(self) -> bool:
        """Return True if it has nothing to do, or waits for another thread."""
        inner = self.frames[0]
        return inner.is_of_kit or Path(inner.path).name in _WAITING


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
    ranked = sorted(
        threads,
        key=lambda each: (not (is_fatal and each.is_current), each.is_waiting),
    )
    return "\n".join(
        [
            "Traceback (most recent call last):",
            *(line for frame in reversed(ranked[0].frames) for line in _lines(frame)),
        ]
    )


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
    text = linecache.getline(frame.path, frame.line).strip()
    if text:
        yield f"    {text}"
