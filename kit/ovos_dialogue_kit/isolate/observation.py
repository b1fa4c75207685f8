"""What one session went through, as plain values that can be compared one by one.

Left out is what may differ without anybody's fault: times, and the words of a reply
that a dialog was rendered to, of which a skill picks one at random.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

__all__ = [
    "Observation",
    "ValueKey",
    "differing",
    "heard_by",
    "observe",
    "oracle_of",
    "turn_of",
]

ValueKey: TypeAlias = "tuple[str | int, ...]"
"""Where a value stands: the turn's index (-1: none of the session's), then what."""

Observation: TypeAlias = "dict[ValueKey, Json]"

_UNTIMELY = ("expiration", "is_recording", "is_speaking", "timestamp", "touch_time")
_EPOCH = 1e9
"""Seconds of Unix time that are in the past, whatever clock is asked."""


def observe(transcript: Transcript, session: str) -> Observation:
    """Return what a session went through."""
    seen: Observation = {}
    for turn in transcript.turns:
        if turn.session == session:
            seen.update(_of_turn(turn))
    strays = [stray for stray in transcript.strays if stray.session == session]
    for number, stray in enumerate(strays):
        seen.update(_of_reply((-1, "stray", number), stray))
    if strays:
        seen[-1, "stray"] = len(strays)
    if transcript.crash:
        seen[-1, "crash"] = True
    return seen


def _of_turn(turn: TurnTranscript) -> Iterator[tuple[ValueKey, Json]]:
    at = turn.index
    yield (at, "end"), turn.end
    yield (at, "route"), turn.route
    yield (at, "intent"), turn.intent
    yield (at, "skill"), turn.skill
    for name, value in turn.slots.items():
        yield (at, "slot", name), value
    yield (at, "replies"), len(turn.replies)
    for number, reply in enumerate(turn.replies):
        yield from _of_reply((at, "reply", number), reply)
    yield from _of_faults(at, turn.faults)
    for name, value in turn.session_after.items():
        if name not in _UNTIMELY:
            yield (at, "session", name), _timeless(value)


def _of_reply(at: ValueKey, reply: Reply) -> Iterator[tuple[ValueKey, Json]]:
    yield (*at, "dialog"), reply.dialog
    if reply.dialog is None:
        yield (*at, "text"), reply.text
    for name, value in (reply.data or {}).items():
        yield (*at, "data", name), value
    yield (*at, "lang"), reply.lang
    yield (*at, "asks"), reply.asks


def _of_faults(at: int, faults: Sequence[Fault]) -> Iterator[tuple[ValueKey, Json]]:
    for kind in dict.fromkeys(fault.kind for fault in faults):
        yield (at, "fault", kind), sum(fault.kind == kind for fault in faults)


def _timeless(value: Json) -> Json:
    """Return a value of a session without the moments in it."""
    if isinstance(value, dict):
        parts = {key: _timeless(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not _is_moment(part)}
    if isinstance(value, list):
        return [_timeless(part) for part in value if not _is_moment(part)]
    return value


def _is_moment(value: Json) -> bool:
    """Say whether a number is one that only a clock can be at."""
    return isinstance(value, (int, float)) and value >= _EPOCH


def differing(one: Observation, other: Observation) -> list[ValueKey]:
    """Return where two observations differ."""
    return [key for key in {**one, **other} if one.get(key, ...) != other.get(key, ...)]


def oracle_of(key: ValueKey) -> str:
    """Return which oracle looks at a value."""
    if key[1] == "stray":
        return "stray"
    if key[1] == "session" or key[1:] == ("fault", "session"):
        return "state"
    if key[1] == "crash" or key[1:] == ("fault", "raised"):
        return "crash"
    return "solo"


def turn_of(key: ValueKey) -> int | None:
    """Return the index of the turn that a value is about."""
    return int(key[0]) if key[0] != -1 else None


def heard_by(seen: Mapping[ValueKey, Json]) -> list[str]:
    """Return all replies that a session heard, in whatever turn, sorted.

    A reply that comes after its turn's end belongs to the next one of its session, or
    to none: that depends on who else speaks, and is nobody's leak.
    """
    replies: dict[ValueKey, dict[str, Json]] = {}
    for key, value in seen.items():
        if key[1] in {"reply", "stray"} and len(key) > len((0, "reply", 0)):
            name = ".".join(map(str, key[3:]))
            replies.setdefault(key[:3], {})[name] = value
    return sorted(json.dumps(reply, sort_keys=True) for reply in replies.values())
