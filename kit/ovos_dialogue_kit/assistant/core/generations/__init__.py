"""Adapt to the versions of ovos-core, with one module for each generation of its API.

The installed version chooses the generation; nothing is tried out. A new ovos-core that
behaves like the newest generation needs no change. One that does not needs a module
here. A module goes when its versions are no longer supported.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import version

from ovos_dialogue_kit.assistant.core.generations.base import Generation
from ovos_dialogue_kit.errors import AssistantError

__all__ = ["Generation", "generation_of", "installed_generation"]

_GENERATIONS = {
    ">=0.0.8,<0.2.0a0": "core_0_0",
    ">=0.2.0a0,<2.0.0a0": "core_0_2",
    ">=2.0.0a0,<2.2.0a0": "core_2_0",
    ">=2.2.0a0": "core_2_2",
}


def generation_of(core: str) -> Generation:
    """Return the generation of an ovos-core version.

    Raises:
        AssistantError: it is older than 0.0.8, the first version with sessions.

    """
    # Imported late: who only loads scripts needs none of these 9 ms.
    from packaging.specifiers import SpecifierSet

    for specifiers, module in _GENERATIONS.items():
        if SpecifierSet(specifiers).contains(core, prereleases=True):
            found = import_module(f"{__name__}.{module}").GENERATION
            assert isinstance(found, Generation)  # noqa: S101  # for the type checker
            return found
    raise AssistantError(
        f"ovos-core {core} has no sessions",
        hint='install a newer one: pip install "ovos-core>=0.0.8"',
    )


@cache
def installed_generation() -> Generation:
    """Return the generation of the ovos-core that is installed here."""
    return generation_of(version("ovos-core"))
