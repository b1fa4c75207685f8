"""Tests that a Python on which virtual time cannot work is told."""

from __future__ import annotations

import platform
import threading

import pytest
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.virtual_time import python_internals
from ovos_dialogue_kit.assistant.virtual_time.python_internals import (
    require_python_internals,
)
from ovos_dialogue_kit.errors import AssistantError


def test_this_python_has_all_names() -> None:
    """So has every version that is tested."""
    require_python_internals()


@pytest.mark.parametrize(
    ("owner", "whose"),
    [(threading, "threading"), (threading.main_thread(), "_MainThread")],
)
def test_a_name_that_is_gone_is_told(
    monkeypatch: pytest.MonkeyPatch, owner: object, whose: str
) -> None:
    """The version of Python and the name are said, before time is virtual."""
    gone = ((owner, "_renamed"),)
    monkeypatch.setattr(python_internals, "_INTERNALS", gone)
    with pytest.raises(AssistantError) as error, virtual_world():
        pytest.fail("there is no virtual time")
    assert str(error.value) == (
        f'Python {platform.python_version()} has no "{whose}._renamed", on which '
        "virtual time relies\n  upgrade the kit, or use an older version of Python"
    )
