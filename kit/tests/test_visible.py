"""Tests of texts that are safe to show."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from ovos_dialogue_kit.visible import (
    looks_like,
    revealed,
    visible,
    visible_json,
    visible_lines,
)

SHOWN_FORMATS = {
    *"\u200c\u200d",  # joiners, of which Persian, Indic scripts and emoji are made
    *"\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2",  # signs
    *"\U000110bd\U000110cd",
}
ANNOTATIONS = range(0x13430, 0xE0080)
"""Of hieroglyphs, shorthand, music and flags."""


def test_whatever_is_hidden_is_escaped() -> None:
    """Of all characters without a shape, only joiners and signs of a script stay."""
    hidden = {
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }
    stay = {c for c in hidden if visible(c) == c}
    rest = {c for c in stay if ord(c) not in ANNOTATIONS}
    assert {"\u200c", "\u200d"} <= rest <= SHOWN_FORMATS  # some are newer than Python


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("não हिन्दी 👩‍🚀", "não हिन्दी 👩‍🚀"),
        ("a\nb\x1b]0;x\x07", r"a\nb\x1b]0;x\x07"),
        ("\x9b2J\u202eevil\ud800", r"\x9b2J\u202eevil\ud800"),
        (r"\x1b", r"\x1b"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    """Escapes are those of Python; what is escaped already is not escaped again."""
    assert (visible(text), visible(visible(text))) == (shown, shown)


def test_lines() -> None:
    """Of several lines each stays a line."""
    assert visible_lines("a\x1b\nb\r\nc") == "a\\x1b\nb\\r\nc"


def test_json() -> None:
    """JSON is escaped as JSON, except a surrogate, which strict readers refuse."""
    data = "\x9b\xad\u202e\U000e0001 é"
    text = visible_json(json.dumps(data, ensure_ascii=False))
    assert (json.loads(text), text.isprintable()) == (data, True)
    assert json.loads(visible_json('"\ud800"')) == r"\ud800"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("café", r"caf\xe9"),
        ("cafe\u0301", r"cafe\u0301"),
        ("co\u200bop", r"co\u200bop"),
        ("か\u3099 が", r"か\u3099 \u304c"),
        ("日本", "日本"),
    ],
)
def test_what_has_two_encodings_can_be_revealed(text: str, shown: str) -> None:
    """Characters that others can stand for are escaped, the rest is not."""
    assert revealed(text) == shown


@pytest.mark.parametrize(
    ("part", "text", "alike"),
    [
        ("café", "cafe\u0301", True),
        ("café", "a cafe\u0301 in town", True),
        ("café", "café", False),
        ("café", "a café in town", False),
        ("hi", "hi\u200b", True),
        ("hi", "ho", False),
        ("é", "è", False),
    ],
)
def test_texts_that_look_alike(part: str, text: str, alike: object) -> None:
    """Texts look alike if only their encoding or invisible characters differ."""
    assert looks_like(part, text) is alike
