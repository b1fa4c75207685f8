"""The sample sentence that is nearest to what was said."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.script.model import Text
from ovos_dialogue_kit.skill.nearest import find_nearest

LINES = [
    Text(line, Mark("a.intent", number))
    for number, line in enumerate(
        [
            "what time is it?",
            "what  is the time",
            "(tell|show) me the [current] time in {city}",
            "set an alarm for {when}",
            "[never] (closed",
            "hello world",
        ],
        start=1,
    )
]


@pytest.mark.parametrize(
    ("said", "number", "difference"),
    [
        ("what time is it", 1, '"it?" for "it"'),
        ("What tyme is it?", 1, '"what" for "What", "time" for "tyme"'),
        ("what is the time", 2, "two spaces in a row"),
        ("please show me the time in new york", 3, 'without "please"'),
        ("tell me the time in", 3, 'also "{city}"'),
        ("set alarm for ten past two", 4, 'also "an"'),
        ("set an alarm for ten", 4, ""),
        ("never closd", 5, '"closed" for "closd"'),
        ("hello", 6, 'also "world"'),
    ],
)
def test_nearest(said: str, number: int, difference: str) -> None:
    """The difference is what the sentence has in the place of what was said."""
    found = find_nearest(said, LINES)
    assert found
    assert (found.line.mark.line, found.difference) == (number, difference)


def test_branches_are_expanded() -> None:
    """The sentence is the branch that is nearest."""
    found = find_nearest("show me the time in rome", LINES)
    assert found
    assert found.sentence == "show me the time in {city}"


@pytest.mark.parametrize("said", ["blub blub", "a hello is not a world at all"])
def test_nothing_is_near(said: str) -> None:
    """What differs in most of its words is not near."""
    assert find_nearest(said, LINES) is None


def test_without_lines() -> None:
    """A skill need not have any."""
    assert find_nearest("hello", []) is None


def test_thousands_of_lines() -> None:
    """Only a few of them are expanded and compared word by word."""
    many = [
        Text(f"(a|the) lamp {number} [in the room] {{x}}", Mark("a.intent", number))
        for number in range(1, 5001)
    ]
    found = find_nearest("the lamp 4711 in the room green", many)
    assert found
    assert found.line.mark.line == 4711


def test_a_long_utterance() -> None:
    """Only its first words are compared, so that it costs no time."""
    found = find_nearest("hello world " * 5000, [Text("hello world " * 900, Mark("a"))])
    assert found
    assert found.difference == ""
