"""Imports point one way; these tests walk the sources and hold them to it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import ovos_dialogue_kit

ROOT = Path(ovos_dialogue_kit.__file__).parent
PACKAGE = "ovos_dialogue_kit"
GRAMMAR = "ovos_spec_tools"
"""The ecosystem's reference grammar: a pure library, no part of the assistant."""

FRONT_ENDS = {"cli", "plugin"}
ABOVE_REPLAY = {
    "api",
    "conversation",
    "isolate",
    "loading",
    "parallel",
    "plan",
    "report",
    "result_json",
    "runner",
}

TRIED = {"assistant.engines": {"ImportError"}}
"""FANN is installed and does not import where Debian's libfann2 is missing."""


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the kit by its dotted name below the package."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names of all that is imported, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str) -> set[str]:
    """Return the modules of the kit that a module imports."""
    prefix = f"{PACKAGE}."
    wanted = {each.removeprefix(prefix) for each in imports(modules()[name])}
    return wanted & set(modules())


def is_pure(name: str) -> bool:
    """Return whether a module is below replay: no assistant, no front end."""
    top = name.partition(".")[0]
    return bool(name) and not (
        top in {"assistant", *FRONT_ENDS, *ABOVE_REPLAY} or top.startswith("pytest_")
    )


def test_imports_have_no_cycle() -> None:
    """Modules can be put in an order in which each imports only earlier ones."""
    graph = {name: own(name) - {name} for name in modules() if name}
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("name", modules())
def test_only_assistant_imports_ovos(name: str) -> None:
    """OVOS is known in one package; the grammar library is not part of it."""
    foreign = {each.split(".")[0] for each in imports(modules()[name])}
    ovos = {each for each in foreign if each.startswith(("ovos_", "padacioso"))}
    allowed = {PACKAGE, GRAMMAR} if name == "templates" else {PACKAGE}
    assert name.startswith("assistant.") or ovos <= allowed


@pytest.mark.parametrize("name", [name for name in modules() if is_pure(name)])
def test_what_is_below_replay_is_pure(name: str) -> None:
    """Scripts, fixtures and comparison know no assistant, front end, test or clock."""
    tops = {each.split(".")[0] for each in own(name)}
    assert not tops & {"assistant", *FRONT_ENDS, *ABOVE_REPLAY}
    foreign = {each.split(".")[0] for each in imports(modules()[name])}
    assert not foreign & {"pytest", "click", "rich", "time", "datetime", "threading"}


@pytest.mark.parametrize("name", modules())
def test_nothing_private_of_pytest(name: str) -> None:
    """A plugin that imports ``_pytest`` breaks test runs when pytest moves."""
    assert not any(each.startswith("_pytest") for each in imports(modules()[name]))


def test_the_plugin_imports_nothing_at_module_level() -> None:
    """Every test run of its user pays for what the plugin imports."""
    body = ast.Module(
        [
            node
            for node in modules()["plugin"].body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ],
        type_ignores=[],
    )
    tops = {each.split(".")[0] for each in imports(body)}
    assert tops <= {"pytest", *sys.stdlib_module_names}


@pytest.mark.parametrize(
    "name", [name for name in modules() if name.startswith("assistant.")]
)
def test_the_assistant_knows_no_front_end(name: str) -> None:
    """The assistant is below the runner and all that shows results."""
    tops = {each.split(".")[0] for each in own(name)}
    assert not tops & {*FRONT_ENDS, *ABOVE_REPLAY, "compare", "render"}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in modules()
        if name.startswith("assistant.") and "generations" not in name
    ],
)
def test_versions_differ_in_one_place(name: str) -> None:
    """Only ``generations`` asks what is installed; nobody tries it out."""
    asked = {each for each in imports(modules()[name]) if each.endswith(".version")}
    words = {
        node.id for node in ast.walk(modules()[name]) if isinstance(node, ast.Name)
    }
    tried = words & {"ImportError", "ModuleNotFoundError"}
    assert (asked, tried) == (set(), TRIED.get(name, set()))
