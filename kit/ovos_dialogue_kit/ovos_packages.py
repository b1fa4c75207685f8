"""Tell the packages of OVOS from those of skills, by their names."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["is_file_of_ovos", "is_named_like_ovos", "is_of_ovos"]

_PREFIXES = ("ovos_", "mycroft", "neon_")
_SKILL_PREFIXES = ("ovos_skill", "neon_skill")
_ENGINES = ("adapt", "lingua_franca", "padacioso", "padatious")
_OTHERS = frozenset({*_ENGINES, "combo_lock", "pyee"})
_LIBRARIES = frozenset(
    f"ovos_{name}"
    for name in (
        *("bus_client", "config", "core", "dialogue_kit", "plugin_manager"),
        *("utils", "workshop"),
    )
)
"""The packages that OVOS developers have checked out beside their skills."""


def is_of_ovos(module: str) -> bool:
    """Return True for a module of OVOS, of its intent engines, or of the kit.

    Skills of the same projects are none. A skill may still have any name, so whoever
    knows the packages of the skills under test asks for those first.
    """
    return is_named_like_ovos(module) and not module.startswith(_SKILL_PREFIXES)


def is_named_like_ovos(module: str) -> bool:
    """Return True for a module of OVOS, or of a skill of the same projects."""
    package = module.partition(".")[0]
    return package in _OTHERS or package.startswith(_PREFIXES)


def is_file_of_ovos(path: str) -> bool:
    """Return True for a file of OVOS, which is installed or checked out."""
    return any(
        is_of_ovos(inner) if outer.endswith("-packages") else inner in _LIBRARIES
        for outer, inner in pairwise(path.split("/")[:-1])
    )
