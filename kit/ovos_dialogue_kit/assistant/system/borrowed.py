"""Lend this process to an assistant and put back everything that it changes.

An assistant usually has a process of its own. In another one, such as pytest's, it
must find neither the user's configuration nor modules of OVOS that have read it, and it
must leave nothing behind.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import sys
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

from ovos_dialogue_kit.ovos_packages import is_named_like_ovos

__all__ = ["borrowed"]

_OURS = "ovos_dialogue_kit"
_ON_OVOS = f"{_OURS}.assistant.transports.memory_bus"
"""The module of the kit that is made of classes of OVOS."""


@contextmanager
def borrowed(
    environment: Mapping[str, str], packages: Collection[str]
) -> Iterator[None]:
    """Lend this process to an assistant.

    Args:
        environment: the environment variables while it is lent.
        packages: top-level packages, besides those of OVOS, to import again.

    """
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")  # as in a process of its own
        for put_back in _remember(packages):
            stack.callback(put_back)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        tempfile.tempdir = None  # it is looked up again
        yield


def _remember(packages: Collection[str]) -> Iterator[Callable[[], object]]:
    """Yield a function for each thing to put back; the last is called first."""
    yield gc.collect  # unclosed files warn here, where warnings are ignored
    yield _threads()
    yield _environment()
    yield _modules(packages)
    yield _logging()
    for owner, name in (
        (sys, "path"),
        (tempfile, "tempdir"),
        (threading, "excepthook"),
        (uuid, "uuid4"),
    ):
        yield _attribute(owner, name)
    state, folder = random.getstate(), Path.cwd()
    yield lambda: random.setstate(state)
    yield lambda: os.chdir(folder)


def _attribute(owner: ModuleType, name: str) -> Callable[[], None]:
    value = getattr(owner, name)
    copy = list(value) if isinstance(value, list) else value
    return lambda: setattr(owner, name, copy)


def _environment() -> Callable[[], None]:
    before = dict(os.environ)

    def put_back() -> None:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()

    return put_back


def _modules(packages: Collection[str]) -> Callable[[], None]:
    """Set the modules of OVOS aside, so that they are imported again."""

    def take() -> dict[str, ModuleType]:
        names = [name for name in sys.modules if _is_taken(name, packages)]
        return {name: sys.modules.pop(name) for name in names}

    before = take()

    def put_back() -> None:
        take()
        sys.modules.update(before)

    return put_back


def _is_taken(name: str, packages: Collection[str]) -> bool:
    top = name.partition(".")[0]
    if top == _OURS:
        return name == _ON_OVOS
    return is_named_like_ovos(top) or top in packages


def _logging() -> Callable[[], None]:
    """Keep every logger's level and handlers, and the factory of log records."""
    factory = logging.getLogRecordFactory()
    before = {logger: (logger.level, list(logger.handlers)) for logger in _loggers()}

    def put_back() -> None:
        logging.setLogRecordFactory(factory)
        for logger in _loggers():
            level, handlers = before.get(logger, (logging.NOTSET, []))
            for handler in set(logger.handlers).difference(handlers):
                handler.close()
            logger.setLevel(level)
            logger.handlers[:] = handlers

    return put_back


def _loggers() -> list[logging.Logger]:
    known = logging.getLogger().manager.loggerDict.values()
    named = [logger for logger in known if isinstance(logger, logging.Logger)]
    return [logging.getLogger(), *named]


def _threads() -> Callable[[], None]:
    """End the file watchers that the assistant started, which are real threads."""
    before = set(threading.enumerate())

    def put_back() -> None:
        for thread in set(threading.enumerate()) - before:
            if hasattr(thread, "stop") and type(thread).__module__.startswith(
                "watchdog."
            ):
                thread.stop()
                thread.join(1.0)

    return put_back
