"""What the first schedules of a variant spare the later ones, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.scenes import happened, message, scene, transcript
from support.toys import Answer, Stage, Toy, dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import explore
from ovos_dialogue_kit.isolate.dialogues.variants import Variant, VariantName
from ovos_dialogue_kit.isolate.judging.experience import (
    LESSONS,
    Experience,
    Lesson,
    is_judged_in_full,
)
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Judgement
from ovos_dialogue_kit.isolate.judging.observation import (
    ORACLES,
    Observation,
    Oracle,
)
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript

TURNS = ("a: one", "a: two", "b: one", "b: two", "c: one", "c: two")
FEW = 16
SPARED = [n for n in range(LESSONS, FEW) if not is_judged_in_full(n)]

Learning = tuple[list[Judgement], list[int]]
"""Judgements of schedules, and the number of replays that each of them took."""


def learning(
    answer: Callable[[Stage, str, str], Answer],
    name: VariantName = "plain",
    oracles: tuple[Oracle, ...] = ORACLES,
    begin: Callable[[int], None] = lambda _: None,
) -> Learning:
    """Return how the first schedules with a skill are judged, one after another.

    ``begin`` is told the number of each.
    """
    fixture = dialogue(*TURNS)
    assistant = Toy(lambda: answer)
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        return assistant.replay(fixture, case, options)

    judge = Judge(fixture, Variant(fixture.cases[0], {}, name))
    judged, replays = [], []
    schedules = explore(fixture.cases[0], seed=0)
    for number in range(FEW):
        begin(number)
        before = assistant.replays
        judged.append(judge.judgement(next(schedules), play, oracles, number))
        replays.append(assistant.replays - before)
    return judged, replays


def slow(_: Stage, session: str, said: str) -> Answer:
    """Answer the same, after a time that depends on the session."""
    return Answer(said, seconds=float(" abc".index(session)))


def test_sessions_alone_are_replayed_for_the_first_schedules_only() -> None:
    """At other moments, a session that hears the same as before is not replayed.

    So that nothing is hidden for long, it is in the eighth schedule from 0, in the
    sixteenth, and so on.
    """
    judged, replays = learning(slow)
    assert all(count > 1 for count in replays[:LESSONS])
    assert {1} == {replays[number] for number in SPARED}
    assert replays[8] > 1
    assert {None} == {each.leak for each in judged}


def test_where_hours_pass_each_schedule_is_compared_with_its_own_moments() -> None:
    """In the variant with pauses, the time of day counts: nothing is learned of it."""
    _, replays = learning(slow, "pauses")
    assert max(replays[LESSONS:]) > 1


def test_a_skill_that_tells_the_time_is_always_replayed() -> None:
    """A session that hears different times alone is replayed at its own moments."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(f"it is {stage.now}", seconds=slow(stage, session, said).seconds)

    _, replays = learning(answer)
    assert min(replays[LESSONS:]) > 1


def rolling(stage: Stage, session: str, said: str) -> Answer:
    """Answer one of two lines, as chance and all calls before decide."""
    return Answer(f"line {stage.chance.randrange(2)} for {session} {said}")


def test_a_value_that_chance_has_given_the_session_alone_is_not_tried_again() -> None:
    """After the first schedules, differences by chance cost few replays."""
    judged, replays = learning(rolling)
    assert [replays[number] for number in SPARED].count(1) > len(SPARED) / 2
    assert any(each.random for each in judged[:LESSONS])


def test_a_value_that_chance_has_not_given_yet_is_tried() -> None:
    """A line that a session has never heard alone may be a leak."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer(f"line {stage.chance.random()} for {session} {said}")

    judged, replays = learning(answer)
    assert min(replays[LESSONS:]) > 1
    assert any(each.random for each in judged[LESSONS:])


@pytest.mark.parametrize("roll", [True, False])
def test_what_is_learned_hides_no_leak(*, roll: bool) -> None:
    """A leak that shows after the lessons is found, whether chance plays or not."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        first = next(iter(stage.turns), None)
        told = rolling(stage, session, said) if roll else Answer(said)
        if first is not None and stage.case.turns[first].session == "c":
            return Answer(*told.texts, "c was first") if session == "a" else told
        return told

    judged, _ = learning(answer)
    assert any(each.leak for each in judged)


def test_oracles_that_need_no_session_alone_learn_nothing() -> None:
    """With taint only, no session is replayed alone."""
    _, replays = learning(slow, oracles=("taint",))
    assert {1} == set(replays)


