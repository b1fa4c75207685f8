"""Tests of matching a spoken text with the lines of a ``.dialog`` file."""

from __future__ import annotations

import tracemalloc

import pytest

from ovos_dialogue_kit.verdict.dialog_match import is_rendered_from


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("nothing was said", "nothing was said"),
        ("  nothing  was said\n", "nothing was said "),
        ("(hi|good day) there", "good day there"),
        ("hello [there] friend", "hello friend"),
        ("hello [there] friend", "hello there friend"),
        ("[well] hello [there]", "hello"),
        ("[(a|b) c|d]e", "a ce"),
        ("[(a|b) c|d]e", "b ce"),
        ("[(a|b) c|d]e", "de"),
        ("(a|b|)c", "c"),
        ("(a|b|c) d", "c d"),
        ("you said {stt}", "you said the sky is blue"),
        ("you said {{ stt }}!", "you said the sky!"),
        ("it is {number:n}", "it is 5"),
        ("you said {stt}", "you said"),
        ("{a} and {b} and {a}", "x and y and and z"),
        ("{a}{b} end", "x y end"),
        ("{a} end", "end"),
        ("{a}xx", "yxxx"),
        ("{a}", ""),
        ("[a] [b]", ""),
        ("hi (you|there", "hi (you|there"),
        ("hi you|there", "hi you|there"),
        ("hi (you]", "hi (you]"),
        ("hi you)", "hi you)"),
        ("what { is this", "what { is this"),
        ("wait (a|b).*", "wait a.*"),
    ],
)
def test_a_variant_of_a_line_is_recognised(line: str, text: str) -> None:
    """Groups, optionals and slots are expanded; unpaired brackets are plain text."""
    assert is_rendered_from([line], text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("nothing was said", "nothing was said yet"),
        ("nothing was said", "Nothing was said"),
        ("hello [there] friend", "hellofriend"),
        ("hello [there] friend", "hello there there friend"),
        ("(a|b) c", "c"),
        ("you said {stt}", "they said hello"),
        ("hi you|there", "hi you"),
        ("[a]", "b"),
        ("wait.", "wait!"),
        ("x (|y) {z}", "w"),
        ("{a} x {b} y {c}", "y x"),
        ("a b{c} b d", "a b d"),
        ("# a note", "# a note"),
        ("", ""),
        (" ", ""),
    ],
)
def test_another_text_is_not(line: str, text: str) -> None:
    """Every word counts; comments and empty lines match nothing."""
    assert not is_rendered_from([line], text)


def test_any_of_the_lines_will_do() -> None:
    """A text has to match only one of the lines."""
    assert is_rendered_from(["you said {stt}", "that was {stt}"], "that was it")


def test_a_slot_whose_value_is_known_takes_no_other() -> None:
    """A known value of a slot is compared as text, without white space."""
    lines = ["{n} times (a|b): {stt}"]
    data = {"n": 2, "stt": "x  (y|z)"}
    assert is_rendered_from(lines, "2 times b: x (y|z)", data)
    assert not is_rendered_from(lines, "3 times b: x (y|z)", data)
    assert not is_rendered_from(lines, "2 times b: y", data)
    assert is_rendered_from(["{stt}"], "grass", {"stt": "grass"})
    assert not is_rendered_from(["{stt}"], "grass", {"other": "grass"})


def test_many_slots_take_no_longer_than_text_and_line() -> None:
    """A line that makes a regular expression backtrack for minutes takes no time."""
    line = "{a} {b} {c} {d} {e} {f} x"
    assert not is_rendered_from([line], "a b " * 200)
    assert not is_rendered_from(["(a|b) " * 60 + "x"], "a b " * 30)


@pytest.mark.parametrize(
    "line", ["{a}", "the {a} is {b} and", "(x|{a}) [y] {b}", "{a}x"]
)
@pytest.mark.parametrize("word", ["x", "the is ", "1 x\n"])
def test_a_long_text_takes_little_memory(line: str, word: str) -> None:
    """A text that a skill has made too long costs little more than its own size."""
    text = f"the {word * 5_000}"
    tracemalloc.start()
    is_rendered_from([line], text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * len(text)
