"""Read single values of a script: each kind checks a node and returns its value.

``keys`` says which key takes which kind; ``sections`` has the kinds that are made of
others. A kind checks everything that can be checked without looking elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import ScriptError, near_name, similarity
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.format.nodes import ListNode, MapNode, Node, TextNode
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.script.problems import Problems

__all__ = [
    "AnyMapping",
    "Kind",
    "OneOf",
    "Scalar",
    "Template",
    "refuse",
    "require_text",
]

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(\.\d{1,99})?(?:[eE][+-]?\d{1,3})?")
_MISSPELT = 0.85
"""The similarity to a known name from which on another is a misspelt one."""

_CONSTANTS: Mapping[str, Json] = {"true": True, "false": False, "null": None}


class Kind(Protocol):
    """A kind of values that a key takes."""

    @property
    def words(self) -> str:
        """The kind as errors and documents call it: ``a text``."""
        ...

    def read(self, node: Node, name: str, problems: Problems) -> Any:
        """Return the value of a node; its type depends on the kind, hence ``Any``.

        Args:
            node: the value as it is written.
            name: the key, as errors call it.
            problems: gets what is wrong with the parts of the value.

        Raises:
            ScriptError: the value as a whole cannot be used.

        """
        ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text that is converted.

    ``convert`` raises ``ValueError``, with the reason if there is more to say. ``json``
    is the JSON Schema, where an editor can check more than that it is a scalar.
    """

    words: str = "a text"
    convert: Callable[[str], object] = str
    hint: str | None = None
    json: Mapping[str, Json] | None = None

    def read(self, node: Node, name: str, problems: Problems) -> Any:
        """Return the converted text."""
        text = require_text(node, name, self.words)
        try:
            return self.convert(text)
        except ValueError as error:
            refuse(node, name, self.words, self.hint, str(error))


@dataclass(frozen=True, slots=True)
class Template:
    """A text that keeps its place, because it is looked into later.

    ``hint`` is shown if it is empty.
    """

    words: str = "a text"
    hint: str | None = None

    def read(self, node: Node, name: str, problems: Problems) -> Text:
        """Return the text with its place."""
        return Text(require_text(node, name, self.words, self.hint), node.mark)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some names, or several of them joined by ``joint``.

    ``others`` is a regular expression for names that are not known here; one that is
    nearly a known name is taken for a misspelt one. ``exclusive`` are names that are
    not joined with others.
    """

    noun: str
    names: tuple[str, ...]
    joint: str = ""
    others: str | None = None
    exclusive: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The kind as errors and documents call it."""
        return f"one of {', '.join((*self.names, *self.exclusive))}"

    def read(self, node: Node, name: str, problems: Problems) -> str:
        """Return the name."""
        text = require_text(node, name, self.words)
        for part in self.parts(text):
            if not self.accepts(part):
                known = (*self.names, *self.exclusive)
                raise ScriptError(
                    f'unknown {self.noun} "{part}"{near_name(part, known)}',
                    node.mark,
                    f"known: {', '.join(known)}",
                    Code.UNKNOWN_VALUE,
                )
        return text

    def parts(self, text: str) -> list[str]:
        """Return the names that a text joins; none if it is one that stands alone."""
        if text in self.exclusive:
            return []
        return text.split(self.joint) if self.joint else [text]

    def accepts(self, name: str) -> bool:
        """Return True for a known name, or one that may be known elsewhere."""
        if name in self.names or self.others is None:
            return name in self.names
        is_name = re.fullmatch(self.others, name) is not None
        return is_name and similarity(name, self.names) < _MISSPELT


@dataclass(frozen=True, slots=True)
class AnyMapping:
    """A mapping with any JSON in it, as in a bus message.

    Only here are ``true``, ``false``, ``null`` and numbers not texts, unless quoted.
    With ``empty``, the mapping may be empty.
    """

    words: str = "a mapping"
    empty: bool = True

    def read(self, node: Node, name: str, problems: Problems) -> dict[str, Json]:
        """Return the mapping as JSON."""
        if not isinstance(node, MapNode):
            refuse(node, name, self.words)
        if not node.values and not self.empty:
            raise ScriptError(f'"{name}" is empty', node.mark, code=Code.EMPTY_VALUE)
        return {key: _json(value) for key, value in node.values.items()}


def refuse(
    node: Node, name: str, words: str, hint: str | None = None, reason: str = ""
) -> NoReturn:
    """Raise the error that a value is not of the kind that its key takes.

    Args:
        node: the value.
        name: the key.
        words: what the key takes.
        hint: the edit that helps.
        reason: why a text cannot be converted.

    Raises:
        ScriptError: always.

    """
    if isinstance(node, TextNode):
        if node.plain and not node.text:
            raise ScriptError(f'"{name}" is empty', node.mark, hint, Code.EMPTY_VALUE)
        found, code = f'"{node.text}"', Code.INVALID_VALUE
    else:
        found = "a list" if isinstance(node, ListNode) else "a mapping"
        code = Code.WRONG_TYPE
    because = f": {reason}" if reason else ""
    problem = f'"{name}" must be {words}, not {found}{because}'
    raise ScriptError(problem, node.mark, hint, code)


def require_text(node: Node, name: str, words: str, hint: str | None = None) -> str:
    """Return the text of a node.

    Args:
        node: the value.
        name: the key.
        words: what the key takes.
        hint: the edit that helps if the text is empty.

    Raises:
        ScriptError: the text is empty, or the value is a list or a mapping; perhaps a
            text that YAML took for one.

    """
    if isinstance(node, TextNode):
        if not node.text.strip():
            raise ScriptError(f'"{name}" is empty', node.mark, hint, Code.EMPTY_VALUE)
        return node.text
    opening = "[" if isinstance(node, ListNode) else "{"
    quote = f'put a text that begins with "{opening}" in quotes'
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
