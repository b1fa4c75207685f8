"""Find and fill the ``{slot}`` of expectations and of free-form data.

A slot has the same value in what is said and in what is expected. In raw bus data
(``emit``, ``messages``, ``session``) a name without a value stays as it is: there,
braces may belong to a template of the skill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.templates import fill_slots, find_slots

__all__ = ["fill_data", "find_data_slots"]

T = TypeVar("T")

_REPEATED = re.compile(
    r"\{\{?(?:[a-z][a-z0-9_]*:)?([a-z][a-z0-9_]*)\}?\}(?=[*+?]|\{\d*,?\d*\})"
)
"""A slot in a regular expression that is repeated or optional as a whole."""

_RAW = frozenset({"messages", "session"})
_WITH_PATTERNS = frozenset({"slots", "slots_include"})


def find_data_slots(value: object, *, raw: bool = True) -> tuple[str, ...]:
    """Return the slots in the texts of any data, each once, in their order.

    Args:
        value: dataclasses, dictionaries, lists, tuples and scalars.
        raw: whether the slots in an expectation's bus data count.

    """
    found: dict[str, None] = {}
    _collect(value, found, raw=raw)
    return tuple(found)


def _collect(value: object, found: dict[str, None], *, raw: bool) -> None:
    if isinstance(value, str):
        if "{" in value:
            found.update(dict.fromkeys(find_slots(value)))
        return
    parts: object = ()
    if names := _fields_of(value):
        names = names if raw else tuple(name for name in names if name not in _RAW)
        parts = [getattr(value, name) for name in names]
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, (tuple, list)):
        parts = value
    for part in cast("Iterable[object]", parts):
        if part:
            _collect(part, found, raw=raw)


def _fields_of(value: object) -> tuple[str, ...]:
    """Return the field names of a dataclass; none for a mark or other data."""
    kind: type = type(value)
    return _fields(kind)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    has_slots = is_dataclass(kind) and kind is not Mark
    return tuple(part.name for part in fields(kind)) if has_slots else ()


def fill_data(value: T, values: Mapping[str, str], path: str | None = None) -> T:
    """Return data with its slots filled, and its marks in the given script.

    A regular expression takes values as literal text. Data that does not change is
    returned as it is.

    Args:
        value: dataclasses, dictionaries, lists, tuples and scalars.
        values: the values by slot; a slot without a value stays.
        path: the path of the script in generated files; default: as it is.

    """
    return cast("T", _filled(value, values, path))


def _filled(value: object, values: Mapping[str, str], path: str | None) -> object:
    if isinstance(value, str):
        return fill_slots(value, values)
    if isinstance(value, Mark):
        return value if path in (None, value.path) else replace(value, path=path)
    if _fields_of(value):
        return _filled_fields(value, values, path)
    if isinstance(value, dict):
        return {key: _filled(part, values, path) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_filled(part, values, path) for part in value)
    return value


def _filled_fields(
    value: Any,  # any dataclass
    values: Mapping[str, str],
    path: str | None,
) -> object:
    changes = {}
    for name in _fields_of(value):
        given = getattr(value, name)
        if not given:
            continue
        new = _filled_field(name, given, values, path)
        if new != given:
            changes[name] = new
    return replace(value, **changes) if changes else value


def _filled_field(
    name: str,
    given: Any,  # what a field of this name has
    values: Mapping[str, str],
    path: str | None,
) -> object:
    if name == "regex":
        return _filled_regex(given, values)
    if name in _WITH_PATTERNS:
        return {k: _filled_pattern(part, values, path) for k, part in given.items()}
    if name == "messages":
        return tuple(_filled_message(message, values, path) for message in given)
    return _filled(given, values, path)


def _filled_message(
    message: Mapping[str, object], values: Mapping[str, str], path: str | None
) -> dict[str, object]:
    return {
        key: (_filled_pattern if key == "type" else _filled)(part, values, path)
        for key, part in message.items()
    }


def _filled_pattern(
    pattern: object, values: Mapping[str, str], path: str | None
) -> object:
    """Return the text or pattern of a slot or a message's type, with slots filled."""
    if not isinstance(pattern, Mapping):
        return _filled(pattern, values, path)
    regex = pattern.get("regex")
    if isinstance(regex, str):
        return {"regex": _filled_regex(regex, values)}
    return _filled(pattern, values, path)


def _filled_regex(regex: str, values: Mapping[str, str]) -> str:
    return fill_slots(_grouped(regex, values), _literal(regex, values))


def _literal(regex: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values it uses as expressions that match exactly these texts."""
    names = (*find_slots(regex), CANARY)
    return {name: re.escape(values[name]) for name in names if name in values}


def _grouped(regex: str, values: Mapping[str, str]) -> str:
    """Return an expression in which each slot that is repeated is a group."""
    return _REPEATED.sub(
        lambda slot: f"(?:{slot[0]})" if slot[1] in values else slot[0], regex
    )
