"""When a session takes its turns alone: at the moments at which it does in company."""

from __future__ import annotations

from typing import Any

from support.scenes import happened, transcript
from support.toys import Answer, Stage, dialogue, toy

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.alone import (
    PlayedSchedule,
    SoloReplays,
    TimedTurn,
    TurnTimes,
    turn_times_of,
    with_silences,
)
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript

LATER = tuple(map(Step, (0, 2, 1, 3, 4)))
"""The first turn of the second session comes later."""

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


def test_the_moments_at_which_turns_began_and_ended() -> None:
    """A turn that is overlapped by its own session is not waited for; others are."""
    case = dialogue(
        "{a: one, overlap: true}",
        "a: two",
        "b: one",
        "{a: three, overlap: true}",
        "c: one",
        "a: four",
        "{b: two, overlap: true}",
    ).cases[0]
    company = transcript(
        happened(0, "a", at=0.0, ended=4.0),
        happened(1, "a", at=1.0, ended=3.0),
        happened(2, "b", at=2.0, ended=None),
        happened(3, "a", at=5.0, ended=9.0),
        happened(4, "c", at=6.0, ended=7.0),
        happened(5, "a", at=9.5, ended=None),
        happened(6, "b", at=10.0, ended=None),
    )
    assert turn_times_of(case, company, "a", ()) == TurnTimes(
        (
            TimedTurn(0, overlap=True),
            TimedTurn(1, before=1.0),
            TimedTurn(3, before=2.0),
            TimedTurn(5, before=0.5),
        ),
        after=0.5,
    )
    assert turn_times_of(case, company, "b", ()) == TurnTimes(
        (TimedTurn(2, before=2.0), TimedTurn(6, before=8.0)), after=0.0
    )


def test_after_a_crash_there_are_no_times() -> None:
    """The turns are those that were to be taken, one after another."""
    case = dialogue("a: one", "b: one", "a: two", "a: three").cases[0]
    company = transcript(happened(3, "a", at=2.0), crash=Fault("crash", "gone"))
    assert turn_times_of(case, company, "a", (3, 1, 0)) == TurnTimes(
        (TimedTurn(3), TimedTurn(0)), after=0.0
    )


def test_no_time_runs_backwards() -> None:
    """A turn that began before the one before it had ended begins at its end."""
    case = dialogue("a: one", "a: two").cases[0]
    company = transcript(
        happened(0, "a", at=1.0, ended=3.0), happened(1, "a", at=2.0, ended=2.5)
    )
    assert turn_times_of(case, company, "a", (0, 1)) == TurnTimes(
        (TimedTurn(0, before=1.0), TimedTurn(1)), after=0.5
    )
    assert turn_times_of(case, transcript(), "a", ()) == TurnTimes((), 0.0)


def test_what_takes_time_is_a_silence_of_nobody() -> None:
    """It has a session of its own, for a replayer, and stands between the turns."""
    case = dialogue("{a: one, overlap: true}", "a: two", "b: one").cases[0]
    timed = (TimedTurn(0, overlap=True, before=1.5), TimedTurn(1))
    longer, steps = with_silences(case, TurnTimes(timed, after=2.0))
    nobody = "(nobody)"
    assert longer.turns == (
        *case.turns,
        FixtureTurn(nobody, 1, 1, "1.5s", silence=1.5),
        FixtureTurn(nobody, 1, 1, "2s", silence=2.0),
    )
    assert steps == (Step(3), Step(0, overlap=True), Step(1), Step(4))
    wire = longer.sessions[nobody]
    assert longer.sessions == {**case.sessions, nobody: wire}
    assert wire["lang"] == "en-US"
    ids = {session["session_id"] for session in longer.sessions.values()}
    assert len(ids) == 3


def test_a_session_hears_alone_what_it_hears_at_that_time_in_company() -> None:
    """Nobody else is in its transcript, and each time and seed is replayed once."""
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
    _, later = played("b: x", "a: x", "c: x", "a: y", "b: y", steps=LATER)
    for company_of, *seeds in (
        (company, 4, 9),
        (company, 4, None),
        (company, 0, 9),
        (later, 0, None),
    ):
        solo.alone(company_of, "a", play, *seeds)
        assert [seen[-1].chance_seed, seen[-1].order_seed] == seeds
    assert (seen[0].chance_seed, seen[0].order_seed) == (0, None)
    assert len(seen) == 3 + 4
    assert {options.outgoing for options in seen} == {True}
