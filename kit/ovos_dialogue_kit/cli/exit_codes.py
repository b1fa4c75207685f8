"""Define the exit codes of ``kit``; ``docs/cli.md`` lists the reasons for each."""

from __future__ import annotations

__all__ = [
    "BAD_INPUT",
    "FAILED",
    "INCONCLUSIVE",
    "INTERRUPTED",
    "READER_LEFT",
    "SUCCESS",
]

SUCCESS = 0
FAILED = 1
"""The command did its work and found a failure, a stale fixture or a leak."""

BAD_INPUT = 2
"""Bad usage, or a file that cannot be read or written; also click's own code."""

INCONCLUSIVE = 3
"""Nothing wrong was found, but nothing was replayed, or not every dialogue searched."""

INTERRUPTED = 130
"""Ctrl-C: what a shell reports for a process that ``SIGINT`` ended."""

READER_LEFT = 141
"""Nobody reads the output any more: what a shell reports for an end by ``SIGPIPE``."""
