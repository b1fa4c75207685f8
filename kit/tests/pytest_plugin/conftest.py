"""The stage of the plugin's tests."""

from __future__ import annotations

import pytest
from support.actors import Troupe
from support.stage import Stage

from ovos_dialogue_kit.errors import AssistantError, EngineMissingError
from ovos_dialogue_kit.run.assistants import Assistants


@pytest.fixture
def stage(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Stage:
    # some tests are about order, which a plugin of whoever runs them may shuffle
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly")
    troupe = Troupe(
        {
            "padatious": EngineMissingError("no padatious here", hint="pip install it"),
            "adapt": AssistantError("it does not start", hint="mend it"),
        }
    )
    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.run_state.Assistants",
        lambda: Assistants(troupe),
    )
    return Stage(pytester, troupe)
