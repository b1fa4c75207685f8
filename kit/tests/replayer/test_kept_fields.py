"""Tests of what a session must keep in every turn and reply."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.dialogues import dialogue
from support.lone_client import Alone
from support.planned_bus import (
    BEDROOM,
    HANDLED,
    KITCHEN,
    SKILL,
    PlannedBus,
    faults,
    one,
    run,
    speak,
)

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.dialect import Dialect

START: dict[str, Json] = {
    "session_id": BEDROOM,
    "site_id": "bedroom",
    "lang": "en-US",
    "location": {"city": {"name": "Porto"}},
}
"""A session with every field that a turn must keep."""


def settled() -> Fixture:
    """Return a dialogue in which the bedroom, with every such field, speaks second."""
    turns = [("kitchen", "good morning"), ("bedroom", "hello"), ("bedroom", "again")]
    fixture = dialogue(SKILL, *turns)
    [case] = fixture.cases
    sessions = {**case.sessions, "bedroom": START}
    return replace(fixture, cases=(replace(case, sessions=sessions),))


@pytest.mark.parametrize(
    ("field", "value", "kind", "detail"),
    [
        ("site_id", "kitchen", "session", "site_id was bedroom, is kitchen"),
        ("site_id", None, "session", "site_id was bedroom, is None"),
        ("lang", "pt-PT", "lang", "lang was en-US, is pt-PT"),
        ("lang", None, "lang", "lang was en-US, is None"),
        (
            "location",
            {"city": {"name": "Braga"}},
            "session",
            "location was {'city': {'name': 'Porto'}}, is {'city': {'name': 'Braga'}}",
        ),
        (
            "location",
            None,
            "session",
            "location was {'city': {'name': 'Porto'}}, is None",
        ),
    ],
)
def test_a_field_that_a_turn_must_keep(
    field: str, value: Json, kind: str, detail: str
) -> None:
    """Each of them, changed or lost, is one fault of that turn and that session."""
    changed = {key: part for key, part in START.items() if key != field}
    changed |= {} if value is None else {field: value}
    end = (HANDLED, {}, {"session": START})
    bus = PlannedBus([(HANDLED, {})], [end], [(HANDLED, {}, {"session": changed})])
    assert faults(run(settled(), bus)) == [[], [], [(kind, detail)]]


def test_fields_that_a_turn_may_change() -> None:
    """Case of a language, and all that is state, is no fault."""
    changed = {**START, "lang": "EN-us", "active_skills": [["x.y", 1.0]], "n": 5}
    bus = PlannedBus([(HANDLED, {})], [(HANDLED, {}, {"session": changed})], [])
    assert faults(run(settled(), bus))[1] == []


def test_the_device_hears_no_words_of_a_session() -> None:
    """What it says of its own accord has no key of a client; a foreign key is one."""
    device = Alone(start={"session_id": "default"})
    turn = device.take()
    device.hear((*speak("a", lang=None), {"kit_session": None}))
    device.hear((*speak("b", lang=None), {"kit_session": "hall"}))
    assert [(each.kind, each.detail) for each in turn.faults] == [
        (
            "session",
            'in "b", a key that the client put into the context is that of "hall"',
        )
    ]


def test_lost_fields_are_faults() -> None:
    """A lost site is a fault; a language in different case is not."""
    session = {"session_id": "0000-kitchen", "lang": "EN-us"}
    turn = one([(HANDLED, {}, {"session": session})])
    assert [fault.detail for fault in turn.faults] == ["site_id was kitchen, is None"]


def test_the_device_may_speak_of_its_own_accord() -> None:
    """What it says then follows from no message of a client, and has no such key."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    case = replace(fixture.cases[0], sessions={"kitchen": {"session_id": "default"}})
    bus = PlannedBus([(*speak("a"), {"kit_session": None}), (HANDLED, {})])
    [turn] = run(replace(fixture, cases=(case,)), bus).turns
    assert turn.faults == ()


def test_a_reply_without_the_clients_context_is_a_fault() -> None:
    """An unknown context key must be kept, and must not be another session's."""
    turn = one([(*speak("a"), {"kit_session": None}), (HANDLED, {})])
    assert [fault.detail for fault in turn.faults] == [
        'in "a", a key that the client put into the context was lost'
    ]
    turn = one([(*speak("a"), {"kit_session": "hall"}), (HANDLED, {})])
    assert [fault.detail for fault in turn.faults] == [
        'in "a", a key that the client put into the context is that of "hall"'
    ]


def test_a_reply_in_another_language_is_a_fault() -> None:
    """A session hears its own language."""
    turn = one([speak("olá", lang="pt-PT"), (HANDLED, {})])
    assert [(fault.kind, fault.detail) for fault in turn.faults] == [
        ("lang", '"olá" is in pt-PT, the session speaks en-US')
    ]


@pytest.mark.parametrize("place", ["lang", "stt_lang"])
def test_a_reply_may_be_in_the_language_of_an_utterance(place: str) -> None:
    """OVOS takes it over, and the session keeps it until something else is said."""
    fixture = dialogue(SKILL, ("kitchen", "olá"), ("kitchen", "!a.b"))
    [case] = fixture.cases
    first, second = case.turns
    message = dict(first.message or {})
    if place == "lang":
        message["data"] = {"utterances": ["olá"], "lang": "pt-PT"}
    else:
        message["context"] = {**mapping_in(message, "context"), place: "pt-PT"}
    assert replace(first, message=message).langs[0] == "pt-PT"
    case = replace(case, turns=(replace(first, message=message), second))
    session = {"session_id": KITCHEN, "lang": "pt-pt", "site_id": "kitchen"}
    end = HANDLED, {}, {"session": session}
    answer = "speak", {"utterance": "olá", "lang": "pt-PT"}, {"session": session}
    bus = PlannedBus([answer, end], [("x.y", {}, {"session": session})])
    turns = run(replace(fixture, cases=(case,)), bus, Dialect(lang=str.lower)).turns
    assert [turn.faults for turn in turns] == [(), ()]
    sent = mapping_in(bus.sent[0], "data" if place == "lang" else "context")
    assert sent[place] == "pt-pt"
