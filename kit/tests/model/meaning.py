"""Say what an expectation means, from ``docs/script.md`` alone, in plain code.

Nothing here is imported from the kit. An expectation is what a script says, as plain
data; a turn is a mapping of what happened:

``replies`` (each with ``text``, ``at``, ``lang``, ``skill``, ``asks``, and ``dialog``
and ``data`` if the skill tells them), ``intent``, ``skill``, ``route``, ``matched``,
``slots``, ``messages``, ``session``, ``at`` (when it began); and ``dialogs``, the lines
of ``.dialog`` files in the language of the turn's session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Course", "does_hold", "heard_in", "outcome_of"]

Plain: TypeAlias = Any  # what YAML and JSON have
Turn: TypeAlias = Mapping[str, Any]

_OF_REPLY = ("dialog", "data", "text", "regex", "contains", "lang", "asks", "within")


def does_hold(expect: Plain, turn: Turn) -> bool:
    """Return True if a turn is as ``expect`` says."""
    items = expect if isinstance(expect, list) else [expect]
    replies = turn["replies"]
    due = [item for item in items if _stands_for_reply(item)]
    silent = any("no_reply" in item for item in items if isinstance(item, dict))
    if (due or silent) and not _in_order(due, replies, turn):
        return False
    return all(_turn_is(item, turn) for item in items if isinstance(item, dict))


def _stands_for_reply(item: Plain) -> bool:
    if isinstance(item, str):
        return True
    return any(key in item for key in (*_OF_REPLY, "any_of")) or (
        "not" in item and _stands_for_reply(item["not"])
    )


def _in_order(due: list[Plain], replies: Iterable[Plain], turn: Turn) -> bool:
    heard = list(replies)
    return len(due) == len(heard) and all(
        _reply_is(item, reply, turn) for item, reply in zip(due, heard, strict=True)
    )


# -- a reply ---


def _reply_is(item: Plain, reply: Plain, turn: Turn, around: str | None = None) -> bool:
    """Return True if a reply is as an item says; ``around`` is the dialog around it."""
    if isinstance(item, str):
        return _words(item) == _words(reply["text"])
    dialog = item.get("dialog", around)
    held = [_part_is(key, item[key], reply, turn, dialog) for key in _parts(item)]
    never = item.get("not", {})
    if isinstance(never, str):
        never = {"text": never}
    inner = never.get("dialog", dialog)
    denied = [_part_is(key, never[key], reply, turn, inner) for key in _parts(never)]
    return all(held) and not any(denied)


def _parts(item: Mapping[str, Plain]) -> list[str]:
    return [key for key in (*_OF_REPLY, "any_of", "skill") if key in item]


def _part_is(
    key: str, value: Plain, reply: Plain, turn: Turn, dialog: str | None
) -> bool:
    text = _words(reply["text"])
    if key == "dialog":
        told = reply.get("dialog")
        return bool(_is_line(value, text, turn)) if told is None else told == value
    if key == "data":
        if reply.get("dialog") is None:
            return dialog is not None and _is_line(dialog, text, turn, value)
        told = reply.get("data") or {}
        return all(k in told and _read(v) == _read(told[k]) for k, v in value.items())
    if key == "any_of":
        return any(_reply_is(each, reply, turn, dialog) for each in value)
    simple = {
        "text": lambda: _words(value) == text,
        "regex": lambda: bool(re.search(value, text)),
        "contains": lambda: _words(value) in text,
        "lang": lambda: value.lower() == (reply.get("lang") or "").lower(),
        "asks": lambda: value == reply["asks"],
        "within": lambda: reply["at"] - turn["at"] <= float(value[:-1]),
        "skill": lambda: value == reply.get("skill"),
    }
    return simple[key]()


def _is_line(name: str, text: str, turn: Turn, data: Plain = None) -> bool:
    """Return True if a line of a dialog, filled with the data, reads like the text."""
    lines = turn["dialogs"].get(name, [])
    known = {slot for line in lines for slot in re.findall(r"\{(\w+)\}", line)}
    if not set(data or {}) <= known:
        return False
    for line in lines:
        for slot, value in (data or {}).items():
            line = line.replace("{" + slot + "}", _read(value))  # noqa: PLW2901
        pattern = ".*".join(map(re.escape, re.split(r"\{\w+\}", line)))
        if re.fullmatch(pattern, text):
            return True
    return False


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _read(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else _words(str(value))


# -- the turn ---


def _turn_is(item: Mapping[str, Plain], turn: Turn) -> bool:
    """Return True if the conditions of an item on the turn hold."""
    if not all(_condition(key, item[key], turn) for key in _conditions(item)):
        return False
    never = item.get("not", {})
    if isinstance(never, str):
        return True
    beside = _stands_for_reply(item)
    keys = [key for key in _conditions(never) if not (beside and key == "skill")]
    return not any(_condition(key, never[key], turn, denied=True) for key in keys)


_OF_TURN = ("intent", "route", "no_match", "slots", "slots_include", "session")
_LISTED = ("messages", "replies_include", "replies_in_any_order")


def _conditions(item: Mapping[str, Plain]) -> list[str]:
    of_turn = [key for key in (*_OF_TURN, *_LISTED) if key in item]
    return of_turn + (
        ["skill"] if "skill" in item and not _stands_for_reply(item) else []
    )


def _condition(key: str, value: Plain, turn: Turn, *, denied: bool = False) -> bool:
    listed = value if isinstance(value, list) else [value]
    conditions = {
        "intent": lambda: value == turn["intent"],
        "route": lambda: value == turn["route"],
        "skill": lambda: value == turn["skill"],
        "no_match": lambda: turn["matched"] is False,
        "slots": lambda: len(value) == len(turn["slots"]) and _slots_are(value, turn),
        "slots_include": lambda: _slots_are(value, turn),
        "session": lambda: all(
            _field_is(part, turn["session"], name) for name, part in value.items()
        ),
        "messages": lambda: _are_sent(listed, turn),
        "replies_in_any_order": lambda: any(
            _in_order(listed, some, turn) for some in permutations(turn["replies"])
        ),
        "replies_include": lambda: _are_among(listed, turn, denied=denied),
    }
    return bool(conditions[key]())


def _slots_are(wanted: Mapping[str, Plain], turn: Turn) -> bool:
    slots = turn["slots"]
    return all(key in slots and _fits(each, slots[key]) for key, each in wanted.items())


def _are_sent(wanted: list[Plain], turn: Turn) -> bool:
    left = iter(turn["messages"])
    return all(any(_message_is(each, sent) for sent in left) for each in wanted)


def _are_among(wanted: list[Plain], turn: Turn, *, denied: bool) -> bool:
    replies = turn["replies"]
    if denied:  # of several, none may be among them
        return any(_reply_is(each, one, turn) for each in wanted for one in replies)
    some = permutations(replies, min(len(wanted), len(replies)))
    return any(_in_order(wanted, each, turn) for each in some)


def _fits(pattern: Plain, value: Plain) -> bool:
    if not isinstance(pattern, dict):
        return _read(pattern) == _read(value)
    if "regex" in pattern:
        return bool(re.search(pattern["regex"], _read(value)))
    if "contains" in pattern:
        return _words(pattern["contains"]) in _read(value)
    return value is not None


def _message_is(wanted: Mapping[str, Plain], sent: Mapping[str, Plain]) -> bool:
    parts = [key for key in ("data", "context") if key in wanted]
    return _fits(wanted["type"], sent["type"]) and all(
        _is_part(wanted[key], sent.get(key)) for key in parts
    )


def _field_is(value: Plain, session: Mapping[str, Plain], key: str) -> bool:
    if key not in session:
        return value in ([], {}, None) and not isinstance(value, bool)
    return _is_part(value, session[key], key)


def _is_part(value: Plain, found: Plain, key: str = "") -> bool:
    """Return True if data has all that is expected."""
    if type(value) is not type(found):
        numbers = (int, float)
        return type(value) in numbers and type(found) in numbers and value == found
    if isinstance(value, dict):
        if not value:
            return not found
        return all(k in found and _is_part(v, found[k], k) for k, v in value.items())
    if isinstance(value, list):
        pairs = zip(value, found, strict=False)
        return len(value) == len(found) and all(_is_part(a, b, key) for a, b in pairs)
    if key == "lang":
        return bool(value.lower() == found.lower())
    return bool(value == found)


# -- turns that overlap ---


class Course(NamedTuple):
    """The course of a turn: its replies come after a delay, a second apart."""

    session: str
    delay: float
    replies: int
    overlap: bool


def heard_in(turns: Sequence[Course]) -> list[tuple[str, ...]]:
    """Return the intent of each turn, and the replies that belong to it.

    An intent belongs to the turn that caused it, a reply to the turn that its session
    took last, of those that have not ended.
    """
    heard: list[list[str]] = [[f"intent {index}"] for index in range(len(turns))]
    coming: list[tuple[float, int, int, int]] = []  # when, order, turn, reply
    open_turns: list[int] = []
    now, order = 0.0, 0

    def go_on(until_end_of: int) -> None:
        nonlocal now
        while until_end_of in open_turns:
            coming.sort()
            now, _, index, number = coming.pop(0)
            session = turns[index].session
            last = [each for each in open_turns if turns[each].session == session]
            heard[last[-1]].append(f"reply {number} to turn {index}")
            if number == turns[index].replies - 1:
                open_turns.remove(index)

    for index, turn in enumerate(turns):
        open_turns.append(index)
        for number in range(turn.replies):
            coming.append((now + turn.delay + number, order, index, number))
            order += 1
        if not turn.overlap:
            go_on(index)
    for index in range(len(turns)):
        go_on(index)
    return [tuple(each) for each in heard]


# -- the dialogue ---


_CHECKED = {"raises": "raised", "strays": "stray", "is late": "no_end"}


def outcome_of(dialogue: Mapping[str, Plain]) -> str:
    """Return the outcome of a dialogue.

    ``script`` and ``dialogue`` are their marks, ``turns`` a list of turns: ``marks``,
    and ``goes`` (right, wrong, raises, strays, is late or crashes). Marks are a mapping
    of ``skip`` (true, also for a ``requires`` that is not fulfilled), ``xfail`` (strict
    or loose; ``other`` for other versions) and ``allow`` (a list).
    """
    outer, inner = dialogue["script"], dialogue["dialogue"]
    turns = [turn for turn in dialogue["turns"] if not turn["marks"].get("skip")]
    if outer.get("skip") or inner.get("skip") or not turns:
        return "skipped"
    allowed = [*outer.get("allow", []), *inner.get("allow", [])]
    fails = accounted = passed = False
    left = 0  # what is left for the xfail of the dialogue
    for number, turn in enumerate(turns, start=1):
        own = [*allowed, *turn["marks"].get("allow", [])]
        crashes = turn["goes"] == "crashes"
        wrong = turn["goes"] in ("wrong", "crashes") and not (
            crashes and "crash" in own and not turn.get("expects", True)
        )
        check = _CHECKED.get(turn["goes"])
        wrong = wrong or (check is not None and check not in own)
        xfail = turn["marks"].get("xfail")
        if xfail in ("strict", "loose"):
            accounted |= wrong
            passed |= not wrong and xfail == "loose"
            fails |= not wrong and xfail == "strict"
            wrong = False
            unreplayed = crashes and number < len(turns)
        else:
            unreplayed = crashes and "crash" in own and number < len(turns)
        left += wrong + unreplayed
        if crashes:
            break
    xfail = inner.get("xfail") or outer.get("xfail")
    if xfail in ("strict", "loose"):
        accounted |= left > 0
        passed |= left == 0 and xfail == "loose"
        fails |= left == 0 and xfail == "strict"
        left = 0
    if fails or left:
        return "failed"
    return "xfailed" if accounted else "xpassed" if passed else "passed"
