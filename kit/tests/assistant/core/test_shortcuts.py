"""Tests that the shortcuts give the same results as what they replace."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest
from websocket import WebSocketProtocolException, _abnf, _utils

from ovos_dialogue_kit.assistant.core.shortcuts import (
    _arguments,
    _is_utf8,
    _parameters,
    _stack,
    check_utf8_fast,
    count_parameters_fast,
    log_errors_fast,
    log_errors_only,
    upload_nothing_fast,
)
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox


def test_the_stack_is_the_stack() -> None:
    """The frames are those of ``inspect.stack``, in its order, with their arguments."""

    def inner(first: str, /, second: int, *_: int, third: int, **__: int) -> bool:
        slow = [record.frame for record in inspect.stack()]
        fast = [record.frame for record in _stack()]
        theirs = inspect.getargvalues(slow[0])
        ours = _arguments(fast[0])
        assert list(ours.args) == theirs.args == ["first", "second", "third"]
        assert ours.locals == theirs.locals
        assert (first, second, third) == ("x", 1, 2)
        return slow == fast

    assert inner("x", 1, third=2)


def test_what_is_no_error_is_not_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads no stack, and is so before other modules of OVOS log their import."""
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        assert "ovos_config" not in sys.modules
        log = import_module("ovos_utils.log")
        monkeypatch.setattr(log.inspect, "stack", _refuse)
        for say in (log.LOG.debug, log.LOG.info, log.LOG.warning):
            say("hello")
        log.log_deprecation("hello", "1.0")


def test_an_error_is_logged_for_its_caller(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the place that it has without the shortcut, be there a module or not."""
    nowhere: dict[str, Any] = {"__name__": "nowhere"}
    exec("def call(log): log('hello')", nowhere)  # noqa: S102  # to be in no module
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        log = import_module("ovos_utils.log")

        def told() -> list[str]:
            log.LOG.error("hello")
            nowhere["call"](log.LOG.error)
            lines = capsys.readouterr().out.splitlines()
            return [line.partition(" - ")[2] for line in lines]

        stock = told()
        log_errors_fast()
        assert told() == stock
        assert f"OVOS - {__name__}:told:" in stock[0]
        assert stock[1] == "OVOS - :call:1 - ERROR - hello"


def _refuse(*_: object) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        "olá, 世界 🌍".encode(),
        b"\xff",
        b"\xc0\x80",  # too long for what it means
        b"\xed\xa0\x80",  # half of a pair
        b"\xf4\x90\x80\x80",  # beyond all characters
        "世".encode()[:2],  # cut off
    ],
)
def test_what_utf8_is(octets: bytes) -> None:
    """It is what websocket-client takes for it."""
    assert _is_utf8(octets) is _utils.validate_utf8(octets)


def test_frames_are_checked_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that websocket-client receives."""
    monkeypatch.setattr(_abnf, "validate_utf8", _refuse)
    check_utf8_fast()
    frame = _abnf.ABNF(1, 0, 0, 0, _abnf.ABNF.OPCODE_CLOSE, 0, b"\x03\xe8\xff")
    with pytest.raises(WebSocketProtocolException, match="Invalid close frame"):
        frame.validate()


class Handlers:
    """Functions with parameters of all kinds."""

    def none(self) -> None: ...

    def one(self, message: object) -> None: ...

    def several(self, first: int, /, second: int = 1, *, third: int) -> None: ...

    def any_number(self, *messages: object, **options: object) -> None: ...

    def only_any_number(*messages: object) -> None: ...  # self is one

    def without_self() -> None: ...  # type: ignore[misc]  # a mistake

    @functools.wraps(one)
    def wrapped(self, *_: object) -> None: ...

    @classmethod
    def of_class(cls, message: object) -> None: ...

    @staticmethod
    def static(message: object) -> None: ...

    partial = functools.partialmethod(several, 1)

    def __call__(self, message: object) -> None: ...


def handlers() -> list[Callable[..., object]]:
    names = [name for name in vars(Handlers) if not name.startswith("__")]
    owners = (Handlers, Handlers())
    found = [getattr(owner, name) for owner in owners for name in names]
    return [*found, Handlers(), functools.partial(Handlers.one, None), print, dict]


@pytest.mark.parametrize("number", range(len(handlers())))
def test_parameters(number: int) -> None:
    """There are as many as ``inspect`` finds, or it is the same error."""
    handler = handlers()[number]
    assert counted(_parameters, handler) == counted(inspect.signature, handler)


def counted(signature: Callable[..., Any], handler: object) -> int | str:
    try:
        return len(signature(handler).parameters)
    except ValueError as error:
        return str(error)


@pytest.mark.ovos
def test_handlers_are_called_without_a_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a skill's events, with a message or without."""
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()
        events = import_module("ovos_utils.events")
        count_parameters_fast()
    monkeypatch.setattr(inspect, "signature", _refuse)
    called: list[object] = []
    for handler in (lambda: called.append("none"), lambda _: called.append("one")):
        events.create_basic_wrapper(handler)("a message")
    assert called == ["none", "one"]


class IntentService:
    """Uploads nothing, but tells who does it."""

    uploads: ClassVar[list[object]] = []

    def _upload_match_data(self, *what: object) -> None:
        self.uploads.append((what, threading.current_thread().name))


@pytest.mark.ovos
@pytest.mark.parametrize(
    ("config", "is_alone", "is_uploaded"),
    [
        ({}, True, False),
        ({"open_data": {"intent_urls": []}}, True, False),
        ({}, False, True),
        ({"open_data": {"intent_urls": ["http://a"]}}, True, True),
        ({"open_data": "http://a"}, True, True),  # its thread raises
    ],
)
def test_threads_of_uploads(
    tmp_path: Path,
    config: dict[str, object],
    *,
    is_alone: bool,
    is_uploaded: bool,
) -> None:
    """None is started for nothing; the names of all others stay the same."""
    sandbox = Sandbox(OwnFolder(tmp_path))
    sandbox.configure(config)
    with borrowed(sandbox.environment(os.environ), ()):
        log_errors_only()
        upload_nothing_fast(lambda: is_alone)
        create = import_module("ovos_utils.thread_utils").create_daemon
        IntentService.uploads.clear()
        before = create(print, ())
        made = create(IntentService()._upload_match_data, ("a", {}))
        after = create(print, ())
        for thread in (before, after, *([made] if is_uploaded else [])):
            thread.join()
    first, last = (int(each.name.split()[0][7:]) for each in (before, after))
    assert last == first + 2
    uploads = [(("a", {}), made.name)] if is_uploaded else []
    assert IntentService.uploads == uploads
