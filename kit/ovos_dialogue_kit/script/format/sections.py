"""The kinds of values that are made of others: lists, mappings, sections of keys.

A section is a mapping whose keys the format defines; it is the source of a definition
in the JSON Schema, and of a table in the script reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ovos_dialogue_kit.errors import Mark, ScriptError, near_name
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.kinds import Kind, Schema, refuse, require_text
from ovos_dialogue_kit.script.format.nodes import ListNode, MapNode, Node, TextNode

__all__ = ["Either", "Fields", "KeySpec", "ListOf", "MapOf", "OneOrMore", "Section"]


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read of a mapping, and the places of it and of its keys."""

    mark: Mark
    values: Mapping[str, Any]  # as their kinds say
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with something in it."""

    item: Kind
    words: str

    def read(self, node: Node, name: str) -> tuple[Any, ...]:
        """Return the items."""
        if not isinstance(node, ListNode):
            refuse(node, name, self.words)
        return _items(node, name, self.item)

    def schema(self) -> Schema:
        """Return that it is a list."""
        return {"type": "array", "items": self.item.schema(), "minItems": 1}

    def parts(self) -> tuple[Kind, ...]:
        """Return the item."""
        return (self.item,)


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """One item, or a list of them; equal ones are an error."""

    item: Kind
    words: str

    def read(self, node: Node, name: str) -> tuple[Any, ...]:
        """Return the items."""
        if not isinstance(node, ListNode):
            return (self.item.read(node, name),)
        items = _items(node, name, self.item)
        seen = set()
        for item, part in zip(items, node.items, strict=True):
            if item in seen:
                raise ScriptError(f'"{name}" has "{item}" twice', part.mark)
            seen.add(item)
        return items

    def schema(self) -> Schema:
        """Return that it is an item or a list."""
        item = self.item.schema()
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}

    def parts(self) -> tuple[Kind, ...]:
        """Return the item."""
        return (self.item,)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping whose keys the author names; ``known`` are all that there may be."""

    item: Kind
    noun: str
    words: str
    pattern: str = r".*\S.*"
    hint: str | None = None
    known: tuple[str, ...] = ()

    def read(self, node: Node, name: str) -> Fields:
        """Return the values by their names."""
        if not isinstance(node, MapNode):
            refuse(node, name, self.words)
        if not node.values:
            raise ScriptError(f'"{name}" is empty', node.mark)
        for key, mark in node.marks.items():
            self._check(key, mark)
        values = {key: self.item.read(part, key) for key, part in node.values.items()}
        return Fields(node.mark, values, node.marks)

    def _check(self, key: str, mark: Mark) -> None:
        if self.known and key not in self.known:
            raise ScriptError(
                f'unknown {self.noun} "{key}"{near_name(key, self.known)}',
                mark,
                f"known: {', '.join(self.known)}",
            )
        if not re.fullmatch(self.pattern, key):
            raise ScriptError(f'"{key}" cannot name a {self.noun}', mark, self.hint)

    def schema(self) -> Schema:
        """Return the values' schema, and what the names may be."""
        names: Json = (
            {"enum": list(self.known)}
            if self.known
            else {"pattern": f"^(?:{self.pattern})$"}
        )
        return {
            "type": "object",
            "additionalProperties": self.item.schema(),
            "propertyNames": names,
            "minProperties": 1,
        }

    def parts(self) -> tuple[Kind, ...]:
        """Return the item."""
        return (self.item,)


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A key of a section: what it takes, and what it is for (Markdown)."""

    name: str
    kind: Kind
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping whose keys the format defines.

    ``name`` is that of the schema's definition, ``title`` what errors and documents
    call it. ``free`` is what further keys take, if there may be any; ``check`` raises
    for keys that do not go together. With ``empty``, nothing at all will do.
    """

    name: str
    title: str
    keys: tuple[KeySpec, ...]
    free: Kind | None = None
    check: Callable[[MapNode], None] | None = None
    empty: bool = False
    words: str = "a mapping"

    def read(self, node: Node, name: str) -> Fields:
        """Return the values of the keys that are there."""
        if self.empty and isinstance(node, TextNode) and node.plain and not node.text:
            return Fields(node.mark, {}, {})
        if not isinstance(node, MapNode):
            refuse(node, name, self.words)
        if not node.values and not self.empty:
            raise ScriptError(f'"{name}" is empty', node.mark)
        kinds = {key.name: key.kind for key in self.keys}
        if self.free is None:
            for key in node.values:
                if key not in kinds:
                    raise self.unknown(key, node)
        if self.check:
            self.check(node)
        for definition in self.keys:
            if definition.required and definition.name not in node.values:
                raise ScriptError(f'"{name}" needs "{definition.name}"', node.mark)
        values = {
            key: kinds.get(key, self.free or self).read(value, key)
            for key, value in node.values.items()
        }
        return Fields(node.mark, values, node.marks)

    def unknown(self, key: str, node: MapNode) -> ScriptError:
        """Return the error for a key that the section does not have."""
        names = [definition.name for definition in self.keys]
        value = node.values[key]
        split = node.flow and isinstance(value, TextNode) and value.text == ""
        return ScriptError(
            f'unknown key "{key}" in {self.title}{near_name(key, names)}',
            node.marks[key],
            'a text that begins with "{" or, in braces, has a "," must be in quotes'
            if split
            else f"known: {', '.join(names)}",
        )

    def schema(self) -> Schema:
        """Return a reference to the definition."""
        return {"$ref": f"#/$defs/{self.name}"}

    def definition(self) -> Schema:
        """Return what the reference stands for."""
        properties: Schema = {
            key.name: {"description": key.about, **key.kind.schema()}
            for key in self.keys
        }
        required: list[Json] = [key.name for key in self.keys if key.required]
        return {
            "type": ["object", "null"] if self.empty else "object",
            "properties": properties,
            "additionalProperties": self.free.schema() if self.free else False,
            **({"required": required} if required else {}),
        }

    def parts(self) -> tuple[Kind, ...]:
        """Return the kinds of its keys."""
        kinds = tuple(key.kind for key in self.keys)
        return (*kinds, self.free) if self.free else kinds


@dataclass(frozen=True, slots=True)
class Either:
    """One kind or another, depending on how it is written."""

    text: Kind | None = None
    list: Kind | None = None
    map: Kind | None = None

    @property
    def words(self) -> str:
        """What it takes, for errors and documents."""
        *most, last = [kind.words for kind in self.parts()]
        return f"{', '.join(most)} or {last}"

    def read(self, node: Node, name: str) -> Any:
        """Return what the kind for such a node reads."""
        if isinstance(node, TextNode):
            kind = self.text
        else:
            kind = self.list if isinstance(node, ListNode) else self.map
        if kind is None and self.text:
            require_text(node, name, self.words)
        if kind is None:
            refuse(node, name, self.words)
        return kind.read(node, name)

    def schema(self) -> Schema:
        """Return that it is any of the kinds."""
        return {"anyOf": [kind.schema() for kind in self.parts()]}

    def parts(self) -> tuple[Kind, ...]:
        """Return the kinds."""
        return tuple(kind for kind in (self.text, self.list, self.map) if kind)


def _items(node: ListNode, name: str, item: Kind) -> tuple[Any, ...]:
    if not node.items:
        raise ScriptError(f'"{name}" is empty', node.mark)
    return tuple(item.read(part, name) for part in node.items)
