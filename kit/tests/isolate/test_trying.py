"""Schedules that share a copy of the assistant while a search goes on."""

# ruff: noqa: ARG001  # every toy skill has the same arguments

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError
from itertools import islice, repeat
from threading import Event
from typing import Any

import pytest
from support.scenes import transcript
from support.toys import (
    Answer,
    Skill,
    Stage,
    Toy,
    dialogue,
    leaky_if_shuffled,
    separate,
)

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.alone import Play, PlayedSchedule
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, explore
from ovos_dialogue_kit.isolate.dialogues.variants import Variant, VariantName
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judgement
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search
from ovos_dialogue_kit.isolate.trying import (
    Judged,
    ScheduleTask,
    Team,
    judgements_of,
    tasks_of,
)
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript

TURNS = (
    *("a: keep apple", "a: hello", "a: tell me"),
    *("b: keep pear", "b: hello", "b: tell me"),
)


def searched(
    *team: Toy, schedules: int = 100, turns: tuple[str, ...] = TURNS
) -> Findings:
    fixture = dialogue(*turns)
    chosen = SearchSettings(Budget(schedules))
    return search(fixture, fixture.cases[0], team, chosen, engine="padacioso")


def cost(make: Toy, schedules: int = 100) -> int:
    """Return the replays of the schedules after the first twenty."""
    few, many = Toy(make.make), Toy(make.make)
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


@pytest.mark.long
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


# -- tasks ----------------------------------------------------------------------------

KEEP = ("a: keep apple", "b: keep pear", "a: tell me", "b: tell me")


class Bench:
    """A judge of which only the answers matter; it remembers what it is asked.

    ``leaks`` are the order seeds with which a schedule leaks.
    """

    def __init__(
        self,
        name: VariantName = "plain",
        turns: tuple[str, ...] = KEEP,
        head: str = "",
        leaks: Collection[int | None] = (),
    ) -> None:
        self.variant = Variant(dialogue(*turns, head=head).cases[0], {}, name)
        self.leaks = leaks
        self.error: AssistantError | None = None
        self.is_learned = True
        self.usual: Callable[[PlayedSchedule], bool] = lambda _: True
        self.judged: list[tuple[Schedule, object, int]] = []

    def has_learned(self) -> bool:
        return self.is_learned

    def is_usual(self, played: PlayedSchedule, _: object) -> bool:
        return self.usual(played)

    def judgement(
        self, schedule: Schedule, _: object, oracles: object, number: int
    ) -> Judgement:
        self.judged.append((schedule, oracles, number))
        played = PlayedSchedule(schedule, transcript())
        leak = Leak("solo", "a", 0, (0, "end"))
        found = leak if schedule.order_seed in self.leaks else None
        return Judgement(played, found, error=self.error)


def tasks(
    *benches: Bench, number: int, seed: int | None = None, skip: int = 20
) -> list[ScheduleTask]:
    """Return tasks of the benches in turn, which shuffle the listeners if asked."""
    own = [
        (bench, Schedule(each.steps, None if seed is None else seed + n))
        for n, each in enumerate(islice(explore(benches[0].variant.case, 0), number))
        for bench in benches
    ]
    plans = ((bench.variant, schedule) for bench, schedule in own)
    judges: Any = {bench.variant.name: bench for bench in benches}
    made = list(tasks_of(plans, judges))
    assert [task.schedule for task in made] == [schedule for _, schedule in own]
    return made[skip:]


def playing(bench: Bench, seen: list[Options]) -> Play:
    """Return what replays on an assistant whose skill does nothing wrong."""
    assistant, fixture = separate(), dialogue(*KEEP)
    assistant.start()

    def play(case: Case, options: Options) -> Transcript:
        assert case.turns[: len(KEEP)] != bench.variant.case.turns
        seen.append(options)
        return assistant.replay(fixture, case, options)

    return play


def test_tasks_are_numbered_in_their_variant() -> None:
    """The first twenty of a search share no copy, nor do those that teach."""
    found = tasks(Bench(), Bench("canaries"), number=30, skip=0)
    assert [task.number for task in found] == [n for n in range(30) for _ in "ab"]
    sharing = [task.number for task in found[20:] if task.sharing is None]
    assert sharing == [16, 16]  # nothing is spared in the sixteenth of a variant
    assert all(task.sharing is None for task in found[:20])


def test_lessons_share_no_copy() -> None:
    """Also if they are not among the first of the search."""
    first, late = Bench(), Bench("crowd")
    plans = [(first.variant, schedule) for schedule in some(first, 25)]
    plans += [(late.variant, schedule) for schedule in some(late, 6)]
    judges: Any = {"plain": first, "crowd": late}
    made = list(tasks_of(iter(plans), judges))
    own = [task for task in made if task.judge is late]  # type: ignore[comparison-overlap]
    assert [task.sharing is None for task in own] == [True] * 3 + [False] * 3


def some(bench: Bench, number: int) -> list[Schedule]:
    found = islice(explore(bench.variant.case, 0), number)
    return [Schedule(each.steps) for each in found]


