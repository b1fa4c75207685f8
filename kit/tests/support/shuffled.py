"""A plugin of pytest that shuffles tests: ``-p support.shuffled --shuffle SEED``.

The order of the modules is random, and so is that of the tests of each, so that what a
module's tests share is made once. The same seed gives the same order to all workers of
pytest-xdist.
"""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="shuffle all tests")


def pytest_report_header(config: pytest.Config) -> str:
    return f"shuffled: --shuffle {config.getoption('shuffle')}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    chance = random.Random(config.getoption("shuffle"))  # noqa: S311  # not secret
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    shuffled = list(modules.values())
    chance.shuffle(shuffled)
    for tests in shuffled:
        chance.shuffle(tests)
    items[:] = [item for tests in shuffled for item in tests]
