"""Break down what leaves the assistant besides speech: what it shows, plays or sends.

A message for a session is compared as it is, and so is where it is routed to. The
screen of the device is one for all sessions, and OVOS sends it all values again
whenever one changes, but none that it has already. So of what code that works for a
session sends there, only what is new on the screen counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ovos_dialogue_kit.isolate.judging.comparable import timeless, without_places
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

__all__ = [
    "listed",
    "message_values",
    "news_on_screen",
    "sent_to_session",
    "time_of",
]

_SPEAK = "speak"
_OF_REPLY = ("dialog", "data")
"""Parts of a reply's ``meta`` that belong to the reply itself."""

_IGNORED = ("lang", "skill_id")
"""Parts of a context that OVOS sets; the language of a reply belongs to the reply."""

_VALUES = "gui.value.set"
_SKILL = "__from"
"""The key in a message to the screen for the skill that sends it."""


def sent_to_session(turn: TurnTranscript) -> list[Mapping[str, Json]]:
    """Return the messages of a turn that are not for the device's screen."""
    return [message for message in turn.messages if not _is_to_device(message)]


def _is_to_device(message: Mapping[str, Json]) -> bool:
    return "session" in mapping_in(message, "context")


def message_values(
    message: Mapping[str, Json],
) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield the parts of a message that can be compared, each with its place.

    What a reply says is left out: that is compared as a reply.
    """
    topic = str(message.get("type"))
    yield ("type",), topic
    data, context = (
        _comparable(mapping_in(message, part)) for part in ("data", "context")
    )
    if topic == _SPEAK:
        meta = mapping_in(data, "meta")
        yield from ((("meta", k), v) for k, v in meta.items() if k not in _OF_REPLY)
    else:
        yield from ((("data", name), value) for name, value in data.items())
    yield from ((("context", k), v) for k, v in context.items() if k not in _IGNORED)


def _comparable(values: Mapping[str, Json]) -> Mapping[str, Json]:
    found = timeless(without_places(dict(values)))
    return found if isinstance(found, dict) else {}


def news_on_screen(
    transcript: Transcript, speakers: Sequence[str]
) -> dict[tuple[int, str, str], list[Json]]:
    """Return what the turns of a session change on the screen of the device.

    The keys are the turn, the type of the message and the name of the value; a message
    that sets no values is one value as a whole.
    """
    messages = [
        (turn, message)
        for turn in transcript.turns
        for message in turn.messages
        if _is_to_device(message)
    ]
    messages.sort(key=lambda pair: time_of(pair[1]))
    screen: dict[tuple[str, str, str], Json] = {}
    news: dict[tuple[int, str, str], list[Json]] = {}
    for turn, message in messages:
        for skill, topic, name, value in _on_screen(message):
            place = (skill, topic, name)
            if screen.get(place, ...) != value and turn.session in speakers:
                news.setdefault((turn.index, topic, name), []).append(value)
            screen[place] = value
    return news


def listed(value: Json) -> list[Json]:
    """Return a value that is a list; else an empty one."""
    return value if isinstance(value, list) else []


def time_of(message: Mapping[str, Json]) -> float:
    """Return when a message came, in seconds since the dialogue began."""
    at = message.get("at")
    return at if isinstance(at, float) else 0.0


def _on_screen(
    message: Mapping[str, Json],
) -> Iterator[tuple[str, str, str, Json]]:
    """Yield skill, type, name and value for each value that a message sets."""
    topic, data = str(message.get("type")), mapping_in(message, "data")
    skill = str(data.get(_SKILL))
    values: Mapping[str, Json] = data if topic == _VALUES else {"": dict(data)}
    for name, value in values.items():
        if name != _SKILL:
            yield skill, topic, name, timeless(without_places(value))
