"""Find out which engines and stages a skill needs beside one for sample sentences.

Its sources are read, not imported: what they use of ovos-workshop tells what it will
register. A name that is only imported, or stands in a comment, does not count.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.skill.installed import find_skill_sources

__all__ = ["Need", "needs_of"]

Need: TypeAlias = Literal["keywords", "common_query", "media"]
"""Keywords for Adapt, answers to common queries, media for OCP."""

_NEEDS: dict[str, Need] = {
    **dict.fromkeys(
        (
            "AdaptIntent",
            "Intent",
            "IntentBuilder",
            "register_intent",
            "register_regex",
            "register_vocabulary",
        ),
        "keywords",
    ),
    **dict.fromkeys(
        ("CommonQuerySkill", "UniversalCommonQuerySkill", "common_query"),
        "common_query",
    ),
    **dict.fromkeys(
        (
            "ConversationalGameSkill",
            "OVOSCommonPlaybackSkill",
            "OVOSGameSkill",
            "ocp_featured_media",
            "ocp_search",
        ),
        "media",
    ),
}
"""Names of ovos-workshop, and the need of a skill that uses one."""


def needs_of(skill_id: str) -> frozenset[Need]:
    """Return what an installed skill needs; nothing if it cannot be read.

    Why it cannot be read is told when it is loaded.
    """
    return _needs(skill_id, tuple(sys.path))


@lru_cache
def _needs(skill_id: str, _path: tuple[str, ...]) -> frozenset[Need]:
    """Read a skill's sources once for each path on which it may be found."""
    try:
        files = find_skill_sources(skill_id)
    except AssistantError:
        return frozenset()
    found: set[Need] = set()
    read: set[Path] = set()
    while files:
        file = files.pop()
        if file not in read:
            read.add(file)
            tree = _tree_of(file)
            found.update(_needs_in(tree))
            files += _imported(tree, file)
    return frozenset(found)


def _tree_of(file: Path) -> ast.Module:
    """Return the source of a file, or an empty one if it cannot be read."""
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _imported(tree: ast.Module, file: Path) -> Iterator[Path]:
    """Yield the modules of its own package that a module imports, where they exist."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                base = file.parents[min(node.level, len(file.parents)) - 1]
            else:
                base = _outermost(file).parent
            parts = (node.module or "").split(".")
            path = base.joinpath(*parts)
            inner = (path / f"{alias.name}.py" for alias in node.names)
            for found in (path.with_suffix(".py"), path / "__init__.py", *inner):
                if found.is_file() and _outermost(found) == _outermost(file):
                    yield found


def _outermost(file: Path) -> Path:
    """Return the folder of the outermost package of a module, or the module itself."""
    packages = [each for each in file.parents if (each / "__init__.py").is_file()]
    return packages[-1] if packages else file


def _needs_in(tree: ast.Module) -> Iterator[Need]:
    names = dict(_NEEDS)
    used = []
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.asname and node.name in _NEEDS:
            names[node.asname] = _NEEDS[node.name]
        elif isinstance(node, ast.Name):
            used.append(node.id)
        elif isinstance(node, ast.Attribute):
            used.append(node.attr)
    yield from (names[name] for name in used if name in names)
