"""Whether a turn fulfils what a script asks of it besides its replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import TurnTranscript
from ovos_dialogue_kit.script.model import Conditions
from ovos_dialogue_kit.verdict.equality import includes, matches_partly

__all__ = [
    "CONDITIONS",
    "active_skills",
    "condition_holds",
    "difference",
    "is_known",
]

CONDITIONS = (
    "no_match",
    "route",
    "skill",
    "intent",
    "slots",
    "slots_include",
    "messages",
    "session",
)
"""The names of the conditions, those that explain others first."""


def condition_holds(name: str, expected: Conditions, turn: TurnTranscript) -> bool:
    """Say whether one of the conditions, which the script must give, is true of a turn.

    ``slots`` needs the same slots, ``slots_include`` those that it names; values
    compare as text. ``messages`` must be seen in this order, with any others between,
    each a partial match (``matching.matches_partly``). ``session`` is a partial match,
    in which an empty list or mapping also matches a field that is missing.
    """
    value = getattr(expected, name)
    match name:
        case "no_match":
            return bool(value == (turn.matched is False))
        case "slots":
            return set(value) == set(turn.slots) and includes(value, turn.slots)
        case "slots_include":
            return includes(value, turn.slots)
        case "messages":
            return _first_missing(value, turn.messages) is None
        case "session":
            return not _differing(value, turn)
        case _:
            return bool(value == getattr(turn, name))


def difference(
    name: str, expected: Conditions, turn: TurnTranscript
) -> tuple[Json, Json]:
    """Return what a condition asks for and what was seen instead.

    Of the session: only the fields that differ. Of messages: the first that is missing,
    and a list of those of its type that were seen.
    """
    value = getattr(expected, name)
    match name:
        case "no_match":
            return value, None if turn.matched is None else not turn.matched
        case "slots" | "slots_include":
            return dict(value), dict(turn.slots)
        case "messages":
            missing = dict(_first_missing(value, turn.messages) or {})
            same_type = [m for m in turn.messages if m.get("type") == missing["type"]]
            return missing, [dict(message) for message in same_type]
        case "session":
            names, seen = _differing(value, turn), _session(turn)
            return {n: value[n] for n in names}, {n: seen.get(n) for n in names}
        case _:
            return value, getattr(turn, name)


def is_known(name: str, turn: TurnTranscript) -> bool:
    """Say whether a condition can be judged although the turn did not end."""
    if name in ("slots", "slots_include", "no_match"):
        return turn.matched is not None
    return name in ("intent", "skill", "route") and getattr(turn, name) is not None


def active_skills(session: Mapping[str, Json]) -> list[Json]:
    """Return the ids of a session's active skills, the most recent first.

    On the wire they are ``active_skills`` (``[[id, time], …]``) up to ovos-core 2.1 and
    ``active_handlers`` (``[{"skill_id": id, …}, …]``) in 3.x.
    """
    listed = session.get("active_skills") or session.get("active_handlers") or []
    return [_skill_id(entry) for entry in listed] if isinstance(listed, list) else []


def _skill_id(entry: Json) -> Json:
    if isinstance(entry, dict):
        return entry.get("skill_id")
    return entry[0] if isinstance(entry, list) and entry else entry


def _session(turn: TurnTranscript) -> dict[str, Json]:
    after = turn.session_after
    return {**after, "active_skills": active_skills(after)}


def _differing(expected: Mapping[str, Json], turn: TurnTranscript) -> list[str]:
    """Return the fields that differ; 3.x leaves empty ones out, so they are missing."""
    fields = _session(turn)
    return [
        key
        for key, value in expected.items()
        if not matches_partly(value, fields.get(key, None if value else value), key)
    ]


def _first_missing(
    expected: Sequence[Mapping[str, Json]], seen: Sequence[Mapping[str, Json]]
) -> Mapping[str, Json] | None:
    """Return the first expected message that does not follow the ones before it."""
    rest: Iterator[Mapping[str, Json]] = iter(seen)
    for message in expected:
        if not any(matches_partly(dict(message), dict(m)) for m in rest):
            return message
    return None
