"""Tests of the hint at another session's words in a wrong reply."""

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
    """Words are found in the text of a reply in any case and white space."""
    assert hint(GRASS, heard="you said Grass  is green") == SAID


def test_what_another_session_said_is_found_in_the_values_of_a_reply() -> None:
    """Words are found in a reply's values at any depth."""
    data = {"n": 1, "said": [None, True, {"last": "grass is green"}]}
    assert hint(GRASS, heard="yes", dialog="x", data=data) == SAID


def test_what_another_session_was_told_is_a_leak_too() -> None:
    """A reply without a dialog belongs to the session that heard it."""
    other = turn("bedroom", "my code", None, [spoken("it is 42 17")])
    assert hint(other, heard="it is 42 17") == (
        '"it is 42 17" was told to bedroom in turn 1 (line 12)'
    )


def test_of_a_dialog_only_the_values_are_anybodys() -> None:
    """Only the values of a dialog belong to a session, not the dialog's wording."""
    told = spoken("you are 42", dialog="age", data={"age": 42})
    other = turn("bedroom", "my age", None, [told])
    assert hint(other, heard="you are young") is None
    assert hint(other, heard="you are 42") == (
        '"42" was told to bedroom in turn 1 (line 12)'
    )


def test_yes_and_no_and_nothing_are_nobodys_words() -> None:
    """Values that are neither texts nor numbers are ignored."""
    told = spoken("ok", dialog="x", data={"a": None, "b": True, "c": False})
    other = turn("bedroom", "hi", None, [told])
    assert hint(other, heard="null true false") is None


def test_what_another_session_sent_in_a_message_is_a_leak() -> None:
    """The data of a message belong to the session that sent it."""
    sent = turn(
        "bedroom",
        "note.take",
        message={"type": "note.take", "data": {"note": "buy milk"}},
    )
    assert hint(sent, heard="you wanted to buy milk") == (
        '"buy milk" was sent by bedroom in turn 1 (line 12)'
    )


def test_the_name_of_a_message_and_a_silence_are_nobodys_words() -> None:
    """The type of a message and a silence contain no words."""
    sent = turn("bedroom", "note.take", message={"type": "note.take"})
    quiet = turn("bedroom", "10m", silence=600.0)
    assert hint(sent, quiet, heard="note.take 10m") is None


def test_ones_own_words_are_no_leak() -> None:
    """A session's own words are no leak, even if others said them, too."""
    assert hint(GRASS, heard="what did i say") is None
    own = turn("kitchen", "oh grass is green you know")
    assert hint(GRASS, own, heard="grass is green") is None


def test_what_one_was_told_is_not_ones_own() -> None:
    """A leak that happens twice is reported twice."""
    before = turn("kitchen", "hi", None, [spoken("grass is green")])
    assert hint(GRASS, before, heard="grass is green") == SAID


def test_expected_words_are_no_leak() -> None:
    """Words that the reply should contain are no leak."""
    heard = "grass is green today"
    assert hint(GRASS, heard=heard, expected=["all grass is green"]) is None
    assert hint(GRASS, heard=heard, expected=["grass"]) == SAID


def test_the_longest_words_are_the_hint() -> None:
    """If several words match, the longest are the hint."""
    turns = turn("bedroom", "grass is"), turn("bath", "grass is green")
    assert hint(*turns, heard="grass is green") == (
        '"grass is green" was said by bath in turn 2 (line 13)'
    )


def test_of_equal_words_the_first_are_the_hint() -> None:
    """Among equal words, those of the earliest turn are the hint."""
    others = turn("bath", "grass is green"), turn("hall", "grass is green")
    assert hint(GRASS, *others, heard="grass is green") == SAID


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("he", "the sky is her place"),
        ("7", "there are 7 of them"),
        ("no", "now and nono"),
    ],
)
def test_letters_of_other_words_are_no_leak(words: str, heard: str) -> None:
    """Parts of words and single characters are no leak."""
    assert hint(turn("bedroom", words), heard=heard) is None


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        ("no", "nono no"),
        ("aa b", "aaa b, aa b"),
        ("no", "no"),
        ("now", "nownow, now!"),
        ("天気", "今日の天気は"),
        ("..", "wait..."),
    ],
)
def test_words_are_found_as_words(words: str, heard: str) -> None:
    """Words are found after similar ones, at both ends, and without spaces."""
    assert hint(turn("bedroom", words), heard=heard) == (
        f'"{words}" was said by bedroom in turn 1 (line 12)'
    )


def test_what_was_said_later_is_no_source() -> None:
    """Only turns up to the one of the reply count."""
    talk = conversation(turn("kitchen", "hi"), turn("bedroom", "grass is green"))
    for index, expected in (
        (0, None),
        (1, '"grass is green" was said by bedroom in turn 2 (line 13)'),
    ):
        reply = Reply("kitchen", "grass is green", 0.0, index)
        assert leak_hint(talk.case, talk.transcript, reply) == expected


def test_turns_that_were_not_replayed_are_no_source() -> None:
    """A transcript may have fewer turns than its case."""
    talk = conversation(turn("kitchen", "hi"), GRASS, replayed=1)
    reply = Reply("kitchen", "grass is green", 0.0, 5)
    assert leak_hint(talk.case, talk.transcript, reply) is None
