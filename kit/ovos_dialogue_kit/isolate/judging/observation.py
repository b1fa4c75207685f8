"""Break down what a session went through into values that can be compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from ovos_dialogue_kit.isolate.judging.comparable import (
    text_without_places,
    timeless,
    without_places,
)
from ovos_dialogue_kit.isolate.judging.outgoing import (
    message_values,
    news_on_screen,
    sent_to_session,
)
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
    "errors_of_nobody",
    "moved",
    "observe",
    "oracle_of",
    "turn_of",
]

Oracle: TypeAlias = Literal["taint", "stray", "crash", "solo", "state", "sent", "echo"]
"""A check that finds leaks without being told what to expect.

- ``taint``: a session hears, is sent, or gets as a slot or in its session data, a word
  that only another session said.
- ``stray``: something is said to a session that is not speaking and that hears nothing
  at that time when it is alone, or to a session that takes no part.
- ``crash``: a handler raises, or the process ends, which does not happen when the
  session is alone.
- ``solo``: a session hears something different or in a different order, matches
  differently, or its turn ends differently from when it is alone.
- ``state``: its session data differ from when it is alone: active skills, response
  mode, blacklists, context …
- ``sent``: what it is sent besides speech (values to show, audio to play, any other
  message), who a message or a reply is routed to, or the skill or the ``meta`` of a
  reply differ from when it is alone.
