"""A test of the kit boots an assistant only if it has the mark ``ovos``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.booting import refused_boots


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
