"""Tests that public names and docstrings keep to the rules of the project."""

from __future__ import annotations

import ast
from collections import defaultdict

from support.sources import sources

CLAUSES = {
    *("How", "Nobody's", "Say", "What", "When", "Where", "Whether", "Which"),
    *("Who", "Whose", "Why"),
}
"""Words with which no docstring begins: it says what a function does, or a noun."""

PER_GENERATION = {"GENERATION"}
"""Names that each module of ``assistant/core/generations`` defines by design."""

TYPE_VARIABLES = {"E", "T"}


def defined_in(tree: ast.Module) -> set[str]:
    """Return the names that a module defines itself, at its top level."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def test_names_are_unique() -> None:
    """No name without underscore is defined in two modules: one word for one thing."""
    modules = defaultdict(list)
    for path, tree in sources().items():
        for name in defined_in(tree):
            modules[name].append(path)
    twice = {
        name: paths
        for name, paths in modules.items()
        if len(paths) > 1 and not name.startswith("_") and name not in TYPE_VARIABLES
    }
    assert set(twice) == PER_GENERATION, twice


def test_docstrings_are_no_noun_clauses() -> None:
    """No docstring begins like "What …" or "Whether …"; functions say what they do."""
    offending = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                first = (ast.get_docstring(node) or "").partition(" ")[0]
                if first in CLAUSES:
                    offending.append(f"{path}: {first}")
    assert offending == []
