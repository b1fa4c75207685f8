"""Memory that a fork shares with the process that watches it: how far it has come.

Nothing that a skill closes, fills or writes to reaches it, short of native code.
"""

from __future__ import annotations

import enum
import mmap
import re
import struct
from typing import NamedTuple

__all__ = ["Ending", "Pace", "Progress"]

_COUNTS = struct.Struct("=BQQQ")
_HEARD = slice(64, 192)
_TYPE = re.compile(rb'"type": ?"([^"\\]+)')


class Ending(enum.IntEnum):
    """The way a fork ends by itself, in so far as the kit knows."""

    UNKNOWN = 0
    FAILED = 1
    DISCONNECTED = 2


class Progress(NamedTuple):
    """Numbers that grow while a dialogue goes on: turns told, seconds of its clock."""

    turns: int
    seconds: int


class Pace:
    """The shared memory of one fork, which it writes and its watcher reads."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._values = [0, 0, 0, 0]

    def end(self, ending: Ending) -> None:
        """Note how the fork is about to end."""
        self._write(0, ending)

    def tell(self) -> None:
        """Note that a turn has begun or ended."""
        self._write(1, self._values[1] + 1)

    def move(self, ns: int) -> None:
        """Note that the clock has moved on to a moment, in nanoseconds."""
        self._write(2, ns // 1_000_000_000)

    def hear(self, payload: str) -> None:
        """Note that a message was delivered."""
        content = payload[:64].encode(errors="replace")[: _HEARD.stop - _HEARD.start]
        self._page[_HEARD.start : _HEARD.start + len(content)] = content
        self._write(3, self._values[3] + 1)

    def _write(self, index: int, value: int) -> None:
        self._values[index] = value
        _COUNTS.pack_into(self._page, 0, *self._values)

    def _read(self) -> tuple[int, int, int, int]:
        found: tuple[int, int, int, int] = _COUNTS.unpack_from(self._page)
        return found

    @property
    def ending(self) -> Ending:
        """The way the fork has ended."""
        return Ending(self._read()[0])

    @property
    def progress(self) -> Progress:
        """The progress of the dialogue."""
        return Progress(*self._read()[1:3])

    @property
    def messages(self) -> int:
        """The number of messages that were delivered."""
        return self._read()[3]

    @property
    def last_type(self) -> str:
        """The type of the last message."""
        found = _TYPE.search(self._page[_HEARD])
        return found[1].decode(errors="replace") if found else ""
