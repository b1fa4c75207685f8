"""Define the keys of ``expect``; see ``keys``."""

from __future__ import annotations

from collections.abc import Iterator

from ovos_dialogue_kit.codes import Code
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script.format.kinds import AnyMapping, OneOf, Template
from ovos_dialogue_kit.script.format.nodes import MapNode
from ovos_dialogue_kit.script.format.scalars import (
    DURATION,
    FLAG,
    LANG,
    REGEX,
    ROUTES,
    TEXT,
    TRUE,
)
from ovos_dialogue_kit.script.format.sections import (
    Either,
    KeySpec,
    ListOf,
    MapOf,
    Section,
)

__all__ = ["EXPECTATION", "REPLY_KEYS"]

_FILLED = AnyMapping(empty=False)

_REPLY_PART = (
    KeySpec(
        "dialog",
        TEXT,
        "The name of the `.dialog` file that the reply comes from. If the skill does "
        "not send the name, any line of that file in the session's language counts, of "
        "any skill under test.",
    ),
    KeySpec(
        "data",
        _FILLED,
        "Values that the dialog was filled with; it may have others, too. If the skill "
        "does not send them, they are the values in the line that was spoken.",
    ),
    KeySpec("text", TEXT, "The exact words."),
    KeySpec(
        "regex", REGEX, "A Python regular expression that matches a part of the words."
    ),
    KeySpec("contains", TEXT, "A part of the words."),
    KeySpec(
        "skill",
        TEXT,
        "The id of a skill: beside a key about a reply, of the one that spoke it; "
        "otherwise, of the one that handled the turn.",
    ),
    KeySpec("lang", LANG, "The reply's language."),
    KeySpec(
        "asks",
        FLAG,
        "Whether the skill opens the microphone again to wait for an answer.",
    ),
    KeySpec(
        "within",
        DURATION,
        "The longest time from the beginning of the turn to the reply.",
    ),
)
_REPLY = Section("reply", "a reply", _REPLY_PART)

_ANY_OF = KeySpec(
    "any_of",
    ListOf(Either(text=Template(), map=_REPLY), "a list of replies"),
    "A list of [replies](#reply), one of which must match.",
)

_MESSAGE = Section(
    "message",
    "a bus message",
    (
        KeySpec("type", TEXT, "The message's type.", required=True),
        KeySpec("data", _FILLED, "Data that it must have, among others."),
        KeySpec(
            "context",
            _FILLED,
            "Context that it must have, among other context.",
        ),
    ),
)

_TURN_PART = (
    KeySpec(
        "intent",
        TEXT,
        "The name of the intent that matched, without skill id and file suffix.",
    ),
    KeySpec(
        "slots",
        MapOf(TEXT, "slot", "a mapping of slots to texts"),
        "The slots of the intent: exactly these.",
    ),
    KeySpec(
        "slots_include",
        MapOf(TEXT, "slot", "a mapping of slots to texts"),
        "Slots of the intent, among others.",
    ),
    KeySpec(
        "route",
        OneOf("route", ROUTES),
        "Which part of the intent service took the utterance: an `intent`, an active "
        "skill (`converse`), a question that was asked (`response`), `stop`, a "
        "`fallback`, `common_query`, `ocp` or `persona`; `cancelled` if a transformer "
        "took it away. A skill that was asked and declined is not the route.",
    ),
    KeySpec(
        "messages",
        Either(list=ListOf(_MESSAGE, "a list of bus messages"), map=_MESSAGE),
        "[Bus messages](#message) that must be sent, in this order.",
    ),
    KeySpec(
        "session",
        _FILLED,
        "Parts of the session after the turn, as in a bus message.",
    ),
)

_NOT = Section("not", '"not"', (*_REPLY_PART, _ANY_OF, *_TURN_PART))


def _check_expectation(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error for each key that contradicts another one."""
    silent = node.values.get("no_reply")
    unmatched = node.values.get("no_match")
    for key, mark in node.marks.items():
        for other in (
            "no_reply" if silent and key in REPLY_KEYS else None,
            "no_match" if unmatched and key in _INTENT_KEYS else None,
        ):
            if other:
                problem = f'"{key}" cannot be combined with "{other}"'
                yield ScriptError(problem, mark, code=Code.CONTRADICTION)


_INTENT_KEYS = frozenset({"intent", "slots", "slots_include"})

REPLY_KEYS = frozenset({key.name for key in _REPLY_PART} - {"skill"} | {"any_of"})
"""The keys of an expectation that are about a reply, so that there must be one."""

EXPECTATION = Section(
    "expectation",
    "an expectation",
    (
        *_REPLY_PART,
        _ANY_OF,
        *_TURN_PART,
        KeySpec("no_reply", TRUE, "The turn gets no reply at all."),
        KeySpec("no_match", TRUE, "No intent and no fallback handles the turn."),
        KeySpec(
            "not",
            Either(text=Template(), map=_NOT),
            "Words that must not be said, or other [conditions](#not) that must not "
            "hold.",
        ),
    ),
    check=_check_expectation,
)
