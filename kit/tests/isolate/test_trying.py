"""Schedules that share a copy of the assistant while a search goes on."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from itertools import islice

import pytest
from support.toys import (
    Answer,
    Skill,
    Stage,
    Toy,
    dialogue,
    leaky_if_shuffled,
    separate,
)

from ovos_dialogue_kit.isolate.dialogues.schedules import explore
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search
from ovos_dialogue_kit.replayer.transcript import Fault

TURNS = (
    *("a: keep apple", "a: hello", "a: tell me"),
    *("b: keep pear", "b: hello", "b: tell me"),
)


def searched(
    *team: Toy, schedules: int = 100, turns: tuple[str, ...] = TURNS
) -> Findings:
    fixture = dialogue(*turns)
    return search(fixture, fixture.cases[0], team, SearchSettings(Budget(schedules)))


def cost(make: Toy, schedules: int = 100) -> int:
    """Return the replays of the schedules after the first twenty."""
    few, many = Toy(make._make), Toy(make._make)
    for assistant, number in ((few, 20), (many, schedules)):
        assert () == searched(assistant, schedules=number).leaks
    return many.replays - few.replays


def test_later_schedules_share_a_copy() -> None:
    """A sound skill takes fewer replays than there are schedules."""
    assert cost(separate()) < 80


def full(most: int) -> Toy:
    """Return an assistant whose skill has room for a number of sessions only."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            return Answer("full" if len(seen) > most else said)

        return answer

    return Toy(make)


def test_what_a_schedule_leaves_behind_makes_no_leak_of_the_next() -> None:
    """What differs in a shared copy is replayed in a fresh one, and judged there."""
    findings = searched(full(8))
    assert () == findings.leaks
    assert 100 == findings.tried


def test_copies_are_not_shared_where_that_saves_little() -> None:
    """After the first schedules that had to be replayed, each has its own copy."""
    assert cost(full(8), 300) < 80 + 200 + 60


def late(number: int) -> Toy:
    """Return an assistant whose skill leaks in one order only, by its number."""
    (case,) = dialogue(*TURNS).cases
    plain = (s for s in explore(case, 0) if not any(step.overlap for step in s.steps))
    schedule = next(islice(plain, number, None))
    order = [(case.turns[t].session, case.turns[t].said) for t in schedule.turns]

    def make() -> Skill:
        spoken: list[tuple[str, str]] = []

        def answer(stage: Stage, session: str, said: str) -> Answer:
            spoken.append((session[0], said))
            return Answer("leak" if spoken[-len(order) :] == order else said)

        return answer

    return Toy(make)


@pytest.mark.long
def test_a_leak_in_a_shared_copy_is_found_whatever_the_number_of_assistants() -> None:
    """It is that of the first schedule that shows it, as if none had shared a copy."""
    found = [searched(*(late(9) for _ in range(n)), schedules=300) for n in (1, 3)]
    assert found[0].leaks
    assert 20 < found[0].tried
    assert 1 == len({(each.tried, each.leaks[0].script) for each in found})


def test_a_leak_that_only_shuffled_listeners_show_is_found_later_too() -> None:
    """Its own copy shows what the shared one has shown."""
    replays = 0

    def make() -> Skill:
        nonlocal replays
        replays += 1
        return leaky_if_shuffled() if replays > 100 else separate_answer

    def separate_answer(stage: Stage, session: str, said: str) -> Answer:
        return Answer("fine")

    findings = searched(Toy(make), schedules=300)
    assert findings.tried > 20
    assert [True] == [each.order_seed is not None for each in findings.leaks]


def test_a_copy_that_crashes_tells_nothing() -> None:
    """Its schedules are replayed one by one."""

    def make() -> Skill:
        seen: set[str] = set()

        def answer(stage: Stage, session: str, said: str) -> Answer:
            seen.add(session)
            stage.crash = Fault("crash", "full") if len(seen) > 8 else None
            return Answer(said)

        return answer

    assert () == searched(Toy(make)).leaks
