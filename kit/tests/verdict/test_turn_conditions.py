"""Tests of the conditions of a turn besides its replies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.conversation import (
    conversation,
    denies,
    holds,
    turn,
)

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import FOREIGN
from ovos_dialogue_kit.script.model import Expectation

TAKEN = "matched by the intent repeat.stt of repeater"

SEEN = {
    "matched": True,
    "intent": "repeat.stt",
    "skill": "repeater",
    "route": "intent",
    "slots": {"thing": "the  sky", "n": 5},
    "messages": (
        {"type": "a", "data": {"x": 1, "y": {"lang": "en-us"}}, "context": {}},
        {"type": "b", "data": {}},
        {"type": "a", "data": {"x": 2}},
    ),
    "session_after": {
        "active_skills": [["repeater", 1.5], ["parrot", 0]],
        "lang": "en-us",
        "context": {"frame_stack": [], "timeout": 120},
    },
}


@pytest.mark.parametrize(
    "conditions",
    [
        {"intent": "repeat.stt", "skill": "repeater", "route": "intent"},
        {"slots": {"thing": "the sky", "n": "5"}},
        {"slots_include": {"n": "5"}},
        {"no_match": False},
        {"messages": ({"type": "a"}, {"type": "a", "data": {"x": 2}})},
        {"messages": ({"type": "a", "data": {"y": {"lang": "en-US"}}}, {"type": "b"})},
        {"session": {"active_skills": ["repeater", "parrot"], "lang": "en-US"}},
        {"session": {"context": {"timeout": 120}, "blacklisted_skills": []}},
        {"session": {"intent_context": {}, "lang": "en-US"}},
    ],
)
def test_conditions_of_a_turn_can_hold(conditions: dict[str, object]) -> None:
    """Each condition can hold, and is a mismatch if it is denied."""
    talk = conversation(turn("a", "hi", holds(**conditions), **SEEN))
    assert talk.mismatches() == ()
    denied = conversation(turn("a", "hi", denies(**conditions), **SEEN)).only()
    assert (denied.kind, denied.problem) == ("denied", "a forbidden condition holds")
    assert denied.expected == ({"not": conditions},)
    assert denied.heard == (conditions,)


@pytest.mark.parametrize(
    ("conditions", "kind", "problem", "heard"),
    [
        ({"intent": "x"}, "intent", "a different intent matched", "repeat.stt"),
        ({"skill": "x"}, "skill", "a different skill answered", "repeater"),
        ({"route": "stop"}, "route", "the turn took a different route", "intent"),
        (
            {"slots": {"n": "5"}},
            "slots",
            "the intent matched with different slots",
            SEEN["slots"],
        ),
        (
            {"slots": {"n": "6", "thing": "the sky"}},
            "slots",
            "the intent matched with different slots",
            SEEN["slots"],
        ),
        (
            {"slots_include": {"n": "6"}},
            "slots_include",
            "the intent matched with different slots",
            SEEN["slots"],
        ),
        (
            {"no_match": True},
            "no_match",
            "nothing should match the utterance, but something did",
            TAKEN,
        ),
    ],
)
def test_conditions_of_the_match_can_fail(
    conditions: dict[str, object], kind: str, problem: str, heard: object
) -> None:
    """A condition about the match that fails shows what was seen instead."""
    talk = conversation(turn("a", "hi", holds(**conditions), **SEEN))
    mismatch = talk.only()
    assert (mismatch.kind, mismatch.problem) == (kind, problem)
    assert mismatch.expected == (conditions,)
    assert mismatch.heard == ({kind: heard},)
    assert conversation(turn("a", "hi", denies(**conditions), **SEEN)).problems() == []


def test_a_match_that_is_another_is_one_mismatch() -> None:
    """Intent, skill and slots are one mismatch, named after the first cause."""
    expect = holds(intent="x", skill="y", slots={}, route="intent")
    mismatch = conversation(turn("a", "hi", expect, **SEEN)).only()
    assert (mismatch.kind, mismatch.problem) == ("skill", "a different skill answered")
    assert mismatch.expected == ({"skill": "y", "intent": "x", "slots": {}},)


def test_no_match_is_the_problem_if_something_else_was_to_match() -> None:
    """If nothing matched, that is the problem, not that the intent differs."""
    nearest = (("nearest", "say hi"), ("nearest", "say bye"))
    happened = {"matched": False, "nearest": nearest}
    talk = conversation(turn("a", "hi", holds(intent="x"), **happened))
    assert (talk.only().problem, talk.only().notes) == ("no intent matched", nearest)
    only = conversation(turn("a", "hi", holds(no_match=False), **happened)).only()
    assert only.heard == ({"no_match": True},)


def test_an_unknown_match_is_neither() -> None:
    """``no_match: true`` needs a match to fail, ``false`` needs only that none did."""
    talk = conversation(
        turn("a", "hi", holds(no_match=True)), turn("a", "hi", holds(no_match=False))
    )
    mismatch = talk.only()
    assert mismatch.turn == 0
    assert mismatch.heard == ({"no_match": "not reported"},)


def test_what_took_an_utterance_is_told_without_an_intent() -> None:
    """A stage without intents, and one that names no skill."""
    seen = {"matched": True, "route": "converse", "skill": "repeater"}
    talk = conversation(turn("a", "hi", holds(no_match=True), **seen))
    assert talk.only().heard == ({"no_match": "matched by converse of repeater"},)
    talk = conversation(turn("a", "hi", holds(no_match=True), matched=True))
    assert talk.only().heard == ({"no_match": "matched by a stage"},)


def test_the_first_missing_message_is_told_with_those_of_its_type() -> None:
    """The first message missing in order is shown with those of its type."""
    wanted = ({"type": "b"}, {"type": "a", "data": {"x": 1}}, {"type": "z"})
    mismatch = conversation(turn("a", "hi", holds(messages=wanted), **SEEN)).only()
    assert (mismatch.kind, mismatch.problem) == (
        "messages",
        "an expected bus message was not seen",
    )
    assert mismatch.expected == (wanted[1],)
    seen = [SEEN["messages"][0], SEEN["messages"][2]]  # type: ignore[index]
    parts = ("type", "data")
    assert mismatch.heard == tuple(
        {part: message[part] for part in parts if part in message} for message in seen
    )


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"type": "x", "data": {"n": 1}}, {"type": "x"}),
        ({"type": "x", "session": "id-b"}, {"type": "x", "session": "a"}),
        (
            {"type": "x", "context": {"y": 1}},
            {"type": "x", "context": {"session": {"session_id": "id-a"}}},
        ),
    ],
)
def test_what_can_differ_of_a_message_is_told(wanted: Json, told: Json) -> None:
    """Its session is by the speaker's name, its context there only if it is wanted."""
    seen = {
        "messages": ({"type": "x", "context": {"session": {"session_id": "id-a"}}},),
        "session_after": {"session_id": "id-a"},
    }
    mismatch = conversation(turn("a", "hi", holds(messages=(wanted,)), **seen)).only()
    assert mismatch.heard == (told,)


