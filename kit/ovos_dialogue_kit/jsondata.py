"""Convert dataclasses to JSON and back, by their annotations alone.

A field that has its default is left out, so ``null`` never means "nothing"; a ``Mark``
is the text ``path:line:column``; a tuple is an array. Reading is strict: an unknown or
missing key and a value of a different type are errors with their place in the text.
Where an annotation is ``Json``, any value is accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import (
    Any,
    Literal,
    NoReturn,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from ovos_dialogue_kit.errors import KitError, Mark, near_name
from ovos_dialogue_kit.visible import visible_json

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Any JSON value."""

__all__ = [
    "Json",
    "KeyPath",
    "as_json",
    "as_json_text",
    "from_json",
    "is_shallow",
    "json_line",
    "locate_key",
    "mapping_in",
    "merged",
    "parse_json",
]

DEPTH = 210
"""Levels of lists and mappings; the answers of an assistant have at most 200."""

T = TypeVar("T")
KeyPath: TypeAlias = "tuple[str | int, ...]"

_SCALARS: frozenset[type] = frozenset({str, int, float, bool, NoneType})

_NAMES = {dict: "a mapping", list: "a list", str: "a text", int: "a whole number"}
_NAMES |= {float: "a number", bool: "true or false", NoneType: "nothing"}


class _MisfitError(Exception):
    """A part of the data does not fit its annotation."""

    def __init__(self, keys: KeyPath, problem: str) -> None:
        super().__init__(problem)
        self.keys = keys
        self.problem = problem


def as_json(value: object) -> dict[str, Json]:
    """Return a dataclass as JSON data, without the fields that have their default."""
    return cast("dict[str, Json]", _encode(value))


def as_json_text(value: object) -> str:
    """Return data as JSON text, with its dataclasses as ``as_json`` returns them."""
    return _ENCODER.encode(value)


def _encode(value: object) -> object:
    kind: type = type(value)
    if kind in _SCALARS:
        return value
    if known := None if kind is dict or kind is tuple else _defaults(kind):
        return str(value) if kind is Mark else _encode_items(_given(value, known))
    if isinstance(value, Mapping):
        return _encode_items(value.items())
    if isinstance(value, (str, int, float)):
        return value
    return [_encode(part) for part in cast("Iterable[object]", value)]


