"""Tests of the audit hook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.system.audit import hear_events, hear_no_more


def test_events_are_heard_until_they_are_no_more(tmp_path: Path) -> None:
    """Each hearer gets its events alone, with their arguments."""
    heard: list[tuple[str, Any]] = []

    def hear(event: str, args: tuple[Any, ...]) -> None:
        heard.append((event, args[0]))

    hear_events(["os.mkdir", "os.rename"], hear)
    try:
        (tmp_path / "a").mkdir()
        (tmp_path / "a").rename(tmp_path / "b")
        os.listdir(tmp_path)  # noqa: PTH208  # another event
    finally:
        hear_no_more(hear)
    (tmp_path / "c").mkdir()
    assert [(event, Path(path)) for event, path in heard] == [
        ("os.mkdir", tmp_path / "a"),
        ("os.rename", tmp_path / "a"),
    ]


def test_what_a_hearer_raises_prevents_the_event(tmp_path: Path) -> None:
    """The code that would have done it gets the exception."""

    def refuse(_: str, __: tuple[Any, ...]) -> None:
        raise PermissionError("no")

    hear_events(["os.mkdir"], refuse)
    try:
        with pytest.raises(PermissionError, match="no"):
            (tmp_path / "a").mkdir()
    finally:
        hear_no_more(refuse)
    assert list(tmp_path.iterdir()) == []
