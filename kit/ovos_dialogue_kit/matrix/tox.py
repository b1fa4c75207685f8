"""Find the cells among the tox environments of a project, and what failed in them.

tox empties an environment's ``log`` folder when a run begins, and writes a file for
each command: a head of ``name: value`` lines, of which ``exit_code`` is the last, and
below it the output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ovos_dialogue_kit.project.text_files import read_text

__all__ = ["TRANSCRIPTS", "Failure", "find_cells", "last_failure"]

TRANSCRIPTS = "transcripts.jsonl"
"""The file in a tox environment that ``kit replay -o`` wrote there."""

_CELL = re.compile(r"core\d+\.\d+(-.*)?|channel-.*")
_EXIT = re.compile(r"^exit_code: (-?\d{1,9})$", re.MULTILINE)
_COMMAND = re.compile(r"^cmd: (.*)$", re.MULTILINE)
_REPLAY = re.compile(r"\breplay\b")
_TAIL = 30
"""Number of lines of a failed command that are shown."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The last command that failed in a tox environment, in its own words.

    ``has_replayed`` is True if ``kit replay`` came to its end in the same run before.
    """

    words: str
    has_replayed: bool


def find_cells(project: Path) -> list[Path]:
    """Return the tox environments of a project that are cells, ``.tox/*``.

    A cell has transcripts, or it has the name of a cell (``core2.1-py311``) and failed.
    """
    return [
        folder
        for folder in sorted((project / ".tox").glob("*"))
        if (folder / TRANSCRIPTS).exists() or _CELL.fullmatch(folder.name)
    ]


def last_failure(folder: Path) -> Failure | None:
    """Return the last command that failed in the last run of a tox environment.

    A ``kit replay`` that ended with 1 has not failed: its file says which dialogues do.
    Failures before it did not keep tox from going on and are of no interest.

    Raises:
        KitError: a log cannot be read.

    """
    words = ""
    for log in sorted((folder / "log").glob("*.log"), key=_number, reverse=True):
        text = read_text(log, str(log), "replace")
        head = _EXIT.search(text)
        code = int(head[1]) if head else 0
        if head and code in (0, 1) and _is_replay(log, text[: head.end()]):
            return Failure(words, has_replayed=True) if words else None
        if head and code:
            words = words or _tail(text[head.end() :]) or f"exit code {code}"
    return Failure(words, has_replayed=False) if words else None


def _number(log: Path) -> int:
    """Return the number of a command by the name of its log; -1 for any other log."""
    number = log.name.partition("-")[0]
    return int(number) if number.isdecimal() else -1


def _is_replay(log: Path, head: str) -> bool:
    """Return True for a ``kit replay``, or for a command without name."""
    command = _COMMAND.search(head)
    return bool(_REPLAY.search(command[1])) if command else "commands" in log.name


def _tail(output: str) -> str:
    """Return the last lines of an output, without empty ones."""
    lines = [line.rstrip() for line in output.split("\n")]
    return "\n".join([line for line in lines if line][-_TAIL:])
