"""Each oracle finds a leak wherever it is, and invents none.

Three sessions speak, the first two more than once, and each toy leaks in one turn: in
the second of two sessions, in the second of two turns, in a turn that is not the last.
"""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.searches import leaks_of
from support.toys import Answer, Skill, Stage, Toy, dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle, ValueKey
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript
from ovos_dialogue_kit.script.canary import make_canary

TURNS = (
    "kitchen: remember $canary",
    "bedroom: remember $canary",
    "kitchen: what did i say",
    "bedroom: what did i say",
    "hall: good evening",
    "bedroom: good night",
    "kitchen: good night",
)
SESSIONS = [turn.partition(":")[0] for turn in TURNS]
ROUTE = {"source": "skills", "destination": "kit"}

Leaking = Callable[[Stage, str, list[str]], Answer]
"""The answer of a turn that leaks: the session, and the words of all others."""


def by_taint(stage: Stage, session: str, others: list[str]) -> Answer:
    """Say another session's word, as a sentence does: with a capital letter."""
    return Answer("fine", slots={"what": others[0].upper()})


def by_stray(stage: Stage, session: str, others: list[str]) -> Answer:
    """Say something to a session that does not speak."""
    other = next(name for name in ("hall", "kitchen") if name != session)
    stage.stray(other, "psst")
    return Answer("fine")


def by_crash(stage: Stage, session: str, others: list[str]) -> Answer:
    """Raise an error in a handler."""
    return Answer("fine", faults=(Fault("raised", "boom"),))  # type: ignore[arg-type]


def by_solo(stage: Stage, session: str, others: list[str]) -> Answer:
    """Say something else."""
    return Answer("well")


def by_state(stage: Stage, session: str, others: list[str]) -> Answer:
    """Leave the session active in a skill."""
    return Answer("fine", session_after={"active_skills": ["parrot", "repeater"]})


def by_sent(stage: Stage, session: str, others: list[str]) -> Answer:
    """Switch a lamp on."""
    lamp = {"type": "lamp.on", "data": {"room": 2}, "context": ROUTE, "at": 0.0}
    return Answer("fine", messages=[lamp])


LEAKING: dict[Oracle, Leaking] = {
    "taint": by_taint,
    "stray": by_stray,
    "crash": by_crash,
    "solo": by_solo,
    "state": by_state,
    "sent": by_sent,
}


def leaking(oracle: Oracle, turn: int, *, is_alone_too: bool = False) -> Toy:
    """Return an assistant that leaks in one turn, if others have spoken before."""

    def make() -> Skill:
        words: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            words.setdefault(session, said.partition(" ")[2])
            others = [word for name, word in words.items() if name != session]
            made = Answer("fine")
            if stage.index == turn and (is_alone_too or others):
                made = LEAKING[oracle](stage, session, others or ["nothing"])
            made.parts.setdefault("session_after", {"active_skills": ["repeater"]})
            return made

        return answer

    return Toy(make)


def leaks(assistant: Toy, *oracles: Oracle) -> list[Leak]:
    """Return the leaks of the turns in their order."""
    fixture = dialogue(*TURNS)
    [case] = fixture.cases
    words = {make_canary(n): n for n in range(2)}
    assert [make_canary(n) in case.turns[n].said for n in range(2)] == [True, True]
    judge = Judge(fixture, Variant(case, words, "plain"))
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        return assistant.replay(fixture, case, options)

    steps = tuple(Step(number) for number in range(len(TURNS)))
    played = judge.played(Schedule(steps), play)
    return list(leaks_of(judge, played, play, oracles or ORACLES))


def test_every_oracle_has_its_row() -> None:
    """A new one needs a toy that leaks in one turn, as all but ``echo`` have."""
    assert {*LEAKING, "echo"} == {*ORACLES}


