"""Leave out the middle of a long list, so that what matters stays on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["shortened"]

T = TypeVar("T")

_MOST = 12
"""Items that are all shown."""

_ENDS = 3
"""Items that are shown at the beginning and at the end of more."""

_AROUND = 2
"""Items that are shown before and after the one that matters."""


def shortened(
    items: Sequence[T], gap: Callable[[int], T], focus: int | None = None
) -> Iterator[T]:
    """Yield the first items and the last, and those around the one that matters.

    Args:
        items: the list; up to twelve items are all yielded.
        gap: returns what stands for a number of items that are left out.
        focus: the index of the item that matters; it may be beyond the end.

    """
    last = len(items) - 1
    left_out = 0
    for index, item in enumerate(items):
        near = focus is not None and abs(min(focus, last) - index) <= _AROUND
        if last < _MOST or near or index < _ENDS or index > last - _ENDS:
            if left_out:
                yield gap(left_out)
            yield item
            left_out = 0
        else:
            left_out += 1
