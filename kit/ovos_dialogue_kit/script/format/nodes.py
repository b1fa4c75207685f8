"""Read YAML as nodes that know where they begin and end, every scalar still text.

YAML 1.1 would turn the utterances ``yes``, ``7:30`` and ``~`` into other things, keep
the last of two equal keys silently, and follow aliases and brackets until memory or the
C stack is exhausted. So the nodes are made here from the parser's events: no scalar is
resolved, whatever a script cannot mean is an error with its place, and the depth and
the number of nodes (including those that aliases repeat) are bounded while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import yaml

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.script.format.node_errors import (
    LINE_BREAK,
    explain_yaml_error,
)
from ovos_dialogue_kit.script.problems import Problems

__all__ = ["ListNode", "MapNode", "Node", "TextNode", "compose"]

_CHARACTERS = 4 * 2**20
_NODES = 500_000
_REPEATED = 16 * 2**20
_DEPTH = 64
_MERGE = "<<"
# The characters that YAML 1.1 (section 5.1) does not allow in a stream.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """A scalar; ``plain`` means that it has no quotes and is no block scalar.

    ``end`` of every node is the place after its last character. A block scalar, mapping
    or list ends with its last text: comments and blank lines after it do not count.
    """

    text: str
    mark: Mark
    end: Mark
    plain: bool = True


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence; ``flow`` means that it is written in brackets."""

    items: tuple[Node, ...]
    mark: Mark
    end: Mark
    flow: bool = False


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping: its values and the places of its keys, in the order of the file.

    An alias has its own place, but what is in it lies elsewhere: where it is written,
    like merged keys (``<<``) and their values.
    """

    values: Mapping[str, Node]
    marks: Mapping[str, Mark]
    mark: Mark
    end: Mark
    flow: bool = False


Node: TypeAlias = TextNode | ListNode | MapNode


def compose(text: str, path: str, problems: Problems) -> Node | None:
    """Return the document of a YAML text, ``None`` if there is nothing in it.

    Anchors, aliases and merge keys work; tags and second documents are errors.

    Args:
        text: the YAML, with or without a byte order mark.
        path: the name of the file in marks.
        problems: gets what is wrong where the rest can still be read.

    Raises:
        ScriptError: it is not YAML, or larger than a script may be (4 MiB, 64 levels,
            half a million nodes).

    """
    text = text.removeprefix("\ufeff")
    _require_allowed(text, path)
    try:
        return _Reader(text, path, problems).document()
    except yaml.MarkedYAMLError as error:
        raise explain_yaml_error(error, text, path) from error


def _require_allowed(text: str, path: str) -> None:
    """Raise if a text is too large, or has characters that YAML does not allow."""
    if len(text) > _CHARACTERS:
        raise ScriptError(
            f"the script is too large: {len(text)} characters; "
            f"the limit is {_CHARACTERS}",
            Mark(path),
            "split it into several scripts",
            Code.FILE_TOO_LARGE,
        )
    if found := _FORBIDDEN.search(text):
        *above, before = LINE_BREAK.split(text[: found.start()])
        character = f"U+{ord(found.group()):04X}"
        raise ScriptError(
            f"not valid YAML: the character {character} is not allowed",
            Mark(path, len(above) + 1, len(before) + 1),
            "remove it, or write it as an escape in double quotes",
            Code.FORBIDDEN_CHARACTER,
        )


@dataclass(frozen=True, slots=True)
class _Anchor:
    """The nodes that an alias repeats.

    ``size`` is their number, ``length`` the characters of their texts, and ``height``
    the levels below the first.
    """

    node: Node
    size: int
    length: int
    height: int


class _Reader:
    """The reader of one text, which makes nodes from the parser's events.

    ``count`` is the number of nodes so far, ``length`` that of the characters of texts,
    ``reach`` the depth of the node that is
    being read so far; they count what aliases repeat. ``end`` is the end of the last
    text, alias or bracket.

    Events are ``Any`` because the stubs give every event an optional mark and know
    neither tag nor anchor of what is left when aliases and ends are gone.
    """

    def __init__(self, text: str, path: str, problems: Problems) -> None:
        loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
        self.events: Iterator[Any] = yaml.parse(text, Loader=loader)
        self.text = text
        self.path = path
        self.problems = problems
        self.count = 0
        self.length = 0
        self.reach = 0
        self.end = Mark(path)
        self.anchors: dict[str, _Anchor] = {}

    def document(self) -> Node | None:
        next(self.events)  # StreamStartEvent
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        root = self.node(next(self.events), 0)
        next(self.events)  # DocumentEndEvent
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise ScriptError(
                "a second document begins here",
                self.mark(after.start_mark),
                "put each script into a file of its own",
                Code.SECOND_DOCUMENT,
            )
        return root

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        count, length, reach = self.count, self.length, self.reach
        self.grow(1, 0, event)
        self.reach = self.checked(depth, event)
        node = self.content(event, depth)
        if event.anchor is not None:
            size, length = self.count - count, self.length - length
            anchor = _Anchor(node, size, length, self.reach - depth)
            self.anchors[event.anchor] = anchor
        self.reach = max(reach, self.reach)
        return node

    def content(self, event: Any, depth: int) -> Node:
        if event.tag is not None:
            self.report(
                "YAML tags are not allowed in a script",
                event,
                'put a text that begins with "!" in quotes',
                Code.YAML_TAG,
            )
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def alias(self, event: Any, depth: int) -> Node:
        name, self.end = event.anchor, self.mark(event.end_mark)
        if name not in self.anchors:
            self.report(
                f'the alias "*{name}" has no anchor "&{name}" before it',
                event,
                'put a text that begins with "*" in quotes',
                Code.UNKNOWN_ALIAS,
            )
            return TextNode(f"*{name}", self.mark(event.start_mark), self.end)
        anchor = self.anchors[name]
        self.grow(anchor.size, anchor.length, event)
        self.reach = max(self.reach, self.checked(depth + anchor.height, event))
        return replace(anchor.node, mark=self.mark(event.start_mark), end=self.end)

    def checked(self, depth: int, event: Any) -> int:
        if depth > _DEPTH:
            raise ScriptError(
                f"nested more than {_DEPTH} levels deep",
                self.mark(event.start_mark),
                code=Code.TOO_DEEP,
            )
        return depth

    def grow(self, size: int, length: int, event: Any) -> None:
        self.count += size
        self.length += length
        if self.length > _REPEATED:
            raise ScriptError(
                f"more than {_REPEATED} characters, counting what aliases repeat",
                self.mark(event.start_mark),
                code=Code.TOO_MANY_VALUES,
            )
        if self.count > _NODES:
            raise ScriptError(
                f"more than {_NODES} values, counting what aliases repeat",
                self.mark(event.start_mark),
                code=Code.TOO_MANY_VALUES,
            )

    def scalar(self, event: Any) -> TextNode:
        start, end = event.start_mark, event.end_mark
        self.grow(0, len(event.value), event)
        self.end = self.mark(end)
        if event.style and event.style in "|>":
            self.end = self.after(start, self.text[start.index : end.index].rstrip())
        return TextNode(event.value, self.mark(start), self.end, not event.style)

    def sequence(self, start: Any, depth: int) -> ListNode:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        mark, flow = self.mark(start.start_mark), bool(start.flow_style)
        return ListNode(tuple(items), mark, self.closed(event, flow=flow), flow)

    def mapping(self, start: Any, depth: int) -> MapNode:
        values: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, TextNode):
                problem = "a key must be a text"
                raise ScriptError(problem, key.mark, code=Code.KEY_NOT_TEXT)
            if key.text in marks:
                self.problems.add(_duplicate(key, marks[key.text]))
            else:
                marks[key.text], values[key.text] = key.mark, value
        mark, flow = self.mark(start.start_mark), bool(start.flow_style)
        end = self.closed(event, flow=flow)
        if _MERGE in values:
            self.merge(values, marks)
        return MapNode(values, marks, mark, end, flow)

    def merge(self, values: dict[str, Node], marks: dict[str, Mark]) -> None:
        """Replace ``<<`` by the keys of its mappings; keys already there win."""
        node = values.pop(_MERGE)
        del marks[_MERGE]
        for source in node.items if isinstance(node, ListNode) else (node,):
            if not isinstance(source, MapNode):
                problem = '"<<" takes a mapping or a list of mappings'
                error = ScriptError(problem, source.mark, code=Code.INVALID_MERGE)
                self.problems.add(error)
                continue
            for name in source.values:
                if name not in values:
                    values[name] = source.values[name]
                    marks[name] = source.marks[name]

    def closed(self, event: Any, *, flow: bool) -> Mark:
        """Return where a collection ends: its bracket, or its last text."""
        if flow:
            self.end = self.mark(event.end_mark)
        return self.end

    def mark(self, place: Any) -> Mark:
        return Mark(self.path, place.line + 1, place.column + 1)

    def after(self, start: Any, written: str) -> Mark:
        """Return the place after some text that begins at ``start``."""
        *lines, last = LINE_BREAK.split(written)
        column = len(last) if lines else start.column + len(last)
        return Mark(self.path, start.line + len(lines) + 1, column + 1)

    def report(self, problem: str, event: Any, hint: str, code: Code) -> None:
        mark = self.mark(event.start_mark)
        self.problems.add(ScriptError(problem, mark, hint, code))


def _duplicate(key: TextNode, first: Mark) -> ScriptError:
    problem = f'duplicate key "{key.text}" (first on line {first.line})'
    return ScriptError(problem, key.mark, code=Code.DUPLICATE_KEY)
