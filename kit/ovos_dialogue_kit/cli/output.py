"""Write to standard output and standard error: the only place where text meets them.

What a terminal would obey is escaped, and so is what its encoding lacks. A stream that
cannot be written ends the command; ``main`` returns the exit code.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

from ovos_dialogue_kit.project.text_files import words_of
from ovos_dialogue_kit.visible import visible_lines

__all__ = [
    "OutputError",
    "discard",
    "discard_unwritable",
    "flush_output",
    "prepare_output",
    "show",
    "tell",
    "write_line",
    "written_to",
]


class OutputError(Exception):
    """Standard output or standard error cannot be written.

    Args:
        name: the stream: ``stdout`` or ``stderr``.
        cause: the error of the operating system.

    """

    def __init__(self, name: Literal["stdout", "stderr"], cause: OSError) -> None:
        super().__init__(name, cause)
        self.name = name
        self.cause = cause

    def __str__(self) -> str:
        """Return the stream and why it cannot be written."""
        words = {"stdout": "standard output", "stderr": "standard error"}
        return f"{words[self.name]} cannot be written: {words_of(self.cause)}"


def prepare_output() -> None:
    """Open what the caller has closed, and escape what an encoding lacks.

    A file that is opened while standard error is closed would get its number, and all
    that a skill or the operating system writes there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # noqa: PERF203  # each for itself
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for _, stream in _streams():
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show(text: str) -> None:
    """Write a result to standard output, as lines of its own."""
    with written_to("stdout"):
        _write(sys.stdout, text)


def tell(text: str) -> None:
    """Write an error or a summary to standard error, as lines of its own."""
    with written_to("stderr"):
        _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    write_line(stream, visible_lines(text))


def write_line(stream: TextIO | None, line: str) -> None:
    """Write a line to a stream, unless it is closed; click would encode it itself."""
    if stream:
        stream.write(f"{line}\n")
        stream.flush()


@contextmanager
def written_to(name: Literal["stdout", "stderr"]) -> Iterator[None]:
    """Write to a stream by whatever means.

    Raises:
        OutputError: it cannot be written.

    """
    try:
        yield
    except OSError as error:
        raise OutputError(name, error) from error


def flush_output() -> None:
    """Write what is still to be written.

    Raises:
        OutputError: a stream cannot be written.

    """
    for name, stream in _streams():
        with written_to(name):
            stream.flush()


def discard_unwritable() -> None:
    """Discard what cannot be written of each stream."""
    for name, stream in _streams():
        try:
            stream.flush()
        except OSError:  # noqa: PERF203  # each for itself
            discard(name)


def discard(name: Literal["stdout", "stderr"]) -> None:
    """Let what is still to be written go nowhere: Python would try at its end."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, getattr(sys, name).fileno())
    os.close(sink)


def _streams() -> Iterator[tuple[Literal["stdout", "stderr"], TextIO]]:
    """Yield the standard streams that are open."""
    if sys.stdout:
        yield "stdout", sys.stdout
    if sys.stderr:
        yield "stderr", sys.stderr
