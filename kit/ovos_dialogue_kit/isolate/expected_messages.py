"""Write what a session is to be sent besides speech, as a script expects it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import ValueKey
from ovos_dialogue_kit.isolate.judging.outgoing import (
    listed,
    message_values,
    sent_to_session,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import TurnTranscript

__all__ = ["expected_messages"]

_Parts: TypeAlias = "dict[tuple[str, ...], Json]"
"""The values of a message, by their places in it."""

_TYPE = ("type",)


def expected_messages(
    leaks: Sequence[Leak],
    random: Collection[ValueKey],
    company: TurnTranscript,
    alone: TurnTranscript,
) -> dict[str, Json]:
    """Return the conditions of a turn that its leaks break.

    Args:
        leaks: those of the turn; only differences of messages matter.
        random: the places of values that chance decides.
        company: the turn in company.
        alone: the turn when the session is alone.

    """
    here, there = (_sent(turn, random) for turn in (company, alone))
    wanted: list[Json] = []
    denied: list[Json] = []
    if any(leak.key[1] == "message" for leak in leaks):
        missing = [parts for parts in there if parts not in here]
        extra = [parts for parts in here if parts not in there]
        wanted = [_pattern(_telling(parts, extra)) for parts in missing]
        denied = [_pattern(_telling(parts, missing)) for parts in extra]
    for leak in leaks:
        if leak.key[1] == "screen":
            wanted += _shown(leak.key, leak.alone)
            denied += _shown(leak.key, leak.company)
    if wanted:
        return {"messages": wanted}
    return {"not": {"messages": denied[0]}} if denied else {}


def _sent(turn: TurnTranscript, random: Collection[ValueKey]) -> list[_Parts]:
    """Return the parts of each message that neither chance nor a clock decides."""
    return [
        {
            place: value
            for place, value in message_values(message)
            if (turn.index, "message", number, *place) not in random
        }
        for number, message in enumerate(sent_to_session(turn))
    ]


def _telling(parts: _Parts, others: Sequence[_Parts]) -> _Parts:
    """Return the parts that tell a message from another of its type, else all."""
    for other in others:
        if other[_TYPE] == parts[_TYPE]:
            return {
                place: value
                for place, value in parts.items()
                if place == _TYPE or other.get(place, ...) != value
            }
    return parts


def _pattern(parts: Mapping[tuple[str, ...], Json]) -> Json:
    """Return a message with some of its values, without those that a script cannot say.

    These are times and the folder of the assistant.
    """
    pattern: dict[str, Json] = {}
    inner: dict[str, dict[str, Json]] = {"data": {}, "meta": {}, "context": {}}
    for place, value in parts.items():
        if place == _TYPE:
            pattern["type"] = value
        elif "~" not in str(value):
            part, name = place
            inner[part][name] = value
    data, meta, context = inner.values()
    data |= {"meta": meta} if meta else {}
    pattern |= {"data": data} if data else {}
    return pattern | ({"context": context} if context else {})


def _shown(key: ValueKey, values: Json) -> Iterator[Json]:
    """Yield the message that shows the last of some values on the screen."""
    for value in listed(values)[-1:]:
        if "~" not in str(value):
            data: Json = {str(key[3]): value} if key[3] else value
            yield {"type": key[2], "data": data}