- ``echo``: it hears or is sent a random value that another session was told.
"""

ORACLES: tuple[Oracle, ...] = get_args(Oracle)
"""All oracles, the most telling first."""

ValueKey: TypeAlias = "tuple[str | int, ...]"
"""The place of a value: the index of a turn (-1: in no turn of the session), then names
such as ``"reply", 0, "text"``."""

Observation: TypeAlias = "dict[ValueKey, Json]"

_SHOWN = ("gui.", "mycroft.gui.", "enclosure.", "mycroft.audio.")
"""How the types of messages begin that the device shows or plays. Others without a
session, such as counts and volumes, are about something that all sessions share."""

_VOLATILE = ("expiration", "is_recording", "is_speaking", "timestamp", "touch_time")
"""Fields of a session that depend on the moment at which it is looked at."""

_REPLY_KEY = 3
"""Parts of the place of a reply, such as ``0, "reply", 0``."""

_HEARD = ("reply", "replies", "stray")
_SENT = ("message",)

_ORACLE_OF: Mapping[str, Oracle] = {
    "stray": "stray",
    "crash": "crash",
    "session": "state",
    "message": "sent",
    "screen": "sent",
    "echo": "echo",
}
"""The oracle that judges a place, by the name of the place; all others: ``solo``."""

_ORACLE_OF_FAULT: Mapping[str, Oracle] = {"session": "state", "raised": "crash"}


def observe(transcript: Transcript, speakers: Sequence[str]) -> Observation:
    """Return what the speakers of a session went through, by place."""
    seen: Observation = {}
    logged = _traces_of_nobody(transcript)
    for turn in transcript.turns:
        if turn.session in speakers:
            seen.update(_of_turn(turn, logged))
    strays = [stray for stray in transcript.strays if stray.session in speakers]
    for number, stray in enumerate(strays):
        seen.update(_of_reply((-1, "stray", number), stray))
    if strays:
        seen[-1, "stray"] = len(strays)
    if transcript.crash:
        seen[-1, "crash"] = True
    for (at, topic, name), values in news_on_screen(transcript, speakers).items():
        if topic.startswith(_SHOWN):
            seen[at, "screen", topic, name] = values
    return seen


def _traces_of_nobody(transcript: Transcript) -> frozenset[str | None]:
    """Return the tracebacks of errors of code that works for no session.

    Such an error may be told twice, when a skill raises it and when OVOS reports it to
    the session: where turns overlap, as one of nobody and as one of the session.
    """
    faults = (fault for turn in transcript.turns for fault in turn.faults)
    return frozenset(each.trace for each in faults if each.is_of_nobody and each.trace)


def _of_turn(
    turn: TurnTranscript, logged: Collection[str | None]
) -> Iterator[tuple[ValueKey, Json]]:
    at = turn.index
    yield (at, "end"), turn.end
    yield (at, "route"), turn.route
    yield (at, "intent"), turn.intent
    yield (at, "skill"), turn.skill
    for name, value in turn.slots.items():
        yield (at, "slot", name), without_places(value)
    yield (at, "replies"), len(turn.replies)
    for number, reply in enumerate(turn.replies):
        yield from _of_reply((at, "reply", number), reply)
    for number, message in enumerate(sent_to_session(turn)):
        for place, value in message_values(message):
            yield (at, "message", number, *place), value
    own = [each for each in turn.faults if each.trace not in logged]
    yield from _of_faults(at, own)
    for name, value in turn.session_after.items():
        if name not in _VOLATILE:
            yield (at, "session", name), timeless(without_places(value))


def _of_reply(at: ValueKey, reply: Reply) -> Iterator[tuple[ValueKey, Json]]:
    yield (*at, "dialog"), reply.dialog
    yield (*at, "text"), without_places(reply.text)
    for name, value in (reply.data or {}).items():
        yield (*at, "data", name), without_places(value)
    yield (*at, "lang"), reply.lang
    yield (*at, "asks"), reply.asks


def _of_faults(at: int, faults: Sequence[Fault]) -> Iterator[tuple[ValueKey, Json]]:
    own = [fault for fault in faults if not fault.is_of_nobody]
    for kind in dict.fromkeys(fault.kind for fault in own):
        details = sorted(_words(fault) for fault in own if fault.kind == kind)
        yield (at, "fault", kind), [*details]


def _words(fault: Fault) -> str:
    return text_without_places(fault.detail)


def errors_of_nobody(transcript: Transcript) -> dict[ValueKey, int]:
    """Return how often each error was raised by code that works for no session."""
    faults = (fault for turn in transcript.turns for fault in turn.faults)
    counts = Counter(_words(fault) for fault in faults if fault.is_of_nobody)
    return {(-1, "fault", "raised", what): number for what, number in counts.items()}


def differing(one: Observation, other: Observation) -> list[ValueKey]:
    """Return the places at which two observations differ."""
    return [key for key in {**one, **other} if one.get(key, ...) != other.get(key, ...)]


def oracle_of(key: ValueKey) -> Oracle:
    """Return the oracle that judges the value at a place."""
    name = str(key[1])
    if name == "fault":
        return _ORACLE_OF_FAULT.get(str(key[2]), "solo")
    return _ORACLE_OF.get(name, "solo")


def turn_of(key: ValueKey) -> int | None:
    """Return the index of the turn that a place is in, ``None`` if it is in none."""
    return int(key[0]) if key[0] != -1 else None


def moved(one: Observation, other: Observation) -> frozenset[ValueKey]:
    """Return the places of replies and messages that both have, at any place.

    A reply after the end of its turn counts for the session's next turn, or for none.
    That depends on who else speaks, and is not a leak. If no reply is left that only
    one of them has, all places of replies and their numbers are returned.
    """
    return _moved(one, other, _HEARD) | _moved(one, other, _SENT)


def _moved(
    one: Observation, other: Observation, kinds: Collection[str]
) -> frozenset[ValueKey]:
    mine, others = _items(one, kinds), _items(other, kinds)
    rest, others_rest = _without(mine, others), _without(others, mine)
    told = {*rest, *others_rest}
    keys = {key for key in (*one, *other) if key[1] in kinds}
    if not told:
        return frozenset(keys)
    return frozenset(
        key for key in keys if len(key) >= _REPLY_KEY and key[:_REPLY_KEY] not in told
    )


def _items(seen: Observation, kinds: Collection[str]) -> dict[ValueKey, str]:
    """Return each reply or message in words, by its place."""
    parts: dict[ValueKey, dict[str, Json]] = {}
    for key, value in seen.items():
        if key[1] in kinds and len(key) > _REPLY_KEY:
            name = ".".join(map(str, key[_REPLY_KEY:]))
            parts.setdefault(key[:_REPLY_KEY], {})[name] = value
    return {at: json.dumps(item, sort_keys=True) for at, item in parts.items()}


def _without(
    replies: Mapping[ValueKey, str], others: Mapping[ValueKey, str]
) -> list[ValueKey]:
    """Return the places of replies that the others do not have as often.

    Those that have the same place on both sides are matched first.
    """
    left = Counter(others.values())
    left.subtract(text for at, text in replies.items() if others.get(at) == text)
    alone = []
    for at, text in replies.items():
        if others.get(at) == text:
            continue
        if left[text] > 0:
            left[text] -= 1
        else:
            alone.append(at)
    return alone
