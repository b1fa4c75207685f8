"""Values for the ``{slot}`` of expectations and of free-form data.

What is said and what is expected take their values from the same choice. In raw bus
data (``emit``, ``messages``, ``session``) a name without a value stays as it is: there,
braces may be a skill's own template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.templates import fill, slots

__all__ = ["filled", "names_in"]

T = TypeVar("T")

_RAW = frozenset({"messages", "session"})


def names_in(value: object, *, raw: bool = True) -> Iterator[str]:
    """Yield the names in the texts of any data; ``raw=False`` leaves out bus data."""
    if isinstance(value, str):
        yield from slots(value)
    elif is_dataclass(value) and not isinstance(value, Mark):
        for part in fields(value):
            if raw or part.name not in _RAW:
                yield from names_in(getattr(value, part.name), raw=raw)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from names_in(part, raw=raw)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from names_in(part, raw=raw)


def filled(value: T, values: Mapping[str, str], path: str) -> T:
    """Return data with the values of its names, and its marks in a script.

    A regular expression takes values as literal text.

    Args:
        value: dataclasses, mappings, sequences and scalars.
        values: the names that have a value.
        path: the script as generated files call it.

    """
    return cast("T", _filled(value, values, path))


def _filled(value: object, values: Mapping[str, str], path: str) -> object:
    if isinstance(value, str):
        return fill(value, values) if "{" in value else value
    if isinstance(value, Mapping):
        return {key: _filled(part, values, path) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_filled(part, values, path) for part in value)
    if isinstance(value, Mark):
        return replace(value, path=path)
    return _filled_fields(value, values, path) if is_dataclass(value) else value


def _filled_fields(
    value: Any,
    values: Mapping[str, str],
    path: str,  # any dataclass
) -> object:
    literal = {name: re.escape(text) for name, text in values.items()}
    changes = {
        part.name: _filled(given, literal if part.name == "regex" else values, path)
        for part in fields(value)
        if (given := getattr(value, part.name)) is not None
    }
    return replace(value, **changes)
