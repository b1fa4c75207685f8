"""Define the keys of ``expect``; see ``keys``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script.format.kinds import AnyMapping, OneOf, Template
from ovos_dialogue_kit.script.format.nodes import MapNode, Node, TextNode
from ovos_dialogue_kit.script.format.scalars import (
    DURATION,
    FLAG,
    INTENT,
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
from ovos_dialogue_kit.script.model import ReplyOrder

__all__ = ["EXPECTATION", "REPLY_KEYS", "REPLY_LISTS"]

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
        "regex",
        REGEX,
        "A Python regular expression that matches a part of the words, within 2 s of "
        "processor time.",
    ),
    KeySpec("contains", TEXT, "A part of the words."),
    KeySpec(
        "skill",
        TEXT,
        "The id of a skill: in a reply, or beside a key about one, of the skill that "
        "spoke it; otherwise, of the one that handled the turn.",
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

_REPLIES = ListOf(Either(text=Template(), map=_REPLY), "a list of replies")

_ANY_OF = KeySpec(
    "any_of", _REPLIES, "A list of [replies](#reply), one of which must match."
)
_REPLIES_INCLUDE = KeySpec(
    "replies_include",
    Either(text=Template(), list=_REPLIES, map=_REPLY),
    "A [reply](#reply) that must be among those of the turn, or a list of them, in any "
    "order. Other replies do not matter.",
)
_REPLIES_IN_ANY_ORDER = KeySpec(
    "replies_in_any_order",
    _REPLIES,
    "A list of [replies](#reply): the turn gets exactly these, in any order.",
)


def _check_pattern(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error if there is more than one key."""
    if len(node.values) > 1:
        keys = " and ".join(f'"{key}"' for key in node.values)
        yield ScriptError(
            f"{keys} cannot be combined in a pattern",
            node.mark,
            code=Code.CONTRADICTION,
        )


_PATTERN = Section(
    "pattern",
    "a pattern",
    (
        KeySpec("any", TRUE, "Any value; there must be one."),
        KeySpec(
            "regex", REGEX, "A Python regular expression that matches a part of it."
        ),
        KeySpec("contains", TEXT, "A part of it."),
    ),
    check=_check_pattern,
)
_TEXT_OR_PATTERN = Either(text=TEXT, map=_PATTERN)
_SLOTS = MapOf(_TEXT_OR_PATTERN, "slot", "a mapping of slots to texts or patterns")

_MESSAGE = Section(
    "message",
    "a bus message",
    (
        KeySpec(
            "type",
            _TEXT_OR_PATTERN,
            "The message's type, or a [pattern](#pattern).",
            required=True,
        ),
        KeySpec("data", _FILLED, "Data that it must have, among others."),
        KeySpec(
            "context",
            _FILLED,
            "Context that it must have, among other context.",
        ),
        KeySpec(
            "session",
            TEXT,
            "The speaker whose session it carries, if that is not the speaker of the "
            "turn; or `default`, the session of the device itself.",
        ),
    ),
)

_TURN_PART = (
    KeySpec(
        "intent",
        INTENT,
        "The name of the intent that matched, without skill id and file suffix.",
    ),
    KeySpec(
        "slots",
        _SLOTS,
        "The slots of the intent, exactly these: each with its text or a "
        "[pattern](#pattern). `{any: true}` stands for any value.",
    ),
    KeySpec(
        "slots_include",
        _SLOTS,
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

_NOT = Section("not", '"not"', (*_REPLY_PART, _ANY_OF, _REPLIES_INCLUDE, *_TURN_PART))

REPLY_KEYS = frozenset({key.name for key in _REPLY_PART} - {"skill"} | {"any_of"})
"""The keys of an expectation that are about a reply, so that there must be one."""

REPLY_LISTS: Mapping[str, ReplyOrder] = {
    "replies_include": "include",
    "replies_in_any_order": "any",
}
"""The keys that list replies, and how those are compared."""

_EXCLUDED = {
    "no_match": frozenset({"intent", "slots", "slots_include"}),
    "no_reply": REPLY_KEYS.union(REPLY_LISTS),
    "replies_include": REPLY_KEYS,
    "replies_in_any_order": REPLY_KEYS.union({"replies_include"}),
}
"""The keys that cannot be combined with another one."""


def _check_expectation(node: MapNode) -> Iterator[ScriptError]:
    """Yield an error for each key that contradicts another one."""
    for other, excluded in _EXCLUDED.items():
        for key in node.marks if other in node.values else ():
            if key in excluded:
                problem = f'"{key}" cannot be combined with "{other}"'
                yield ScriptError(problem, node.marks[key], code=Code.CONTRADICTION)
    for other in REPLY_LISTS.keys() & node.values.keys():
        if _is_about_reply(node.values.get("not")):
            yield ScriptError(
                f'beside "{other}", "not" must say which replies it is about',
                node.marks["not"],
                'write "not: {replies_include: …}"',
                Code.CONTRADICTION,
            )


def _is_about_reply(never: Node | None) -> bool:
    if isinstance(never, MapNode):
        return not REPLY_KEYS.isdisjoint(never.values)
    return isinstance(never, TextNode)


EXPECTATION = Section(
    "expectation",
    "an expectation",
    (
        *_REPLY_PART,
        _ANY_OF,
        _REPLIES_INCLUDE,
        _REPLIES_IN_ANY_ORDER,
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
