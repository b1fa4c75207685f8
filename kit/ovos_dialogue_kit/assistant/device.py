"""Choose the engines and stages that a device with these skills would use.

A device uses what is installed, and a skill is heard by what it registers for. Nothing
of OVOS is imported, because the names of dialogues depend on the choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution
from types import MappingProxyType
from typing import Literal

from ovos_dialogue_kit.assistant.core.generations import (
    Generation,
    installed_generation,
)
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.script.model import AUTO_ENGINE
from ovos_dialogue_kit.skill.installed import find_skill
from ovos_dialogue_kit.skill.needs import Need, needs_of

__all__ = [
    "LeftOut",
    "chosen_engine",
    "has_engine",
    "left_out",
    "missing_engine",
    "optional_stages",
    "require_engines",
]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a device would use and a run does not.

    ``what`` is an engine, or what a skill registers that nothing takes. ``wanted`` is
    the distribution that would take it, ``skill`` the skill that needs it.
    """

    what: Literal["padatious"] | Need
    wanted: str
    skill: str = ""


_STAGES: Mapping[Need, str] = MappingProxyType(
    {"common_query": "common_qa", "media": "ocp"}
)
"""The stage, without its level, that serves what a skill registers."""


def chosen_engine(engine: str, skills: Sequence[str]) -> str:
    """Return an engine's name, or what ``auto`` stands for with these skills.

    That is padacioso and, if a skill has keywords and it is installed, Adapt. Padatious
    takes the same sentences as padacioso, but to train it takes minutes for some
    published skills, where a device trains it once and keeps what it has learnt.
    """
    if engine != AUTO_ENGINE:
        return engine
    has_adapt = "keywords" in _needs(skills) and has_engine("adapt")
    return "padacioso+adapt" if has_adapt else "padacioso"


def optional_stages(skills: Sequence[str]) -> tuple[str, ...]:
    """Return the stages, without level, that these skills need and that are installed.

    A device always has them; here they are only started for skills that need them, as
    that takes seconds.
    """
    needs = _needs(skills)
    return tuple(
        stage for need, stage in _STAGES.items() if need in needs and _has_stage(stage)
    )


def left_out(engine: str, skills: Sequence[str]) -> Iterator[LeftOut]:
    """Yield what a device would use for these skills and this run does not.

    Args:
        engine: the engine as the script or the user names it; one that is not ``auto``
            leaves out other engines on purpose.
        skills: the ids of the skills.

    """
    generation, is_auto = installed_generation(), engine == AUTO_ENGINE
    if is_auto and has_engine("padatious"):
        yield LeftOut("padatious", generation.distributions["padatious"])
    for skill in skills:
        needs = needs_of(skill)
        if is_auto and "keywords" in needs and not has_engine("adapt"):
            yield LeftOut("keywords", generation.distributions["adapt"], skill)
        for need, stage in _STAGES.items():
            if need in needs and not _has_stage(stage):
                yield LeftOut(need, generation.plugins[stage], skill)


def _needs(skills: Sequence[str]) -> frozenset[Need]:
    return frozenset(need for skill in skills for need in needs_of(skill))


def has_engine(engine: str) -> bool:
    """Return True if the distribution of an engine is installed."""
    return _is_installed(installed_generation().distributions[engine])


def require_engines(engines: Sequence[str], skills: Sequence[str]) -> None:
    """Raise if an engine is not installed, half a second before a boot would.

    Raises:
        EngineMissingError: it is not.
        AssistantError: a skill is not, either, which a boot would say first.

    """
    generation = installed_generation()
    for engine in engines:
        if not _is_installed(generation.distributions.get(engine, engine)):
            for skill in skills:
                find_skill(skill)
            raise missing_engine(engine, generation)


def missing_engine(engine: str, generation: Generation) -> EngineMissingError:
    """Return the error that an engine is not there."""
    distributions = generation.distributions
    return EngineMissingError(
        f'the engine "{engine}" is not installed, or ovos-core could not load it',
        hint=f"pip install {distributions.get(engine, engine)}",
    )


def _has_stage(stage: str) -> bool:
    """Return True if a stage is part of ovos-core, or its plugin is installed."""
    plugins = installed_generation().plugins
    return stage not in plugins or _is_installed(plugins[stage])


def _is_installed(distribution: str) -> bool:
    return any(Distribution.discover(name=distribution))
