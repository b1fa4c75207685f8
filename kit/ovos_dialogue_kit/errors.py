"""Define the errors that users see: a sentence with its place, its code and a hint.

The library raises a ``KitError``; the command line and the pytest plugin show
``str(error)`` and nothing else. An error about a script or a fixture has a ``Code``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.visible import visible, visible_lines

__all__ = [
    "AssistantError",
    "EngineMissingError",
    "FixtureError",
    "KitError",
    "Mark",
    "ScriptError",
    "join_errors",
    "near_name",
    "similarity",
]


_MOST_NEAR = 2000
"""Names that one is compared with, which takes some microseconds each."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; ``line`` and ``column`` count from 1.

    ``path`` is as the user gave it or, in generated files, relative and POSIX.
    """

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return ``path:line:column``, which editors turn into a link."""
        return f"{self.path}:{self.line}:{self.column}"


class KitError(Exception):
    """A problem that the user can solve.

    Args:
        problem: what is wrong; lower case, no full stop, values in quotes.
        mark: where, if it came from a file.
        hint: the command or the edit that fixes it, shown on a line of its own.
        code: the kind of problem; every error about a script or a fixture has one.
        others: further problems of the same file, shown below this one.

    """

    def __init__(
        self,
        problem: str,
        mark: Mark | None = None,
        hint: str | None = None,
        code: Code | None = None,
        others: tuple[KitError, ...] = (),
    ) -> None:
        super().__init__(problem, mark, hint, code, others)
        self.problem = problem
        self.mark = mark
        self.hint = hint
        self.code = code
        self.others = others

    def split(self) -> Iterator[KitError]:
        """Yield this problem and the others, each as an error of its own."""
        yield type(self)(self.problem, self.mark, self.hint, self.code)
        for other in self.others:
            yield from other.split()

    def __str__(self) -> str:
        """Return ``path:line:column: problem  [code]``, the hint, and the others.

        What a terminal would obey is escaped; only a hint may have several lines.
        """
        where = f"{self.mark}: " if self.mark else ""
        code = f"  [{self.code.value}]" if self.code else ""
        hint = f"\n  {visible_lines(self.hint)}" if self.hint else ""
        first = visible(f"{where}{self.problem}{code}")
        return "\n".join([f"{first}{hint}", *map(str, self.others)])


E = TypeVar("E", bound=KitError)


class ScriptError(KitError):
    """A dialogue script cannot be read, or contradicts itself."""


class FixtureError(KitError):
    """A fixture cannot be read, or is not what its script generates."""


class AssistantError(KitError):
    """The assistant under test could not be started, reached or kept alive."""


class EngineMissingError(AssistantError):
    """An intent engine that is not installed, or that ovos-core could not load."""


def join_errors(kind: type[E], errors: Iterable[KitError]) -> E:
    """Return several errors as one of a kind: the first, the rest as its others."""
    first, *others = (each for error in errors for each in error.split())
    return kind(first.problem, first.mark, first.hint, first.code, tuple(others))


def near_name(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "…"?)`` for the nearest known name, else nothing.

    Of very many names the first ones are looked at.
    """
    nearest = difflib.get_close_matches(name, list(islice(known, _MOST_NEAR)), n=1)
    return f' (did you mean "{nearest[0]}"?)' if nearest else ""


def similarity(name: str, known: Iterable[str]) -> float:
    """Return how similar a name is to the nearest known one: from 0 to 1 (equal)."""
    pairs = (difflib.SequenceMatcher(None, name, each) for each in known)
    return max((pair.ratio() for pair in pairs), default=0.0)
