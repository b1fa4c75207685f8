"""Check the conditions that a turn as a whole must fulfil: one table, a row each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ovos_dialogue_kit.fixture.model import session_id_of
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import FOREIGN, TurnTranscript
from ovos_dialogue_kit.script.model import Conditions
from ovos_dialogue_kit.verdict.equality import fits, matches_partly

__all__ = [
    "Condition",
    "ConditionName",
    "active_skills",
    "given_conditions",
]

ConditionName: TypeAlias = Literal[
    "no_match",
    "route",
    "skill",
    "intent",
    "slots",
    "slots_include",
    "messages",
    "session",
]
"""The fields of ``script.model.Conditions``."""

Wanted: TypeAlias = Any
"""The value that a script gives to a condition: of another type for each of them."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The check of one condition, and its report.

    ``problem`` says that it does not hold. ``holds`` checks the wanted value against a
    turn. ``difference`` returns the wanted part that does not hold and what was seen
    instead. ``is_known`` returns True if a turn that did not end can be checked, too.
    """

    problem: str
    holds: Callable[[Wanted, TurnTranscript], bool]
    difference: Callable[[Wanted, TurnTranscript], tuple[Json, Json]]
    is_known: Callable[[TurnTranscript], bool]


def given_conditions(
    conditions: Conditions,
) -> Iterator[tuple[ConditionName, Condition, Wanted]]:
    """Yield name, check and wanted value of each condition that a script gives."""
    for name, condition in CONDITIONS.items():
        wanted = getattr(conditions, name)
        if wanted is not None:
            yield name, condition, wanted


def active_skills(session: Mapping[str, Json]) -> list[Json]:
    """Return the ids of a session's active skills, the most recent first.

    On the wire they are ``active_skills`` (``[[id, time], …]``) up to ovos-core 2.1 and
    ``active_handlers`` (``[{"skill_id": id, …}, …]``) in 3.x.
    """
    listed = session.get("active_skills") or session.get("active_handlers")
    return [_skill_id(entry) for entry in listed] if isinstance(listed, list) else []


def _skill_id(entry: Json) -> Json:
    if isinstance(entry, dict):
        return entry.get("skill_id")
    return entry[0] if isinstance(entry, list) and entry else entry


def _field(name: Literal["route", "skill", "intent"], problem: str) -> Condition:
    """Return a condition that a field of the turn must equal."""
    return Condition(
        problem,
        holds=lambda wanted, turn: bool(wanted == getattr(turn, name)),
        difference=lambda wanted, turn: (wanted, getattr(turn, name)),
        is_known=lambda turn: getattr(turn, name) is not None,
    )


def _is_match_known(turn: TurnTranscript) -> bool:
    return turn.matched is not None


def _is_never_known(_: TurnTranscript) -> bool:
    """Return False: the rest of the turn might still have brought it."""
    return False


def _no_match_holds(wanted: bool, turn: TurnTranscript) -> bool:  # noqa: FBT001  # a value of a script
    return wanted == (turn.matched is False)


def _no_match_difference(
    wanted: bool,  # noqa: FBT001  # a value of a script
    turn: TurnTranscript,
) -> tuple[Json, Json]:
    if turn.matched is None:
        return wanted, "not reported"
    return wanted, _matched_by(turn) if turn.matched else True


def _matched_by(turn: TurnTranscript) -> str:
    """Return the stage that matched an utterance, and its skill."""
    stage = f"the intent {turn.intent}" if turn.intent else str(turn.route or "a stage")
    return f"matched by {stage}" + (f" of {turn.skill}" if turn.skill else "")


def _slots_hold(wanted: Mapping[str, Json], turn: TurnTranscript) -> bool:
    return set(wanted) == set(turn.slots) and _slots_included(wanted, turn)


def _slots_included(wanted: Mapping[str, Json], turn: TurnTranscript) -> bool:
    slots = turn.slots
    return all(
        name in slots and fits(value, slots[name]) for name, value in wanted.items()
    )


def _slots_difference(
    wanted: Mapping[str, Json], turn: TurnTranscript
) -> tuple[Json, Json]:
    return dict(wanted), dict(turn.slots)


def _messages_seen(wanted: Sequence[Mapping[str, Json]], turn: TurnTranscript) -> bool:
    """Return True if all are seen in this order, with any others between.

    Each is a partial match (``equality.matches_partly``); its type may be a pattern.
    """
    return _first_missing(wanted, turn.messages) is None


def _messages_difference(
    wanted: Sequence[Mapping[str, Json]], turn: TurnTranscript
) -> tuple[Json, Json]:
    """Return the first missing message, and those of its type that were seen."""
    missing = dict(_first_missing(wanted, turn.messages) or {})
    same_type = [m for m in turn.messages if fits(missing["type"], m.get("type"))]
    return missing, [_told(message, missing) for message in same_type]


def _told(message: Mapping[str, Json], wanted: Mapping[str, Json]) -> Json:
    """Return the parts of a message that can differ from the wanted one.

    Its context, which holds a whole session, is one of them only if some of it is
    wanted; its session is, if it is not that of the turn.
    """
    parts = ("type", "data", *(["context"] if "context" in wanted else []))
    told = {part: message[part] for part in parts if part in message}
    if message.get(FOREIGN) or "session" in wanted:
        told["session"] = session_id_of(message)
    return told


def _first_missing(
    wanted: Sequence[Mapping[str, Json]], seen: Sequence[Mapping[str, Json]]
) -> Mapping[str, Json] | None:
    """Return the first wanted message that does not follow the ones before it."""
    rest: Iterator[Mapping[str, Json]] = iter(seen)
    for message in wanted:
        if not any(_is_message(message, seen) for seen in rest):
            return message
    return None


def _is_message(wanted: Mapping[str, Json], seen: Mapping[str, Json]) -> bool:
    """Return True if a message is the wanted one.

    Unless the script names a session, it carries that of the turn, or none of the
    dialogue.
    """
    return (
        fits(wanted["type"], seen.get("type"))
        and _is_in_session(wanted, seen)
        and all(
            matches_partly(wanted[part], seen.get(part))
            for part in ("data", "context")
            if part in wanted
        )
    )


def _is_in_session(wanted: Mapping[str, Json], seen: Mapping[str, Json]) -> bool:
    if "session" not in wanted:
        return not seen.get(FOREIGN)
    return wanted["session"] == session_id_of(seen)


def _session_matches(wanted: Mapping[str, Json], turn: TurnTranscript) -> bool:
    """Return True for a partial match; ``[]`` and ``{}`` match a missing field too."""
    return not _differing(wanted, turn)


def _session_difference(
    wanted: Mapping[str, Json], turn: TurnTranscript
) -> tuple[Json, Json]:
    """Return only the fields that differ."""
    names, seen = _differing(wanted, turn), _session(turn)
    return {n: wanted[n] for n in names}, {n: seen.get(n) for n in names}


def _session(turn: TurnTranscript) -> dict[str, Json]:
    after = turn.session_after
    return {**after, "active_skills": active_skills(after)}


def _differing(wanted: Mapping[str, Json], turn: TurnTranscript) -> list[str]:
    """Return the fields that differ; ovos-core 3.x leaves empty ones out."""
    fields = _session(turn)
    return [
        key
        for key, value in wanted.items()
        if not matches_partly(value, fields.get(key, _when_missing(value)), key)
    ]


def _when_missing(wanted: Json) -> Json:
    return wanted if wanted in ([], {}) else None


CONDITIONS: Mapping[ConditionName, Condition] = {
    "no_match": Condition(
        "nothing should match the utterance, but something did",
        holds=_no_match_holds,
        difference=_no_match_difference,
        is_known=_is_match_known,
    ),
    "route": _field("route", "the turn took a different route"),
    "skill": _field("skill", "a different skill answered"),
    "intent": _field("intent", "a different intent matched"),
    "slots": Condition(
        "the intent matched with different slots",
        holds=_slots_hold,
        difference=_slots_difference,
        is_known=_is_match_known,
    ),
    "slots_include": Condition(
        "the intent matched with different slots",
        holds=_slots_included,
        difference=_slots_difference,
        is_known=_is_match_known,
    ),
    "messages": Condition(
        "an expected bus message was not seen",
        holds=_messages_seen,
        difference=_messages_difference,
        is_known=_is_never_known,
    ),
    "session": Condition(
        "the session differs after the turn",
        holds=_session_matches,
        difference=_session_difference,
        is_known=_is_never_known,
    ),
}
"""Every condition by its name in a script, those that explain others first."""
