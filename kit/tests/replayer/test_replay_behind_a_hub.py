"""The replayer as the clients of satellites, which a hub gives what is for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.dialogues import dialogue, spoken, turn
from support.planned_bus import (
    HANDLED,
    KITCHEN,
    SAID,
    SKILL,
    PlannedBus,
    one,
    run,
    sessions_sent,
    speak,
)

from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.script.model import Satellite


def given_to(client: str, **session: Json) -> dict[str, Json]:
    """Return what makes an answer one that only one client is given."""
    fields: dict[str, Json] = {"heard": {"given_to": client}}
    return {**fields, **({"session": session} if session else {})}


def test_what_no_satellite_is_given_is_no_reply() -> None:
    """It is kept with the bus messages of its turn, and changes no session."""
    changed = given_to("", session_id=KITCHEN, lang="pt-PT")
    turn = one([(*speak("hi"), changed), (HANDLED, {})], is_traced=True)
    assert turn.replies == ()
    assert turn.session_after["lang"] == "en-US"
    assert [SAID, "speak", HANDLED] == [each["type"] for each in turn.messages]


def test_a_satellite_hears_what_it_is_given() -> None:
    """Even in the session of another one, which does not hear it."""
    fixture = dialogue(SKILL, ("kitchen", "hello"))
    foreign = given_to("0000-bedroom", session_id=KITCHEN, lang="pt-PT")
    bus = PlannedBus([(*speak("hi"), foreign), (HANDLED, {}, given_to(KITCHEN))])
    transcript = run(fixture, bus)
    assert transcript.turns[0].replies == ()
    assert [("bedroom", "hi")] == [(r.session, r.text) for r in transcript.strays]
    assert transcript.turns[0].session_after["lang"] == "en-US"
    foreign = given_to(KITCHEN, session_id="0000-bedroom", lang="pt-PT")
    turn = one([(*speak("hi"), foreign), (HANDLED, {}, foreign)])
    assert [reply.text for reply in turn.replies] == ["hi"]
    assert turn.session_after["lang"] == "en-US"


def test_a_change_of_a_session_that_another_satellite_is_given() -> None:
    """It does not reach the session."""
    changes: Json = {"session_id": KITCHEN, "site_id": "cellar"}
    sync = ("ovos.session.sync", {"session": changes}, given_to("0000-bedroom"))
    bus = PlannedBus([sync], [])
    run(dialogue(SKILL, ("kitchen", "!x.join"), ("kitchen", "hello")), bus)
    [*_, session] = sessions_sent(bus)
    assert session["site_id"] == "kitchen"


@pytest.mark.parametrize(
    ("denied", "steps", "end"),
    [(SAID, [], "refused"), ("recognizer_loop:b64", [(HANDLED, {})], "handled")],
)
def test_a_message_that_the_hub_refuses(
    denied: str, steps: list[Any], end: str
) -> None:
    """It ends its turn, if it is the turn's own; both are faults."""
    denial: dict[str, Json] = {"denied_type": denied, "reason": "not allowed"}
    turn = one([("hive.policy.denied", denial), *steps])
    assert turn.end == end
    assert ("refused", f'"{denied}": not allowed') in [
        (each.kind, each.detail) for each in turn.faults
    ]


MISSED: dict[str, Json] = {"heard": {"given_to": "", "is_missed": True}}
"""Makes an answer one that a satellite would have been given."""


def shared(session: str, with_session: str, **fields: str) -> Fixture:
    """Return a dialogue in which one session has the id, or what is given, of another.

    Both say something; what is given is said of both satellites.
    """
    fixture = dialogue(SKILL, (with_session, "hello"), (session, "hi"))
    [case] = fixture.cases
    satellites = {name: Satellite(**fields) for name in (session, with_session)}
    return replace(fixture, cases=(replace(case, satellites=satellites),))


def test_what_a_satellite_is_sent_while_it_is_away() -> None:
    """It is lost; its turn ends when the assistant has handled it."""
    steps = [1.0, (*speak("hi"), MISSED), (HANDLED, {}, MISSED)]
    turns = (("kitchen", "hello"), ("kitchen", "=disconnect"), ("kitchen", "=connect"))
    bus = PlannedBus(steps)
    first, *others = run(dialogue(SKILL, *turns, overlap=[0, 1]), bus).turns
    assert (first.end, first.replies, first.faults) == ("handled", (), ())
    assert [("connection", 0.0)] * 2 == [(each.end, each.ended) for each in others]
    assert [(KITCHEN, None), (KITCHEN, KITCHEN)] == bus.connections


def test_a_question_that_a_satellite_does_not_hear() -> None:
    """The turn goes on until the skill has given up."""
    asks = "skill.converse.get_response.enable"
    question = (asks, {"skill_id": SKILL}, MISSED)
    asking = (*speak("who?", expect_response=True), MISSED)
    steps = [question, asking, 15.0, (HANDLED, {}, MISSED)]
    turns = (("kitchen", "hello"), ("kitchen", "=disconnect"))
    first, _ = run(dialogue(SKILL, *turns, overlap=[0]), PlannedBus(steps)).turns
    assert (first.end, first.ended, first.replies) == ("handled", 15.0, ())


