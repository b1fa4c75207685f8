"""Words that nobody else says, wherever a skill takes any words."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.dialogues import turn
from support.toys import Answer, Stage, Toy, dialogue, separate, toy

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.canaries import canaries_in, with_canaries
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.script.canary import make_canary

FIRST, SECOND, THIRD = map(make_canary, range(3))


def changed(
    assistant: Toy, *turns: str, seen: list[Options] | None = None
) -> list[str]:
    """Return what is said with canaries."""
    fixture = dialogue(*turns)
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        if seen is not None:
            seen.append(options)
        return assistant.replay(fixture, case, options)

    return [each.said for each in with_canaries(fixture.cases[0], play).turns]


def test_a_canary_is_known_beside_any_punctuation() -> None:
    """Each once, in the order in which they are said, in any case."""
    said = f"…{SECOND.upper()}… and „{FIRST}“, {SECOND}s {SECOND}"
    assert canaries_in(turn("kitchen", said)) == [SECOND, FIRST]
    assert canaries_in(turn("kitchen", "~2")) == []
    thousand = [make_canary(number) for number in (999, 1000)]
    assert canaries_in(turn("kitchen", " ".join(thousand))) == thousand[:1]


def test_each_session_is_tried_alone() -> None:
    """With its own turns, which overlap as they do in the script."""
    seen: list[Options] = []
    turns = "{a: keep x, overlap: true}", "b: keep y", "a: tell me"
    said = changed(separate(), *turns, seen=seen)
    assert said == [f"keep {FIRST}", f"keep {SECOND}", "tell me"]
    steps = [each.schedule or () for each in seen]
    assert [[step.turn for step in each] for each in steps] == [[0, 2]] * 2 + [[1]] * 2
    assert [[step.overlap for step in each] for each in steps[1:3]] == [
        [True, False],
        [False],
    ]


def test_what_is_not_said_is_not_tried() -> None:
    """Neither is a turn that has a canary: they cost no replay."""
    assistant = toy(lambda *_: Answer(route=None))
    turns = "a: {emit: {type: x.y}}", "b: {silence: 2s}", "b: keep $canary"
    assert changed(assistant, *turns) == ["x.y", "2s", f"keep {THIRD}"]
    assert assistant.replays == 2


@pytest.mark.parametrize(
    ("route", "is_free"),
    [
        (None, True),
        ("converse", True),
        ("response", True),
        ("fallback", True),
        ("intent", False),
        ("stop", False),
    ],
)
def test_free_talk(route: str | None, *, is_free: bool) -> None:
    """An utterance without slots is a canary where the skill takes any words."""
    assistant = toy(lambda *_: Answer(route=route))
    assert changed(assistant, "a: the sky is blue") == [
        FIRST if is_free else "the sky is blue"
    ]


TEA = {"thing": "tea", "day": "on monday", "place": "hall", "n": 7}


@pytest.mark.parametrize(
    ("said", "is_fine", "expected"),
    [
        ("tea on monday hall", lambda _: True, "{0} {0} {0}"),
        (
            "bring on monday and on monday tea",
            lambda said: "tea" in said and said.count("on monday") != 1,
            "bring {0} and {0} tea",
        ),
        (
            "tea on monday is on monday",
            lambda said: said.startswith("tea on monday "),
            "tea on monday is {0}",
        ),
        ("bring teas", lambda _: True, "bring teas"),
        ("bring teas to the hall", lambda _: True, "bring teas to the {0}"),
    ],
    ids=["all", "the longest", "its last place", "none", "whole words"],
)
def test_canaries_take_the_place_of_values(
    said: str, is_fine: Callable[[str], bool], expected: str
) -> None:
    """Of all values, or of the longest, or of its last place, if that must do."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        slots = {n: v for n, v in TEA.items() if str(v) in said}
        return Answer(route="intent" if is_fine(said) else "fallback", slots=slots)

    words = changed(toy(answer), "b: {silence: 2s}", f"a: {said}")
    assert words == ["2s", expected.format(SECOND)]