def _encode_items(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Encode the parts of a mapping; those that need it not are left at once."""
    return {
        name: part if type(part) in _SCALARS else _encode(part) for name, part in items
    }


def _encode_outside(value: object) -> object:
    """Encode what ``json`` cannot write, but not the parts of it."""
    kind: type = type(value)
    if known := _defaults(kind):
        return str(value) if kind is Mark else dict(_given(value, known))
    if isinstance(value, Mapping):
        return dict(value)
    return list(cast("Iterable[object]", value))


_ENCODER = json.JSONEncoder(default=_encode_outside)


def _given(
    value: object, known: Iterable[tuple[str, object]]
) -> Iterator[tuple[str, object]]:
    """Yield the fields of a dataclass that have not their default."""
    for name, default in known:
        part = getattr(value, name)
        if part is not default and part != default:
            yield name, part


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """Return a dataclass's fields with their defaults, or ``MISSING``."""
    if not is_dataclass(kind):
        return ()
    return tuple((part.name, _default(part)) for part in fields(kind))


def _default(part: Field[Any]) -> object:  # a dataclass's field may hold anything
    if part.default_factory is not MISSING:
        return part.default_factory()
    return part.default


def json_line(data: Json) -> str:
    """Return data as one line of JSON that every reader takes for one.

    A number that JSON cannot write is a text: ``"NaN"``, ``"Infinity"``,
    ``"-Infinity"``.
    """
    try:
        text = _dumps(data, allow_nan=False)
    except ValueError:
        finite = json.loads(_dumps(data, allow_nan=True), parse_constant=str)
        text = _dumps(finite, allow_nan=False)
    return visible_json(text)


def _dumps(data: Json, *, allow_nan: bool) -> str:
    return json.dumps(
        data,
        allow_nan=allow_nan,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def parse_json(text: str, path: str) -> Json:
    """Return the data of a JSON text.

    Raises:
        KitError: the text is not JSON; with the place where it breaks off.

    """
    try:
        data = cast("Json", json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        mark = Mark(path, error.lineno, error.colno)
        raise KitError("the file is cut off or damaged", mark) from error
    except (ValueError, RecursionError) as error:
        raise KitError("the file is damaged", Mark(path)) from error
    if not is_shallow(data):
        raise KitError(f"it is nested more than {DEPTH} levels deep", Mark(path))
    return data


def is_shallow(data: Json) -> bool:
    """Return True unless lists and mappings are nested more than ``DEPTH`` levels."""
    level = [data]
    for _ in range(DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return True
    return False


def _parts(data: Json) -> Iterable[Json]:
    """Return the lists and mappings right in some data."""
    if not isinstance(data, (dict, list)):
        return ()
    parts = data.values() if isinstance(data, dict) else data
    return [part for part in parts if isinstance(part, (dict, list))]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def from_json(kind: type[T], data: Json, text: str, path: str) -> T:
    """Return the dataclass from which JSON data was made.

    Args:
        kind: the dataclass.
        data: the result of ``parse_json``, or a part of its top level.
        text: the text of the data, for the places of errors; empty if it is not at
            hand.
        path: the text's file, for the places of errors.

    Raises:
        KitError: the data does not fit; with the place, and the near name of an unknown
            key.

    """
    try:
        return cast("T", _read(kind, data, ()))
    except _MisfitError as misfit:
        raise KitError(misfit.problem, locate_key(misfit.keys, text, path)) from misfit


def _read(kind: object, data: Json, at: KeyPath) -> object:
    if kind is object:
        return data
    if kind is Mark:
        return _read_mark(data, at)
    if isinstance(kind, type) and is_dataclass(kind):
        return _read_fields(kind, data, at)
    if get_args(kind):
        return _read_generic(kind, data, at)
    if kind is float and type(data) is int:
        return _as_float(data, at)
    return _plain(cast("type[object]", kind), data, at)


def _as_float(data: int, at: KeyPath) -> float:
    try:
        return float(data)
    except OverflowError as error:
        raise _MisfitError(at, "the number is too large") from error


def _read_generic(kind: object, data: Json, at: KeyPath) -> object:
    """Read ``X | None``, ``tuple[X, ...]``, ``Mapping[str, X]`` or ``Literal[…]``."""
    if get_origin(kind) is Literal:
        if data not in get_args(kind):
            known = ", ".join(get_args(kind))
            raise _MisfitError(at, f'unknown value "{data}"; known: {known}')
        return data
    inner = [part for part in get_args(kind) if part is not NoneType]
    if get_origin(kind) is tuple:
        items = enumerate(_plain(list, data, at))
        return tuple(_read(inner[0], part, (*at, index)) for index, part in items)
    if get_origin(kind) is Mapping:
        named = _plain(dict, data, at).items()
        return {key: _read(inner[1], part, (*at, key)) for key, part in named}
    return _read(inner[0], data, at)


def _plain(kind: type[T], data: Json, at: KeyPath) -> T:
    if type(data) is not kind:
        raise _MisfitError(at, f"expected {_NAMES[kind]}, not {_NAMES[type(data)]}")
    return data


def _read_fields(kind: type, data: Json, at: KeyPath) -> object:
    known = _annotations(kind)
    given: dict[str, Json] = _plain(dict, data, at)
    for key in given:
        if key not in known:
            problem = f'unknown key "{key}"{near_name(key, known)}'
            raise _MisfitError((*at, key), problem)
    for name, default in _defaults(kind):
        if default is MISSING and name not in given:
            raise _MisfitError(at, f'the key "{name}" is missing')
    make: Callable[..., object] = kind
    return make(**{n: _read(known[n], part, (*at, n)) for n, part in given.items()})


@cache
def _annotations(kind: type) -> dict[str, object]:
    """Return the fields' annotations; the recursive ``Json`` is read as ``object``."""
    return get_type_hints(kind, localns={"Json": object})


def _read_mark(data: Json, at: KeyPath) -> Mark:
    match = re.fullmatch(r"(?s)(.+):(\d{1,9}):(\d{1,9})", _plain(str, data, at))
    if match is None:
        raise _MisfitError(at, "expected path:line:column")
    return Mark(match[1], int(match[2]), int(match[3]))


def locate_key(keys: KeyPath, text: str, path: str) -> Mark:
    """Return the place of an object's key or a list's item in a JSON text."""
    if not text:
        return Mark(path)
    offset = value = _blank(text, 0)
    for key in keys:
        offset, value = _step(text, value, key)
    line_start = text.rfind("\n", 0, offset) + 1
    return Mark(path, text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _step(text: str, at: int, key: str | int) -> tuple[int, int]:
    """Return where an entry of the object or array at ``at`` begins, and its value.

    Of equal keys the last counts, as it does for ``json``.
    """
    decoder, index = json.JSONDecoder(), 0
    found = at, at
    name: object
    start = value = _blank(text, at + 1)
    while True:
        name = index
        if text[at] == "{":
            name, end = decoder.raw_decode(text, start)
            value = _blank(text, _blank(text, end) + 1)
        if name == key:
            found = start, value
        _, end = decoder.raw_decode(text, value)
        end = _blank(text, end)
        if text[end] in "}]":
            return found
        start = value = _blank(text, end + 1)
        index += 1


def _blank(text: str, at: int) -> int:
    """Return the index of the next character that is not white space."""
    match = re.compile(r"\s*").match(text, at)
    return match.end() if match else at


def merged(base: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """Return data with changes; mappings are merged at any depth."""
    made = dict(base)
    for key, value in changes.items():
        old = made.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            made[key] = merged(old, value)
        else:
            made[key] = value
    return made


def mapping_in(wire: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    """Return the mapping under a key of bus data, an empty one if there is none."""
    value = wire.get(key)
    return value if isinstance(value, dict) else {}
