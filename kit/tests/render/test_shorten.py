"""Tests of lists that are too long to be shown."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.render.shorten import shortened


@pytest.mark.parametrize(
    ("length", "focus", "shown"),
    [
        (0, None, ""),
        (12, None, "0 1 2 3 4 5 6 7 8 9 10 11"),
        (13, None, "0 1 2 …7 10 11 12"),
        (13, 6, "0 1 2 …1 4 5 6 7 8 …1 10 11 12"),
        (300, 150, "0 1 2 …145 148 149 150 151 152 …144 297 298 299"),
        (300, 0, "0 1 2 …294 297 298 299"),
        (300, 5, "0 1 2 3 4 5 6 7 …289 297 298 299"),
        (300, 300, "0 1 2 …294 297 298 299"),
    ],
)
def test_the_ends_and_what_matters_are_kept(
    length: int, focus: int | None, shown: str
) -> None:
    """Everything else is counted, nothing is shown twice."""
    items = list(map(str, range(length)))
    assert " ".join(shortened(items, lambda left: f"…{left}", focus)) == shown
