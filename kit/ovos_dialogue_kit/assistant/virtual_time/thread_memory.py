"""Raise the limit of memory by what a new thread reserves, which is not use.

A fork that replays has a limit of address space, so that a runaway allocation ends in a
``MemoryError``. A thread takes several megabytes of it for its stack, of which it uses
few, so a limit alone would be one of threads, too.
"""

from __future__ import annotations

import resource
import threading

__all__ = ["make_room_for_each_thread", "make_room_for_thread"]

_USUAL_STACK = 8 << 20


def make_room_for_each_thread() -> None:
    """Raise the limit whenever a thread is started, where no scheduler does that."""
    start = threading.Thread.start

    def start_with_room(thread: threading.Thread) -> None:
        make_room_for_thread()
        start(thread)

    threading.Thread.start = start_with_room  # type: ignore[assignment, method-assign]


def make_room_for_thread() -> None:
    """Raise the limit for another thread."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return
    stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
    if stack == resource.RLIM_INFINITY:
        stack = _USUAL_STACK
    wanted = soft + (threading.stack_size() or stack) + resource.getpagesize()
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