@pytest.mark.parametrize("expect", [holds, denies])
def test_sessions_of_messages_are_told_by_name(
    expect: Callable[..., Expectation],
) -> None:
    """A message of another session is told with the name of its speaker."""
    wanted = {"type": "x", "session": "id-b"}
    seen = [{"type": "x", "context": {"session": {"session_id": "id-b"}}}]
    talk = conversation(
        turn("a", "hi", expect(messages=(wanted,)), messages=seen * (expect is denies)),
        turn("b", "hi"),
        sessions={name: {"session_id": f"id-{name}"} for name in ("a", "b")},
    )
    told = {"type": "x", "session": "b"}
    expected = told if expect is holds else {"not": {"messages": (told,)}}
    assert talk.only().expected == (expected,)


def test_a_message_of_the_device_is_told_as_such() -> None:
    """It has no session, or that of the device."""
    wanted = {"type": "x", "data": {"n": 1}, "session": "id-a"}
    seen = {"messages": ({"type": "x", "data": {"n": 1}, FOREIGN: True},)}
    mismatch = conversation(turn("a", "hi", holds(messages=(wanted,)), **seen)).only()
    assert mismatch.heard == ({"type": "x", "data": {"n": 1}, "session": "default"},)


def test_only_the_fields_of_the_session_that_differ_are_told() -> None:
    """Only the fields of the session that differ are shown."""
    wanted = {"lang": "en-US", "active_skills": ["parrot"], "site_id": "kitchen"}
    mismatch = conversation(turn("a", "hi", holds(session=wanted), **SEEN)).only()
    assert mismatch.problem == "the session differs after the turn"
    assert mismatch.expected == ({"active_skills": ["parrot"], "site_id": "kitchen"},)
    assert mismatch.heard == (
        {"active_skills": ["repeater", "parrot"], "site_id": None},
    )


