"""Find installed skills as ovos-core does: by their entry points.

Nothing of a skill is imported, so one that fails to import is found all the same.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from ovos_dialogue_kit.errors import AssistantError, near_name
from ovos_dialogue_kit.skill.resources import own_folders

__all__ = ["find_skill", "find_skill_folder", "find_skill_sources", "installed_skills"]

_GROUPS = ("opm.skill", "ovos.plugin.skill")
"""Where skills register (ovos-plugin-manager, ``PluginTypes.SKILL``): today, and before
ovos-plugin-manager 0.2."""


def installed_skills() -> dict[str, EntryPoint]:
    """Return the entry points of all installed skills by skill id."""
    every = entry_points()
    found: dict[str, EntryPoint] = {}
    for group in _GROUPS:
        for entry in every.select(group=group):
            found.setdefault(entry.name, entry)
    return found


def find_skill(skill_id: str) -> EntryPoint:
    """Return the entry point of a skill.

    Raises:
        AssistantError: it is not installed; with the nearest id that is.

    """
    known = installed_skills()
    if skill_id not in known:
        raise AssistantError(
            f'the skill "{skill_id}" is not installed{near_name(skill_id, known)}',
            hint="install it in the kit's environment, for example: pip install -e .",
        )
    return known[skill_id]


def find_skill_folder(skill_id: str) -> Path:
    """Return the folder of a skill's module; only its outermost package is looked up.

    Raises:
        AssistantError: the skill is not installed, or its files are gone.

    """
    package, *inner = find_skill(skill_id).module.split(".")
    spec = find_spec(package)
    shared = spec.submodule_search_locations if spec and not spec.origin else None
    top = Path(next(iter(shared))) if shared else _find_package(skill_id).parent
    folder = top.joinpath(*inner)
    return folder if folder.is_dir() or not inner else folder.parent


def find_skill_sources(skill_id: str) -> list[Path]:
    """Return the Python files of a skill's package, or its module if it is none.

    Raises:
        AssistantError: the skill is not installed, or its files are gone.

    """
    _, *inner = find_skill(skill_id).module.split(".")
    origin = _find_package(skill_id)
    if origin.name != "__init__.py":
        return [origin]
    path = origin.parent.joinpath(*inner)
    if not path.is_dir():
        return [path.with_suffix(".py")]
    return sorted(file for folder in own_folders(path) for file in folder.glob("*.py"))


def _find_package(skill_id: str) -> Path:
    """Return the file that is run when a skill's outermost package is imported."""
    package = find_skill(skill_id).module.partition(".")[0]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise AssistantError(
            f'the skill "{skill_id}" is installed, but its package "{package}" is gone',
            hint="install it again in the kit's environment",
        )
    return Path(spec.origin)
