"""Tests of expectations, replies and values in one line each."""

from __future__ import annotations

import pytest
from support.conversation import expected, spoken

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.render.values import (
    expectation_words,
    flow,
    quoted,
    relevant_trace,
    reply_words,
    seconds,
)
from ovos_dialogue_kit.script.model import ReplyExpectation


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        (expected(), "any reply"),
        (expected(dialog="nothing"), "nothing"),
        (expected(dialog="a.b", data={"stt": "x y", "n": 5}), "a.b {stt: x y, n: 5}"),
        (expected(data={"stt": "x"}), "data {stt: x}"),
        (expected(text="x", contains="y"), '"x", containing "y"'),
        (expected(regex="^a.*"), "matching /^a.*/"),
        (
            expected(any_of=(expected(text="x"), expected(dialog="y", asks=True))),
            'any of ("x" | y, opening the microphone)',
        ),
        (
            expected(skill="s", lang="pt-PT", asks=False, within=0.5),
            "by s, in pt-PT, not opening the microphone, within 0.5 s",
        ),
        (
            expected(dialog="x", denied=expected(contains="y")),
            'x, not (containing "y")',
        ),
    ],
)
def test_an_expectation_in_words(expect: ReplyExpectation, words: str) -> None:
    """Each part of an expectation has its words."""
    assert words == expectation_words(expect)


def test_a_reply_in_words() -> None:
    """A reply shows its dialog, its values and its text."""
    assert reply_words(spoken("hi")) == '"hi"'
    assert reply_words(spoken("hi", dialog="x", data={})) == 'x   "hi"'
    assert reply_words(
        spoken("hi", skill="s", asks=True), ("skill", "lang", "asks")
    ) == ('"hi"   by s   in no language   opening the microphone')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("the sky", "the sky"),
        ("don't", "don't"),
        ("", '""'),
        (" x", '" x"'),
        ("x ", '"x "'),
        ("a, b", '"a, b"'),
        ("7:30", '"7:30"'),
        ("5", '"5"'),
        ("-1.5e3", '"-1.5e3"'),
        ("5 apples", "5 apples"),
        ("true", '"true"'),
        ("truest", "truest"),
        (5, "5"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        ({"a": [1, {"b": "x"}], "c": {}}, "{a: [1, {b: x}], c: {}}"),
    ],
)
def test_a_value_in_flow_style(value: Json, text: str) -> None:
    """A text is quoted if it could be read as another value."""
    assert flow(value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("não \u200c天", '"não \u200c天"'),
        ("a\nb\x1b[31m\x9b\u2028\ud800", '"a\\nb\\x1b[31m\\x9b\\u2028\\ud800"'),
        ("x" * 300, f'"{"x" * 300}"'),
        ("x" * 301, f'"{"x" * 300}… (301 characters)"'),
    ],
)
def test_no_text_can_disturb_a_terminal(text: str, shown: str) -> None:
    """Control characters are escaped, and long texts are cut."""
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0.0, "0 s"),
        (1.5, "1.5 s"),
        (0.1 + 0.2, "0.3 s"),
        (3600.0004, "3600 s"),
        (0.0044, "0.004 s"),
    ],
)
def test_times_are_shown_to_the_millisecond(length: float, text: str) -> None:
    """Times are rounded to milliseconds."""
    assert seconds(length) == text


def frames(*files: str) -> str:
    """Return a traceback with a frame in each file."""
    shown = "".join(
        f'  File "{file}", line {line}, in f\n    line {line}\n'
        for line, file in enumerate(files, 1)
    )
    return f"Traceback (most recent call last):\n{shown}E: x\n"


PYTHON = "/usr/lib/python3.11"
SITE = "/v/lib/python3.11/site-packages"
OVOS = f"{SITE}/ovos_utils/events.py"
LIBRARY = f"{SITE}/requests/api.py"


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param(
            (OVOS, "/s/my_skill/__init__.py", *[LIBRARY] * 5),
            ["  … 1 more", "    line 2", "  … 3 more", "    line 6", "    line 7"],
            id="in a library",
        ),
        pytest.param(
            ("/s/my_skill/a.py", "/s/my_skill/b/c.py", *[LIBRARY] * 4),
            ["  … 1 more", "    line 2", "  … 2 more", "    line 5", "    line 6"],
            id="in another module of the skill",
        ),
        pytest.param(
            ("/s/my_skill/a.py", *[LIBRARY] * 4),
            ["    line 1", "  … 2 more", "    line 4", "    line 5"],
            id="first",
        ),
        pytest.param(
            (OVOS, f"{SITE}/my_skill.py", *[LIBRARY] * 4),
            ["  … 1 more", "    line 2", "  … 2 more", "    line 5", "    line 6"],
            id="a single file",
        ),
        pytest.param(
            ("<string>", *[LIBRARY] * 4),
            ["    line 1", "  … 2 more", "    line 4", "    line 5"],
            id="no file",
        ),
        pytest.param(
            (OVOS, f"{PYTHON}/threading.py", "/s/a/b.py", *[f"{PYTHON}/json/c.py"] * 3),
            ["  … 2 more", "    line 3", "  … 1 more", "    line 5", "    line 6"],
            id="above and below Python's own library",
        ),
        pytest.param(
            (OVOS, OVOS, OVOS, OVOS),
            ["  … 1 more", "    line 2", "    line 3", "    line 4"],
            id="nowhere",
        ),
        pytest.param(
            (OVOS, OVOS, "/s/my_skill/a.py", LIBRARY),
            ["  … 1 more", "    line 2", "    line 3", "    line 4"],
            id="near the end",
        ),
        pytest.param(
            (OVOS, "/s/my_skill/a.py", LIBRARY, LIBRARY),
            ["  … 1 more", "    line 2", "    line 3", "    line 4"],
            id="the first that is shown",
        ),
    ],
)
def test_the_skills_own_line(files: tuple[str, ...], lines: list[str]) -> None:
    """A traceback that is cut still has the skill's innermost line."""
    shown = relevant_trace(frames(*files))
    assert [line for line in shown if "File" not in line] == [*lines, "E: x"]
