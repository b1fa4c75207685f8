"""The same function in CPython and in virtual time: the same result."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.usages import usages
from support.worlds import virtual_world


@pytest.mark.parametrize("usage", [*usages()], ids=lambda usage: usage.__name__)
def test_same_result(usage: Callable[[], object]) -> None:
    """What code finds out in virtual time is what it finds out in real time."""
    expected = usage()
    with virtual_world():
        assert usage() == expected
