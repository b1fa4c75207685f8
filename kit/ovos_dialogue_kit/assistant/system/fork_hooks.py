"""Leave out of the copies of this process what a library does in each of its forks.

What ``os.register_at_fork`` gets is for forks that go on beside their original, some
threads of which may have held a lock. A copy is made of a process with one thread, and
takes its place: everything is to be as it was.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["copying", "without_hooks_in_copies"]

_is_copying = False


@contextmanager
def copying() -> Iterator[None]:
    """Take each fork for a copy while this lasts.

    In a fork, Python gives new locks to all threads that it knows of, and takes those
    that have not begun for ended. So that it leaves them alone, it is made to forget
    them first.
    """
    threading._dangling.clear()  # type: ignore[attr-defined]  # noqa: SLF001  # a set that nothing else needs
    global _is_copying  # noqa: PLW0603  # one process has one list of hooks
    _is_copying = True
    try:
        yield
    finally:
        _is_copying = False


@contextmanager
def without_hooks_in_copies() -> Iterator[None]:
    """Let the hooks that are registered while this lasts be called in other forks."""
    register = os.register_at_fork

    def register_for_others(**hooks: Callable[[], object]) -> None:
        register(**{name: _unless_copying(hook) for name, hook in hooks.items()})

    os.register_at_fork = register_for_others  # type: ignore[assignment]  # these names
    try:
        yield
    finally:
        os.register_at_fork = register


def _unless_copying(hook: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        if not _is_copying:
            hook()

    return call
