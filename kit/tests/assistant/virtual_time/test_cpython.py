"""CPython's own tests of locks, conditions, semaphores and barriers, in virtual time.

They are in ``test.lock_tests``, which not every installation has.
"""

from __future__ import annotations

import threading
import unittest
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from support.worlds import World, virtual_world

lock_tests = pytest.importorskip("test.lock_tests")

KINDS = {
    "Lock": ("LockTests", {"locktype": "Lock"}),
    "RLock": ("RLockTests", {"locktype": "RLock"}),
    "Event": ("EventTests", {"eventtype": "Event"}),
    "Condition": ("ConditionTests", {"condtype": "Condition"}),
    "Semaphore": ("SemaphoreTests", {"semtype": "Semaphore"}),
    "BoundedSemaphore": ("BoundedSemaphoreTests", {"semtype": "BoundedSemaphore"}),
    "Barrier": ("BarrierTests", {"barriertype": "Barrier"}),
}


def cases() -> Iterator[tuple[str, str]]:
    """Yield what is tested, and the name of a test."""
    for kind, (suite, _) in KINDS.items():
        for name in unittest.TestLoader().getTestCaseNames(getattr(lock_tests, suite)):
            yield kind, name


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Yield a world in which the tests start threads of the scheduler.

    They count the threads of the whole process, some of which belong to the scheduler.
    """

    def start(function: Callable[..., object], args: tuple[object, ...] = ()) -> None:
        threading.Thread(target=function, args=args).start()

    helper = lock_tests.threading_helper
    monkeypatch.setattr(lock_tests, "start_new_thread", start)
    monkeypatch.setattr(helper, "wait_threads_exit", lambda *_, **__: nullcontext())
    monkeypatch.setattr(helper, "threading_setup", tuple)
    monkeypatch.setattr(helper, "threading_cleanup", lambda *_: None)
    with virtual_world() as made:
        yield made


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("kind", "name"), [*cases()])
def test_of_cpython(kind: str, name: str) -> None:
    """A test of CPython's passes with the stand-ins."""
    suite, types = KINDS[kind]
    own = {
        attribute: staticmethod(getattr(threading, value))
        for attribute, value in types.items()
    }
    case = type(kind, (getattr(lock_tests, suite),), own)(name)
    result = unittest.TestResult()
    case.run(result)
    assert [trace for _, trace in (*result.errors, *result.failures)] == []
