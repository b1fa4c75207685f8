"""What differs between versions of ovos-core, one module per generation of its API.

The generation is chosen by the installed version, never by trial. A new ovos-core that
behaves like the newest generation needs nothing; one that does not needs a module here,
and an old module goes away with the versions that it is for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import version

from packaging.specifiers import SpecifierSet

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
        AssistantError: if it is older than 0.0.8, the first that knows sessions.

    """
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
