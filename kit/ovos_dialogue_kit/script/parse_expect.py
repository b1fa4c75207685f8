"""Build the expectation of a turn: sort ``expect`` into replies and conditions.

A text is a reply, and so is a mapping with a key that is about a reply. A mapping with
no such key adds conditions on the turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.expect_keys import REPLY_KEYS, REPLY_LISTS
from ovos_dialogue_kit.script.format.sections import Fields
from ovos_dialogue_kit.script.model import (
    Conditions,
    Expectation,
    ReplyExpectation,
    ReplyOrder,
    Text,
)

__all__ = ["build_expectation"]

Part: TypeAlias = Text | Fields

_REPLY_VALUES = (
    "dialog",
    "data",
    "text",
    "regex",
    "contains",
    "skill",
    "lang",
    "asks",
    "within",
)
_TURN_VALUES = ("intent", "route", "no_match", "session")


@dataclass(slots=True)
class _Parts:
    """The parts of an expectation so far, as arguments of the dataclasses."""

    replies: list[ReplyExpectation] = field(default_factory=list)
    holds: dict[str, Any] = field(default_factory=dict)
    denied: dict[str, Any] = field(default_factory=dict)
    denied_replies: list[ReplyExpectation] = field(default_factory=list)
    silent: Mark | None = None
    order: ReplyOrder = "exact"
    listed: Mark | None = None


def build_expectation(read: Part | tuple[Part, ...], mark: Mark) -> Expectation:
    """Return the expectation that ``expect`` describes.

    Args:
        read: the value of ``expect``: a text, a mapping, or a list of them.
        mark: the place of ``expect``.

    Raises:
        ScriptError: two items of a list contradict each other.

    """
    found = _Parts()
    for part in read if isinstance(read, tuple) else (read,):
        _collect(part, found)
    if found.silent and (found.replies or found.listed):
        problem = '"no_reply" and a reply contradict each other'
        raise ScriptError(problem, found.silent, code=Code.CONTRADICTION)
    return Expectation(
        mark=mark if isinstance(read, tuple) else read.mark,
        replies=tuple(found.replies) if found.replies or found.silent else None,
        holds=Conditions(**found.holds),
        denied=Conditions(**found.denied),
        order=found.order,
        denied_replies=tuple(found.denied_replies),
    )


def _collect(part: Part, found: _Parts) -> None:
    if _is_about_reply(part):
        _require_one_order(found.listed)
        found.replies.append(_reply(part))
    if isinstance(part, Fields):
        _collect_listed(part, found)
        found.silent = part.marks.get("no_reply", found.silent)
        _add(found.holds, part)
        never = part.values.get("not")
        if isinstance(never, Fields):
            _add(found.denied, never, of_reply=_is_about_reply(part))
            found.denied_replies += _listed(never.values.get("replies_include"))


def _collect_listed(part: Fields, found: _Parts) -> None:
    """Add the replies whose order does not matter."""
    for key, order in REPLY_LISTS.items():
        if key in part.values:
            mark = part.marks[key]
            _require_one_order(mark if found.replies else None)
            found.order, found.listed = order, mark
            found.replies += _listed(part.values[key])


def _require_one_order(mark: Mark | None) -> None:
    """Raise if there are other replies beside those listed at a place."""
    if mark:
        raise ScriptError(
            "replies are listed in two ways",
            mark,
            f"use one of: {', '.join(REPLY_LISTS)}, or a list of replies in order",
            Code.CONTRADICTION,
        )


def _listed(read: Part | tuple[Part, ...] | None) -> list[ReplyExpectation]:
    parts = read if isinstance(read, tuple) else (read,)
    return [_reply(part) for part in parts if part is not None]


def _is_about_reply(part: Part) -> bool:
    if isinstance(part, Text):
        return True
    never = part.values.get("not")
    return bool(REPLY_KEYS & part.values.keys()) or (
        never is not None and _is_about_reply(never)
    )


def _reply(part: Part) -> ReplyExpectation:
    if isinstance(part, Text):
        return ReplyExpectation(part.mark, text=part.value)
    values = part.values
    never = values.get("not")
    return ReplyExpectation(
        mark=part.mark,
        any_of=tuple(map(_reply, values["any_of"])) if "any_of" in values else None,
        denied=_reply(never) if never and _may_be_of_reply(never) else None,
        **{key: values[key] for key in _REPLY_VALUES if key in values},
    )


def _may_be_of_reply(never: Part) -> bool:
    """Return True if a ``not`` beside a reply has a key that is about the reply."""
    return _is_about_reply(never) or (
        isinstance(never, Fields) and "skill" in never.values
    )


def _add(
    conditions: dict[str, Any], part: Fields, *, of_reply: bool | None = None
) -> None:
    """Add a mapping's conditions on the turn to the others.

    Args:
        conditions: those so far.
        part: the mapping.
        of_reply: whether its ``skill`` is that of a reply; by default if the mapping is
            about a reply.

    """
    if of_reply is None:
        of_reply = _is_about_reply(part)
    for key, value in _conditions(part, of_reply=of_reply).items():
        if key in conditions:
            problem = f'"{key}" is expected twice'
            raise ScriptError(problem, part.marks[key], code=Code.CONTRADICTION)
        conditions[key] = value


def _conditions(part: Fields, *, of_reply: bool) -> dict[str, Any]:
    values = part.values
    found = {key: values[key] for key in _TURN_VALUES if key in values}
    if "skill" in values and not of_reply:
        found["skill"] = values["skill"]
    for key in ("slots", "slots_include"):
        if key in values:
            found[key] = {k: _pattern(v) for k, v in values[key].values.items()}
    if "messages" in values:
        found["messages"] = _messages(values["messages"])
    return found


def _messages(read: Fields | tuple[Fields, ...]) -> tuple[dict[str, Json], ...]:
    messages = read if isinstance(read, tuple) else (read,)
    return tuple(
        {key: _pattern(value) for key, value in message.values.items()}
        for message in messages
    )


def _pattern(read: Json | Fields) -> Json:
    """Return a pattern as fixtures have it: ``{"regex": …}``."""
    return dict(read.values) if isinstance(read, Fields) else read
