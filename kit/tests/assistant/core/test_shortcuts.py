"""Tests that the shortcuts give the same results as what they replace."""

from __future__ import annotations

import inspect
import os
import sys
from importlib import import_module
from pathlib import Path

import pytest
from websocket import WebSocketProtocolException, _abnf, _utils

from ovos_dialogue_kit.assistant.core.shortcuts import (
    _arguments,
    _is_utf8,
    _stack,
    check_utf8_fast,
    log_errors_only,
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


def _refuse() -> None:
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
