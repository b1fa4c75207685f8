"""Canaries: words of a turn's own, and what `$canary` stands for in a script."""

from __future__ import annotations

import json

from support.actors import fixtures

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.script.canary import make_canary


def case(turns: str) -> Case:
    """Return the case of a dialogue of these turns."""
    lines = "\n".join(f"    {line}" for line in turns.strip().splitlines())
    (fixture,) = fixtures(f"skill: a.b\ndialogues:\n  x:\n{lines}\n")
    return fixture.cases[0]


def test_words() -> None:
    """A canary can be spoken and is the same for the same number, always."""
    assert ["junifak", "dosanek", "ziviyik"] == [make_canary(n) for n in range(3)]


def test_no_two_canaries_are_equal() -> None:
    """Ten thousand turns have as many words, all of one length."""
    words = {make_canary(number) for number in range(10_000)}
    assert 10_000 == len(words)
    assert {7} == {len(word) for word in words}


def test_each_turn_has_its_own() -> None:
    """The same template in two turns is two utterances."""
    turns = case("- a: keep $canary\n- b: keep $canary and $canary").turns
    said = ["keep junifak", "keep dosanek and dosanek"]
    assert said == [turn.said for turn in turns]


def test_the_message_says_it() -> None:
    """The canary that goes over the bus is the one that is said."""
    message = case("- a: keep $canary").turns[0].message
    assert message is not None
    assert {"utterances": ["keep junifak"], "lang": "en-US"} == message["data"]


def test_what_is_expected_is_what_the_session_said_last() -> None:
    """In an expectation, the canary is that of the session's last turn with one."""
    turns = case(
        "- a: keep $canary\n- b: keep $canary\n- a: tell me\n  expect: it is $canary"
    ).turns
    assert turns[2].expect is not None
    (reply,) = turns[2].expect.replies or ()
    assert "it is junifak" == reply.text


def test_in_a_bus_message() -> None:
    """A message that is emitted has a canary, too."""
    turns = case("- a: {emit: {type: x.y, data: {word: $canary}}}").turns
    assert {"word": "junifak"} == (turns[0].message or {})["data"]


def test_in_a_value() -> None:
    """The value of a slot may be a canary."""
    turns = case("- a: keep {what}\n  with: {what: [$canary]}").turns
    assert "keep junifak" == turns[0].said


def test_without_a_canary_nothing_changes() -> None:
    """A dollar is a dollar, also where no canary was said."""
    turns = case("- a: it costs $5\n  expect: $5 and $can").turns
    assert "it costs $5" == turns[0].said
    assert '"text": "$5 and $can"' in json.dumps(as_json(turns[0]))
