"""Tests of what ``expect`` says of replies in any order, and of patterns."""

from __future__ import annotations

import pytest
from support.codes import without_codes

from ovos_dialogue_kit.errors import ScriptError
from ovos_dialogue_kit.script.model import Expectation
from ovos_dialogue_kit.script.parse import parse_script

START = len("dialogues: {d: [{k: hello, expect: ")
WAYS = (
    "replies are listed in two ways\n"
    "  use one of: replies_include, replies_in_any_order, or a list of replies in order"
)
BESIDE = (
    'beside "replies_include", "not" must say which replies it is about\n'
    '  write "not: {replies_include: …}"'
)


def expectation(text: str) -> Expectation:
    script = parse_script(f"dialogues: {{d: [{{k: hello, expect: {text}}}]}}", "a.yaml")
    expect = script.dialogues[0].turns[0].expect
    assert expect is not None
    return expect


def error(text: str) -> str:
    """Return what is wrong with ``expect``, and check that it is at the ``@``."""
    with pytest.raises(ScriptError) as caught:
        expectation(text.replace("@", ""))
    column = START + text.index("@") + 1
    return without_codes(str(caught.value)).removeprefix(f"a.yaml:1:{column}: ")


@pytest.mark.parametrize(
    ("text", "order", "texts"),
    [
        ("{replies_include: hi}", "include", ["hi"]),
        ("{replies_include: {text: hi}}", "include", ["hi"]),
        ("{replies_include: [hi, {text: ho}]}", "include", ["hi", "ho"]),
        ("{replies_in_any_order: [hi, ho]}", "any", ["hi", "ho"]),
        ("[{replies_include: hi}, {route: intent}]", "include", ["hi"]),
        ("[hi, ho]", "exact", ["hi", "ho"]),
    ],
)
def test_replies_are_listed_with_their_order(
    text: str, order: str, texts: list[str]
) -> None:
    """The order in which replies must come is kept beside them."""
    expect = expectation(text)
    assert expect.order == order
    assert [reply.text for reply in expect.replies or ()] == texts


def test_replies_are_forbidden_among_all_others() -> None:
    """With ``not: {replies_include: …}`` the other replies are not checked."""
    expect = expectation("{not: {replies_include: [hi, {contains: ho}]}}")
    assert expect.replies is None
    first, second = expect.denied_replies
    assert (first.text, second.contains) == ("hi", "ho")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{replies_include: hi, @contains: ho}",
            '"contains" cannot be combined with "replies_include"',
        ),
        (
            "{replies_in_any_order: [hi], @replies_include: ho}",
            '"replies_include" cannot be combined with "replies_in_any_order"',
        ),
        (
            "{no_reply: true, @replies_include: ho}",
            '"replies_include" cannot be combined with "no_reply"',
        ),
        ("{replies_include: hi, @not: ho}", BESIDE),
        ("{replies_include: hi, @not: {contains: ho}}", BESIDE),
        ("[{@replies_include: hi}, ho]", WAYS),
        ("[ho, {@replies_include: hi}]", WAYS),
        ("[{replies_include: hi}, {@replies_include: ho}]", WAYS),
        (
            "[{replies_include: hi}, {@no_reply: true}]",
            '"no_reply" and a reply contradict each other',
        ),
        ("{replies_include: @[]}", '"replies_include" is empty'),
        (
            "{replies_in_any_order: @hi}",
            '"replies_in_any_order" must be a list of replies, not "hi"',
        ),
        (
            "{replies_include: {@route: intent}}",
            (
                'unknown key "route" in a reply\n  known: dialog, data, text, regex, '
                "contains, skill, lang, asks, within"
            ),
        ),
    ],
)
def test_replies_that_mean_nothing(text: str, message: str) -> None:
    """Replies are listed in one way only; what contradicts it is named."""
    assert error(text) == message


def test_a_pattern_may_stand_for_a_text() -> None:
    """Slots and the types of messages are texts or patterns."""
    expect = expectation(
        "{slots: {a: x, b: {any: true}}, slots_include: {c: {regex: y+}}, "
        "messages: {type: {contains: z}, session: default}}"
    )
    assert expect.holds.slots == {"a": "x", "b": {"any": True}}
    assert expect.holds.slots_include == {"c": {"regex": "y+"}}
    wanted = {"type": {"contains": "z"}, "session": "default"}
    assert expect.holds.messages == (wanted,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{slots: {a: {any: @false}}}",
            ('"any" must be true, not "false"\n  to switch it off, leave out the key'),
        ),
        (
            "{slots: {a: @{any: true, regex: x}}}",
            '"any" and "regex" cannot be combined in a pattern',
        ),
        (
            "{slots: {a: {@regx: x}}}",
            (
                'unknown key "regx" in a pattern (did you mean "regex"?)\n'
                "  known: any, regex, contains"
            ),
        ),
        (
            "{slots: {a: {regex: @(}}}",
            (
                '"regex" must be a regular expression, not "(": missing ), '
                "unterminated subpattern at position 0"
            ),
        ),
        ("{slots: {a: @{}}}", '"a" is empty'),
        (
            "{slots: {a: @[b]}}",
            (
                '"a" must be a text or a mapping, not a list\n'
                '  put a text that begins with "[" in quotes'
            ),
        ),
    ],
)
def test_pattern_that_means_nothing(text: str, message: str) -> None:
    """A pattern says one thing, and says it rightly."""
    assert error(text) == message
