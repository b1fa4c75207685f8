"""A test of the kit boots an assistant only if it has the mark ``ovos``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.booting import refused_boots

from ovos_dialogue_kit.assistant import device


@pytest.fixture(scope="session")
def _boots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("boots")


@pytest.fixture(autouse=True)
def _boots_only_if_marked(
    request: pytest.FixtureRequest, _boots: Path
) -> Iterator[None]:
    """Fail a test that boots without the mark ``ovos``."""
    if request.node.get_closest_marker("ovos"):
        yield
        return
    with refused_boots(_boots):
        yield


@pytest.fixture(autouse=True)
def _same_notes_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the note on padatious, which only some environments have."""
    has_engine = device.has_engine
    monkeypatch.setattr(
        device, "has_engine", lambda name: name != "padatious" and has_engine(name)
    )
