"""Find out which engines and stages a skill needs.

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

Need: TypeAlias = Literal["sentences", "keywords", "common_query", "media"]
"""Sample sentences for padatious or padacioso, keywords for Adapt, answers to common
queries, media for OCP."""

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
    return frozenset(need for file in files for need in _needs_in(file))


def _needs_in(file: Path) -> Iterator[Need]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    names = dict(_NEEDS)
    used = []
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.asname and node.name in _NEEDS:
            names[node.asname] = _NEEDS[node.name]
        elif isinstance(node, ast.Name):
            used.append(node.id)
        elif isinstance(node, ast.Attribute):
            used.append(node.attr)
        elif isinstance(node, ast.Constant) and str(node.value).endswith(".intent"):
            yield "sentences"
    yield from (names[name] for name in used if name in names)
