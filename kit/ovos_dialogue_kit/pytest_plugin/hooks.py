"""The pytest plugin: its options and hooks.

Every run of pytest imports this where the kit is installed, so it needs nothing but the
standard library and pytest, and of pytest only what is public. What it takes to collect
scripts (``pytest_items``) and to replay them (``pytest_run``, a plugin of its own) is
imported when there is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ovos_dialogue_kit.pytest_plugin.assistant import AssistantFactory
    from ovos_dialogue_kit.pytest_plugin.items import ScriptFile

__all__: list[str] = []

_OPTIONS = (
    ("kit_engine", "args", "ENGINE", "Engine for all dialogues; may be repeated."),
    ("kit_skill", "args", "ID", "Skill for all dialogues; may be repeated."),
    ("kit_transformers", "args", "NAME", "Utterance transformer; may be repeated."),
    ("kit_bus", "string", "BUS", "memory (the default), real, or a ws:// address."),
    (
        "kit_deadline",
        "string",
        "SECONDS",
        "Time of the assistant that a turn may take.",
    ),
    (
        "kit_order_seed",
        "string",
        "N",
        "Shuffle the listeners of each message, by this seed.",
    ),
    ("kit_strict_engines", "bool", None, "A missing engine is an error, not a skip."),
    ("kit_shared", "bool", None, "Replay in this process, where a debugger reaches."),
    ("kit_isolate", "bool", None, "Hunt for leaks between sessions in all dialogues."),
    (
        "kit_isolate_schedules",
        "string",
        "N",
        "Schedules of a dialogue that the hunt tries; 100 by default.",
    ),
)
"""Name, kind of the ini value, what stands for it in the help, and the help."""

_SUFFIX = ".dialogue.yaml"
_NAMES = ("ovos-dialogue-kit", __name__)
_EMPTY: dict[str, object] = {"args": [], "string": "", "bool": False}


def pytest_addoption(
    parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
) -> None:
    """Add each option, and its ini value of the same name."""
    for name in _NAMES:  # named in -p or pytest_plugins, it would come a second time
        if not pluginmanager.has_plugin(name):
            pluginmanager.set_blocked(name)
    group = parser.getgroup("ovos-dialogue-kit")
    for name, kind, metavar, text in _OPTIONS:
        shape: dict[str, Any] = {"action": "store_true"}  # keywords of argparse
        if metavar:
            shape = {"action": "append" if kind == "args" else "store"}
            shape["metavar"] = metavar
        flag = f"--{name.replace('_', '-')}"
        group.addoption(flag, dest=name, default=None, help=text, **shape)
        parser.addini(name, text, type=kind, default=_EMPTY[kind])  # type: ignore[arg-type]  # it names the kinds one by one


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong values at once, if any are given."""
    if any(config.getoption(name) or config.getini(name) for name, *_ in _OPTIONS):
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
    """Talk to a skill from a test in Python.

    ``assistant("my-skill.me", lang="en-US")`` begins a conversation; its
    ``say("kitchen", "hello")`` returns the turn with its ``replies``.
    """
    from ovos_dialogue_kit.pytest_plugin.assistant import AssistantFactory  # noqa: PLC0415
    from ovos_dialogue_kit.pytest_plugin.run import run_of  # noqa: PLC0415

    return AssistantFactory(run_of(pytestconfig))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # xdist's WorkerController
    """Take over what a worker of xdist replayed; one that crashed tells nothing."""
    told = getattr(node, "workeroutput", {}).get("ovos_dialogue_kit")
    if told:
        from ovos_dialogue_kit.pytest_plugin.run import run_of  # noqa: PLC0415

        run_of(node.config).tally.add(told)
