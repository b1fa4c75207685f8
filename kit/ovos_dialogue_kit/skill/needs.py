"""Find out which engines and stages a skill needs beside one for sample sentences.

Its sources are read, not imported: what they use of ovos-workshop tells what it will
register. A name that is only imported, or stands in a comment, does not count. Of other
packages, the modules count that define the skill's base classes.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
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

_READ_NO_FURTHER = {"", "mycroft", "ovos_workshop", *sys.stdlib_module_names}
"""Packages whose classes bring no need of their own: those names are above."""


@dataclass(frozen=True, slots=True)
class _Module:
    """A file to be read, of a skill or, if classes are ``wanted`` of it, of another."""

    file: Path
    wanted: frozenset[str] = frozenset()

    def counts(self, tree: ast.Module) -> bool:
        """Return False for a module that only passes on what is wanted of it."""
        return not self.wanted or any(
            isinstance(node, ast.ClassDef) and node.name in self.wanted
            for node in ast.walk(tree)
        )


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
    queue = [_Module(file) for file in files]
    read: set[_Module] = set()
    while queue:
        module = queue.pop()
        if module not in read:
            read.add(module)
            tree = _tree_of(module.file)
            if module.counts(tree):
                found.update(_needs_in(tree))
            queue += _imported(tree, module)
    return frozenset(found)


def _tree_of(file: Path) -> ast.Module:
    """Return the source of a file, or an empty one if it cannot be read."""
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _imported(tree: ast.Module, module: _Module) -> Iterator[_Module]:
    """Yield what to read beside a module, where it exists.

    Of its own package that is all that a skill's module imports, of others only what
    has the classes that it derives from or that are wanted of it.
    """
    own = _outermost(module.file)
    bases = {*module.wanted, *_bases(tree)}
    for bound, node in _imports(tree):
        for found in _files(node, module.file):
            if _outermost(found) == own and not module.wanted:
                yield _Module(found)
            elif not bases.isdisjoint(bound):
                names = {alias.name for alias in node.names}
                yield _Module(found, frozenset(bases | names))


def _bases(tree: ast.Module) -> Iterator[str]:
    """Yield all names in the bases of the classes of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in chain.from_iterable(map(ast.walk, node.bases)):
                if isinstance(part, ast.Name):
                    yield part.id
                elif isinstance(part, ast.Attribute):
                    yield part.attr


def _imports(tree: ast.Module) -> Iterator[tuple[set[str], ast.ImportFrom]]:
    """Yield the names that each import binds, and it as ``from … import …``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield {alias.asname or alias.name for alias in node.names}, node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                yield {bound}, ast.ImportFrom(alias.name, [], 0)


def _files(node: ast.ImportFrom, file: Path) -> Iterator[Path]:
    """Yield the modules that an import reads, where they exist."""
    parts = (node.module or "").split(".")
    if node.level:
        base: Path | None = file.parents[min(node.level, len(file.parents)) - 1]
    elif parts[0] == _outermost(file).stem:
        base = _outermost(file).parent
    else:
        base = _folder_of(parts[0])
    if base:
        path = base.joinpath(*parts)
        inner = (path / f"{alias.name}.py" for alias in node.names)
        files = (path.with_suffix(".py"), path / "__init__.py", *inner)
        yield from (found for found in files if found.is_file())


def _folder_of(package: str) -> Path | None:
    """Return the folder in which another package or module lies, if it is installed."""
    if package in _READ_NO_FURTHER:
        return None
    try:
        spec = find_spec(package)
    except ValueError:  # a module that has been imported, and has no spec
        return None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]


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
