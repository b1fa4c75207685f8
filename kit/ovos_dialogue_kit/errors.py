"""What the kit says when it cannot go on, and where in which file the cause is.

Every error that a person may see is a ``KitError``: it owns its sentence, knows its
place, and names the command or the edit that helps. The library raises it; the command
line and the pytest plugin show ``str(error)`` and nothing else.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "AssistantError",
    "EngineMissingError",
    "FixtureError",
    "KitError",
    "Mark",
    "ScriptError",
    "near_name",
    "similarity",
]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; ``line`` and ``column`` count from 1.

    ``path`` is as the person gave it or, in generated files, relative and POSIX.
    """

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return ``path:line:column``, which editors turn into a link."""
        return f"{self.path}:{self.line}:{self.column}"


class KitError(Exception):
    """A problem that its reader can solve.

    Args:
        problem: what is wrong; lower case, no full stop, values in quotes.
        mark: where, if it came from a file.
        hint: the command or the edit that fixes it, shown on a line of its own.

    """

    def __init__(
        self, problem: str, mark: Mark | None = None, hint: str | None = None
    ) -> None:
        super().__init__(problem, mark, hint)
        self.problem = problem
        self.mark = mark
        self.hint = hint

    def __str__(self) -> str:
        """Return the whole message: place, problem and hint."""
        where = f"{self.mark}: " if self.mark else ""
        return f"{where}{self.problem}" + (f"\n  {self.hint}" if self.hint else "")


class ScriptError(KitError):
    """A dialogue script that cannot be read or means nothing."""


class FixtureError(KitError):
    """A fixture that cannot be read, or that is not what its script generates."""


class AssistantError(KitError):
    """The assistant under test could not be started, reached or kept alive."""


class EngineMissingError(AssistantError):
    """An intent engine that is not installed, or that ovos-core could not load."""


def near_name(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "…"?)`` for the nearest known name, else nothing."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f' (did you mean "{nearest[0]}"?)' if nearest else ""


def similarity(name: str, known: Iterable[str]) -> float:
    """Return how near a name is to the nearest known one: from 0 to 1, the same."""
    pairs = (difflib.SequenceMatcher(None, name, each) for each in known)
    return max((pair.ratio() for pair in pairs), default=0.0)
