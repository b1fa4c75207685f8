"""What schedules that share a copy of the assistant make of a case, and get from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from support.toys import Answer, Skill, Stage, Toy, dialogue, separate

from ovos_dialogue_kit.fixture.model import DEVICE, Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, explore
from ovos_dialogue_kit.isolate.dialogues.shared_copy import SharedCopy, can_share
from ovos_dialogue_kit.jsondata import mapping_in
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript

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


def heard(transcript: Transcript) -> list[tuple[int, str, list[Reply]]]:
    """Return the turns with their replies, at the times since the first of them."""
    began = min(turn.at for turn in transcript.turns)
    return [
        (t.index, t.session, [replace(r, at=r.at - began) for r in t.replies])
        for t in transcript.turns
    ]


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


def test_the_schedules_come_one_after_another() -> None:
    """Each in its order, with its overlaps."""
    (case,) = dialogue(*TURNS).cases
    schedules = [
        Schedule((Step(2), Step(0, overlap=True), Step(1), Step(3))),
        Schedule((Step(1), Step(3), Step(0), Step(2))),
    ]
    assert SharedCopy(case, schedules).steps == (
        *schedules[0].steps,
        *(Step(4 + turn) for turn in schedules[1].turns),
    )


def test_sessions_have_other_ids_and_the_same_address() -> None:
    """OVOS takes them for others, but answers to the same client."""
    (case,) = dialogue(*TURNS).cases
    shared = SharedCopy(case, schedules_of(case, 2)).case
    assert ["a (0)", "b (0)", "a (1)", "b (1)"] == [*shared.sessions]
    ids = {str(wire["session_id"]) for wire in shared.sessions.values()}
    assert len(ids) == len(shared.sessions)
    assert ids.isdisjoint(str(wire["session_id"]) for wire in case.sessions.values())
    assert shared.sessions["b (1)"] == {
        **case.sessions["b"],
        "session_id": "8c32952c-3281-5da5-ab76-837a06a276fc",  # the same each time
    }
    for turn, old in zip(shared.turns, case.turns * 2, strict=True):
        context = mapping_in(old.message or {}, "context")
        own = {**context, "session": shared.sessions[turn.session]}
        assert turn.message == {**(old.message or {}), "context": own}


def test_a_silence_is_of_another_session_too() -> None:
    """A turn without a message only has another speaker."""
    (case,) = dialogue("a: hello", "b: {silence: 2s}").cases
    shared = SharedCopy(case, schedules_of(case, 1)).case
    assert ["a (0)", "b (0)"] == [turn.session for turn in shared.turns]


def make_telling() -> Skill:
    """Return a skill that tells the ids of all sessions, and others what it does."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("hall", said)
        stage.stray("b (0)", "all along")
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
        assert {0} == {stray.turn for stray in part.strays}
    texts = [[stray.text for stray in part.strays] for part in both]
    assert [[8, 4], [0, 4]] == [
        [each.count("all along"), each.count("later")] for each in texts
    ]
    assert {"a", "b", "hall"} == {stray.session for stray in both[1].strays}


def test_the_device_has_one_session() -> None:
    """It cannot have another id, nor can a client that sends none."""
    (case,) = dialogue(*TURNS).cases
    assert can_share(case)
    wire = {**case.sessions["a"], "session_id": DEVICE}
    assert not can_share(replace(case, sessions={**case.sessions, "a": wire}))
    assert not can_share(replace(case, clients={"a": "sessionless"}))
