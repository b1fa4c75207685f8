"""Scripts that are written, and what the parser makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovos_dialogue_kit.fixture.generate import generate
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.canary import CANARY
from ovos_dialogue_kit.script.format.nodes import MapNode, compose
from ovos_dialogue_kit.script.model import Emit, Script
from ovos_dialogue_kit.script.parse import parse_script
from ovos_dialogue_kit.script.problems import Problems
from ovos_dialogue_kit.script.write import literal_turn, write_script, write_value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
WORDS = TEXTS.filter(lambda text: text.strip())
NAMES = WORDS.filter(lambda text: text.isprintable() and any(map(str.isalnum, text)))
NUMBERS = st.integers(-(10**16) + 1, 10**16 - 1) | st.floats(
    allow_nan=False, allow_infinity=False
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.just(""),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
"""JSON as it goes over the bus, but for the key ``<<``, which YAML merges."""

UNTIMED = settings(deadline=None)
"""By default Hypothesis fails what takes longer than 0.2 s, as on a busy machine."""


def is_mergeable(value: Json) -> bool:
    return '"<<"' in json.dumps(value)


def written(script: dict[str, Json]) -> Script:
    return parse_script(write_script(script), "a.dialogue.yaml")


def with_turns(*turns: dict[str, Json]) -> dict[str, Json]:
    return {"skill": "a.b", "dialogues": {"x": [dict(turn) for turn in turns]}}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("keep apple", "keep apple"),
        ("it's on.", "it's on."),
        ("é", "é"),
        ("yes", "yes"),
        ("true", '"true"'),
        ("7:30", '"7:30"'),
        ("2s", "2s"),
        ("1.5", '"1.5"'),
        ("a: b", '"a: b"'),
        ("$canary", '"$canary"'),
        ("- x", '"- x"'),
        (" x", '" x"'),
        ("", '""'),
        ("a\x7f\u2028b", '"a\\u007f\\u2028b"'),
        ("half \ud83d", '"half \ufffd"'),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ([1, "a"], "[1, a]"),
        ({"a": {"b c": "d"}}, "{a: {b c: d}}"),
    ],
)
def test_values_as_yaml(value: Json, text: str) -> None:
    """Only what reads as itself stays plain; everything else is quoted."""
    assert text == write_value(value)


def test_a_key_that_is_too_long_for_yaml() -> None:
    """YAML takes it with a question mark."""
    key = "k" * 2000
    node = compose(write_value({key: "x"}), "a", Problems())
    assert isinstance(node, MapNode)
    assert [key] == list(node.values)


@UNTIMED
@given(JSON.filter(lambda value: not is_mergeable(value)))
def test_bus_data_is_read_as_written(data: Json) -> None:
    """Any JSON survives, with its types."""
    turn: dict[str, Json] = {"a": {"emit": {"type": "x.y", "data": {"value": data}}}}
    action = written(with_turns(turn)).dialogues[0].turns[0].action
    assert isinstance(action, Emit)
    assert repr({"value": data}) == repr(action.data)


@UNTIMED
@given(
    st.lists(
        st.tuples(NAMES, WORDS.filter(lambda text: CANARY not in text)),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_said_is_read_as_written(said: list[tuple[str, str]]) -> None:
    """Speakers and utterances survive, also those that look like templates or YAML."""
    speakers = {name: f"speaker {n}" for n, (name, _) in enumerate(said)}
    turns = [literal_turn(speakers[name], text) for name, text in said]
    (fixture,) = generate(written(with_turns(*turns)), Path())
    assert [(speakers[name], " ".join(text.split())) for name, text in said] == [
        (turn.session, " ".join(turn.said.split())) for turn in fixture.cases[0].turns
    ]


@UNTIMED
@given(NAMES)
def test_names_are_read_as_written(name: str) -> None:
    """A dialogue may be called anything that has a letter or a digit."""
    script = written({"dialogues": {name: [{"a": "hello"}]}})
    assert [name] == [dialogue.name for dialogue in script.dialogues]


WHOLE: dict[str, Json] = {
    "skill": "a.b",
    "lang": "pt-PT",
    "engine": ["padacioso", "adapt"],
    "sessions": {"kitchen": {"lang": "en-US", "prefs": {"time_format": "full"}}},
    "phrases": {"ask": ["what did i say", "(repeat|again)"]},
    "with": {"word": ["blue", "no"]},
    "expand": {"cap": 20},
    "tags": "smoke",
    "dialogues": {
        "short": [{"kitchen": "the sky is {word}", "overlap": True}],
        "long": {
            "lang": "en-US",
            "tags": ["slow"],
            "turns": [
                {"kitchen": "<ask>", "expect": {"no_reply": True}, "within": "5s"},
                {"hall": {"silence": "2s"}},
            ],
        },
    },
}
WHOLE_TEXT = """\
skill: a.b
lang: pt-PT
engine: [padacioso, adapt]
sessions:
  kitchen: {lang: en-US, prefs: {time_format: full}}
phrases:
  ask: [what did i say, "(repeat|again)"]
with: {word: [blue, no]}
expand: {cap: 20}
tags: smoke
dialogues:
  short:
    - kitchen: "the sky is {word}"
      overlap: true
  long:
    lang: en-US
    tags: [slow]
    turns:
      - kitchen: "<ask>"
        expect: {no_reply: true}
        within: 5s
      - hall: {silence: 2s}
"""


def test_the_layout() -> None:
    """Sessions, phrases and turns have lines of their own."""
    assert WHOLE_TEXT == write_script(WHOLE)
    assert 2 == len(written(WHOLE).dialogues)


def test_equal_scripts_are_equal_texts() -> None:
    """The order of the keys of a script, a dialogue and a turn does not matter."""
    turned = dict(reversed(WHOLE.items()))
    dialogues = WHOLE["dialogues"]
    assert isinstance(dialogues, dict)
    long = dialogues["long"]
    assert isinstance(long, dict)
    turns = long["turns"]
    assert isinstance(turns, list)
    turned["dialogues"] = {
        **dialogues,
        "long": {
            "turns": [
                dict(reversed(turn.items())) for turn in turns if isinstance(turn, dict)
            ],
            "tags": long["tags"],
            "lang": long["lang"],
        },
    }
    assert WHOLE_TEXT == write_script(turned)


def test_empty_sections_stay_on_their_line() -> None:
    """An empty mapping is written as one."""
    text = write_script({"dialogues": {"x": [{"a": "hi"}]}, "sessions": {}})
    assert text.startswith("sessions: {}\ndialogues:\n")