def test_a_lesson_that_fails_teaches_what_it_has_shown() -> None:
    """Whoever waits for the lessons goes on, even if one of them has failed."""
    experience = Experience(at_any_time=True)
    for number in range(1, LESSONS):
        with experience.lesson(number) as lesson:
            lesson.alone["a"] = {}
    with pytest.raises(OSError, match="lost"), experience.lesson(0):
        raise OSError("lost")
    assert {} == experience.learned().alone


def test_an_echo_by_chance_is_known_by_its_place() -> None:
    """What is said there is random, so only the place can be remembered."""
    place = (0, "echo", "reply", 0)
    lesson = Lesson(echoes={("a", place)})
    assert lesson.is_random("a", place, {})
    assert not lesson.is_random("b", place, {})


def test_what_is_said_to_a_session_that_takes_no_part_is_never_usual() -> None:
    """It is compared with what is heard when nobody speaks."""

    def answer(stage: Stage, session: str, said: str) -> Answer:
        stage.stray("hall", "somebody speaks")
        return slow(stage, session, said)

    judged, _ = learning(answer)
    assert {"stray"} == {each.leak.oracle for each in judged if each.leak}
    assert FEW == sum(each.leak is not None for each in judged)


def test_a_leak_among_the_values_of_chance_is_found_before_twice_its_number() -> None:
    """If others choose the line in all schedules from the fourth on, the eighth tells.

    Counted from 0, that is the first one after the lessons in which nothing is spared.
    """
    numbers: list[int] = []

    def answer(stage: Stage, session: str, said: str) -> Answer:
        line = stage.chance.randrange(7)
        spoken = [t.session for t in stage.turns.values() if t.end != "silence"]
        is_late = len(numbers) > LESSONS and said == "two"
        return Answer(f"line {2 if is_late and {*spoken} - {session} else line}")

    judged, _ = learning(answer, begin=numbers.append)
    assert not any(each.leak for each in judged[:8])
    assert judged[8].leak


LINE = (0, "reply", 0)
HELLO = {
    (*LINE, "dialog"): "hello",
    (*LINE, "data", "name"): "ann",
    (*LINE, "lang"): "en-US",
}
FILE = ("hello {name}", "good day {name}", "{name}", "how is {other}")


def heard(text: str, **changes: str) -> Observation:
    """Return what a session that is greeted goes through."""
    other = {(*LINE, part): value for part, value in changes.items()}
    return {**HELLO, (*LINE, "text"): text, **other}


@pytest.mark.parametrize(
    ("seen", "is_random"),
    [
        (heard("hello ann"), True),
        (heard("good day ann"), True),
        (heard("good day bob"), False),
        (heard("how is bob"), False),
        (heard("good day ann", lang="de-DE"), False),
        (heard("good day ann", dialog="bye"), False),
    ],
)
def test_a_line_of_a_dialog_whose_lines_chance_chooses(
    seen: Observation, *, is_random: bool
) -> None:
    """Any session may hear any line of its file, with the same values."""
    lesson = Lesson(files={"hello": FILE})
    lesson.add_chance("a", [heard("hello ann"), heard("ann")])
    assert is_random == lesson.is_random("b", (*LINE, "text"), seen)
    assert is_random == lesson.is_random("b", (0, "echo", "reply", 0), seen)


def test_a_dialog_with_the_same_line_for_all_seeds_is_not_left_to_chance() -> None:
    """Another line of it may be chosen by another session."""
    lesson = Lesson(files={"hello": FILE})
    changed = {**heard("hello ann"), (0, "end"): "stopped"}
    lesson.add_chance("a", [heard("hello ann"), changed])
    assert not lesson.is_random("a", (*LINE, "text"), heard("good day ann"))


def test_what_is_not_spared() -> None:
    """The first schedule, and each whose number is twice that of the one before."""
    assert [n for n in range(70) if is_judged_in_full(n)] == [0, 8, 16, 32, 64]


