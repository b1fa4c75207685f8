"""Tests of sentences that are made by their number."""

from __future__ import annotations

import pytest
from ovos_spec_tools.expansion import expand

from ovos_dialogue_kit.script.sentences import (
    NumberedSentences,
    combinations,
    without_single_groups,
)

TEMPLATES = [
    "plain",
    "(a|b) c (d|e|f)",
    "(a|b|) x [y [z]]",
    "((a|b) c|d (e|f)) [g]",
    "[[a] b] c",
    "{x} (on|off) (a|b|c) (d|e)",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_order_is_that_of_the_reference(template: str) -> None:
    """Each number has the sentence that the reference has there, or an equal one."""
    found = NumberedSentences(template)
    assert len(found) == combinations(template)
    assert list(dict.fromkeys(found)) == expand(template, direction="output")


def test_a_sequence() -> None:
    """Slices and numbers that are too large are as those of any sequence."""
    found = NumberedSentences("(a|b|c)")
    assert (found[0], list(found[1:])) == ("a", ["b", "c"])
    with pytest.raises(IndexError):
        found[3]


def test_nothing_is_listed() -> None:
    """A sentence is made in no time, however many there are."""
    found = NumberedSentences("(a|b)" * 60)
    assert len(found) == 2**60
    assert found[2**60 - 1] == "b" * 60
    assert found[1] == "b" + "a" * 59


@pytest.mark.parametrize(
    ("template", "shorter"),
    [
        ("(a) b", "a b"),
        ("((a|b))", "(a|b)"),
        ("(((a)) [(b)])", "a [b]"),
        ("( ) (a|) ()", "( ) (a|) ()"),
        ("(a", "(a"),
        ("a) | (b]", "a) | (b]"),
        ("(" * 30_000 + "a|b" + ")" * 30_000, "(a|b)"),
        ("(" + "a" * 90_000, "(" + "a" * 90_000),
    ],
)
def test_brackets_that_leave_no_choice(template: str, shorter: str) -> None:
    """They are left out, in time that grows as the template does."""
    assert without_single_groups(template) == shorter
