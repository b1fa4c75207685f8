"""Define the exit codes of ``kit``; ``docs/cli.md`` lists the reasons for each."""

from __future__ import annotations

__all__ = ["BAD_INPUT", "FAILED", "INTERRUPTED", "SUCCESS"]

SUCCESS = 0
FAILED = 1
"""The command did its work and found a failure, a stale fixture or a leak."""

BAD_INPUT = 2
"""Bad usage, or a file that cannot be read or written; also click's own code."""

INTERRUPTED = 130
"""Ctrl-C: what a shell reports for a process that ``SIGINT`` ended."""
