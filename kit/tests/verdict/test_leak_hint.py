"""Hints at whose words a wrong reply holds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from support.conversation import Exchanged, conversation, spoken, turn

from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.verdict.leak_hint import leak_hint


def hint(
    *turns: Exchanged, heard: str, expected: Iterable[str] = (), **parts: object
) -> str | None:
    """Return the hint for what kitchen heard after these turns."""
    reply = spoken(heard, **parts)
    talk = conversation(*turns, turn("kitchen", "what did i say", None, [reply]))
    wrong = talk.transcript.turns[-1].replies[0]
    return leak_hint(talk.case, talk.transcript, wrong, expected)


GRASS = turn("bedroom", "grass is green")
SAID = '"grass is green" was said by bedroom in turn 1 (line 12)'


def test_what_another_session_said_is_found_in_a_reply() -> None:
    """In its text, whatever the case and the white space."""
    assert hint(GRASS, heard="you said Grass  is green") == SAID


def test_what_another_session_said_is_found_in_the_values_of_a_reply() -> None:
    """At any depth."""
    data = {"n": 1, "said": [None, True, {"last": "grass is green"}]}
    assert hint(GRASS, heard="yes", dialog="x", data=data) == SAID


def test_what_another_session_was_told_is_a_leak_too() -> None:
    """The words of a skill that gives no dialog."""
    other = turn("bedroom", "my code", None, [spoken("it is 42 17")])
    assert hint(other, heard="it is 42 17") == (
        '"it is 42 17" was told to bedroom in turn 1 (line 12)'
    )


def test_of_a_dialog_only_the_values_are_anybodys() -> None:
    """Its wording is for everybody."""
    told = spoken("you are 42", dialog="age", data={"age": 42})
    other = turn("bedroom", "my age", None, [told])
    assert hint(other, heard="you are young") is None
    assert hint(other, heard="you are 42") == (
        '"42" was told to bedroom in turn 1 (line 12)'
    )


def test_yes_and_no_and_nothing_are_nobodys_words() -> None:
    """Values that are neither texts nor numbers say too little."""
    told = spoken("ok", dialog="x", data={"a": None, "b": True, "c": False})
    other = turn("bedroom", "hi", None, [told])
    assert hint(other, heard="null true false") is None


def test_what_another_session_sent_in_a_message_is_a_leak() -> None:
    """Not only utterances have content."""
    sent = turn(
        "bedroom",
        "note.take",
        message={"type": "note.take", "data": {"note": "buy milk"}},
    )
    assert hint(sent, heard="you wanted to buy milk") == (
        '"buy milk" was sent by bedroom in turn 1 (line 12)'
    )


def test_the_name_of_a_message_and_a_silence_are_nobodys_words() -> None:
    """Nothing was said there."""
    sent = turn("bedroom", "note.take", message={"type": "note.take"})
    quiet = turn("bedroom", "10m", silence=600.0)
    assert hint(sent, quiet, heard="note.take 10m") is None


def test_ones_own_words_are_no_leak() -> None:
    """Said in this turn or before, whoever else said them."""
    assert hint(GRASS, heard="what did i say") is None
    own = turn("kitchen", "oh grass is green you know")
    assert hint(GRASS, own, heard="grass is green") is None


def test_what_one_was_told_is_not_ones_own() -> None:
    """A leak that happens twice is told twice."""
    before = turn("kitchen", "hi", None, [spoken("grass is green")])
    assert hint(GRASS, before, heard="grass is green") == SAID


def test_expected_words_are_no_leak() -> None:
    """They should have come anyway."""
    heard = "grass is green today"
    assert hint(GRASS, heard=heard, expected=["all grass is green"]) is None
    assert hint(GRASS, heard=heard, expected=["grass"]) == SAID


def test_the_longest_words_are_the_hint() -> None:
    """Of two that fit, the longer one says more."""
    turns = turn("bedroom", "grass is"), turn("bath", "grass is green")
    assert hint(*turns, heard="grass is green") == (
        '"grass is green" was said by bath in turn 2 (line 13)'
    )


def test_of_equal_words_the_first_are_the_hint() -> None:
    """The later ones may themselves come from there."""
    assert hint(GRASS, turn("bath", "grass is green"), heard="grass is green") == SAID


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("he", "the sky is her place"),
        ("7", "there are 7 of them"),
        ("no", "now and nono"),
    ],
)
def test_letters_of_other_words_are_no_leak(words: str, heard: str) -> None:
    """Nor is a single character."""
    assert hint(turn("bedroom", words), heard=heard) is None


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("no", "nono no"),
        ("no", "no"),
        ("now", "nownow, now!"),
        ("天気", "今日の天気は"),
    ],
)
def test_words_are_found_as_words(words: str, heard: str) -> None:
    """After others that look alike, at the edges, and where there are no spaces."""
    assert hint(turn("bedroom", words), heard=heard) == (
        f'"{words}" was said by bedroom in turn 1 (line 12)'
    )


def test_what_was_said_later_is_no_source() -> None:
    """Up to the turn during which the reply was heard, that one included."""
    talk = conversation(turn("kitchen", "hi"), turn("bedroom", "grass is green"))
    for index, expected in (
        (0, None),
        (1, '"grass is green" was said by bedroom in turn 2 (line 13)'),
    ):
        reply = Reply("kitchen", "grass is green", 0.0, index)
        assert leak_hint(talk.case, talk.transcript, reply) == expected


def test_turns_that_were_not_replayed_are_no_source() -> None:
    """A transcript may be shorter than its case."""
    talk = conversation(turn("kitchen", "hi"), GRASS, replayed=1)
    reply = Reply("kitchen", "grass is green", 0.0, 5)
    assert leak_hint(talk.case, talk.transcript, reply) is None
