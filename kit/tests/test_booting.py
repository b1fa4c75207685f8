"""Tests without the mark ``ovos`` boot nothing, so ``tox -e fast`` is fast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.booting import refused_boots

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError


def test_a_test_without_the_mark_cannot_boot(tmp_path: Path) -> None:
    """Its assistant gets no ovos-core, and the test fails whatever it makes of that."""
    with (
        pytest.raises(AssertionError, match="give it the mark ovos"),
        refused_boots(tmp_path),
        pytest.raises(AssistantError) as told,
        SubprocessAssistant(Setup(("ovos-skill-repeater.kit",))),
    ):
        pass
    assert "a test without the mark ovos boots an assistant" in str(told.value)


def test_other_processes_are_let_go(tmp_path: Path) -> None:
    """Tests that need no ovos-core run as usual."""
    with refused_boots(tmp_path):
        subprocess.run([sys.executable, "-c", "import ovos_utils"], check=True)


@pytest.mark.long
def test_a_dialogue_has_the_mark(request: pytest.FixtureRequest) -> None:
    """A script is collected with the mark, wherever it lies in this repository."""
    asked = [sys.executable, "-m", "pytest", "-q", "--collect-only"]
    asked += ["kit/tests/matrix/test_html.py", "examples/leaky"]
    done = subprocess.run(
        [*asked, "-m", "not ovos"],
        cwd=request.config.rootpath,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "test_html.py" in done.stdout
    assert ".dialogue.yaml" not in done.stdout