def test_those_share_a_copy_that_are_alike() -> None:
    """Of one variant, all or none with shuffled listeners, up to 96 turns together."""
    benches: Any = {"plain": Bench(), "canaries": Bench("canaries")}
    found = tasks_of(
        (
            (bench.variant, schedule)
            for schedule in islice(explore(benches["plain"].variant.case, 0), 120)
            for bench in benches.values()
        ),
        benches,
    )
    groups: dict[int, list[ScheduleTask]] = {}
    for task in found:
        if task.sharing:
            groups.setdefault(id(task.sharing), []).append(task)
    kinds = [
        {(task.judge.variant.name, task.schedule.order_seed is None) for task in group}
        for group in groups.values()
    ]
    assert all(len(kind) == 1 for kind in kinds)
    assert len(set().union(*kinds)) == 4
    assert max(map(len, groups.values())) == 24  # of four turns
    assert min(map(len, groups.values())) > 1


@pytest.mark.parametrize(("number", "alone"), [(46, 2), (47, 1)])
def test_nothing_shares_a_copy_with_itself(number: int, alone: int) -> None:
    """If one is left over, it is replayed as the one is in which nothing is spared."""
    found = tasks(Bench(), number=number)
    assert sum(task.sharing is None for task in found) == alone


@pytest.mark.parametrize(
    ("turns", "most"), [(("a: hi",), 96), (("a: hi", "b: ho") * 49, 0)]
)
def test_so_many_turns_are_in_a_copy(turns: tuple[str, ...], most: int) -> None:
    """Of a dialogue with more turns, no two schedules share one."""
    bench = Bench(turns=turns)
    steps = tuple(map(Step, range(len(turns))))
    plans = ((bench.variant, Schedule(steps, seed)) for seed in range(220))
    judges: Any = {"plain": bench}
    found = Counter(task.sharing for task in tasks_of(plans, judges))
    assert max((found[each] for each in found if each), default=0) == most


def test_no_more_than_two_hundred_are_looked_at() -> None:
    """A search goes on while they are replayed."""
    asked = 0

    def plans() -> Iterator[tuple[Variant, Schedule]]:
        nonlocal asked
        for schedule in explore(bench.variant.case, 0):
            asked += 1
            yield bench.variant, schedule

    bench = Bench()
    judges: Any = {"plain": bench}
    found = tasks_of(plans(), judges)
    list(islice(found, 20))
    assert asked == 20
    next(found)
    assert asked == 220


@pytest.mark.parametrize(
    "head",
    [
        "sessions: {a: {session_id: default}}\n",
        "sessions: {a: {client: sessionless}}\n",
    ],
)
def test_the_session_of_the_device_shares_no_copy(head: str) -> None:
    """Nothing else is as it would be alone there."""
    assert {task.sharing for task in tasks(Bench(head=head), number=40)} == {None}


def test_a_schedule_that_has_shared_a_copy_need_not_be_judged() -> None:
    """One replay, with what leaves the assistant, is enough for all of them."""
    bench, seen = Bench(), list[Options]()
    play = playing(bench, seen)
    found = [task for task in tasks(bench, number=40, seed=7) if task.sharing]
    judged = [task.judged(play, ("solo",)) for task in found[:5]]
    assert bench.judged == []
    [options] = seen
    first = found[0].schedule
    assert (options.order_seed, options.outgoing) == (first.order_seed, True)
    assert len(options.schedule or ()) == len(KEEP) * len(found)
    for task, (judge, judgement) in zip(found, judged, strict=False):
        assert judge is bench  # type: ignore[comparison-overlap]
        assert (judgement.leak, judgement.played.schedule) == (None, task.schedule)
        assert len(judgement.played.transcript.turns) == len(KEEP)


def test_what_is_unusual_is_judged_on_its_own() -> None:
    """With the number of the task, and with the oracles of the search."""
    bench = Bench()
    found = [task for task in tasks(bench, number=40) if task.sharing]
    plain = [task for task in found if task.schedule.order_seed is None]
    odd = plain[1].schedule
    bench.usual = lambda played: played.schedule != odd
    play = playing(bench, [])
    for task in plain[:3]:
        assert task.judged(play, ("solo",))[1].played.schedule == task.schedule
    assert bench.judged == [(odd, ("solo",), plain[1].number)]


@pytest.mark.parametrize(
    ("leaks", "judged"),
    [
        ((), [0, 1, 2]),
        ((0,), [0]),
        ((1,), [0, 1]),
        ((2,), [0, 1, 2]),
        ((3,), [0, 1, 2]),
    ],
)
def test_three_orders_of_the_listeners_are_tried(
    leaks: tuple[int, ...], judged: list[int]
) -> None:
    """Of a schedule that has shared one, until there is a leak."""
    bench = Bench(leaks=[100 + each for each in leaks])
    bench.usual = lambda _: False
    [task, *_] = [task for task in tasks(bench, number=40, seed=80) if task.sharing]
    assert task.schedule.order_seed == 100
    _, judgement = task.judged(playing(bench, []), ())
    seeds = [schedule.order_seed for schedule, *_ in bench.judged]
    assert seeds == [100 + each for each in judged]
    assert judgement.played.schedule.order_seed == seeds[-1]
    assert (judgement.leak is not None) == (leaks in [(0,), (1,), (2,)])


