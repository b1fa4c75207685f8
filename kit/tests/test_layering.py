"""Imports point one way; these tests walk the sources and hold them to it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter

from support.sources import sources

PACKAGE = "ovos_dialogue_kit"
GRAMMAR = "ovos_spec_tools"
"""The ecosystem's reference grammar: a pure library, not part of the assistant."""

LAYERS = (
    {"_version", "counting", "error_codes", "ovos_packages", "visible"},
    {"errors"},
    {"jsondata", "regex_search"},
    {"project"},
    {"script"},
    {"skill"},
    {"fixture"},
    {"replayer"},
    {"assistant", "conversation", "verdict"},
    {"render"},
    {"matrix", "run"},
    {"api", "isolate"},
    {"cli", "pytest_plugin"},
    {"__main__"},
)
"""A folder or root module imports what stands above it here, and its own."""

PURE = {
    "counting",
    "error_codes",
    "errors",
    "fixture",
    "jsondata",
    "ovos_packages",
    "project",
    "render",
    "script",
    "skill",
    "verdict",
    "visible",
}
"""Folders that know of no assistant, test run or clock."""

IMPURE_MODULES = {"pytest", "click", "rich", "time", "datetime", "threading"}

PRINTING = {"echo", "secho", "print"}
"""Functions that write to the streams."""

ALLOWED_TO_TRY = {
    ("assistant.core.engines", "ImportError"),
    ("assistant.transports.hivemind.on_memory", "ImportError"),
}
"""What is installed and may not import: FANN, where Debian's libfann2 is missing, and
hivemind-core 4.0.0, without the older versions of what it requires."""


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the kit by its dotted name below the package."""
    found = {}
    for path, tree in sources().items():
        parts = path.removesuffix(".py").split("/")
        found[".".join(part for part in parts if part != "__init__")] = tree
    return found


@cache
def imports_of(name: str) -> frozenset[str]:
    """Return the dotted names of everything that a module imports."""
    return frozenset(imported_by(modules()[name]))


def imported_by(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names of everything that is imported, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(name: str) -> set[str]:
    """Return the modules of the kit that a module imports."""
    prefix = f"{PACKAGE}."
    wanted = {each.removeprefix(prefix) for each in imports_of(name)}
    return wanted & modules().keys() - {"", name}


def foreign_imports(name: str) -> set[str]:
    """Return the top-level packages that a module imports."""
    return {each.split(".")[0] for each in imports_of(name)}


def folder_of(name: str) -> str:
    """Return the folder, or the root module, that a module belongs to."""
    return name.partition(".")[0]


def test_each_folder_imports_only_lower_layers() -> None:
    """A folder imports only what comes before it in ``LAYERS``."""
    layer = {folder: i for i, folders in enumerate(LAYERS) for folder in folders}
    upward = [
        f"{name} imports {other}"
        for name in modules()
        if name
        for other in own_imports(name)
        if folder_of(name) != folder_of(other)
        and layer[folder_of(name)] <= layer[folder_of(other)]
    ]
    assert upward == []


def test_imports_have_no_cycle() -> None:
    """Modules can be put in an order in which each imports only earlier ones."""
    graph = {name: own_imports(name) for name in modules() if name}
    assert list(TopologicalSorter(graph).static_order())


def test_only_the_assistant_imports_ovos() -> None:
    """Only ``assistant/`` imports OVOS; the grammar library is not part of it."""
    importing = {
        (name, package)
        for name in modules()
        for package in foreign_imports(name)
        if package.startswith(("ovos_", "padacioso", "hivemind_"))
        and package != PACKAGE
        if folder_of(name) != "assistant"
    }
    assert importing == {("script.templates", GRAMMAR)}


def test_what_is_pure_stays_pure() -> None:
    """Scripts, fixtures and verdicts depend on no clock, thread or front end."""
    impure = [
        f"{name} imports {package}"
        for name in modules()
        if folder_of(name) in PURE
        for package in foreign_imports(name) & IMPURE_MODULES
    ]
    assert impure == []


def test_text_meets_the_terminal_in_one_place() -> None:
    """Only ``cli.output`` and ``cli.console``, which escape, write to the streams."""
    writing = {
        name
        for name, tree in modules().items()
        if not name.startswith(("assistant", "regex_search"))  # in processes of theirs
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and _name(node.func) in PRINTING)
        or (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.stdout")
    }
    assert writing == {"cli.output", "cli.console"}


def _name(function: ast.expr) -> str:
    """Return the last part of a function's dotted name."""
    return str(getattr(function, "attr", getattr(function, "id", "")))


def test_nothing_private_of_pytest_is_imported() -> None:
    """A plugin that imports ``_pytest`` breaks test runs when pytest moves."""
    assert [name for name in modules() if "_pytest" in foreign_imports(name)] == []


def test_the_plugin_imports_nothing_at_module_level() -> None:
    """Every test run of its user pays for what the plugin imports."""
    body = ast.Module(
        [
            node
            for node in modules()["pytest_plugin.hooks"].body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ],
        type_ignores=[],
    )
    tops = {each.split(".")[0] for each in imported_by(body)}
    assert tops <= {"pytest", *sys.stdlib_module_names}


def test_a_package_is_only_a_docstring() -> None:
    """No ``__init__`` but the public one imports or defines anything."""
    packages = {
        ".".join(path.split("/")[:-1])
        for path in sources()
        if path.endswith("__init__.py")
    }
    exempt = {"", "assistant.core.generations", "cli"}
    filled = [name for name in packages - exempt if len(modules()[name].body) != 1]
    assert filled == []


def test_versions_are_told_apart_in_one_place() -> None:
    """Only ``generations`` asks what is installed, and no import is tried out."""
    asking, trying = set(), set()
    for name, tree in modules().items():
        if folder_of(name) != "assistant" or "generations" in name:
            continue
        asking |= {name for each in imported_by(tree) if each.endswith(".version")}
        words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        errors = words & {"ImportError", "ModuleNotFoundError"}
        trying |= {(name, error) for error in errors}
    assert (asking, trying) == (set(), ALLOWED_TO_TRY)
