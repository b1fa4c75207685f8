"""Collect the problems of a script, so that one run shows them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ovos_dialogue_kit.errors import KitError, Mark, ScriptError, join_errors

__all__ = ["Problems"]

T = TypeVar("T")
R = TypeVar("R")

_MOST = 100
"""Problems after which reading stops."""


class _TooManyError(ScriptError):
    """All problems of a script that has too many: reading stops."""


class Problems:
    """The problems of one script that were found so far.

    Read each independent part in a ``with problems:`` of its own: a ``ScriptError``
    ends the part, is kept, and the next part is read. Only the first problem at a place
    counts: others there are likely to follow from it.
    """

    def __init__(self) -> None:
        self._found: dict[Mark | None, KitError] = {}

    def __bool__(self) -> bool:
        """Return True if there is a problem."""
        return bool(self._found)

    def __enter__(self) -> None:
        """Begin an independent part of the script."""

    def __exit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> bool:
        """Keep the error that ended the part, if it is one about the script."""
        if not isinstance(error, ScriptError):
            return False
        self.add(error)
        return True

    def collect(self, read: Callable[[T], R], parts: Iterable[T]) -> tuple[R, ...]:
        """Return the results for the parts that can be read; keep the others' errors.

        Args:
            read: reads a part, or raises a ``ScriptError``.
            parts: what is read, each independent of the others.

        """
        results = []
        for part in parts:
            with self:
                results.append(read(part))
        return tuple(results)

    def add(self, error: ScriptError) -> None:
        """Keep an error.

        Raises:
            ScriptError: there are a hundred; it has them all.

        """
        if isinstance(error, _TooManyError):  # on its way to the caller
            raise error
        for each in error.split():
            self._found.setdefault(each.mark, each)
        if len(self._found) >= _MOST:
            raise self._combined(_TooManyError)

    def require_none(self) -> None:
        """Raise all problems as one error, in the order of the file, if there are any.

        Raises:
            ScriptError: the first problem; its ``others`` are the rest.

        """
        if self._found:
            raise self._combined(ScriptError)

    def _combined(self, kind: type[ScriptError]) -> ScriptError:
        in_order = sorted(self._found.values(), key=lambda each: each.mark or Mark(""))
        return join_errors(kind, in_order)
