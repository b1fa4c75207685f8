"""The part of the format that says what a turn must lead to; see ``format``."""

from __future__ import annotations

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

_REPLY_PART = (
    KeySpec(
        "dialog",
        TEXT,
        "The name of the `.dialog` file that was spoken; for a skill that does not "
        "tell, any of its lines in the session's language.",
    ),
    KeySpec(
        "data",
        AnyMapping(),
        "Values that the dialog was filled with; others may be there.",
    ),
    KeySpec("text", TEXT, "The exact words."),
    KeySpec("regex", REGEX, "A Python regular expression that is found in the words."),
    KeySpec("contains", TEXT, "A part of the words."),
    KeySpec(
        "skill", TEXT, "The id of the skill that spoke or, without a reply, handled."
    ),
    KeySpec("lang", LANG, "The reply's language."),
    KeySpec("asks", FLAG, "Whether the microphone is opened again."),
    KeySpec("within", DURATION, "The longest time from the turn's beginning."),
)
_REPLY = Section("reply", "a reply", _REPLY_PART)

_ANY_OF = KeySpec(
    "any_of",
    ListOf(Either(text=Template(), map=_REPLY), "a list of replies"),
    "Several [replies](#reply), of which one must fit.",
)

_MESSAGE = Section(
    "message",
    "a bus message",
    (
        KeySpec("type", TEXT, "Its type.", required=True),
        KeySpec("data", AnyMapping(), "Some of its data."),
        KeySpec("context", AnyMapping(), "Some of its context."),
    ),
)

_TURN_PART = (
    KeySpec(
        "intent", TEXT, "The intent that matched, without skill id and file suffix."
    ),
    KeySpec(
        "slots",
        MapOf(TEXT, "slot", "a mapping of slots to texts"),
        "Exactly what the intent's slots hold.",
    ),
    KeySpec(
        "slots_include",
        MapOf(TEXT, "slot", "a mapping of slots to texts"),
        "Some of what the intent's slots hold.",
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
        "[Bus messages](#message) that are seen, in this order.",
    ),
    KeySpec(
        "session", AnyMapping(), "Parts of the session afterwards, as on the wire."
    ),
)

_NOT = Section("not", "what must not be", (*_REPLY_PART, _ANY_OF, *_TURN_PART))


def _check_expectation(node: MapNode) -> None:
    silent = node.values.get("no_reply")
    unmatched = node.values.get("no_match")
    for key, mark in node.marks.items():
        if silent and key in REPLY_KEYS:
            raise ScriptError(
                f'"{key}" beside "no_reply": there is no such reply', mark
            )
        if unmatched and key in {"intent", "slots", "slots_include"}:
            raise ScriptError(f'"{key}" beside "no_match": there is no intent', mark)


REPLY_KEYS = frozenset({key.name for key in _REPLY_PART} - {"skill"} | {"any_of"})
"""Keys of an expectation that are about a reply, so that there must be one."""

TURN_KEYS = frozenset({key.name for key in _TURN_PART} | {"no_match"})
"""Keys of an expectation that are about the turn as a whole."""

EXPECTATION = Section(
    "expectation",
    "an expectation",
    (
        *_REPLY_PART,
        _ANY_OF,
        *_TURN_PART,
        KeySpec("no_reply", TRUE, "Nothing at all is said."),
        KeySpec("no_match", TRUE, "No intent and no fallback takes it."),
        KeySpec(
            "not",
            Either(text=Template(), map=_NOT),
            "Words that must not be said, or [more that must not be](#not).",
        ),
    ),
    check=_check_expectation,
)
