"""Break down what a session went through into values that can be compared.

What may differ without a fault is left out: times, and the words that a dialog was
rendered to, of which a skill picks one line at random.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

__all__ = [
    "ORACLES",
    "Observation",
    "Oracle",
    "ValueKey",
    "differing",
    "heard_by",
    "observe",
    "oracle_of",
    "turn_of",
]

Oracle: TypeAlias = Literal["taint", "stray", "crash", "solo", "state"]
"""A check that finds leaks without being told what to expect.

- ``taint``: a session hears, or gets as a slot or in its session data, a word that only
  another session said.
- ``stray``: something is said to a session that is not speaking and that hears nothing
  at that time when it is alone, or to a session that takes no part.
- ``crash``: a handler raises, or the process ends, which does not happen when the
  session is alone.
- ``solo``: a session hears something different, matches differently, or its turn ends
  differently from when it is alone.
- ``state``: its session data differ from when it is alone: active skills, response
  mode, blacklists, context …
"""

ORACLES: tuple[Oracle, ...] = get_args(Oracle)
"""All oracles, the most telling first."""

ValueKey: TypeAlias = "tuple[str | int, ...]"
"""The place of a value: the index of a turn (-1: in no turn of the session), then names
such as ``"reply", 0, "text"``."""

Observation: TypeAlias = "dict[ValueKey, Json]"

_VOLATILE = ("expiration", "is_recording", "is_speaking", "timestamp", "touch_time")
"""Fields of a session that depend on the moment at which it is looked at."""

_EPOCH = 1e9
"""Unix time in seconds that is in the past for any clock. Larger numbers in session
data are taken for times: those that skills and plugins add are not known by name."""


def observe(transcript: Transcript, session: str) -> Observation:
    """Return what a session went through, by place."""
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
        if name not in _VOLATILE:
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
    """Return a value of session data without the times in it."""
    if isinstance(value, dict):
        parts = {key: _timeless(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not _is_moment(part)}
    if isinstance(value, list):
        return [_timeless(part) for part in value if not _is_moment(part)]
    return value


def _is_moment(value: Json) -> bool:
    """Return True for a number that only a clock shows."""
    return isinstance(value, (int, float)) and value >= _EPOCH


def differing(one: Observation, other: Observation) -> list[ValueKey]:
    """Return the places at which two observations differ."""
    return [key for key in {**one, **other} if one.get(key, ...) != other.get(key, ...)]


def oracle_of(key: ValueKey) -> Oracle:
    """Return the oracle that judges the value at a place."""
    if key[1] == "stray":
        return "stray"
    if key[1] == "session" or key[1:] == ("fault", "session"):
        return "state"
    if key[1] == "crash" or key[1:] == ("fault", "raised"):
        return "crash"
    return "solo"


def turn_of(key: ValueKey) -> int | None:
    """Return the index of the turn that a place is in, ``None`` if it is in none."""
    return int(key[0]) if key[0] != -1 else None


def heard_by(seen: Mapping[ValueKey, Json]) -> list[str]:
    """Return all replies that a session heard in any turn or in none, sorted.

    A reply after the end of its turn counts for the session's next turn, or for none.
    That depends on who else speaks, and is not a leak.
    """
    replies: dict[ValueKey, dict[str, Json]] = {}
    for key, value in seen.items():
        if key[1] in {"reply", "stray"} and len(key) > len((0, "reply", 0)):
            name = ".".join(map(str, key[3:]))
            replies.setdefault(key[:3], {})[name] = value
    return sorted(json.dumps(reply, sort_keys=True) for reply in replies.values())
