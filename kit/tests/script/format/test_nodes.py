"""YAML as text with places: what is read, what is refused, where and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support.codes import without_codes
from support.places import ROOT

from ovos_dialogue_kit.errors import Mark, ScriptError
from ovos_dialogue_kit.project.paths import find_scripts
from ovos_dialogue_kit.script.format.nodes import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    compose,
)
from ovos_dialogue_kit.script.problems import Problems

QUOTES = {
    "[what|which] time is it": "[",
    "{thing} please": "{",
    "*please": "*",
    "@home": "@",
    "`tick": "`",
    "%x": "%",
    "|x": "|",
    ">x": ">",
}


def at(line: int, column: int) -> Mark:
    """Return a place in the text of a test."""
    return Mark("a.yaml", line, column)


def read(text: str) -> Node | None:
    """Return the node of a text.

    Raises:
        ScriptError: all that is wrong with it.

    """
    problems, node = Problems(), None
    with problems:
        node = compose(text, "a.yaml", problems)
    problems.require_none()
    return node


def error(text: str) -> str:
    """Return what is said about a text that cannot be read."""
    with pytest.raises(ScriptError) as caught:
        read(text)
    return without_codes(str(caught.value))


@pytest.fixture(params=["libyaml", "python"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with PyYAML's own parser, too, which is there without libyaml."""
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param == "libyaml")


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "on", "7:30", "1_000", "~", "null", "12", "0x1F", "2026-01-02"],
)
@pytest.mark.usefixtures("_loader")
def test_scalar_is_text(text: str) -> None:
    """Text that YAML 1.1 would resolve to other types stays text."""
    assert read(f"a: {text}") == MapNode(
        {"a": TextNode(text, at(1, 4), at(1, 4 + len(text)))},
        {"a": at(1, 1)},
        at(1, 1),
        at(1, 4 + len(text)),
    )


@pytest.mark.usefixtures("_loader")
def test_marks_count_characters() -> None:
    """Lines and columns count from one, and columns count characters, not bytes."""
    node = read("# ä\nö: [ü, 'ß x']\n")
    assert isinstance(node, MapNode)
    assert node.values["ö"] == ListNode(
        (
            TextNode("ü", at(2, 5), at(2, 6)),
            TextNode("ß x", at(2, 8), at(2, 13), plain=False),
        ),
        at(2, 4),
        at(2, 14),
        flow=True,
    )


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "\ufeff"])
def test_nothing_is_none(text: str) -> None:
    """A file without a document is distinguished from an empty text."""
    assert read(text) is None


def test_byte_order_mark_is_no_character() -> None:
    """A byte order mark neither becomes part of a key nor moves the columns."""
    assert read("\ufeffa: b") == read("a: b")


@pytest.mark.usefixtures("_loader")
def test_alias_repeats_its_anchor() -> None:
    """An alias stands for the node of its anchor, at its own place."""
    node = read("a: &x {b: c}\nd: *x\n")
    assert isinstance(node, MapNode)
    a, d = node.values["a"], node.values["d"]
    assert d == replace(a, mark=Mark("a.yaml", 2, 4), end=Mark("a.yaml", 2, 6))


