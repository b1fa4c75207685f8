"""Tests of when two values count as equal."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.verdict.equality import (
    as_text,
    includes,
    matches_partly,
    same_language,
    same_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5", "5"),
        (5, "5"),
        (True, "true"),
        (None, "null"),
        ({"b": "ü", "a": [1]}, '{"a": [1], "b": "ü"}'),
    ],
)
def test_a_value_as_text(value: Json, text: str) -> None:
    """A text stays as it is; any other value becomes canonical JSON."""
    assert as_text(value) == text


def test_texts_are_the_same_but_for_white_space() -> None:
    """White space does not count, because versions differ in collapsing it."""
    assert same_text("a  b", " a b\n")
    assert same_text("5", 5)
    assert not same_text("a b", "ab")
    assert not same_text("a", "A")


def test_only_the_named_keys_must_be_there() -> None:
    """Only the expected keys must be there; others are ignored."""
    assert includes({"a": "1"}, {"a": 1, "b": 2})
    assert not includes({"a": "1"}, {"a": 2})
    assert not includes({"a": "1", "b": "1"}, {"a": 1, "b": 2})
    assert not includes({"a": "null"}, {})


def test_languages_are_the_same_in_any_case() -> None:
    """Languages are compared without case; an unknown language matches none."""
    assert same_language("en-US", "en-us")
    assert not same_language("en-US", "en-GB")
    assert not same_language("en-US", None)


@pytest.mark.parametrize(
    ("expected", "heard"),
    [
        ({"a": {"b": "x"}}, {"a": {"b": "x", "c": "y"}, "d": 1}),
        ([{"a": 1}, "x"], [{"a": 1.0, "b": 2}, "x"]),
        ({"lang": "en-US"}, {"lang": "en-us"}),
        ({"stt_lang": "pt-PT"}, {"stt_lang": "pt-pt"}),
        ({"secondary_langs": ["pt-PT"]}, {"secondary_langs": ["pt-pt"]}),
        ({"a": None}, {"a": None}),
        ({"a": {}}, {"a": {}}),
        (True, True),
    ],
)
def test_a_part_matches(expected: Json, heard: Json) -> None:
    """Mappings match in part at any depth, lists item by item."""
    assert matches_partly(expected, heard)


@pytest.mark.parametrize(
    ("expected", "heard"),
    [
        ({"a": None}, {}),
        ({"a": {}}, {"a": {"b": 1}}),
        ({"a": []}, {"a": {}}),
        ({"a": "x"}, "x"),
        ({"a": 1}, None),
        ({"a": 1}, "a"),
        ({}, 1),
        ({}, "x"),
        ({}, None),
        ({"lang": 5}, {"lang": "en-us"}),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}),
        (["x"], ["x", "y"]),
        (["x", "y"], ["x"]),
        (["x"], ["y"]),
        ([], "x"),
        ("1", 1),
        (1, True),
        ({"site_id": "Kitchen"}, {"site_id": "kitchen"}),
        ({"slang": "Kid"}, {"slang": "kid"}),
        ({"lang": "en-US"}, {"lang": None}),
    ],
)
def test_another_value_does_not_match(expected: Json, heard: Json) -> None:
    """Keys must exist, lists have the same length, and types differ as in JSON."""
    assert not matches_partly(expected, heard)
