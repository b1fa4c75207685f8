"""Sets up this repository's own test run.

The kit's plugin needs no conftest: it comes with the installed kit. What is asked for
here is pytest's own tool to test a plugin as its user meets it, which pytest allows in
the topmost conftest only, and the mark ``ovos`` for what boots without saying so.
"""

from __future__ import annotations

import compileall
import gc
from pathlib import Path

import ovos_dialogue_kit
import pytest

pytest_plugins = ["pytester"]


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Import the kit and Hypothesis without pytest's rewriting of their assertions.

    pytest rewrites every package that has a plugin, which takes two seconds in each
    process of pytest-xdist. This hook is called before anything else is imported.
    """
    marked = getattr(pluginmanager.rewrite_hook, "_must_rewrite", set())
    marked -= {"hypothesis", "ovos_dialogue_kit"}


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kit once, for the hundreds of processes that import it.

    An installer does so too, except where it only points to a checkout.
    """
    if not hasattr(config, "workerinput"):  # of pytest-xdist
        compileall.compile_dir(Path(ovos_dialogue_kit.__file__).parent, quiet=2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Keep the tests of a file, which share assistants, in one process."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415  # not always there

    is_default = config.getoption("dist") == "load"
    return LoadFileScheduling(config, log) if is_default else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark dialogues, and tests that talk to the fixture ``assistant``."""
    names = getattr(item, "fixturenames", ())
    if item.path.name.endswith(".dialogue.yaml") or "assistant" in names:
        item.add_marker("ovos")


def pytest_collection_finish() -> None:
    """Let a collection of garbage leave out what lives as long as the test run.

    Otherwise each looks at thousands of tests, and some tests need dozens.
    """
    gc.freeze()
