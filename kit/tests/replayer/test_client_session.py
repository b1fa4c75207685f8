"""Tests of the session that a client keeps and sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue
from support.lone_client import HOUSE, Alone
from support.planned_bus import (
    HANDLED,
    KITCHEN,
    SKILL,
    PlannedBus,
    run,
    sessions_sent,
    speak,
)

from ovos_dialogue_kit.jsondata import Json, mapping_in


def test_two_speakers_of_one_session() -> None:
    """Each keeps its own site, and not the state, which is that of the session."""
    state: Json = [[SKILL, 1.0]]
    wires: dict[str, dict[str, Json]] = {
        "sofa": {**HOUSE, "site_id": "sofa", "location": "Porto"},
        "table": {**HOUSE, "site_id": "table", "active_skills": state, "units": "x"},
    }
    house = Alone(wires=wires)
    house.take(speaker="sofa")
    assert house.client.session == wires["sofa"]
    house.take(speaker="table")
    house.client.carry_on({"session": {**wires["sofa"], "lang": "pt-PT", "n": 1}})
    sent = [
        house.client.message({"type": "x"}, name)["context"]
        for name in ("sofa", "table")
    ]
    assert sent == [
        {
            "kit_session": name,
            "kit_turn": 1,
            "session": {**HOUSE, "lang": "pt-PT", "site_id": name, "n": 1, **extra},
        }
        for name, extra in [("sofa", {"location": "Porto"}), ("table", {"units": "x"})]
    ]
    house.client.spoken = [{"kit_session": "table"}, {"kit_session": "nobody"}]
    played = [mapping_in(each, "session")["site_id"] for each in house.client.audio()]
    assert played == ["table", "sofa"]
    assert house.client.audio() == []


def test_clients_of_other_kinds() -> None:
    """One sends no session, one always that of the start with what a message sets."""
    mute = Alone(kinds={"kitchen": "sessionless"})
    mute.take()
    wire: dict[str, Json] = {"type": "x", "context": {"session": HOUSE, "a": 1}}
    own = {"a": 1, "kit_session": "kitchen", "kit_turn": 0}
    assert mute.client.message(wire, "kitchen")["context"] == own
    forgetful = Alone(kinds={"kitchen": "stateless"})
    forgetful.take()
    forgetful.client.carry_on({"session": {**HOUSE, "lang": "pt-PT"}})
    sent = forgetful.client.message(wire, "kitchen", {"site_id": "attic"})
    assert mapping_in(sent, "context")["session"] == {**HOUSE, "site_id": "attic"}


@pytest.mark.parametrize("key", ["context", "intent_context"])
def test_either_kind_of_context_is_merged_by_entry(key: str) -> None:
    """``null`` removes an entry, and others stay; the turn ends with the result."""
    kitchen = Alone(start={**HOUSE, key: {"a": 1, "b": 2}})
    turn = kitchen.take()
    kitchen.client.merge({key: {"b": None, "c": 3}})
    assert kitchen.client.session == {**HOUSE, key: {"a": 1, "c": 3}}
    assert turn.session_after[key] == {"a": 1, "c": 3}


def test_a_stateless_client_always_sends_the_session_of_the_start() -> None:
    """What the assistant makes of it is seen, and is not sent back."""
    fixture = dialogue(SKILL, ("kitchen", "hello"), ("kitchen", "hello"))
    case = replace(fixture.cases[0], clients={"kitchen": "stateless"})
    new = {
        "session": {
            "session_id": KITCHEN,
            "site_id": "kitchen",
            "lang": "en-US",
            "n": 1,
        }
    }
    bus = PlannedBus([(*speak("hi"), new), (HANDLED, {}, new)], [(HANDLED, {})])
    turns = run(replace(fixture, cases=(case,)), bus).turns
    assert turns[0].session_after["n"] == 1
    first, *others = sessions_sent(bus)
    assert len(others) == 3
    assert others == [first] * 3


def test_a_sessionless_client_sends_no_session() -> None:
    """It hears what is said to the session of the device."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    case = fixture.cases[0]
    device = {**case.sessions["kitchen"], "session_id": "default"}
    kinds: dict[str, Any] = {"kitchen": "sessionless"}
    case = replace(case, sessions={"kitchen": device}, clients=kinds)
    bus = PlannedBus([speak("hi"), (HANDLED, {})])
    [turn] = run(replace(fixture, cases=(case,)), bus, is_watching=True).turns
    assert [reply.text for reply in turn.replies] == ["hi"]
    assert [message["type"] for message in turn.messages] == ["speak"]
    assert sessions_sent(bus) == [None] * 3
    assert turn.faults == ()


def test_fields_of_the_session_can_be_set_for_one_message() -> None:
    """The next message has the old ones again, unless the assistant changed them."""
    fixture = dialogue(SKILL, *[("kitchen", f"!{n}") for n in "abc"])
    case = fixture.cases[0]
    first, *rest = case.turns
    fields: dict[str, Json] = {
        "site_id": "attic",
        "pipeline": ["stop_high"],
        "time_format": "half",
        "active_skills": ["x.y"],
    }
    turns = (replace(first, overrides=fields), *rest)
    case = replace(case, turns=turns)
    start = {"session_id": KITCHEN, "lang": "en-US"}
    after: dict[str, Json] = {**start, **fields, "active_skills": [["x.y", 7.0]]}
    bus = PlannedBus([("x", {}, {"session": after})], [("x", {}, {"session": after})])
    happened = run(replace(fixture, cases=(case,)), bus).turns
    one, two, three = sessions_sent(bus)
    assert {key: one[key] for key in fields} == {
        **fields,
        "active_skills": [["x.y", 0.0]],
    }
    assert (two["site_id"], two["pipeline"]) == ("kitchen", ["default_high"])
    assert "time_format" not in two
    assert two["active_skills"] == [["x.y", 7.0]]
    assert three["site_id"] == "attic"  # the assistant has said so again
    assert [turn.faults for turn in happened] == [()] * 3


def test_what_is_synchronised_is_merged_into_the_session() -> None:
    """Fields replace those before; context is merged by entry, and null removes one."""
    before: Json = {
        "session_id": "0000-kitchen",
        "lang": "en-US",
        "intent_context": {"old": {"a": 1}, "kept": {"b": 2}},
    }
    changes: Json = {
        "session_id": "0000-kitchen",
        "site_id": "hall",
        "intent_context": {"old": None, "new": {"c": 3}},
    }
    sync = ("ovos.session.sync", {"session": changes}, {"session": before})
    bus = PlannedBus([("x.joined", {}, {"session": before}), sync], [])
    run(dialogue(SKILL, ("kitchen", "!x.join"), ("kitchen", "hello")), bus)
    context = bus.sent[-1]["context"]
    assert isinstance(context, dict)
    assert context["session"] == {
        "session_id": "0000-kitchen",
        "lang": "en-US",
        "site_id": "hall",
        "intent_context": {"kept": {"b": 2}, "new": {"c": 3}},
    }