def test_a_value_of_chance_is_one_of_several_of_the_session() -> None:
    """Not one that is always the same, nor one of another session or place."""
    rolled: list[Observation] = [{(0, "a"): n, (0, "b"): 5} for n in (1, 2, 2)]
    lesson = Lesson()
    lesson.add_chance("a", rolled)
    lesson.add_chance("b", [rolled[0], dict(rolled[0])])
    lesson.add_chance("a", [{(0, "a"): 3}, {(0, "a"): 4}])  # one lesson is enough
    assert lesson.random == {"a": rolled}
    known = [
        value
        for value in range(6)
        if lesson.is_random("a", (0, "a"), {(0, "a"): value})
    ]
    assert known == [1, 2]
    assert not lesson.is_random("a", (0, "b"), {(0, "b"): 5})
    assert not lesson.is_random("b", (0, "a"), {(0, "a"): 1})
    text = (2, "reply", 1, "text")
    lesson.add_chance("c", [{text: "one"}, {text: "two"}])
    assert lesson.is_random("c", (2, "echo", "reply", 1), {text: "two"})
    assert lesson.number == 0


def test_a_line_of_a_dialog_is_known_by_all_but_its_text() -> None:
    """And by no other reply; one that no file has is known if it has been heard."""
    lesson = Lesson(files={"hello": FILE})
    second = {(0, "reply", 1, "dialog"): "bye", (0, "reply", 1, "text"): "bye"}
    said = [{**heard(text), **second} for text in ("hello ann", "surprise, ann")]
    lesson.add_chance("a", said)
    key = (*LINE, "text")
    for text in ("surprise, ann", "good day ann"):
        seen = {**heard(text), (*LINE, "asks"): True, (0, "reply", 1, "lang"): "pt"}
        assert lesson.is_random("b", key, seen)
    assert not lesson.is_random("b", key, heard("surprise, bob"))
    assert not lesson.is_random("b", (*LINE, "lang"), heard("good day ann"))
    plain = Lesson()
    plain.add_chance("a", [{key: "one"}, {key: "two"}])
    assert not plain.is_random("b", key, {key: "one"})


def usual(company: Transcript, **alone: Transcript) -> bool:
    """Return True if a scene is usual to whoever knows what is heard alone."""
    lesson = Lesson()
    seen = scene(company, alone)
    lesson.add_alone(seen)
    return lesson.is_usual(seen)


def test_a_schedule_is_usual_if_it_is_for_each_session() -> None:
    """Not with a crash, with what is said to others, or with an error of nobody."""
    turns = happened(0, "a", "hi"), happened(1, "b", "hi")
    of_nobody = Fault("raised", "x", is_of_nobody=True)
    assert usual(transcript(*turns))
    assert not usual(transcript(*turns), b=transcript(happened(1, "b", "ho")))
    assert not usual(transcript(*turns, strays=[Reply("hall", "psst", 0.0, 0)]))
    gone = transcript(*turns, crash=Fault("crash", "x"))
    assert not usual(gone, a=gone, b=gone)
    assert not usual(transcript(turns[0], happened(1, "b", "hi", faults=(of_nobody,))))
    assert not Lesson().is_usual(scene(transcript(*turns)))


def test_what_only_a_comparison_tells_to_be_the_same_is_usual() -> None:
    """What is shown at another turn is no news."""
    shown = (message("gui.x", to_device=True, note="milk"),)
    late = transcript(happened(0, "a"), happened(1, "a", messages=shown))
    assert usual(late, a=transcript(happened(0, "a", messages=shown), happened(1, "a")))


def test_lessons_are_put_together() -> None:
    """What is heard alone must be so in all of them; what chance does, in any."""
    experience = Experience(at_any_time=True, files={"hello": FILE})
    for number in range(LESSONS):
        with experience.lesson(number) as lesson:
            assert (lesson.number, lesson.files) == (number, {"hello": FILE})
            lesson.alone.update(a={(0, "x"): 1}, b={(0, "x"): number // 2})
            lesson.echoes.add(("a", (number, "echo")))
            lesson.add_chance("c", [heard(f"{number}"), heard("ann")])
    learned = experience.learned()
    assert learned is experience.learned()
    assert learned.alone == {"a": {(0, "x"): 1}}
    assert learned.echoes == {("a", (number, "echo")) for number in range(LESSONS)}
    assert len(learned.random["c"]) == 2 * LESSONS
    assert [*learned.lines.values()] == [{"0", "1", "2", "ann"}]
    assert learned.files == {"hello": FILE}
    known = [experience.known_in(number) for number in range(LESSONS + 1)]
    assert [bool(each.random) for each in known] == [False, True, True, True]
    assert [bool(each.alone) for each in known] == [False, False, False, True]


def test_files_of_dialogs_need_not_be_known() -> None:
    """Then no line is one of a file."""
    with Experience(at_any_time=True).lesson(0) as lesson:
        assert lesson.files == {}
