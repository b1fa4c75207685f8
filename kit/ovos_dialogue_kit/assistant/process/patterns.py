"""Compile once what each copy of an assistant would compile: regular expressions.

Python keeps those that it has compiled, but what a copy keeps ends with it. For an
utterance that no intent matches, each copy would compile 48 of them, one for each line
of the vocabulary of "stop". So a copy writes down which ones it had to compile, and the
process that it was copied from compiles them, too, for all copies to come.
"""

from __future__ import annotations

import contextlib
import mmap
import re
import warnings
from collections.abc import Iterator, Mapping
from json import dumps, loads
from typing import Any

__all__ = ["MOST", "Patterns"]

_SIZE = 1 << 16
"""Bytes of the memory in which a copy writes them down."""

MOST = 200
"""Expressions that are compiled for all copies; Python keeps 512."""

_LONGEST = 1000


class Patterns:
    """The regular expressions that copies of this process have compiled.

    They are plain texts without bytes or classes of their own. Nothing that a skill
    closes or writes to reaches the memory in which they are written down.

    Args:
        most: how many there may be.

    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._page = mmap.mmap(-1, _SIZE)
        self._learned = 0
        self._number = len(_kept())

    def note(self) -> None:
        """Write down, at the end of a copy, what it has compiled."""
        kept = _kept()
        if len(kept) <= self._number or self._learned >= self._most:
            return
        new = [*kept][self._number :]  # at least; from Python 3.12 on, in order of use
        listed = [
            (text, int(flags))
            for kind, text, flags, *_ in new
            if kind is str and len(text) <= _LONGEST
        ]
        content = dumps(listed[: self._most - self._learned]).encode()
        if len(content) < _SIZE:
            self._page[: len(content)] = content

    def learn(self) -> None:
        """Compile, in the process that was copied, what the last copy has noted."""
        content, _, _ = self._page[:].partition(b"\0")
        if not content:
            return
        self._page[: len(content)] = bytes(len(content))
        with _no_warnings(), contextlib.suppress(Exception):  # a skill may have written
            for text, flags in loads(content):
                with contextlib.suppress(_WarnedError):
                    re.compile(text, flags)
                self._learned += 1
        self._number = len(_kept())


def _kept() -> Mapping[tuple[Any, ...], object]:
    """Return what Python keeps, by kind, text and flags; nothing if it keeps none."""
    return getattr(re, "_cache", {})


class _WarnedError(Exception):
    """An expression would be warned of: each copy is to hear that."""


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Raise an error for each warning.

    A filter of ``warnings`` would make Python forget which ones it has shown.
    """

    def refuse(*_: object, **__: object) -> None:
        raise _WarnedError

    stock = warnings.warn
    warnings.warn = refuse
    try:
        yield
    finally:
        warnings.warn = stock
