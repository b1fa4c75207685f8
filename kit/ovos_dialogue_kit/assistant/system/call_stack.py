"""Look at the functions that have called each other."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from types import FrameType

__all__ = ["SkillCode", "frames_from", "module_of"]


def frames_from(frame: FrameType) -> Iterator[FrameType]:
    """Yield a frame and those that it was called from, the innermost first."""
    return (each for each, _ in traceback.walk_stack(frame))


def module_of(frame: FrameType) -> str:
    """Return the dotted name of the module whose code a frame runs."""
    return str(frame.f_globals.get("__name__", ""))


class SkillCode:
    """The code of the skills under test.

    Args:
        packages: their top-level packages.

    """

    def __init__(self, packages: Iterable[str] = ()) -> None:
        self.packages = frozenset(packages)

    def has(self, module: str) -> bool:
        """Return True for the dotted name of a module of a skill."""
        return module.partition(".")[0] in self.packages

    def has_frame(self, frame: FrameType) -> bool:
        """Return True if a frame runs code of a skill."""
        return self.has(module_of(frame))
