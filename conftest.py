"""Sets up this repository's own test run.

The kit's plugin needs no conftest: it comes with the installed kit. What is asked for
here is pytest's own tool to test a plugin as its user meets it, which pytest allows in
the topmost conftest only.

Whatever boots an assistant has the mark ``ovos``: dialogues and tests that talk to the
fixture ``assistant`` get it here, and all others cannot boot.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.booting import refused_boots

pytest_plugins = ["pytester"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what boots without saying so."""
    names = getattr(item, "fixturenames", ())
    if item.path.name.endswith(".dialogue.yaml") or "assistant" in names:
        item.add_marker("ovos")


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