def test_an_error_ends_the_orders_of_the_listeners() -> None:
    """There is nobody to try another one."""
    bench = Bench()
    bench.usual, bench.error = (lambda _: False), AssistantError("gone")
    [task, *_] = [task for task in tasks(bench, number=40, seed=80) if task.sharing]
    assert task.judged(playing(bench, []), ())[1].error == bench.error
    assert len(bench.judged) == 1


@pytest.mark.parametrize(("is_learned", "seed"), [(False, 80), (True, None)])
def test_one_order_of_the_listeners_is_enough(
    *, is_learned: bool, seed: int | None
) -> None:
    """Of a schedule that has not shared one, or does not shuffle them."""
    bench, seen = Bench(), list[Options]()
    bench.usual, bench.is_learned = (lambda _: False), is_learned
    [task, *_] = [task for task in tasks(bench, number=40, seed=seed) if task.sharing]
    task.judged(playing(bench, seen), ())
    assert [schedule for schedule, *_ in bench.judged] == [task.schedule]
    assert len(seen) == is_learned


def test_sharing_is_given_up_where_it_saves_little() -> None:
    """If half of those that shared a copy had to be judged, the next ones share none.

    They go on doing so if one more need not be.
    """
    for few in (12, 13):
        bench, seen = Bench(), list[Options]()
        found = [task for task in tasks(bench, number=80, seed=7) if task.sharing]
        groups = list(dict.fromkeys(id(task.sharing) for task in found))
        first = [task for task in found if id(task.sharing) == groups[0]]
        assert len(first) == 24
        known = {task.schedule for task in first[:few]}
        bench.usual = lambda played, known=known: played.schedule in known  # type: ignore[misc]
        play = playing(bench, seen)
        later = next(task for task in found if id(task.sharing) == groups[1])
        later.judged(play, ())
        assert len(seen) == (2 if few == 13 else 1)
        assert len(bench.judged) == (3 if few == 13 else 1)


def test_a_copy_that_crashes_is_no_copy() -> None:
    """All of its schedules are judged, each in the orders of its listeners."""
    bench = Bench()
    [task, *_] = [task for task in tasks(bench, number=40, seed=7) if task.sharing]
    task.judged(lambda *_: transcript(crash=Fault("crash", "gone")), ())
    assert len(bench.judged) == 3


# -- teams ----------------------------------------------------------------------------


def test_each_assistant_works_for_one_at_a_time() -> None:
    """With the dialogue, and the deadline of the run for all of its replays."""
    fixture = dialogue(*KEEP)
    [case] = fixture.cases
    first, second = separate(), separate()
    for each in (first, second):
        each.start()
    team = Team([first, second], fixture, deadline=9.0)
    with team.one() as one:
        one(case, Options())
        with team.one() as other:
            other(case, Options(chance_seed=4))
            other(case, Options())
        with team.one() as other:
            other(case, Options())
    assert (team.size, first.replays, second.replays) == (2, 1, 3)
    assert first.deadlines == second.deadlines == {9.0}


def test_judgements_come_in_the_order_of_the_tasks() -> None:
    """Twice as many as there are assistants are under way, and then no more."""
    team: Any = Team([separate(), separate()], dialogue(*KEEP))
    bench, begun = Bench(), list[ScheduleTask]()

    def noted() -> Iterator[ScheduleTask]:
        for task in tasks(bench, number=12, skip=0):
            begun.append(task)
            yield task

    found = judgements_of(noted(), team, ("taint",), lambda: False)
    first = next(found)
    assert first[0] is bench  # type: ignore[comparison-overlap]
    assert len(begun) == 4
    next_one = next(found)
    assert len(begun) == 5
    rest = [judgement.played.schedule for _, judgement in found]
    own = [first[1].played.schedule, next_one[1].played.schedule, *rest]
    assert own == [task.schedule for task in begun]
    assert {oracles for _, oracles, _ in bench.judged} == {("taint",)}


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_is_under_way_ends(*, is_closed: bool) -> None:
    """When the time is up, or when nobody wants more judgements."""
    is_up = Event()
    assistant = separate()
    assistant.start()
    team = Team([assistant], dialogue(*KEEP))
    plays: list[Play] = []

    class Task:
        def judged(self, play: Play, _: object) -> Judged:
            plays.append(play)
            play(dialogue(*KEEP).cases[0], Options())
            return None  # type: ignore[return-value]

    endless: Any = repeat(Task())
    found = judgements_of(endless, team, (), is_up.is_set)
    next(found)
    if is_closed:
        found.close()
    else:
        is_up.set()
        with pytest.raises(CancelledError):
            list(found)
    replays = assistant.replays
    with pytest.raises(CancelledError):
        plays[0](dialogue(*KEEP).cases[0], Options())
    assert assistant.replays == replays <= 3
