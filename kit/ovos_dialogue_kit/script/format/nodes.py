"""YAML text as nodes with marks, in which every scalar is still text.

YAML 1.1 would turn the utterances ``yes``, ``7:30`` and ``~`` into other things, keep
the last of two equal keys in silence, and follow aliases and brackets until memory or
the C stack is used up. So nodes are made here from the parser's events: no scalar is
resolved, what a script cannot mean is an error with its place, and depth and number of
nodes (what aliases repeat included) are bounded while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml

from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script.format.node_errors import explain_yaml_error

__all__ = ["ListNode", "MapNode", "Node", "TextNode", "compose"]

_CHARACTERS = 4 * 2**20
_NODES = 500_000
_DEPTH = 64
_MERGE = "<<"
# What YAML 1.1 (section 5.1) lets a stream contain, turned round.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar; ``plain`` says that it stood there without quotes."""

    text: str
    mark: Mark
    plain: bool = True


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence; ``flow`` says that it was written in brackets."""

    items: tuple[Node, ...]
    mark: Mark
    flow: bool = False


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping: its values and the places of its keys, in the order of the file."""

    values: Mapping[str, Node]
    marks: Mapping[str, Mark]
    mark: Mark
    flow: bool = False


Node: TypeAlias = TextNode | ListNode | MapNode


def compose(text: str, path: str) -> Node | None:
    """Return the document of a YAML text, ``None`` if there is nothing in it.

    Anchors, aliases and merge keys work; tags and second documents are errors.

    Args:
        text: the YAML, with or without a byte order mark.
        path: what to call the file in marks.

    Raises:
        ScriptError: it is not YAML, or larger than a script may be (4 MiB, 64 levels,
            half a million nodes).

    """
    text = text.removeprefix("\ufeff")
    _check_text(text, path)
    try:
        return _Reader(text, path).document()
    except yaml.MarkedYAMLError as error:
        raise explain_yaml_error(error, text, path) from error


def _check_text(text: str, path: str) -> None:
    if len(text) > _CHARACTERS:
        raise ScriptError(
            f"the script is too large: {len(text)} characters, "
            f"where {_CHARACTERS} are the most",
            Mark(path),
            "split it: each file is a script of its own",
        )
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        code = f"U+{ord(found.group()):04X}"
        raise ScriptError(
            f"not valid YAML: the character {code} is not allowed",
            Mark(path, line, column),
            "leave it out, or write it as an escape in double quotes",
        )


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What an alias repeats: how many nodes, and how many levels below the first."""

    node: Node
    size: int
    height: int


class _Reader:
    """Makes nodes of one text's events.

    ``count`` is how many nodes there are so far, ``reach`` how deep the node that is
    being read goes so far; both count what aliases repeat.

    Events are ``Any`` because the stubs give every event an optional mark and know
    neither tag nor anchor of what is left when aliases and ends are gone.
    """

    def __init__(self, text: str, path: str) -> None:
        loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
        self.events: Iterator[Any] = yaml.parse(text, Loader=loader)
        self.path = path
        self.count = 0
        self.reach = 0
        self.anchors: dict[str, _Anchor] = {}

    def document(self) -> Node | None:
        next(self.events)  # StreamStartEvent
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        root = self.node(next(self.events), 0)
        next(self.events)  # DocumentEndEvent
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.fail("a second document begins here", after, "one file, one script")
        return root

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        count, reach = self.count, self.reach
        self.grow(1, event)
        self.reach = self.checked(depth, event)
        node = self.content(event, depth)
        if event.anchor is not None:
            anchor = _Anchor(node, self.count - count, self.reach - depth)
            self.anchors[event.anchor] = anchor
        self.reach = max(reach, self.reach)
        return node

    def content(self, event: Any, depth: int) -> Node:
        if event.tag is not None:
            hint = "a text that begins with ! must be in quotes"
            self.fail("YAML tags are not part of a script", event, hint)
        if isinstance(event, yaml.ScalarEvent):
            return TextNode(event.value, self.mark(event), not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def alias(self, event: Any, depth: int) -> Node:
        name = event.anchor
        if name not in self.anchors:
            self.fail(
                f'the alias "*{name}" has no anchor "&{name}" before it',
                event,
                "a text that begins with * must be in quotes",
            )
        anchor = self.anchors[name]
        self.grow(anchor.size, event)
        self.reach = max(self.reach, self.checked(depth + anchor.height, event))
        return anchor.node

    def checked(self, depth: int, event: Any) -> int:
        if depth > _DEPTH:
            self.fail(f"nested deeper than {_DEPTH} levels", event)
        return depth

    def grow(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > _NODES:
            self.fail(f"more than {_NODES} values, counting what aliases repeat", event)

    def sequence(self, start: Any, depth: int) -> ListNode:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return ListNode(tuple(items), self.mark(start), bool(start.flow_style))

    def mapping(self, start: Any, depth: int) -> MapNode:
        values: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, TextNode):
                raise ScriptError("a key must be a text", key.mark)
            if key.text in marks:
                first = marks[key.text].line
                raise ScriptError(
                    f'duplicate key "{key.text}", already on line {first}', key.mark
                )
            marks[key.text] = key.mark
            values[key.text] = self.node(next(self.events), depth + 1)
        if _MERGE in values:
            _merge(values, marks)
        return MapNode(values, marks, self.mark(start), bool(start.flow_style))

    def mark(self, event: Any) -> Mark:
        start = event.start_mark
        return Mark(self.path, start.line + 1, start.column + 1)

    def fail(self, problem: str, event: Any, hint: str | None = None) -> NoReturn:
        raise ScriptError(problem, self.mark(event), hint)


def _merge(values: dict[str, Node], marks: dict[str, Mark]) -> None:
    """Replace ``<<`` by the keys of its mappings; keys already there win."""
    node = values.pop(_MERGE)
    del marks[_MERGE]
    for source in node.items if isinstance(node, ListNode) else (node,):
        if not isinstance(source, MapNode):
            raise ScriptError('"<<" takes a mapping or a list of mappings', source.mark)
        for name in source.values:
            if name not in values:
                values[name] = source.values[name]
                marks[name] = source.marks[name]
