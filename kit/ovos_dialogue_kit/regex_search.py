"""Search with a regular expression of a script, for a limited time.

Some expressions take exponential time, such as ``(a+)+b`` on many ``a``. They are not
told apart by looking at them; so another process searches, and gives up after
``SECONDS`` of its own processor time. It runs this file, with the ``re`` of the same
Python, and ends with the process that asks.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterable
from functools import cache, lru_cache
from threading import Lock
from typing import NoReturn, TextIO

__all__ = ["SECONDS", "SlowRegexError", "answer_all", "compiled", "is_found"]

SECONDS = 2.0
"""Seconds of processor time that one search may take."""

_FOUND, _MISSING, _SLOW = "found", "missing", "slow"


class SlowRegexError(Exception):
    """A search took too long, or all memory.

    Args:
        pattern: the regular expression.

    """

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


@lru_cache(512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a compiled expression; what Python may do otherwise one day is no error.

    Raises:
        re.error, OverflowError, RecursionError: it is not a regular expression.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def is_found(pattern: str, text: str) -> bool:
    """Return True if an expression matches a part of a text.

    Raises:
        SlowRegexError: this is not known within ``SECONDS``.

    """
    answer = _searcher(os.getpid()).ask(pattern, text)
    if answer not in (_FOUND, _MISSING):
        raise SlowRegexError(pattern)
    return answer == _FOUND


class _Searcher:
    """The process that searches; it is started again if it has ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, pattern: str, text: str) -> str:
        """Return the answer; nothing if the process ends before it has one."""
        with self._lock:
            self._process = self._process or _start()
            sink, source = self._process.stdin, self._process.stdout
            if sink is None or source is None:  # pragma: no cover  # they are pipes
                return ""
            try:
                sink.write(f"{json.dumps([pattern, text])}\n")
                sink.flush()
                answer = source.readline().strip()
            except BrokenPipeError:
                answer = ""
            except BaseException:  # such as Ctrl-C: its answer is not the next one's
                self._end()
                raise
            if not answer:
                self._end()
            return answer

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


@cache
def _searcher(owner: int) -> _Searcher:  # noqa: ARG001  # a fork needs its own
    """Return the searcher of a process."""
    found = _Searcher()
    atexit.register(found.close)
    return found


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # nothing of it comes from elsewhere
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="ascii",
    )


def answer_all(
    questions: Iterable[str], answers: TextIO, seconds: float = SECONDS
) -> None:
    """Answer questions, a line of JSON each, until there are no more."""
    signal.signal(signal.SIGPROF, _give_up)
    for question in questions:
        pattern, text = json.loads(question)
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            found = compiled(pattern).search(text) is not None
            signal.setitimer(signal.ITIMER_PROF, 0)
            answer = _FOUND if found else _MISSING
        except (TimeoutError, MemoryError, RecursionError):
            answer = _SLOW
        answers.write(f"{answer}\n")
        answers.flush()


def _give_up(number: int, frame: object) -> NoReturn:  # noqa: ARG001  # as signals are handled
    """End a search: ``re`` looks for signals all along."""
    raise TimeoutError


if __name__ == "__main__":  # pragma: no cover  # in a process that is not measured
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    answer_all(sys.stdin, sys.stdout)
