"""Tests of replies whose order does not matter."""

from __future__ import annotations

import pytest
from support.conversation import HERE as MARK
from support.conversation import Conversation, conversation, expected, spoken, turn

from ovos_dialogue_kit.script.model import Expectation, ReplyOrder


def talk(
    order: ReplyOrder, listed: str, heard: str, end: str = "handled"
) -> Conversation:
    """Return a turn; each letter is a reply that is expected or heard."""
    expect = Expectation(
        MARK,
        replies=tuple(expected(contains=letter) for letter in listed),
        order=order,
    )
    return conversation(turn("a", "hi", expect, map(spoken, heard.split()), end=end))


@pytest.mark.parametrize(
    ("order", "listed", "heard"),
    [
        ("include", "x", "x"),
        ("include", "x", "q x r"),
        ("include", "xy", "y q x"),
        ("any", "xy", "y x"),
        ("any", "xyz", "xyz xy x"),
        ("any", "xyx", "xy x y"),
    ],
)
def test_replies_may_come_in_any_order(
    order: ReplyOrder, listed: str, heard: str
) -> None:
    """Each expected reply needs one of its own, whichever way they can be paired."""
    assert talk(order, listed, heard).mismatches() == ()


@pytest.mark.parametrize(
    ("order", "listed", "heard", "problem", "missing", "left"),
    [
        ("include", "x", "", "heard nothing", "x", ""),
        ("include", "x", "q", "the expected reply was not heard", "x", "q"),
        ("include", "xy", "y q", "1 of 2 expected replies not heard", "x", "q"),
        ("include", "xx", "x", "1 of 2 expected replies not heard", "x", ""),
        ("any", "xy", "y q", "1 of 2 expected replies not heard", "x", "q"),
        ("any", "xy", "y", "heard 1 reply instead of 2", "x", ""),
        ("any", "xy", "y x q", "heard an unexpected reply", "", "q"),
        ("any", "xy", "y q r", "heard 3 replies instead of 2", "x", "q r"),
    ],
)
def test_only_replies_without_a_partner_are_told(  # noqa: PLR0913, PLR0917  # a table
    order: ReplyOrder, listed: str, heard: str, problem: str, missing: str, left: str
) -> None:
    """Replies that are as expected are only counted."""
    mismatch = talk(order, listed, heard).only()
    assert (mismatch.kind, mismatch.problem) == ("reply", problem)
    assert [one.contains for one in mismatch.expected or ()] == list(missing)  # type: ignore[union-attr]
    assert [one.text for one in mismatch.heard or ()] == left.split()  # type: ignore[union-attr]
    paired = len(listed) - len(missing)
    notes = (("note", "1 other reply as expected"),) if paired == 1 else ()
    notes = (("note", "2 other replies as expected"),) if paired > 1 else notes
    assert mismatch.notes == notes


def test_what_a_turn_without_end_did_not_say_is_not_missing() -> None:
    """If a turn did not end, only what was heard can be wrong."""
    assert talk("include", "xy", "q", "deadline").problems() == [
        "the turn did not end in time"
    ]
    assert talk("any", "xy", "x q", "deadline").problems() == [
        "the turn did not end in time",
        "heard an unexpected reply",
    ]


def test_a_forbidden_reply_is_told_with_what_forbids_it() -> None:
    """Only what holds is told, and each reply once."""
    denied = [expected(text="x"), expected(contains="y"), expected(contains="z")]
    expect = Expectation(MARK, denied_replies=tuple(denied))
    fine = turn("a", "hi", expect, [spoken("q")])
    wrong = turn("a", "hi", expect, map(spoken, ["q", "zy", "y"]))
    mismatch = conversation(fine, wrong).only()
    assert (mismatch.kind, mismatch.problem) == (
        "denied",
        "a forbidden reply was given",
    )
    assert mismatch.expected == tuple(expected(denied=one) for one in denied[1:])
    assert [reply.text for reply in mismatch.heard or ()] == ["zy", "y"]  # type: ignore[union-attr]


def test_the_first_reply_that_is_wrong_is_shown() -> None:
    """Of several; behind all of them, if there are too few."""
    assert talk("exact", "xyz", "x q z").only().focus == 1
    assert talk("exact", "xyz", "x y q").only().focus == 2
    assert talk("exact", "xyz", "x y").only().focus == 2


NEAREST = (("nearest", "say hello"), ("nearest", "say bye"))


@pytest.mark.parametrize("order", ["exact", "any", "include"])
def test_what_may_explain_a_missing_reply_is_told(order: ReplyOrder) -> None:
    """That no intent matched, with the nearest sentences, and a dialog that is none."""
    one = expected(dialog="helo")
    expect = Expectation(MARK, replies=(expected(text="x"), one), order=order)
    dialogs = {"hello/en-US": ("hello",), "helo/en-US": ()}
    mismatch = conversation(
        turn("a", "hi", expect, [spoken("x")], matched=False, nearest=NEAREST),
        dialogs=dialogs,
    ).only()
    others = [("note", "1 other reply as expected")] if order != "exact" else []
    assert [*mismatch.notes] == [
        *others,
        ("note", "no intent matched"),
        *NEAREST,
        ("note", 'there is no "helo.dialog" in en-US (did you mean "hello"?)'),
    ]


@pytest.mark.parametrize("order", ["exact", "any", "include"])
def test_a_leak_is_told_of_the_replies_that_are_wrong(order: ReplyOrder) -> None:
    """And of no other one, wherever it is among them."""
    for heard in (["x", "the grass is green"], ["the grass is green", "x"]):
        listed = [expected(text="x" if text == "x" else "y") for text in heard]
        expect = Expectation(MARK, replies=tuple(listed), order=order)
        found = conversation(
            turn("b", "the grass is green"),
            turn("a", "hi", expect, map(spoken, heard)),
        ).only()
        leak = '"the grass is green" was said by b in turn 1 (line 12)'
        assert found.leak == leak
    right = Expectation(
        MARK, replies=(expected(contains="grass"), expected(text="y")), order=order
    )
    found = conversation(
        turn("b", "the grass is green"),
        turn("a", "hi", right, map(spoken, ["the grass is green", "x"])),
    ).only()
    assert found.leak is None
