"""Read values that are made of others: lists, mappings, and sections of keys.

A section is a mapping whose keys the format defines. One faulty part of a list or a
mapping does not hide the others: each is read for itself, and its error is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError, near_name
from ovos_dialogue_kit.script.format.kinds import Kind, refuse, require_text
from ovos_dialogue_kit.script.format.nodes import ListNode, MapNode, Node, TextNode
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["Either", "Fields", "KeySpec", "ListOf", "MapOf", "OneOrMore", "Section"]


@dataclass(frozen=True, slots=True)
class Fields:
    """The values read from a mapping, and the places of it and of its keys.

    A key whose value could not be read has a mark and no value.
    """

    mark: Mark
    values: Mapping[str, Any]  # as their kinds say
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list that is not empty."""

    item: Kind
    words: str

    def read(self, node: Node, name: str, problems: Problems) -> tuple[Any, ...]:
        """Return the items that could be read."""
        if not isinstance(node, ListNode):
            refuse(node, name, self.words)
        _require_content(node.items, node, name)
        return problems.collect(
            lambda part: self.item.read(part, name, problems), node.items
        )


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """One item, or a list of different ones."""

    item: Kind
    words: str

    def read(self, node: Node, name: str, problems: Problems) -> tuple[Any, ...]:
        """Return the items."""
        if not isinstance(node, ListNode):
            return (self.item.read(node, name, problems),)
        _require_content(node.items, node, name)
        found: dict[Any, None] = {}
        last: ScriptError | None = None
        for part in node.items:
            try:
                found[self._read_new(part, name, found, problems)] = None
            except ScriptError as error:  # noqa: PERF203  # each item for itself
                problems.add(error)
                last = error
        if last:
            raise last
        return tuple(found)

    def _read_new(
        self, node: Node, name: str, found: Mapping[Any, None], problems: Problems
    ) -> Any:
        item = self.item.read(node, name, problems)
        if item in found:
            problem = f'"{name}" contains "{item}" twice'
            raise ScriptError(problem, node.mark, code=Code.REPEATED_ITEM)
        return item


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping whose keys are names that the author chooses.

    ``noun`` is what a key names, ``pattern`` what it must match and ``hint`` the help
    if it does not; ``known`` are the only names, if there are any. ``others`` are the
    kinds of names whose values are not an ``item``.
    """

    item: Kind
    noun: str
    words: str
    pattern: str = r".*\S.*"
    hint: str | None = None
    known: tuple[str, ...] = ()
    others: Mapping[str, Kind] = field(default_factory=dict)

    def read(self, node: Node, name: str, problems: Problems) -> Fields:
        """Return the values that could be read, by their names."""
        if not isinstance(node, MapNode):
            refuse(node, name, self.words)
        _require_content(node.values, node, name)
        values = {}
        for key, part in node.values.items():
            with problems:
                self._require_name(key, node.marks[key])
                kind = self.others.get(key, self.item)
                values[key] = kind.read(part, key, problems)
        return Fields(node.mark, values, node.marks)

    def _require_name(self, key: str, mark: Mark) -> None:
        if self.known and key not in self.known:
            raise ScriptError(
                f'unknown {self.noun} "{key}"{near_name(key, self.known)}',
                mark,
                f"known: {', '.join(self.known)}",
                Code.UNKNOWN_VALUE,
            )
        if not re.fullmatch(self.pattern, key):
            problem = f'"{key}" cannot name a {self.noun}'
            raise ScriptError(problem, mark, self.hint, Code.INVALID_NAME)


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A key of a section: what it takes, and what it is for (Markdown).

    ``required`` keys must be there. ``vital`` ones need not, but if they are, the
    section means nothing without their value.
    """

    name: str
    kind: Kind
    about: str
    required: bool = False
    vital: bool = False

    @property
    def is_vital(self) -> bool:
        """Return True if a section means nothing without the value that is there."""
        return self.required or self.vital


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping whose keys the format defines.

    ``name`` is that of the schema's definition, ``title`` what errors call it. ``free``
    is what further keys take, if there may be any. ``check`` yields what is wrong with
    the keys together. With ``empty``, the section may be empty. ``hint`` is shown if it
    is no mapping.
    """

    name: str
    title: str
    keys: tuple[KeySpec, ...]
    free: Kind | None = None
    check: Callable[[MapNode], Iterator[ScriptError]] | None = None
    empty: bool = False
    words: str = "a mapping"
    hint: str | None = None
    specs: Mapping[str, KeySpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the keys by their names."""
        object.__setattr__(self, "specs", {spec.name: spec for spec in self.keys})

    def read(self, node: Node, name: str, problems: Problems) -> Fields:
        """Return the values of the keys that are there and could be read.

        Raises:
            ScriptError: the section cannot be used: it is no mapping, its keys do not
                go together, or one that it needs is missing or could not be read.

        """
        if self.empty and isinstance(node, TextNode) and node.plain and not node.text:
            return Fields(node.mark, {}, {})
        if not isinstance(node, MapNode):
            refuse(node, name, self.words, self.hint)
        if not self.empty:
            _require_content(node.values, node, name)
        values = {}
        vital = {}
        for key, part in node.values.items():
            spec = self.specs.get(key)
            if spec and not spec.is_vital:
                with problems:
                    values[key] = spec.kind.read(part, key, problems)
            elif kind := spec.kind if spec else self.free:
                vital[key] = kind
        self._require_sound(node, name, problems)
        for key, kind in vital.items():
            values[key] = kind.read(node.values[key], key, problems)
        in_order = {key: values[key] for key in node.values if key in values}
        return Fields(node.mark, in_order, node.marks)

    def _require_sound(self, node: MapNode, name: str, problems: Problems) -> None:
        """Report unknown keys; raise if the keys as a whole mean nothing.

        A misspelt key explains what is missing, so then nothing else is reported.
        """
        unknown = [
            self.unknown(key, node)
            for key in node.values
            if key not in self.specs and not self.free
        ]
        faults = list(self._faults(node, name))
        for error in unknown or faults:
            problems.add(error)
        if faults:
            raise (unknown or faults)[0]

    def _faults(self, node: MapNode, name: str) -> Iterator[ScriptError]:
        if self.check:
            yield from self.check(node)
        for spec in self.keys:
            if spec.required and spec.name not in node.values:
                problem = f'"{name}" needs the key "{spec.name}"'
                yield ScriptError(problem, node.mark, code=Code.MISSING_KEY)

    def unknown(self, key: str, node: MapNode) -> ScriptError:
        """Return the error for a key that the section does not have."""
        names = list(self.specs)
        value = node.values[key]
        split = node.flow and isinstance(value, TextNode) and value.text == ""
        return ScriptError(
            f'unknown key "{key}" in {self.title}{near_name(key, names)}',
            node.marks[key],
            'put a text in quotes if it begins with "{" or, in braces, contains ","'
            if split
            else f"known: {', '.join(names)}",
            Code.UNKNOWN_KEY,
        )


@dataclass(frozen=True, slots=True)
class Either:
    """One kind or another, depending on how the value is written."""

    text: Kind | None = None
    list: Kind | None = None
    map: Kind | None = None

    @property
    def words(self) -> str:
        """The kind as errors and documents call it."""
        *most, last = [kind.words for kind in self.kinds()]
        return f"{', '.join(most)} or {last}"

    def read(self, node: Node, name: str, problems: Problems) -> Any:
        """Return what the kind for such a node reads."""
        if isinstance(node, TextNode):
            kind = self.text
        else:
            kind = self.list if isinstance(node, ListNode) else self.map
        if kind is None and self.text:
            require_text(node, name, self.words)
        if kind is None:
            refuse(node, name, self.words)
        return kind.read(node, name, problems)

    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds that there are."""
        return tuple(kind for kind in (self.text, self.list, self.map) if kind)


def _require_content(content: object, node: Node, name: str) -> None:
    if not content:
        raise ScriptError(f'"{name}" is empty', node.mark, code=Code.EMPTY_VALUE)