@pytest.mark.parametrize("value", [False, 0, 0.0, ""])
def test_a_missing_field_of_the_session_has_no_value(value: object) -> None:
    """Only empty lists and mappings are left out on the wire; other values are not."""
    mismatch = conversation(turn("a", "hi", holds(session={"x": value}))).only()
    assert mismatch.expected == ({"x": value},)
    assert mismatch.heard == ({"x": None},)


@pytest.mark.parametrize(
    ("after", "ids"),
    [
        ({}, []),
        ({"active_skills": ["parrot", "repeater"]}, ["parrot", "repeater"]),
        ({"active_skills": [["parrot", 1], ["echo", 0]]}, ["parrot", "echo"]),
        ({"active_handlers": [{"skill_id": "parrot", "activated_at": 1}]}, ["parrot"]),
        ({"active_skills": [], "active_handlers": [{"skill_id": "echo"}]}, ["echo"]),
        ({"active_skills": [[]]}, [[]]),
        ({"active_skills": "odd"}, []),
    ],
)
def test_active_skills_are_ids_on_every_version(after: object, ids: object) -> None:
    """Active skills are read in the form of every ovos-core."""
    expect = holds(session={"active_skills": ids})
    talk = conversation(turn("a", "hi", expect, session_after=after))
    assert talk.mismatches() == ()


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ({"route": "stop"}, "route"),
        ({"skill": "parrot"}, "skill"),
        ({"intent": "say.hello"}, "intent"),
        ({"slots": {"n": "6", "thing": "the sky"}}, "slots"),
        ({"slots_include": {"n": "6"}}, "slots_include"),
        ({"no_match": True}, "no_match"),
        ({"messages": ({"type": "z"},)}, None),
        ({"session": {"site_id": "x"}}, None),
    ],
)
def test_a_condition_of_a_turn_without_end_counts_where_known(
    condition: dict[str, object], kind: str | None
) -> None:
    """A known difference is reported; something that might still have come is not."""
    talk = conversation(
        turn("a", "hi", holds(**condition), end="deadline"),
        turn("b", "hi", holds(**condition), end="deadline", **SEEN),
    )
    found = [(mismatch.turn, mismatch.kind) for mismatch in talk.mismatches()]
    known = [(1, kind)] if kind else []
    assert found == [(0, "no_end"), (1, "no_end"), *known]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ({"any": True}, True),
        ({"regex": "th. s"}, True),
        ({"regex": "th. q"}, False),
        ({"contains": "the sky"}, True),
        ({"contains": "sky  is"}, False),
    ],
)
def test_a_slot_may_be_a_pattern(pattern: dict[str, object], *, fits: bool) -> None:
    """White space does not count in patterns either."""
    for name in ("slots", "slots_include"):
        expect = holds(**{name: {"thing": pattern, "n": {"any": True}}})
        talk = conversation(turn("a", "hi", expect, **SEEN))
        assert (talk.mismatches() == ()) is fits


def test_a_slot_must_have_a_value() -> None:
    """A slot that is missing or null has no value, whatever the pattern is."""
    expect = holds(slots_include={"thing": {"any": True}})
    for slots in ({}, {"thing": None}):
        talk = conversation(turn("a", "hi", expect, matched=True, slots=slots))
        assert talk.problems() == ["the intent matched with different slots"]


def test_the_type_of_a_message_may_be_a_pattern() -> None:
    """Messages whose type fits are shown if none is the wanted one."""
    wanted = {"type": {"regex": "^[ab]$"}, "data": {"x": 2}}
    assert (
        conversation(turn("a", "hi", holds(messages=(wanted,)), **SEEN)).problems()
        == []
    )
    missing = {"type": {"contains": "b"}, "data": {"x": 2}}
    mismatch = conversation(turn("a", "hi", holds(messages=(missing,)), **SEEN)).only()
    assert mismatch.expected == (missing,)
    assert mismatch.heard == ({"type": "b", "data": {}},)


def test_a_message_belongs_to_the_session_of_its_turn_unless_another_is_named() -> None:
    """Messages of other sessions are seen only where their session is named."""
    other = {"context": {"session": {"session_id": "0000-b"}}}
    seen = ({"type": "x", **other, FOREIGN: True}, {"type": "y", "context": {}})
    for wanted, problems in (
        ({"type": "x"}, ["an expected bus message was not seen"]),
        ({"type": "x", "session": "0000-b"}, []),
        ({"type": "y"}, []),
        ({"type": "y", "session": "default"}, []),
        ({"type": "y", "session": "0000-b"}, ["an expected bus message was not seen"]),
    ):
        expect = holds(messages=(wanted,))
        assert (
            conversation(turn("a", "hi", expect, messages=seen)).problems() == problems
        )
