"""The kinds of single values in a script: each reads a node, and tells what it takes.

``format`` says which key takes which kind, ``sections`` has the kinds made of others. A
kind checks all that can be checked without looking elsewhere. Its JSON Schema is for
editors, which see what their YAML library makes of a file: so a text may be a number or
a boolean there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeAlias

from ovos_dialogue_kit.errors import ScriptError, near_name
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.nodes import ListNode, MapNode, Node, TextNode
from ovos_dialogue_kit.script.model import Text

__all__ = [
    "AnyMapping",
    "Kind",
    "OneOf",
    "Scalar",
    "Schema",
    "Template",
    "refuse",
    "require_text",
]

Schema: TypeAlias = dict[str, Json]

_ANY_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(\.\d{1,99})?(?:[eE][+-]?\d{1,3})?")
_CONSTANTS: Mapping[str, Json] = {"true": True, "false": False, "null": None}


class Kind(Protocol):
    """What a key takes; the value that is read depends on the kind, hence ``Any``."""

    @property
    def words(self) -> str:
        """What it takes, for errors and documents: ``a text``."""
        ...

    def read(self, node: Node, name: str) -> Any:
        """Return a node's value; ``name`` is the key that errors talk about."""
        ...

    def schema(self) -> Schema:
        """Return the JSON Schema; sections refer to their definition by name."""
        ...

    def parts(self) -> tuple[Kind, ...]:
        """Return the kinds that it is made of."""
        ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, converted; ``convert`` raises ``ValueError`` (with the reason, if any).

    ``json`` is the schema where an editor can know more than that it is a scalar.
    """

    words: str = "a text"
    convert: Callable[[str], object] = str
    hint: str | None = None
    json: Mapping[str, Json] | None = None

    def read(self, node: Node, name: str) -> Any:
        """Return what ``convert`` makes of the text."""
        text = require_text(node, name, self.words)
        try:
            return self.convert(text)
        except ValueError as error:
            refuse(node, name, self.words, self.hint, str(error))

    def schema(self) -> Schema:
        """Return that it is any scalar, or what is known of it."""
        return dict(self.json or _ANY_SCALAR)

    def parts(self) -> tuple[Kind, ...]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text that keeps its place, because it is looked into later.

    ``hint`` helps where it is empty.
    """

    words: str = "a text"
    hint: str | None = None

    def read(self, node: Node, name: str) -> Text:
        """Return the text with its place."""
        return Text(require_text(node, name, self.words, self.hint), node.mark)

    def schema(self) -> Schema:
        """Return that it is any scalar."""
        return dict(_ANY_SCALAR)

    def parts(self) -> tuple[Kind, ...]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some names, or several of them joined by ``joint``."""

    noun: str
    names: tuple[str, ...]
    joint: str = ""

    @property
    def words(self) -> str:
        """What it takes, for errors and documents."""
        return f"one of {', '.join(self.names)}"

    def read(self, node: Node, name: str) -> str:
        """Return the name."""
        text = require_text(node, name, self.words)
        for part in text.split(self.joint) if self.joint else [text]:
            if part not in self.names:
                raise ScriptError(
                    f'unknown {self.noun} "{part}"{near_name(part, self.names)}',
                    node.mark,
                    f"known: {', '.join(self.names)}",
                )
        return text

    def schema(self) -> Schema:
        """Return the names."""
        if not self.joint:
            return {"enum": list(self.names)}
        one = f"({'|'.join(self.names)})"
        return {"type": "string", "pattern": f"^{one}({re.escape(self.joint)}{one})*$"}

    def parts(self) -> tuple[Kind, ...]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class AnyMapping:
    """A mapping with whatever JSON in it, as a bus message has it.

    Here alone ``true``, ``false``, ``null`` and numbers are not texts, unless quoted.
    """

    words: str = "a mapping"

    def read(self, node: Node, name: str) -> dict[str, Json]:
        """Return the mapping as JSON."""
        if not isinstance(node, MapNode):
            refuse(node, name, self.words)
        return {key: _json(value) for key, value in node.values.items()}

    def schema(self) -> Schema:
        """Return that it is any mapping."""
        return {"type": "object"}

    def parts(self) -> tuple[Kind, ...]:
        """Return nothing."""
        return ()


def refuse(
    node: Node, name: str, words: str, hint: str | None = None, reason: str = ""
) -> NoReturn:
    """Raise that a key takes something else than what stands there.

    Args:
        node: what stands there.
        name: the key.
        words: what it takes.
        hint: the edit that helps.
        reason: why a text will not do.

    """
    if isinstance(node, TextNode):
        if node.plain and not node.text:
            raise ScriptError(f'"{name}" is empty', node.mark, hint)
        found = f'"{node.text}"'
    else:
        found = "a list" if isinstance(node, ListNode) else "a mapping"
    because = f": {reason}" if reason else ""
    raise ScriptError(
        f'"{name}" must be {words}, not {found}{because}', node.mark, hint
    )


def require_text(node: Node, name: str, words: str, hint: str | None = None) -> str:
    """Return the text of a node, or raise that there is none; ``hint`` says what for.

    A list or a mapping may be a text that YAML took for one.
    """
    if isinstance(node, TextNode):
        if not node.text.strip():
            raise ScriptError(f'"{name}" is empty', node.mark, hint)
        return node.text
    opening = "[" if isinstance(node, ListNode) else "{"
    quote = f'a text that begins with "{opening}" must be in quotes'
    refuse(node, name, words, quote if node.flow else None)


def _json(node: Node) -> Json:
    if isinstance(node, MapNode):
        return {key: _json(value) for key, value in node.values.items()}
    if isinstance(node, ListNode):
        return [_json(item) for item in node.items]
    if node.plain and node.text in _CONSTANTS:
        return _CONSTANTS[node.text]
    number = _NUMBER.fullmatch(node.text) if node.plain else None
    if number is None:
        return node.text
    if number[1] is None and "e" not in node.text.lower():
        return int(node.text)
    found = float(node.text)
    return found if math.isfinite(found) else node.text
