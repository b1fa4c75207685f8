"""CPython's own tests of queues, timers, schedulers, selectors and executors.

They are in the package ``test``, of which not every installation has all.
"""

from __future__ import annotations

import importlib
import logging
import os
import unittest
from collections.abc import Iterator
from contextlib import suppress

import pytest
from support.worlds import virtual_world

pytestmark = pytest.mark.long

IS_WHOLE = "KIT_WAITS" in os.environ
"""Whether the tests are run that take long; tox -e conformance-py311 does."""

POOLS = ("Future", "ThreadPool", *(["ProcessPoolFork"] if IS_WHOLE else []))
"""Executors whose tests run. Those of processes take as much time as in real time."""

_FUTURES = ("as_completed", "deadlock", "future", "init", "process_pool", "shutdown")
MODULES = {
    "test_queue": ("",),
    "test_sched": ("",),
    "test_selectors": ("",),
    "test_threading": ("TimerTests",),
    "test_concurrent_futures": POOLS,  # of Python 3.10 and 3.11, later it is a package
    **{
        f"test_concurrent_futures.test_{name}": POOLS
        for name in (*_FUTURES, "thread_pool", "wait")
    },
}
"""Modules, with how the names of the classes to run begin."""

_KINDS = ("Default", "Select", "Poll", "Epoll")
DIFFERENT = {
    f"test_selectors.{kind}SelectorTestCase.test_select_interrupt_exc": (
        "alarms count real time, of which a virtual wait takes none"
    )
    for kind in _KINDS
}
"""Tests that must fail, with the reason."""

LEFT_OUT = {
    "CSimpleQueueTest": "its copy of queue keeps the queue in C, whose time is real",
    "ProcessPoolForkserver": "starts processes as ProcessPoolSpawn does",
    "ProcessPoolSpawn": "starts new interpreters for minutes, in real time; "
    "a usage has one",
    "test_hang_global_shutdown_lock": "has a thread that never waits, which keeps the "
    "others waiting for two seconds hundreds of times",
}
"""Beginnings of classes and tests that are not run, with the reason."""

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
    for path, prefixes in MODULES.items():
        with suppress(ImportError, unittest.SkipTest):
            module = importlib.import_module(f"test.{path}")
            for kind in vars(module).values():
                is_wanted = (
                    isinstance(kind, type)
                    and issubclass(kind, unittest.TestCase)
                    and kind.__module__ == module.__name__
                    and kind.__name__.startswith(prefixes)
                    and not kind.__name__.startswith(tuple(LEFT_OUT))
                )
                if is_wanted:
                    for name in unittest.TestLoader().getTestCaseNames(kind):
                        if name not in LEFT_OUT and (IS_WHOLE or name not in LONG):
                            yield kind(name)


def name_of(case: unittest.TestCase) -> str:
    return case.id().removeprefix("test.")


@pytest.mark.parametrize("case", [*cases()], ids=name_of)
def test_of_cpython(case: unittest.TestCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of CPython's passes with the stand-ins, or it is known why not.

    Some count the threads of the process, of which some belong to the scheduler. Some
    look at what is logged where no handler is.
    """
    monkeypatch.setattr(logging.getLogger("concurrent.futures"), "propagate", False)
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
