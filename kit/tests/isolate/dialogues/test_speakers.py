"""Speakers that share a session: together they are alone, and together in company."""

# every toy skill has the same arguments

from __future__ import annotations

import pytest
from support.toys import Answer, Skill, Stage, Toy, dialogue, said_before, separate

from ovos_dialogue_kit.isolate.dialogues.schedules import tracks_of
from ovos_dialogue_kit.isolate.dialogues.speakers import (
    sessions_by_speaker,
    speakers_of,
)
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search

HOUSEHOLD = "sessions:\n  a: {session_id: home}\n  b: {session_id: home}\n"


def searched(assistant: Toy, *turns: str) -> Findings:
    fixture = dialogue(*turns, head=HOUSEHOLD)
    chosen = SearchSettings(Budget(60))
    return search(fixture, fixture.cases[0], [assistant], chosen, engine="padacioso")


def by_id() -> Toy:
    """Return an assistant whose skill has a memory for each session id."""

    def make() -> Skill:
        words: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            key = str(stage.case.sessions[session]["session_id"])
            if said.startswith("keep"):
                words[key] = said.removeprefix("keep ")
            return Answer(f"it is {words.get(key, 'nothing')}")

        return answer

    return Toy(make)


def test_a_session_has_the_name_of_its_first_speaker() -> None:
    """Speakers with one session id are one session."""
    (case,) = dialogue("b: x", "a: x", "c: x", head=HOUSEHOLD).cases
    assert {"b": "b", "a": "b", "c": "c"} == dict(sessions_by_speaker(case))
    assert ("b", "a") == speakers_of(case, "b")
    assert ("default",) == speakers_of(case, "default")


@pytest.mark.parametrize(
    ("turn", "session"), [("b: {disconnect: true}", "b"), ("b: x", "a")]
)
def test_users_of_a_bridge_that_disconnects(turn: str, session: str) -> None:
    """Their order is that of one session: none of them speaks while it is away."""
    bridge = "{satellite: {connection: chat}}"
    head = f"sessions: {{a: {bridge}, b: {bridge}}}\n"
    (case,) = dialogue(
        turn, "c: x", "b: {silence: 1s}", "a: {silence: 1s}", head=head
    ).cases
    assert {"a": session, "b": "b", "c": "c"} == dict(sessions_by_speaker(case))


def test_their_turns_keep_their_order() -> None:
    """Schedules do not change the order of turns within a session."""
    (case,) = dialogue("a: x", "b: y", "c: z", "a: w", head=HOUSEHOLD).cases
    assert {"a": ((0,), (1,), (3,)), "c": ((2,),)} == tracks_of(case)


def test_what_one_speaker_says_the_other_may_hear() -> None:
    """A memory of the session is no leak to its other speaker."""
    turns = ("a: keep $canary", "b: tell me", "c: keep pear", "a: tell me")
    assert () == searched(by_id(), *turns).leaks


def test_a_leak_between_them_and_another_session_is_found() -> None:
    """A memory of everybody is a leak to a third speaker, in two turns."""
    (found,) = searched(Toy(said_before), "a: one", "b: two", "c: three").leaks
    assert 2 == len(found.case.turns)


def test_a_household_alone_gets_a_twin() -> None:
    """If all speakers share one session, another household says the same."""
    findings = searched(separate(), "a: keep apple", "b: tell me")
    assert () == findings.leaks
    assert 6 == findings.orders  # those of two sessions with two turns each
