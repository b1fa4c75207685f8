"""A process that is lent to an assistant is as it was before, afterwards."""

from __future__ import annotations

import logging
import os
import random
import sys
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.system.borrowed import borrowed

HERE = str(Path(__file__).parent)
ENVIRONMENT = {"PATH": os.environ["PATH"], "TZ": "Asia/Tokyo", "TMPDIR": HERE}


def state() -> dict[str, Any]:  # whatever can be compared
    return {
        "environment": dict(os.environ),
        "zone": time.tzname,
        "folder": Path.cwd(),
        "path": list(sys.path),
        "temporary": tempfile.tempdir,
        "excepthook": threading.excepthook,
        "uuid4": uuid.uuid4,
        "chance": random.getstate(),
        "record factory": logging.getLogRecordFactory(),
        "handlers": list(logging.getLogger().handlers),
        "level": logging.getLogger().level,
        "filters": list(warnings.filters),
        "threads": set(threading.enumerate()),
    }


def change_folder() -> None:
    os.chdir("/")


def change_handlers() -> None:
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger().setLevel(logging.CRITICAL)


CHANGES: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "environment": lambda: os.environ.update(NEW="1"),
    "folder": change_folder,
    "path": lambda: sys.path.append("/nowhere"),
    "temporary": tempfile.gettempdir,
    "excepthook": lambda: setattr(threading, "excepthook", print),
    "uuid4": lambda: setattr(uuid, "uuid4", uuid.uuid1),
    "chance": lambda: random.seed(0),
    "record factory": lambda: logging.setLogRecordFactory(logging.LogRecord),
    "handlers": change_handlers,
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_put_back(name: str) -> None:
    """Whatever an assistant changes in the process is put back."""
    before = state()
    with borrowed(ENVIRONMENT, ()):
        CHANGES[name]()
    assert state() == before


def test_error_passes() -> None:
    """An error passes through, and everything is put back."""
    before = state()
    with pytest.raises(ValueError, match=r"^mine$"), borrowed(ENVIRONMENT, ()):
        raise ValueError("mine")
    assert state() == before


def test_environment() -> None:
    """The environment is the one given, and heeded: zone and temporary folder."""
    with borrowed(ENVIRONMENT, ()):
        assert dict(os.environ) == ENVIRONMENT
        assert time.tzname == ("JST", "JST")
        assert tempfile.gettempdir() == HERE


@pytest.mark.parametrize("name", ["ovos_xyz", "ovos_xyz.part", "my_skill.part"])
def test_modules(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of OVOS and of the skill are imported again, and put back afterwards."""
    host, guest = ModuleType(name), ModuleType(name)
    monkeypatch.setitem(sys.modules, name, host)
    with borrowed(ENVIRONMENT, {"my_skill"}):
        assert name not in sys.modules
        sys.modules[name] = guest
    assert sys.modules[name] is host


def test_modules_that_were_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of OVOS that only the assistant imported is gone."""
    monkeypatch.delitem(sys.modules, "ovos_xyz", raising=False)
    with borrowed(ENVIRONMENT, ()):
        sys.modules["ovos_xyz"] = ModuleType("ovos_xyz")
    assert "ovos_xyz" not in sys.modules


def test_other_modules_stay() -> None:
    """Modules of others, the kit's among them, stay as they are."""
    before = (
        sys.modules["ovos_dialogue_kit.assistant.system.borrowed"],
        sys.modules["json"],
    )
    with borrowed(ENVIRONMENT, ()):
        kept = (
            sys.modules["ovos_dialogue_kit.assistant.system.borrowed"],
            sys.modules["json"],
        )
    assert kept == before


def test_loggers_of_the_assistant() -> None:
    """A logger that the assistant made keeps no handler: its stream may be closed."""
    with borrowed(ENVIRONMENT, ()):
        logger = logging.getLogger("test_borrowed.new")
        logger.addHandler(logging.NullHandler())
        logger.setLevel(logging.DEBUG)
    assert (logger.handlers, logger.level) == ([], logging.NOTSET)


def test_warnings_are_the_assistants_own() -> None:
    """Warnings of the assistant are not errors, even if others are."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with borrowed(ENVIRONMENT, ()):
            warnings.warn("old", DeprecationWarning, stacklevel=1)


class Watcher(threading.Thread):
    """A thread like those that watch files for ovos-config."""

    __module__ = "watchdog.observers"

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._end = threading.Event()

    def run(self) -> None:
        self._end.wait()

    def stop(self) -> None:
        self._end.set()


def test_watchers_of_files_end() -> None:
    """Real threads that the assistant began end with it; others are left alone."""
    others = Watcher()
    others.start()
    with borrowed(ENVIRONMENT, ()):
        watcher = Watcher()
        watcher.start()
        thread = threading.Thread(target=others.join)
        thread.start()
    assert (watcher.is_alive(), others.is_alive(), thread.is_alive()) == (
        False,
        True,
        True,
    )
    others.stop()
    thread.join()
