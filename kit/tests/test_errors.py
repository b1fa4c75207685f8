"""Errors that users see: their text, their parts, and near names."""

from __future__ import annotations

import pickle

import pytest

from ovos_dialogue_kit.error_codes import Code
from ovos_dialogue_kit.errors import (
    KitError,
    Mark,
    ScriptError,
    join_errors,
    near_name,
    similarity,
)

MARK = Mark("a.dialogue.yaml", 3, 7)
ERROR = ScriptError("nobody speaks", MARK, "name the speaker", Code.NO_SPEAKER)
OTHER = ScriptError('"d" is empty', Mark("a.dialogue.yaml", 9), code=Code.EMPTY_VALUE)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (KitError("no cell ran"), "no cell ran"),
        (KitError("no cell ran", hint='run "tox"'), 'no cell ran\n  run "tox"'),
        (
            KitError("it is empty", Mark("x.json")),
            "x.json:1:1: it is empty",
        ),
        (
            ERROR,
            "a.dialogue.yaml:3:7: nobody speaks  [KIT110]\n  name the speaker",
        ),
        (
            ScriptError("a", MARK, "b", Code.UNKNOWN_KEY, (OTHER,)),
            f"a.dialogue.yaml:3:7: a  [KIT101]\n  b\n{OTHER}",
        ),
    ],
)
def test_text(error: KitError, text: str) -> None:
    """Place, problem and code are on the first line, the hint is below it."""
    assert str(error) == text


def test_split() -> None:
    """An error with others is split into errors of one problem each."""
    error = ScriptError("a", MARK, "b", Code.UNKNOWN_KEY, (OTHER,))
    assert [str(each) for each in error.split()] == [
        "a.dialogue.yaml:3:7: a  [KIT101]\n  b",
        str(OTHER),
    ]


def test_join() -> None:
    """Joined errors are one error of the given kind, which splits into all of them."""
    joined = join_errors(KitError, [KitError("a", others=(OTHER,)), ERROR])
    assert (type(joined), str(joined)) == (KitError, f"a\n{OTHER}\n{ERROR}")
    assert [str(each) for each in joined.split()] == ["a", str(OTHER), str(ERROR)]


def test_errors_can_be_pickled() -> None:
    """An error from another process is the same there, with its code and others."""
    error = ScriptError("a", MARK, None, Code.UNKNOWN_KEY, (OTHER,))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (type(again), str(again)) == (ScriptError, str(error))


def test_title_of_a_code() -> None:
    """A code's title is its name as documents write it."""
    assert Code.UNKNOWN_KEY.title == "unknown-key"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("padacoiso", ' (did you mean "padacioso"?)'), ("nebulento", "")],
)
def test_near_name(name: str, hint: str) -> None:
    """The nearest name is suggested, if it is near enough."""
    assert near_name(name, ["padacioso", "padatious"]) == hint


def test_similarity() -> None:
    """The similarity is 1 for a known name, and 0 without any."""
    assert similarity("expect", ["with", "expect"]) == 1
    assert 0.75 < similarity("expct", ["with", "expect"]) < 1
    assert similarity("expect", []) == 0
