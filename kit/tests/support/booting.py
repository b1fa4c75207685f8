"""Keep tests without the mark ``ovos`` from booting an assistant.

So ``-m "not ovos"`` is quick, and stays so: a test that boots and has no mark fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.places import TESTS

__all__ = ["refused_boots"]

PROBLEM = "this test boots an assistant: give it the mark ovos"


@contextmanager
def refused_boots(folder: Path) -> Iterator[None]:
    """Refuse ovos-core to all processes that are started meanwhile.

    Args:
        folder: outlives them, and is used for nothing else.

    Raises:
        AssertionError: one of them, or this one, tried.

    """
    is_here = "ovos_core" in sys.modules
    booted = folder / "booted"
    path = [str(TESTS / "support" / "no_boot"), os.environ.get("PYTHONPATH", "")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
        patch.setenv("KIT_TEST_BOOTS", str(booted))
        yield
    is_new = not is_here and "ovos_core" in sys.modules
    assert not is_new, PROBLEM
    assert not booted.exists(), PROBLEM
