"""Systems on which no assistant can run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.system import linux
from ovos_dialogue_kit.errors import AssistantError


def test_without_proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux that hides its processes is refused; the hint shows them."""
    linux.require_linux()
    monkeypatch.setattr(linux, "_PROCESSES", tmp_path / "proc")
    with pytest.raises(AssistantError) as error:
        linux.require_linux()
    assert str(error.value) == (
        f'an assistant needs "{tmp_path}/proc", which is not there\n'
        "  mount -t proc proc /proc"
    )
