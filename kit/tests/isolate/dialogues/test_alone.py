"""When a session takes its turns alone: at the moments at which it does in company."""

from __future__ import annotations

from typing import Any

from support.toys import Answer, Stage, dialogue, toy

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.alone import (
    PlayedSchedule,
    SoloReplays,
    TimedTurn,
    TurnTimes,
    turn_times_of,
)
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript

SECONDS = {"a": 1.0, "b": 5.0, "c": 0.5}


def slow(stage: Stage, session: str, said: str) -> Answer:
    """Answer after as long as the session takes."""
    return Answer(f"{said} at {stage.now:g}", seconds=SECONDS[session])


def played(*turns: str, steps: tuple[Step, ...] = ()) -> tuple[Case, PlayedSchedule]:
    """Return a case, and what happened in company."""
    fixture = dialogue(*turns)
    [case] = fixture.cases
    assistant = toy(slow)
    assistant.start()
    steps = steps or tuple(Step(index) for index in range(len(case.turns)))
    transcript = assistant.replay(fixture, case, Options(schedule=steps))
    return case, PlayedSchedule(Schedule(steps), transcript)


def times(case: Case, company: PlayedSchedule, session: str) -> TurnTimes:
    taken = company.schedule.turns
    return turn_times_of(case, company.transcript, session, taken)


def test_the_time_that_others_take_passes() -> None:
    """Before the first turn of a session, between two, and after the last."""
    case, company = played("b: x", "a: x", "c: x", "a: x", "b: x")
    assert times(case, company, "a") == TurnTimes(
        (TimedTurn(1, before=5.0), TimedTurn(3, before=0.5)), after=5.0
    )
    assert times(case, company, "b") == TurnTimes(
        (TimedTurn(0), TimedTurn(4, before=2.5)), after=0.0
    )
    assert times(case, company, "c") == TurnTimes(
        (TimedTurn(2, before=6.0),), after=6.0
    )


def test_the_turns_are_those_of_the_schedule() -> None:
    """In its order, and only those that were taken."""
    steps = (Step(3), Step(1), Step(0))
    case, company = played("b: x", "a: x", "c: x", "a: x", steps=steps)
    assert times(case, company, "a") == TurnTimes(
        (TimedTurn(3), TimedTurn(1)), after=5.0
    )
    assert times(case, company, "c") == TurnTimes((), after=7.0)


def test_a_session_hears_alone_what_it_hears_at_that_time_in_company() -> None:
    """Nobody else is in its transcript, and each session is replayed once."""
    case, company = played("b: x", "a: x", "c: x", "a: y", "b: y")
    assistant = toy(slow)
    assistant.start()
    seen: list[Options] = []

    def play(case: Case, options: Options) -> Transcript:
        seen.append(options)
        return assistant.replay(fixture, case, options)

    fixture: Any = dialogue("b: x")
    solo = SoloReplays(case)
    for session, heard in (
        ("a", ["x at 5", "y at 6.5"]),
        ("b", ["x at 0", "y at 7.5"]),
        ("c", ["x at 6"]),
    ):
        alone = solo.alone(company, session, play)
        assert solo.alone(company, session, play) is alone
        assert {turn.session for turn in alone.turns} == {session}
        assert [reply.text for turn in alone.turns for reply in turn.replies] == heard
    assert len(seen) == 3
    solo.alone(company, "a", play, chance=4, order_seed=9)
    assert (seen[-1].chance_seed, seen[-1].order_seed) == (4, 9)
    assert {options.outgoing for options in seen} == {True}
