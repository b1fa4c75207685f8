"""Generate the JSON Schema of scripts, for editors, from the format's definitions.

An editor sees the values that its YAML library makes of a file, so a text may be a
number or a boolean there.
"""

from __future__ import annotations

import re
from functools import singledispatch
from typing import TypeAlias

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.keys import SCRIPT
from ovos_dialogue_kit.script.format.kinds import (
    AnyMapping,
    Kind,
    OneOf,
    Scalar,
    Template,
)
from ovos_dialogue_kit.script.format.ovos_config import OvosConfig
from ovos_dialogue_kit.script.format.sections import (
    Either,
    ListOf,
    MapOf,
    OneOrMore,
    Section,
)

__all__ = ["list_sections", "make_schema"]

Schema: TypeAlias = dict[str, Json]

_ANY_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_LINK = re.compile(r"\[([^\]]+)\]\(#\w+\)")


def make_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12)."""
    definitions: Schema = {
        section.name: _without_links(_definition(section))
        for section in list_sections()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dialogue script of ovos-dialogue-kit",
        "$ref": f"#/$defs/{SCRIPT.name}",
        "$defs": definitions,
    }


def list_sections() -> tuple[Section, ...]:
    """Return the sections of the format, each once, the script first."""
    found: dict[str, Section] = {}
    _collect(SCRIPT, found)
    return tuple(found.values())


def _collect(kind: Kind, found: dict[str, Section]) -> None:
    if isinstance(kind, Section):
        if kind.name in found:
            return
        found[kind.name] = kind
    for part in _parts(kind):
        _collect(part, found)


def _parts(kind: Kind) -> tuple[Kind, ...]:
    """Return the kinds that a kind is made of."""
    if isinstance(kind, Section):
        kinds = tuple(key.kind for key in kind.keys)
        return (*kinds, kind.free) if kind.free else kinds
    if isinstance(kind, Either):
        return kind.kinds()
    if isinstance(kind, MapOf):
        return (kind.item, *kind.others.values())
    return (kind.item,) if isinstance(kind, (ListOf, OneOrMore)) else ()


@singledispatch
def _schema(kind: object) -> Schema:
    """Return the schema of a kind; a section is a reference to its definition."""
    raise TypeError(kind)


@_schema.register
def _(kind: Scalar) -> Schema:
    return dict(kind.json or _ANY_SCALAR)


@_schema.register(Template)
def _(_: Template) -> Schema:
    return dict(_ANY_SCALAR)


@_schema.register(AnyMapping)
def _(kind: AnyMapping) -> Schema:
    return {"type": "object"} if kind.empty else {"type": "object", "minProperties": 1}


@_schema.register(OvosConfig)
def _(_: OvosConfig) -> Schema:
    return {"type": "object", "minProperties": 1}


@_schema.register
def _(kind: OneOf) -> Schema:
    if kind.others:
        other: Schema = {"type": "string", "pattern": f"^{kind.others}$"}
        return {"anyOf": [{"enum": list(kind.names)}, other]}
    if not kind.joint:
        return {"enum": list(kind.names)}
    one = f"({'|'.join(kind.names)})"
    joined = f"{one}({re.escape(kind.joint)}{one})*"
    return {"type": "string", "pattern": f"^({'|'.join((*kind.exclusive, joined))})$"}


@_schema.register
def _(kind: ListOf) -> Schema:
    return {"type": "array", "items": _schema(kind.item), "minItems": 1}


@_schema.register
def _(kind: OneOrMore) -> Schema:
    item = _schema(kind.item)
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


@_schema.register
def _(kind: MapOf) -> Schema:
    names: Json = (
        {"enum": list(kind.known)}
        if kind.known
        else {"pattern": f"^(?:{kind.pattern})$"}
    )
    others: Schema = {name: _schema(other) for name, other in kind.others.items()}
    return {
        "type": "object",
        **({"properties": others} if others else {}),
        "additionalProperties": _schema(kind.item),
        "propertyNames": names,
        "minProperties": 1,
    }


@_schema.register
def _(kind: Either) -> Schema:
    return {"anyOf": [_schema(part) for part in kind.kinds()]}


@_schema.register
def _(kind: Section) -> Schema:
    return {"$ref": f"#/$defs/{kind.name}"}


def _definition(section: Section) -> Schema:
    properties: Schema = {
        key.name: {"description": key.about, **_schema(key.kind)}
        for key in section.keys
    }
    required: list[Json] = [key.name for key in section.keys if key.required]
    return {
        "type": ["object", "null"] if section.empty else "object",
        "properties": properties,
        "additionalProperties": _schema(section.free) if section.free else False,
        **({"required": required} if required else {}),
    }


def _without_links(value: Json) -> Json:
    """Return a definition whose descriptions have no links into the reference."""
    if isinstance(value, dict):
        return {key: _without_links(part) for key, part in value.items()}
    return _LINK.sub(r"\1", value) if isinstance(value, str) else value