def test_a_reply_after_a_satellite_is_back() -> None:
    """It belongs to the turn that is still open; what was said before is lost."""
    steps = [
        1.0,
        (*speak("one"), MISSED),
        2.0,
        (*speak("two"), given_to(KITCHEN)),
        (HANDLED, {}, given_to(KITCHEN)),
    ]
    turns = (
        ("kitchen", "count"),
        ("kitchen", "=disconnect"),
        ("bedroom", "~2"),
        ("kitchen", "=connect"),
    )
    transcript = run(dialogue(SKILL, *turns, overlap=[0]), PlannedBus(steps))
    assert [["two"], [], [], []] == spoken(transcript)
    assert transcript.strays == ()


def test_a_satellite_that_is_away_from_a_running_hub() -> None:
    """There, nobody sees what it misses: its turns end with its connection."""
    turns = (
        ("bedroom", "hello"),
        ("kitchen", "hello"),
        ("kitchen", "=disconnect"),
    )
    bus = PlannedBus([5.0, (HANDLED, {})], [9.0, (HANDLED, {}, MISSED)], is_shared=True)
    transcript = run(dialogue(SKILL, *turns, overlap=[0, 1]), bus)
    ends = [(turn.end, turn.ended) for turn in transcript.turns]
    assert [("handled", 5.0), ("connection", 0.0), ("connection", 0.0)] == ends
    again = (turns[2], turns[1], turns[2])
    transcript = run(dialogue(SKILL, *again), PlannedBus(is_shared=True))
    assert ["connection", "refused", "connection"] == [
        turn.end for turn in transcript.turns
    ]


def test_a_satellite_that_is_not_connected_says_nothing() -> None:
    """Where the turn that connects it was skipped: its message is not sent."""
    turns = (("kitchen", "=disconnect"), ("kitchen", "hello"), ("kitchen", "~2"))
    bus = PlannedBus()
    _, turn, silence = run(dialogue(SKILL, *turns), bus).turns
    assert (turn.end, bus.sent, silence.end) == ("refused", [], "silence")
    assert [("refused", "the satellite is not connected")] == [
        (fault.kind, fault.detail) for fault in turn.faults
    ]


def test_users_of_one_bridge_are_away_together() -> None:
    """Their connection is one; other sessions go on."""
    fixture = shared("bedroom", "kitchen", connection="bridge")
    [case] = fixture.cases
    lost = turn("bedroom", "=disconnect")
    case = replace(case, turns=(lost, *case.turns, turn("hall", "hey")))
    bus = PlannedBus([(HANDLED, {})])
    transcript = run(replace(fixture, cases=(case,)), bus)
    assert ["connection", "refused", "refused", "handled"] == [
        each.end for each in transcript.turns
    ]


def two_clients(*turns: tuple[str, str], **options: Any) -> Fixture:
    """Return a dialogue in which the hall has the kitchen's session id."""
    fixture = dialogue(SKILL, *turns, **options)
    [case] = fixture.cases
    sessions = {**case.sessions, "hall": case.sessions["kitchen"]}
    satellites = {"hall": Satellite(key="own")}
    case = replace(case, sessions=sessions, satellites=satellites)
    return replace(fixture, cases=(case,))


def test_two_clients_with_one_session_id() -> None:
    """Each hears what it is given; what nobody is given is its speaker's."""
    other = f"{KITCHEN}@hall"
    own = (*speak("me"), given_to(KITCHEN, session_id=KITCHEN))
    bus = PlannedBus(
        [own, (HANDLED, {}, given_to(KITCHEN))],
        [
            (*speak("you"), given_to(other)),
            ("x.y", {}, given_to("")),
            ("x.bedroom", {}, given_to("", session_id="0000-bedroom")),
            (HANDLED, {}, given_to(other)),
        ],
    )
    fixture = two_clients(("kitchen", "hello"), ("hall", "hi"))
    transcript = run(fixture, bus, is_traced=True)
    assert [["me"], ["you"]] == spoken(transcript)
    topics = [each["type"] for each in transcript.turns[1].messages]
    assert [topic for topic in topics if topic.startswith("x.")] == ["x.y"]


def test_two_clients_with_one_session_id_at_once() -> None:
    """The session of each goes on from what it is given itself."""
    hall, kitchen = (
        (HANDLED, {}, given_to(client, session_id=KITCHEN, site_id=client))
        for client in (f"{KITCHEN}@hall", KITCHEN)
    )
    fixture = two_clients(("kitchen", "hello"), ("hall", "hi"), overlap=[0])
    turns = run(fixture, PlannedBus([], [hall, kitchen])).turns
    assert [turn.session_after["site_id"] for turn in turns] == [
        KITCHEN,
        f"{KITCHEN}@hall",
    ]