def test_merge_key_adds_what_is_not_there() -> None:
    """A mapping's own keys win over merged ones, and the first merged over the next."""
    node = read("<<: [{a: 1, b: 1}, {b: 2, c: 2}]\na: 0\n")
    assert isinstance(node, MapNode)
    assert {key: value.text for key, value in node.values.items()} == {  # type: ignore[union-attr]
        "a": "0",
        "b": "1",
        "c": "2",
    }
    assert node.marks["c"] == at(1, 27)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            'a.yaml:3:1: duplicate key "a" (first on line 1)',
        ),
        ("[a]: b\n", "a.yaml:1:1: a key must be a text"),
        ("<<: b\n", 'a.yaml:1:5: "<<" takes a mapping or a list of mappings'),
        (
            "a: *x\n",
            (
                'a.yaml:1:4: the alias "*x" has no anchor "&x" before it\n'
                '  put a text that begins with "*" in quotes'
            ),
        ),
        (
            "&a [*a]\n",
            (
                'a.yaml:1:5: the alias "*a" has no anchor "&a" before it\n'
                '  put a text that begins with "*" in quotes'
            ),
        ),
        (
            "a: !!str b\n",
            (
                "a.yaml:1:4: YAML tags are not allowed in a script\n"
                '  put a text that begins with "!" in quotes'
            ),
        ),
        (
            "a: b\n---\nc: d\n",
            (
                "a.yaml:2:1: a second document begins here\n"
                "  put each script into a file of its own"
            ),
        ),
        (
            "ü: \x07\n",
            (
                "a.yaml:1:4: not valid YAML: the character U+0007 is not allowed\n"
                "  remove it, or write it as an escape in double quotes"
            ),
        ),
        (
            "a\nb\ud800",
            (
                "a.yaml:2:2: not valid YAML: the character U+D800 is not allowed\n"
                "  remove it, or write it as an escape in double quotes"
            ),
        ),
    ],
)
@pytest.mark.usefixtures("_loader")
def test_what_no_script_can_mean_is_refused(text: str, message: str) -> None:
    """YAML that a script cannot use is an error at its place."""
    assert error(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 'b\n",
            (
                "a.yaml:2:1: not valid YAML: while scanning a quoted scalar, "
                "found unexpected end of stream"
            ),
        ),
        (
            "a:\n  b: c\n d: e\n",
            (
                "a.yaml:3:2: not valid YAML: while parsing a block mapping, "
                "did not find expected key"
            ),
        ),
        (
            "a: {b: c}}\n",
            (
                "a.yaml:1:10: not valid YAML: while parsing a block mapping, "
                "did not find expected key"
            ),
        ),
        (
            "a: {b: [c\n",
            (
                "a.yaml:2:1: not valid YAML: while parsing a flow sequence, "
                "did not find expected ',' or ']'"
            ),
        ),
        (
            "a: [b: c: d\n",
            (
                "a.yaml:1:9: not valid YAML: while parsing a flow sequence, "
                "did not find expected ',' or ']'"
            ),
        ),
        (
            "a: - b\n",
            (
                "a.yaml:1:4: not valid YAML: "
                "block sequence entries are not allowed in this context"
            ),
        ),
        (
            '"a: b": c: d\n',
            (
                "a.yaml:1:10: not valid YAML: "
                "mapping values are not allowed in this context"
            ),
        ),
        (
            "%YAML 1.3\n---\na: b\n",
            "a.yaml:1:1: not valid YAML: found incompatible YAML document",
        ),
    ],
)
def test_broken_yaml_is_told_with_its_place(text: str, message: str) -> None:
    """The parser's own words, with the place in the form of all our errors."""
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML without libyaml has other words")
    assert error(text) == message


@pytest.mark.parametrize("text", QUOTES)
def test_text_that_needs_quotes(text: str) -> None:
    """A spoken text that YAML takes for something else: the line is shown in quotes."""
    message = error(f"a:\n  - kitchen: {text}\n    expect: b\n")
    if text[0] == "*":
        assert message == (
            'a.yaml:2:14: the alias "*please" has no anchor "&please" before it\n'
            '  put a text that begins with "*" in quotes'
        )
    else:
        assert message == (
            f'a.yaml:2:14: a text that begins with "{text[0]}" must be in quotes\n'
            f"  write - kitchen: '{text}'"
        )


def test_text_with_a_colon_needs_quotes() -> None:
    """A colon and a space within a text: the line is shown in quotes."""
    assert error("- kitchen: it's: now\n") == (
        'a.yaml:1:12: a text that contains ": " must be in quotes\n'
        "  write - kitchen: 'it''s: now'"
    )


@pytest.mark.parametrize(
    ("text", "place"), [("a: b\n\tc: d\n", "2:1"), ("- a\n-\tb\n", "2:2")]
)
@pytest.mark.usefixtures("_loader")
def test_tab_cannot_indent(text: str, place: str) -> None:
    """A tab where YAML wants spaces is named."""
    assert (
        error(text)
        == f"a.yaml:{place}: YAML cannot be indented with tabs\n  use spaces"
    )


def test_alias_bomb_is_refused() -> None:
    """Aliases of aliases are counted before they are followed."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 20):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    assert error("\n".join(lines)) == (
        "a.yaml:6:25: more than 500000 values, counting what aliases repeat"
    )


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? "])
@pytest.mark.usefixtures("_loader")
def test_depth_is_bounded(opening: str) -> None:
    """A hundred thousand brackets are refused before any stack overflows."""
    assert "nested more than 64 levels deep" in error(opening * 100_000)


def test_sixty_four_levels_are_allowed() -> None:
    """The bound is above what a script can mean."""
    assert read("[" * 65 + "]" * 65) is not None
    assert error("[" * 66) == "a.yaml:1:66: nested more than 64 levels deep"


def test_aliases_count_for_depth() -> None:
    """Levels that aliases add up to are counted, too."""
    lines = ["a0: &a0 [" + "[" * 20 + "x" + "]" * 20 + "]"]
    for level in range(1, 10):
        alias = "[" * 20 + f"*a{level - 1}" + "]" * 20
        lines.append(f"a{level}: &a{level} {alias}")
    assert error("\n".join(lines)) == "a.yaml:4:29: nested more than 64 levels deep"


def test_ten_megabytes_are_refused() -> None:
    """A script that would take minutes is refused at once, with what helps."""
    assert error("- kitchen: hi\n" * 750_000) == (
        "a.yaml:1:1: the script is too large: 10500000 characters; "
        "the limit is 4194304\n"
        "  split it into several scripts"
    )


def test_alias_as_key() -> None:
    """An alias may be a key, and an anchor may be set again."""
    node = read("a: &x b\n*x : &x c\nd: *x\n")
    assert isinstance(node, MapNode)
    assert {key: value.text for key, value in node.values.items()} == {  # type: ignore[union-attr]
        "a": "b",
        "b": "c",
        "d": "c",
    }


# Ends

EVERYTHING = """\
base: &base {kind: base}
block:
  first: one

  # a comment