@pytest.mark.parametrize("turn", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("oracle", LEAKING)
def test_a_leak_is_found_wherever_it_is(oracle: Oracle, turn: int) -> None:
    """In any turn of any session, and in no other one, by its own oracle alone."""
    found = leaks(leaking(oracle, turn))
    if oracle == "stray":
        assert {leak.key[1] for leak in found} == {"stray"}
        assert {leak.session for leak in found} == {
            next(name for name in ("hall", "kitchen") if name != SESSIONS[turn])
        }
        return
    first = found[0]
    assert (first.oracle, first.session, first.turn) == (oracle, SESSIONS[turn], turn)
    assert {(leak.session, leak.turn) for leak in found} == {(SESSIONS[turn], turn)}
    others = {"solo"} if oracle == "taint" else set()  # another slot, too
    assert {leak.oracle for leak in found} == {oracle} | others


@pytest.mark.parametrize("oracle", LEAKING)
def test_what_is_so_alone_is_no_leak(oracle: Oracle) -> None:
    """No oracle invents a leak where a session goes through the same alone."""
    if oracle == "taint":
        own = [make_canary(number) for number in range(2)]

        def repeats(stage: Stage, session: str, said: str) -> Answer:
            number = ("kitchen", "bedroom", "hall").index(session)
            return Answer(own[number] if number < 2 else "fine")

        assert leaks(Toy(lambda: repeats)) == []
        return
    for turn in (0, 3, 5):
        assert leaks(leaking(oracle, turn, is_alone_too=True)) == [] or (
            oracle == "stray"
        )


@pytest.mark.parametrize("oracle", LEAKING)
def test_only_the_oracle_that_is_asked_answers(oracle: Oracle) -> None:
    """Each of the others finds nothing; ``solo`` sees another session's word, too."""
    others = {*LEAKING, "echo"} - {oracle} - ({"solo"} if oracle == "taint" else set())
    assert leaks(leaking(oracle, 3), *others) == []  # type: ignore[arg-type]
    assert {leak.oracle for leak in leaks(leaking(oracle, 3), oracle)} == {oracle}


@pytest.mark.parametrize("turn", [3, 4, 5])
def test_a_random_word_of_another_session_is_an_echo(turn: int) -> None:
    """It is found in the second of two sessions and turns, and where it is said."""

    def make() -> Skill:
        told: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            others = [word for name, word in told.items() if name != session]
            word = f"{session}{stage.chance.randrange(1 << 30)}"
            told.setdefault(session, word)
            if stage.index == turn and others:
                word = others[0]
            return Answer(f"your number is {word}")

        return answer

    found = leaks(Toy(make), "echo")
    assert [(leak.oracle, leak.session, leak.turn) for leak in found] == [
        ("echo", SESSIONS[turn], turn)
    ]


def test_a_random_word_of_ones_own_is_no_echo() -> None:
    """A session may hear again what it was told itself."""

    def make() -> Skill:
        told: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            new = f"{session}{stage.chance.randrange(1 << 30)}"
            return Answer(f"your number is {told.setdefault(session, new)}")

        return answer

    assert leaks(Toy(make)) == []


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("part", ["text", "data", "dialog", "lang", "asks"])
def test_each_part_of_each_reply_is_compared(part: str, number: int) -> None:
    """Another one in the first or the second of two replies is a leak there."""
    other = {
        "text": {"text": "bye"},
        "data": {"data": {"name": "bob"}, "dialog": "hi"},
        "dialog": {"dialog": "bye"},
        "lang": {"lang": "pt"},
        "asks": {"asks": True},
    }[part]

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            is_leak = stage.index == 3 and len(seen) > 1
            plain = {
                "text": "hi",
                "data": {"name": "eve"},
                "dialog": "hi",
                "lang": "en",
            }
            replies = []
            for index in range(2):
                parts = {**plain, **(other if is_leak and index == number else {})}
                text = parts.pop("text")
                replies.append(Reply(session, text, stage.now, stage.index, **parts))  # type: ignore[arg-type]
            return Answer(*replies)

        return answer

    found = leaks(Toy(make), "solo")
    names = ("data", "name") if part == "data" else (part,)
    assert [leak.key for leak in found] == [(3, "reply", number, *names)]


@pytest.mark.parametrize(
    ("oracle", "key"),
    [
        ("taint", (3, "reply", 1)),
        ("stray", (-1, "stray", 1, "text")),
        ("crash", (3, "fault", "raised")),
        ("solo", (3, "reply", 1, "text")),
        ("state", (3, "session", "active_skills")),
        ("sent", (3, "message", 1, "data", "room")),
        ("echo", (3, "echo", "reply", 1)),
    ],
)
def test_a_leak_of_the_second_of_two_skills(oracle: Oracle, key: ValueKey) -> None:
    """Both do the same in each turn; one leaks in one, after the other's part."""
    hers = {"stray": "hall"}.get(oracle, SESSIONS[3])

    def make() -> Skill:
        words: dict[str, str] = {}
        numbers: dict[str, str] = {}

        def answer(stage: Stage, session: str, said: str) -> Answer:
            number = f"{session}{stage.chance.randrange(1 << 30)}"
            words.setdefault(session, said.partition(" ")[2])
            numbers.setdefault(session, number)
            others = [name for name in words if name != session]
            is_leak = stage.index == 3 and bool(others)
            text = number if oracle == "echo" else "fine"
            if is_leak:
                foreign = {"taint": words, "echo": numbers}.get(oracle, {})
                text = foreign.get(others[0], "well" if oracle == "solo" else text)
            for name in ("hers", "his") if stage.index == 3 else ():
                if oracle == "stray" and (is_leak or name == "hers"):
                    stage.stray(hers, name)
            faults = ["hers", "his"] if is_leak and oracle == "crash" else ["hers"]
            rooms = [1, 2 if is_leak and oracle == "sent" else 1]
            third = ["third.skill"] if is_leak and oracle == "state" else []
            return Answer(
                Reply(session, "fine", stage.now, stage.index, skill="first.skill"),
                Reply(session, text, stage.now, stage.index, skill="second.skill"),
                faults=tuple(Fault("raised", f"{each}: boom") for each in faults),  # type: ignore[arg-type]
                session_after={
                    "active_skills": ["first.skill", "second.skill", *third]
                },
                messages=[
                    {"type": "lamp.on", "data": {"room": room}, "context": ROUTE}
                    for room in rooms
                ],
            )

        return answer

    found = leaks(Toy(make), oracle)
    assert (hers, key) in {(leak.session, leak.key) for leak in found}
    assert {(leak.session, leak.turn) for leak in found} == {
        (hers, None if oracle == "stray" else 3)
    }
