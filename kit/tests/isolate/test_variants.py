"""The variants of a case: canaries where there is room, and a twin."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

import pytest
from support.toys import Answer, Stage, Toy, dialogue, separate, toy

from ovos_dialogue_kit.isolate.variants import Variant, variants_of
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.canary import make_canary


def variants(assistant: Toy, *turns: str) -> list[Variant]:
    fixture = dialogue(*turns)
    assistant.start()
    play = lambda case, options: assistant.replay(fixture, case, options)  # noqa: E731
    return variants_of(fixture.cases[0], play)


def test_canaries_take_the_place_of_slots() -> None:
    """In the second variant, each value of a slot is a canary."""
    plain, changed = variants(separate(), "a: keep apple", "a: tell me", "b: tell me")
    assert ["keep apple", "tell me"] == [turn.said for turn in plain.case.turns[:2]]
    assert f"keep {make_canary(0)}" == changed.case.turns[0].said
    assert ({}, {make_canary(0): 0}) == (plain.canaries, changed.canaries)


@pytest.mark.parametrize(
    ("needed", "said"),
    [("", "plan {0} for {0}"), ("monday", "plan {0} for monday")],
    ids=["all", "the longest"],
)
def test_canaries_take_the_place_of_several_slots(needed: str, said: str) -> None:
    """All values of an utterance are replaced, or else the longest one."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        words = said.split()
        if needed in said and len(words) > 3:
            return Answer("fine", slots={"day": words[3], "thing": words[1]})
        return Answer("what", route=None, slots={"thing": words[1]})

    _, changed = variants(toy(answer), "a: plan breakfast for monday", "b: plan lunch")
    assert said.format(make_canary(0)) == changed.case.turns[0].said
    assert f"plan {make_canary(1)}" == changed.case.turns[1].said


def test_canaries_take_the_place_of_free_talk() -> None:
    """An utterance that matches no intent is replaced by a canary."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(route="intent" if said == "ask" else None)

    _, changed = variants(toy(answer), "a: the sky is blue", "a: ask", "b: ask")
    assert [make_canary(0), "ask", "ask"] == [turn.said for turn in changed.case.turns]


def test_canaries_that_change_the_dialogue_are_left_out() -> None:
    """A canary that changes what the session hears is left out."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        if said.startswith("keep"):
            return Answer("kept", slots={"word": said.removeprefix("keep ")})
        dialog = "fruit" if said == "eat apple" else "what"
        reply = Reply(session, "x", 0.0, stage.index, dialog=dialog)
        return Answer(reply, slots={"word": said.removeprefix("eat ")})

    _, changed = variants(
        toy(answer), "a: eat apple", "a: keep pear", "b: {emit: {type: x.y}}"
    )
    said = ["eat apple", f"keep {make_canary(1)}", "x.y"]
    assert said == [turn.said for turn in changed.case.turns]


def test_canaries_of_the_script_stay() -> None:
    """A script with canaries of its own has one variant."""
    (only,) = variants(separate(), "a: keep $canary", "b: tell me")
    assert {make_canary(0): 0} == only.canaries


def test_one_session_gets_a_twin() -> None:
    """A case of one session gets a twin that says the same with other canaries."""
    turns = ("a: keep $canary", "a: {emit: {type: x.y}}", "a: {silence: 2s}")
    (only,) = variants(separate(), *turns)
    said = [(turn.session, turn.said) for turn in only.case.turns]
    assert [
        ("a", f"keep {make_canary(0)}"),
        ("a", "x.y"),
        ("a", "2s"),
        ("a_2", f"keep {make_canary(1)}"),
        ("a_2", "x.y"),
        ("a_2", "2s"),
    ] == said
    ids = {str(wire["session_id"]) for wire in only.case.sessions.values()}
    assert 2 == len(ids)
    context = (only.case.turns[3].message or {})["context"]
    assert isinstance(context, dict)
    assert "kit.a_2" == context["source"]
