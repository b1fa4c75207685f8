"""Register the pytest plugin: its options and hooks.

Every run of pytest imports this where the kit is installed, so at module level it
imports only the standard library and the public names of pytest. The definitions of the
options (``run.options``) are a small module; the collector of scripts (``items``) and
the plugin that replays them (``run_state``) are imported when there is a script.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ovos_dialogue_kit.pytest_plugin.assistant import AssistantFactory
    from ovos_dialogue_kit.pytest_plugin.items import ScriptFile

__all__: list[str] = []

_SUFFIX = ".dialogue.yaml"
_NAMES = ("ovos-dialogue-kit", __name__)


def pytest_addoption(
    parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
) -> None:
    """Add each option, and an ini value of the same name."""
    for name in _NAMES:  # named in -p or pytest_plugins, it would be registered twice
        if not pluginmanager.has_plugin(name):
            pluginmanager.set_blocked(name)
    from ovos_dialogue_kit.run.options import PYTEST_OPTIONS  # noqa: PLC0415

    group = parser.getgroup("ovos-dialogue-kit")
    for name, option in PYTEST_OPTIONS.items():
        flag, text = f"--{name.replace('_', '-')}", option.help
        if option.default:
            text = f"{text} Default: {option.default}."
        shape: dict[str, Any] = {"action": "store_true"}  # keywords of argparse
        if option.metavar:
            shape = {"action": "append" if option.is_repeatable else "store"}
            shape["metavar"] = option.metavar
        group.addoption(flag, default=None, help=text, **shape)
        if not option.metavar:
            parser.addini(name, text, type="bool", default=False)
        elif option.is_repeatable:
            parser.addini(name, text, type="args")
        else:
            parser.addini(name, text)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong values before anything is collected."""
    from ovos_dialogue_kit.run.options import PYTEST_OPTIONS  # noqa: PLC0415

    if any(config.getoption(name) or config.getini(name) for name in PYTEST_OPTIONS):
        from ovos_dialogue_kit.pytest_plugin.options import settings_of  # noqa: PLC0415

        settings_of(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScriptFile | None:
    """Collect the dialogues of a script."""
    if not file_path.name.endswith(_SUFFIX) or file_path.name.startswith("."):
        return None
    from ovos_dialogue_kit.pytest_plugin.items import ScriptFile  # noqa: PLC0415

    return ScriptFile.from_parent(parent, path=file_path)


@pytest.fixture(scope="session")
def assistant(pytestconfig: pytest.Config) -> AssistantFactory:
    """Return a factory of conversations with skills, for tests in Python.

    ``assistant("my-skill.me", lang="en-US")`` starts a conversation. Its
    ``say("kitchen", "hello")`` returns the turn, with its ``replies``.
    """
    from ovos_dialogue_kit.pytest_plugin.assistant import AssistantFactory  # noqa: PLC0415
    from ovos_dialogue_kit.pytest_plugin.run_state import run_of  # noqa: PLC0415

    return AssistantFactory(run_of(pytestconfig))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # xdist's WorkerController
    """Add the count of an xdist worker to the total; one that crashed has none."""
    told = getattr(node, "workeroutput", {}).get("ovos_dialogue_kit")
    if told:
        from ovos_dialogue_kit.pytest_plugin.run_state import run_of  # noqa: PLC0415

        run_of(node.config).tally.add(told)
