"""Slots in expectations and in free-form data: which there are, and their values."""

from __future__ import annotations

from typing import Any

import pytest

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.model import (
    Conditions,
    Expectation,
    ReplyExpectation,
    Text,
)
from ovos_dialogue_kit.script.slots import fill_data, find_data_slots

MARK = Mark("a {x}.yaml", 3, 5)
VALUES = {"w": "a.b", "time": "7:30", CANARY: "junifak"}


def reply(**parts: object) -> ReplyExpectation:
    return ReplyExpectation(MARK, **parts)  # type: ignore[arg-type]


EXPECTED = Expectation(
    MARK,
    replies=(reply(text="{b}"), reply(data={"n": ["{a}", 1, None], "{key}": "{b}"})),
    holds=Conditions(
        intent="{c}",
        messages=({"type": "{d}"},),
        session={"lang": "{e}"},
    ),
)


def test_slots_are_found_in_their_order() -> None:
    """Each once; none in a key, or in the path of the script."""
    assert find_data_slots(EXPECTED) == ("b", "a", "c", "d", "e")
    assert find_data_slots(("{a}", {"x": ["{b} {a}"]})) == ("a", "b")
    assert find_data_slots(None) == ()


def test_slots_of_raw_bus_data_may_be_left_out() -> None:
    """These are what is expected of messages and of the session."""
    assert find_data_slots(EXPECTED, raw=False) == ("b", "a", "c")


@pytest.mark.parametrize(
    ("regex", "filled"),
    [
        ("^{w}$", r"^a\.b$"),
        ("{w}{2} {time}* x{3}", r"(?:a\.b){2} (?:7:30)* x{3}"),
        ("{number:w}+", r"(?:a\.b)+"),
        ("^say $canary {w}$", r"^say junifak a\.b$"),
        ("{free}+ {free}", "{free}+ {free}"),
    ],
)
def test_a_regular_expression_takes_values_as_they_are(regex: str, filled: str) -> None:
    """As a group where the slot is repeated; one without a value stays."""
    assert fill_data(reply(regex=regex), VALUES) == reply(regex=filled)
    for name in ("slots", "slots_include"):
        given: dict[str, Any] = {name: {"a": {"regex": regex}, "b": "{w}"}}
        wanted: dict[str, Any] = {name: {"a": {"regex": filled}, "b": "a.b"}}
        assert fill_data(Conditions(**given), VALUES) == Conditions(**wanted)
    message = {"type": {"regex": regex}, "data": {"regex": "{w}"}}
    assert fill_data(Conditions(messages=(message,)), VALUES).messages == (
        {"type": {"regex": filled}, "data": {"regex": "a.b"}},
    )


def test_no_other_text_is_an_expression() -> None:
    """A value is the same in a text, in data, and in a pattern without ``regex``."""
    data = {"regex": "{w}", "more": [{"regex": "{w}"}, ("{w}", 1, None)]}
    assert fill_data(reply(text="{w}", data=data, dialog="{free}"), VALUES) == reply(
        text="a.b",
        data={"regex": "a.b", "more": [{"regex": "a.b"}, ("a.b", 1, None)]},
        dialog="{free}",
    )
    session = {"regex": {"regex": "{w}"}}
    held = Conditions(slots={"a": {"contains": "{w}"}, "n": 1}, session=session)
    assert fill_data(held, VALUES) == Conditions(
        slots={"a": {"contains": "a.b"}, "n": 1}, session={"regex": {"regex": "a.b"}}
    )


def test_marks_may_get_another_path() -> None:
    """All of them; what does not change is returned as it is."""
    texts = [Text("{w}", MARK), Text("x", Mark("a", 1, 2))]
    assert fill_data(texts, VALUES) == [Text("a.b", MARK), texts[1]]
    assert fill_data(texts, {}, "a") == [Text("{w}", Mark("a", 3, 5)), texts[1]]
    assert fill_data(EXPECTED, VALUES) is EXPECTED
