"""Look at the functions that have called each other."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from types import FrameType

__all__ = ["frames_from", "module_of"]


def frames_from(frame: FrameType) -> Iterator[FrameType]:
    """Yield a frame and those that it was called from, the innermost first."""
    return (each for each, _ in traceback.walk_stack(frame))


def module_of(frame: FrameType) -> str:
    """Return the dotted name of the module whose code a frame runs."""
    return str(frame.f_globals.get("__name__", ""))
