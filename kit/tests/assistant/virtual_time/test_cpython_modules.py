"""CPython's own tests of queues, timers, schedulers, selectors and executors.

They are in the package ``test``, of which not every installation has all.
"""

from __future__ import annotations

import importlib
import os
import unittest
from collections.abc import Iterator
from contextlib import suppress

import pytest
from support.worlds import virtual_world

pytestmark = pytest.mark.long

IS_WHOLE = "KIT_WAITS" in os.environ
"""Whether the tests are run that take long; tox -e conformance-py311 does."""

MODULES = {
    "test_queue": None,
    "test_sched": None,
    "test_selectors": None,
    "test_threading": ("TimerTests",),
    "test_concurrent_futures": ("ThreadPoolWait", "ThreadPoolAsCompleted"),
    "test_concurrent_futures.test_as_completed": ("ThreadPool",),
    "test_concurrent_futures.test_wait": ("ThreadPool",),
}
"""Modules, with how the names of the classes to run begin; ``None`` means all.

The other tests of executors start processes, in which time is real.
"""

_KINDS = ("Default", "Select", "Poll", "Epoll")
DIFFERENT = {
    f"test_selectors.{kind}SelectorTestCase.test_select_interrupt_exc": (
        "alarms count real time, of which a virtual wait takes none"
    )
    for kind in _KINDS
}
"""Tests that must fail, with the reason."""

LEFT_OUT = {
    "CSimpleQueueTest": "its copy of queue keeps the queue in C, whose time is real"
}
"""Classes that are not run, with the reason."""

LONG = {
    "test_references",
    "test_many_threads",
    "test_many_threads_nonblock",
    "test_many_threads_timeout",
    "test_above_fd_setsize",
}
"""Tests that take most of the time of all."""


def cases() -> Iterator[unittest.TestCase]:
    """Yield the tests of all modules that are installed."""
    for name, prefixes in MODULES.items():
        with suppress(ImportError, unittest.SkipTest):
            module = importlib.import_module(f"test.{name}")
            for kind in vars(module).values():
                is_wanted = (
                    isinstance(kind, type)
                    and issubclass(kind, unittest.TestCase)
                    and kind.__module__ == module.__name__
                    and kind.__name__ not in LEFT_OUT
                    and (prefixes is None or kind.__name__.startswith(prefixes))
                )
                if is_wanted:
                    for case in unittest.TestLoader().loadTestsFromTestCase(kind):
                        if IS_WHOLE or name_of(case).rpartition(".")[2] not in LONG:
                            yield case


def name_of(case: unittest.TestCase) -> str:
    return case.id().removeprefix("test.")


@pytest.mark.parametrize("case", [*cases()], ids=name_of)
def test_of_cpython(case: unittest.TestCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of CPython's passes with the stand-ins, or it is known why not.

    Some count the threads of the process, of which some belong to the scheduler.
    """
    helper = importlib.import_module("test.support.threading_helper")
    monkeypatch.setattr(helper, "threading_cleanup", lambda *_: None)
    result = unittest.TestResult()
    with virtual_world():
        case.run(result)
    found = [trace for _, trace in (*result.errors, *result.failures)]
    if name_of(case) in DIFFERENT:
        assert found != []
    else:
        assert found == []
