"""Take what is written to standard output and standard error past Python's streams.

So do C libraries, other processes, and whoever writes to the open files 1 and 2.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import TextIO

__all__ = ["OtherOutput"]

_MOST_BYTES = 1 << 16
"""The bytes that are read; beyond them, lines are only counted."""


class OtherOutput:
    """A file that takes it, and is emptied whenever it is read.

    Args:
        number: that of the open file, which nothing else is written to.

    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._own = os.fstat(number)
        self._streams: Sequence[TextIO] = ()

    @contextlib.contextmanager
    def redirected(self) -> Iterator[Sequence[TextIO]]:
        """Let the file take both, and yield a stream on each, while this lasts."""
        before = [os.dup(number) for number in (1, 2)]
        try:
            for number in (1, 2):
                os.dup2(self._number, number)
            self._streams = [_stream_on(1), _stream_on(2)]
            yield self._streams
        finally:
            for number, old in enumerate(before, start=1):
                with contextlib.suppress(OSError):  # it has been closed
                    os.dup2(old, number)
                    os.close(old)

    def taken(self) -> tuple[str, int]:
        """Return the text since the last call, and the number of lines beyond it."""
        try:
            for stream in self._streams:
                if not stream.closed:
                    stream.flush()
            found = os.fstat(self._number)
            if not (found.st_size and os.path.samestat(found, self._own)):
                return "", 0
            content = os.pread(self._number, found.st_size, 0)
            os.ftruncate(self._number, 0)
            os.lseek(self._number, 0, os.SEEK_SET)
        except OSError:  # the skill has closed it
            return "", 0
        told, rest = content[:_MOST_BYTES], content[_MOST_BYTES:]
        return told.decode(errors="replace"), rest.count(b"\n")


def _stream_on(number: int) -> TextIO:
    return os.fdopen(
        number,
        "w",
        buffering=1,
        encoding="utf-8",
        errors="backslashreplace",
        closefd=False,
    )
