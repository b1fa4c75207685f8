"""Each check of every turn finds its fault where it is, and invents none.

Two sessions speak in turn, twice each, and two skills answer. The second of these does
something wrong in one turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from support.dialogues import dialogue
from support.places import TESTS
from support.planned_bus import HANDLED, PlannedBus, run, speak

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import Caught
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript
from ovos_dialogue_kit.script.format.scalars import FAULTS

SKILLS = ("first.skill", "second.skill")
SPEAKERS = ("kitchen", "bedroom", "kitchen", "bedroom")
FIRST, SECOND = (speak(name, meta={"skill": name}) for name in SKILLS)
END = (HANDLED, {})

Steps = list[Any]


class FailingBus(PlannedBus):
    """A bus that notes a fault while it carries one of the messages, if it is given."""

    def __init__(self, *plan: Any, index: int, fault: Fault | None) -> None:
        super().__init__(*plan)
        self._carried = -1
        self._index = index
        self._fault = fault

    def send(self, message: Mapping[str, Json]) -> None:
        super().send(message)
        self._carried += message["type"] == "recognizer_loop:utterance"
        if self._fault and self._carried == self._index:
            session = f"0000-{SPEAKERS[self._index]}"
            self.noted.append(Caught(self._fault, session))
            self._fault = None


def raised(_: str) -> Steps:
    told = {"name": "second.skill.answer", "exception": "no"}
    return [FIRST, ("mycroft.skill.handler.error", told), END]


def another_language(_: str) -> Steps:
    return [FIRST, speak("olá", lang="pt-PT", meta={"skill": "second.skill"}), END]


def another_site(session: str) -> Steps:
    wire: Json = {"session_id": f"0000-{session}", "lang": "en-US", "site_id": "sea"}
    return [FIRST, (*SECOND, {"session": wire}), (*END, {"session": wire})]


def to_nobody(_: str) -> Steps:
    return [FIRST, (*SECOND, {"session": {"session_id": "0000-hall"}}), END]


def refused(_: str) -> Steps:
    denial = {"denied_type": "second.skill.ask", "reason": "not allowed"}
    return [FIRST, ("hive.policy.denied", denial), END]


PLANS: dict[str, Callable[[str], Steps]] = {
    "raised": raised,
    "no_end": lambda _: [FIRST, SECOND],
    "two_ends": lambda _: [FIRST, END, SECOND, END],
    "stray": to_nobody,
    "session": another_site,
    "lang": another_language,
    "refused": refused,
    "crash": lambda _: [FIRST, None],
}
"""What happens in the turn where a check finds something."""

NOTED = ("hub", "network", "raised", "crash")
"""The kinds of what a bus notes itself."""

ELSEWHERE = {"dialog": "assistant/core/test_missing_dialogs.py"}
"""The kinds that are found in a transcript, and where that is tested."""


def transcript(index: int, steps: Steps | None, fault: Fault | None) -> Transcript:
    """Return what happens if the turn with an index has other steps, or a fault."""
    plan = [[FIRST, SECOND, END] for _ in SPEAKERS]
    if steps is not None:
        plan[index] = steps
    fixture = dialogue(SKILLS[0], *((speaker, "hello") for speaker in SPEAKERS))
    bus = FailingBus(*plan, index=index, fault=fault)
    return run(fixture, bus, skills=SKILLS)


def found(happened: Transcript) -> list[tuple[int, str, str]]:
    """Return turn, speaker and kind of all that is wrong."""
    places = [
        (turn.index, turn.session, fault.kind)
        for turn in happened.turns
        for fault in turn.faults
    ]
    for turn in happened.turns:
        kinds = {"deadline": "no_end", "lost": "crash"}
        if turn.end in kinds:
            places.append((turn.index, turn.session, kinds[turn.end]))
    places += [
        (each.turn, SPEAKERS[each.turn], "stray")
        for each in happened.strays
        if each.session == "hall"
    ]
    return places


def test_every_check_has_its_rows() -> None:
    """A new one needs a plan here, or a test where it is found."""
    assert {*PLANS, *NOTED, *ELSEWHERE} == {*FAULTS}
    assert all((TESTS / path).exists() for path in ELSEWHERE.values())


def test_what_goes_well_is_no_fault() -> None:
    """Whatever two skills say to two sessions."""
    happened = transcript(0, None, None)
    assert [[reply.skill for reply in turn.replies] for turn in happened.turns] == [
        [*SKILLS]
    ] * 4
    assert found(happened) == []
    assert (happened.strays, happened.crash) == ((), None)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("kind", PLANS)
def test_a_fault_is_found_in_its_turn(kind: str, index: int) -> None:
    """And in no other one, though a session that was changed stays so."""
    happened = transcript(index, PLANS[kind](SPEAKERS[index]), None)
    turns = [index]
    if kind == "session":
        turns = [turn for turn in range(index, 4) if SPEAKERS[turn] == SPEAKERS[index]]
    assert found(happened) == [(turn, SPEAKERS[turn], kind) for turn in turns]
    assert (happened.crash is not None) is (kind == "crash")


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("kind", NOTED)
def test_a_fault_that_is_noted_belongs_to_the_turn_of_its_session(
    kind: str, index: int
) -> None:
    """No message tells of it."""
    fault = Fault(kind, "second.skill: no")  # type: ignore[arg-type]
    happened = transcript(index, None, fault)
    assert found(happened) == [(index, SPEAKERS[index], kind)]
    assert happened.turns[index].faults == (fault,)
