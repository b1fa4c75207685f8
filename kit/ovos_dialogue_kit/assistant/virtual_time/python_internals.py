"""Require the internal names of Python on which virtual time is built.

Python promises none of them. If one is renamed, replacing it changes nothing, and code
under test would wait in real time without an error.
"""

from __future__ import annotations

import concurrent.futures.thread
import platform
import queue
import random
import threading

from ovos_dialogue_kit.errors import AssistantError

__all__ = ["require_python_internals"]

_INTERNALS: tuple[tuple[object, str], ...] = (
    (concurrent.futures.thread, "_global_shutdown_lock"),
    (concurrent.futures.thread, "_threads_queues"),
    (queue, "_PySimpleQueue"),
    (random, "_urandom"),
    (threading, "_PyRLock"),
    (threading, "_allocate_lock"),
    (threading, "_counter"),
    (threading.Thread, "_bootstrap"),
    (threading.main_thread(), "_daemonic"),
)


def require_python_internals() -> None:
    """Raise if this version of Python lacks a name that virtual time relies on.

    Raises:
        AssistantError: which one.

    """
    for owner, name in _INTERNALS:
        if not hasattr(owner, name):
            whose = getattr(owner, "__name__", type(owner).__name__)
            raise AssistantError(
                f'Python {platform.python_version()} has no "{whose}.{name}", on which '
                "virtual time relies",
                hint="upgrade the kit, or use an older version of Python",
            )
