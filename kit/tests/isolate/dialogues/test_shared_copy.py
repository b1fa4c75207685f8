"""What schedules that share a copy of the assistant make of a case, and get from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from support.toys import Answer, Skill, Stage, Toy, dialogue, separate

from ovos_dialogue_kit.fixture.model import DEVICE, Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, explore
from ovos_dialogue_kit.isolate.dialogues.shared_copy import SharedCopy, can_share
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

TURNS = ("a: keep apple", "b: keep pear", "a: tell me", "b: tell me")


def schedules_of(case: Case, number: int) -> list[Schedule]:
    """Return the first schedules of a case without shuffled listeners."""
    plain = (each for each in explore(case, 0) if each.order_seed is None)
    return [*islice(plain, number)]


def parts(assistant: Toy, shared: SharedCopy) -> list[Transcript]:
    fixture = dialogue(*TURNS)
    assistant.start()
    options = Options(schedule=shared.steps)
    return [*shared.parts(assistant.replay(fixture, shared.case, options))]


def heard(transcript: Transcript) -> list[tuple[int, str, list[str]]]:
    return [(t.index, t.session, [r.text for r in t.replies]) for t in transcript.turns]


def test_each_schedule_gets_its_own_part() -> None:
    """A part is what happens when the schedule has a copy for itself."""
    fixture = dialogue(*TURNS)
    (case,) = fixture.cases
    shared = SharedCopy(case, schedules_of(case, 3))
    alone = separate()
    alone.start()
    for part, schedule in zip(parts(separate(), shared), shared.schedules, strict=True):
        own = alone.replay(fixture, case, Options(schedule=schedule.steps))
        assert heard(own) == heard(part)
        assert {each.turn for each in own.turns[0].replies} == {0}


def test_sessions_have_other_ids_and_the_same_address() -> None:
    """OVOS takes them for others, but answers to the same client."""
    (case,) = dialogue(*TURNS).cases
    shared = SharedCopy(case, schedules_of(case, 2)).case
    assert ["a (0)", "b (0)", "a (1)", "b (1)"] == [*shared.sessions]
    ids = {str(wire["session_id"]) for wire in shared.sessions.values()}
    assert len(ids) == len(shared.sessions)
    assert ids.isdisjoint(str(wire["session_id"]) for wire in case.sessions.values())
    contexts = [turn.message["context"] for turn in shared.turns if turn.message]
    assert ["kit.a", "kit.b"] * 4 == [context["source"] for context in contexts]
    wires = [shared.sessions[turn.session] for turn in shared.turns]
    assert wires == [context["session"] for context in contexts]


def test_a_silence_is_of_another_session_too() -> None:
    """A turn without a message only has another speaker."""
    (case,) = dialogue("a: hello", "b: {silence: 2s}").cases
    shared = SharedCopy(case, schedules_of(case, 1)).case
    assert ["a (0)", "b (0)"] == [turn.session for turn in shared.turns]


def make_telling() -> Skill:
    """Return a skill that tells the ids of all sessions, and others what it does."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("hall", said)
        stage.stray(session, "later")
        own = stage.case.sessions[session]["session_id"]
        return Answer(
            f"{session} is {own}",
            slots={"ids": [own, 7]},
            session_after={"session_id": own},
        )

    return answer


def test_ids_and_names_are_those_of_the_case_again() -> None:
    """So a part can be compared with what has happened in another copy."""
    (case,) = dialogue(*TURNS).cases
    own = case.sessions["a"]["session_id"]
    (first, second) = parts(Toy(make_telling), SharedCopy(case, schedules_of(case, 2)))
    assert first.turns[0].replies[0].text == f"a is {own}"
    assert {"ids": [own, 7]} == second.turns[0].slots
    assert {"session_id": own} == second.turns[0].session_after


def test_what_nobody_asked_for_is_of_the_schedule_that_hears_it() -> None:
    """To its own sessions at any time, and to anybody else during its turns."""
    (case,) = dialogue(*TURNS).cases
    both = parts(Toy(make_telling), SharedCopy(case, schedules_of(case, 2)))
    assert len(both) == 2
    for part in both:
        assert 4 == sum(stray.session == "hall" for stray in part.strays)
        assert 4 == sum(stray.session in {"a", "b"} for stray in part.strays)
        assert {0} == {stray.turn for stray in part.strays}


def test_the_device_has_one_session() -> None:
    """It cannot have another id, nor can a client that sends none."""
    (case,) = dialogue(*TURNS).cases
    assert can_share(case)
    wire = {**case.sessions["a"], "session_id": DEVICE}
    assert not can_share(replace(case, sessions={**case.sessions, "a": wire}))
    assert not can_share(replace(case, clients={"a": "sessionless"}))