last:
- [a , "b c",
   d]
-  plain # a comment
- - in
  - 'a list'
plain: one
  two

  three
quoted: 'it''s
  two'
literal: |
  one
    two

folded: >+
  one

merged:
  <<: *base
  own: yes
alias: *base
empty:
flow: {}
"""


def written(text: str, node: Node) -> str:
    """Return the part of a text that a node takes up."""
    lines = text.split("\n")[node.mark.line - 1 : node.end.line]
    lines[-1] = lines[-1][: node.end.column - 1]
    lines[0] = lines[0][node.mark.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("base", "&base {kind: base}"),
        ("block", "first: one"),
        (
            "last",
            "- [a , \"b c\",\n   d]\n-  plain # a comment\n- - in\n  - 'a list'",
        ),
        ("plain", "one\n  two\n\n  three"),
        ("quoted", "'it''s\n  two'"),
        ("literal", "|\n  one\n    two"),
        ("folded", ">+\n  one"),
        ("merged", "<<: *base\n  own: yes"),
        ("alias", "*base"),
        ("empty", ""),
        ("flow", "{}"),
    ],
)
@pytest.mark.usefixtures("_loader")
def test_node_knows_where_it_ends(key: str, part: str) -> None:
    """A node takes up its own text, without the comments and blank lines after it."""
    node = read(EVERYTHING)
    assert isinstance(node, MapNode)
    assert written(EVERYTHING, node.values[key]) == part


@pytest.mark.usefixtures("_loader")
def test_items_know_where_they_end() -> None:
    """Items of lists end where their text does, in brackets and in blocks."""
    node = read(EVERYTHING)
    assert isinstance(node, MapNode)
    last = node.values["last"]
    assert isinstance(last, ListNode)
    assert [written(EVERYTHING, item) for item in last.items] == [
        '[a , "b c",\n   d]',
        "plain",
        "- in\n  - 'a list'",
    ]
    first = last.items[0]
    assert isinstance(first, ListNode)
    assert [written(EVERYTHING, item) for item in first.items] == ["a", '"b c"', "d"]


@pytest.mark.usefixtures("_loader")
def test_document_ends_with_its_last_text() -> None:
    """The last node, even an alias or a bracket, ends the document."""
    for text in ("a: &x b\nc: *x", "a:\n- [b ]", "a: 'b'", "a: |\n  b"):
        node = read(f"{text}\n\n# nothing\n")
        assert node is not None
        assert written(text, node) == text


@pytest.mark.usefixtures("_loader")
def test_merged_values_end_where_they_are_written() -> None:
    """A merged value has the place that it has in the mapping it comes from."""
    node = read(EVERYTHING)
    assert isinstance(node, MapNode)
    merged = node.values["merged"]
    assert isinstance(merged, MapNode)
    assert written(EVERYTHING, merged.values["kind"]) == "base"
    assert written(EVERYTHING, merged.values["own"]) == "yes"


@pytest.mark.usefixtures("_loader")
def test_ends_count_characters_and_every_kind_of_line_break() -> None:
    """Emoji are one column, and a line ends as YAML 1.1 says (section 5.4)."""
    node = read("a: [😀, 'x😀']\nb: |\r\n  é\u2028  😀\r\nc: d")
    assert isinstance(node, MapNode)
    ends = {key: value.end for key, value in node.values.items()}
    assert ends == {"a": at(1, 13), "b": at(4, 4), "c": at(5, 5)}


@pytest.mark.parametrize(
    "path",
    find_scripts([ROOT], ROOT),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_texts_of_our_scripts_are_where_their_nodes_say(path: Path) -> None:
    """Each text of a real script, cut out by its marks, reads as the same text."""
    text = path.read_text(encoding="utf-8")
    node = read(text)
    assert node is not None
    for each in texts_in(node):
        again = read(f"- {written(text, each)}")
        assert isinstance(again, ListNode)
        (item,) = again.items
        assert isinstance(item, TextNode)
        assert each.text == item.text


def texts_in(node: Node) -> Iterator[TextNode]:
    """Yield the texts of a node and below it that are written on one line."""
    if isinstance(node, TextNode):
        if node.mark.line == node.end.line and node.text:
            yield node
        return
    parts = node.items if isinstance(node, ListNode) else tuple(node.values.values())
    for part in parts:
        yield from texts_in(part)
