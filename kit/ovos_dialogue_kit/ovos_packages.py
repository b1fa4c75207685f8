"""Tell the packages of OVOS from those of skills, by their names."""

from __future__ import annotations

__all__ = ["is_of_ovos"]

_PREFIXES = ("ovos_", "mycroft", "neon_")
_SKILL_PREFIXES = ("ovos_skill", "neon_skill")
_OTHERS = frozenset(
    {"adapt", "combo_lock", "lingua_franca", "padacioso", "padatious", "pyee"}
)


def is_of_ovos(module: str) -> bool:
    """Return True for a module of OVOS, of its intent engines, or of the kit.

    Skills of the same projects are none. A skill may still have any name, so whoever
    knows the packages of the skills under test asks for those first.
    """
    package = module.partition(".")[0]
    return package in _OTHERS or (
        package.startswith(_PREFIXES) and not package.startswith(_SKILL_PREFIXES)
    )
