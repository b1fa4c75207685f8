"""Turn the session of a fixture into wire data that the installed version reads.

A fixture says which skills are active, which one waits for an answer and which context
is set. Versions of ovos-bus-client write that in two ways, and 2.x writes both, so that
each reader finds its own (``Session.serialize``). So does the kit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ovos_dialogue_kit.jsondata import Json, mapping_in

__all__ = ["STATE", "both_names", "wire_of"]

STATE = frozenset(
    {
        "active_handlers",
        "active_skills",
        "context",
        "converse_handlers",
        "intent_context",
        "response_mode",
        "utterance_states",
    }
)
"""The fields that OVOS changes in the course of a dialogue."""

_RESPONSE_SECONDS = 300.0
"""The time that OVOS waits for an answer (``converse.response_timeout``)."""

_CONTEXT_SECONDS = 120.0
"""The time for which OVOS keeps context (``context.timeout``, two minutes)."""


def wire_of(wire: Mapping[str, Json], moment: float) -> dict[str, Json]:
    """Return the session of a fixture, or some of its fields, as OVOS reads it.

    Args:
        wire: ``active_skills`` are ids, the most recent first; ``response_mode`` is the
            id of the skill that waits; ``intent_context`` maps keys to texts.
        moment: when this became so, in seconds since the epoch.

    """
    found = {**wire, **_both_names_of_intents(wire)}
    skills = wire.get("active_skills")
    if isinstance(skills, list):
        found |= _active(skills, moment)
    if waiting := wire.get("response_mode"):
        expires_at = moment + _RESPONSE_SECONDS
        found["utterance_states"] = {str(waiting): "response"}
        found["response_mode"] = {"skill_id": waiting, "expires_at": expires_at}
    if entries := mapping_in(wire, "intent_context"):
        found |= _context(entries, moment)
    return found


def _active(skills: list[Json], moment: float) -> dict[str, Json]:
    handlers: list[Json] = [
        {"skill_id": skill, "activated_at": moment - age}
        for age, skill in enumerate(skills)
    ]
    return {
        "active_skills": [[skill, moment - age] for age, skill in enumerate(skills)],
        "active_handlers": handlers,
        "converse_handlers": handlers,
    }


def _context(entries: Mapping[str, Json], moment: float) -> dict[str, Json]:
    frames: list[Json] = [
        [{"entities": [_entity(key, str(value))], "metadata": {}}, moment]
        for key, value in entries.items()
    ]
    expires_at = moment + _CONTEXT_SECONDS
    return {
        "context": {"timeout": _CONTEXT_SECONDS, "frame_stack": frames},
        "intent_context": {
            key: {"value": value, "expires_at": expires_at}
            for key, value in entries.items()
        },
    }


def _entity(key: str, value: str) -> dict[str, Json]:
    """Return an entity of Adapt, which knows a skill's key by its letters and digits.

    ``my.skill:Name`` is ``my_skillName`` (``OVOSSkill.set_context``).
    """
    skill, _, name = key.rpartition(":")
    prefix = "".join(c if c.isalnum() else "_" for c in skill)
    return {
        "confidence": 1.0,
        "data": [[value, prefix + name]],
        "key": value,
        "match": value,
        "origin": "",
    }


def _both_names_of_intents(start: Mapping[str, Json]) -> dict[str, Json]:
    """Return a session's blacklist of intents as every ovos-core understands it.

    A script says ``skill:name``. ovos-core before 2.2 knows an intent of a file by the
    file's name, ``skill:name.intent``.
    """
    listed = start.get("blacklisted_intents")
    if not isinstance(listed, list):
        return {}
    return {"blacklisted_intents": [*both_names(map(str, listed))]}


def both_names(intents: Iterable[str]) -> list[str]:
    """Return the names of intents with and without the suffix of their files."""
    named = [name.removesuffix(".intent") for name in intents]
    both = (form for name in named for form in (name, f"{name}.intent"))
    return list(dict.fromkeys(both))
