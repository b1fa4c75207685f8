"""The satellites that stand for the sessions of a dialogue."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.dialogues import dialogue

from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    Household,
    bus_message_in,
    foreign_words,
    satellites_of,
)
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.model import Satellite

LISBON = {"coordinate": {"latitude": 38.7, "longitude": -9.1}}


def case_of(**fields: dict[str, object]) -> Case:
    """Return a case whose sessions have further fields, by their names."""
    case = dialogue("a.skill", ("kitchen", "hi"), ("bedroom", "!a.question")).cases[0]
    sessions = {
        name: {**wire, **fields.get(name, {})} for name, wire in case.sessions.items()
    }
    return replace(case, sessions=sessions)


def test_each_session_is_a_satellite() -> None:
    """Two speakers of one session have one client; it may send what the script does."""
    case = case_of(hall={"session_id": "0000-kitchen"})
    first, second = satellites_of(case)
    assert [("kitchen", "hall"), ("bedroom",)] == [first.speakers, second.speakers]
    assert ["0000-kitchen", "kitchen", "key-of-kitchen", "kitchen"] == [
        first.session_id,
        first.name,
        first.key,
        first.site_id,
    ]
    assert first.allowed == {
        "a.question",
        "recognizer_loop:audio_output_end",
        "recognizer_loop:audio_output_start",
        "recognizer_loop:utterance",
    }


def test_what_the_script_says_of_a_satellite() -> None:
    """Its key, and what it may send."""
    case = case_of(hall={"session_id": "0000-kitchen"})
    rights = Satellite(allowed=("x.y",), key="shared")
    satellites = {"hall": rights, "kitchen": rights}
    first, _ = satellites_of(replace(case, satellites=satellites))
    assert (first.key, first.allowed, first.rights) == ("shared", {"x.y"}, rights)


def test_a_session_without_a_site() -> None:
    """It says what the client library says by default."""
    case = Case("", {"kitchen": {"session_id": "0"}, "hall": {"session_id": "1"}}, ())
    satellites = satellites_of(case)
    assert satellites[0].site_id == "unknown"
    found = foreign_words(satellites, {"kitchen": "kit::kitchen", "hall": "kit::hall"})
    assert [what for _, what in found["hall"]] == [
        "the key of kitchen",
        "the peer id of kitchen",
    ]


def test_what_would_tell_of_another_satellite() -> None:
    """Key, peer id, site and location of the others, but nothing that it shares."""
    case = case_of(
        kitchen={"location": LISBON}, bedroom={"location": LISBON, "site_id": "a b"}
    )
    satellites = satellites_of(case)
    peers = {each.name: f"kit::{each.name}" for each in satellites}
    found = foreign_words(satellites, peers)
    assert found["kitchen"] == (
        ('"key-of-bedroom"', "the key of bedroom"),
        ("kit::bedroom", "the peer id of bedroom"),
        ('"site_id": "a b"', "the site of bedroom"),
        ('"key-of-hall"', "the key of hall"),
        ("kit::hall", "the peer id of hall"),
        ('"site_id": "hall"', "the site of hall"),
    )
    assert ('"latitude": 38.7', "the location of kitchen") in found["hall"]


def test_a_key_that_tells_nothing() -> None:
    """One that is a speaker's name, or a site, is in messages anyway."""
    keys = {"kitchen": Satellite(key="bedroom"), "hall": Satellite(key="a")}
    satellites = satellites_of(replace(case_of(), satellites=keys))
    found = foreign_words(satellites, {each.name: "kit::peer" for each in satellites})
    assert {'"a"': "the key of hall"} == {
        words: what for words, what in found["bedroom"] if "key" in what
    }


def test_users_of_one_bridge() -> None:
    """They are one satellite, which knows for whom it is given a message."""
    bridge = Satellite(connection="bridge")
    case = replace(case_of(), satellites={"kitchen": bridge, "hall": bridge})
    first, second = satellites_of(case)
    assert (("kitchen", "hall"), ("bedroom",)) == (first.speakers, second.speakers)
    session_ids = ("0000-kitchen", "0000-hall", "0000-bedroom")
    messages = ({"context": {"session": {"session_id": id_}}} for id_ in session_ids)
    assert ["0000-kitchen", "0000-hall", "0000-kitchen"] == [
        *map(first.client_of, messages)
    ]


def test_two_satellites_with_one_session_id() -> None:
    """Each is a client of its own."""
    case = case_of(hall={"session_id": "0000-kitchen"})
    case = replace(case, satellites={"hall": Satellite(key="own")})
    assert ["0000-kitchen", "0000-bedroom", "0000-kitchen@hall"] == [
        each.client_id for each in satellites_of(case)
    ]


def message_of(session_id: str, **context: str) -> dict[str, Json]:
    """Return a message of a session."""
    session: Json = {"session_id": session_id}
    return {"type": "speak", "context": {"session": session, **context}}


def test_who_sends_a_message() -> None:
    """The satellite of its speaker, else of its session, else the first one."""
    household = Household(satellites_of(case_of()))
    for message, name in (
        (message_of("0000-bedroom"), "bedroom"),
        (message_of("0000-bedroom", kit_session="hall"), "hall"),
        (message_of("default"), "kitchen"),
    ):
        assert household.sender_of(message).name == name


def test_what_a_hub_must_not_give_to_a_satellite() -> None:
    """A message of another's session, nor what tells of another; its own is right."""
    household = Household(satellites_of(case_of()))
    kitchen = household.by_name["kitchen"]

    def faults(message: dict[str, Json]) -> list[tuple[str, str, str | None]]:
        found = household.faults_in(kitchen, message, json.dumps(message))
        return [(each.fault.kind, each.fault.detail, each.session_id) for each in found]

    assert faults(message_of("0000-kitchen")) == []
    assert faults(message_of("0000-hall", key="key-of-bedroom")) == [
        ("hub", 'it gave the satellite "speak" of hall', "0000-kitchen"),
        (
            "hub",
            'in "speak", it told the satellite the key of bedroom',
            "0000-kitchen",
        ),
    ]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"msg_type": "bus", "payload": {"type": "a"}}', {"type": "a"}),
        ('{"msg_type": "bus", "payload": {"type": 1}}', None),
        ('{"msg_type": "bus", "payload": "a"}', None),
        ('{"msg_type": "hello", "payload": {"type": "a"}}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_the_message_in_a_frame(frame: str, message: object) -> None:
    """There is none in what is no JSON, and in messages of HiveMind's own."""
    assert bus_message_in(frame) == message
