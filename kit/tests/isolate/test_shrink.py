"""Tests of the smallest schedule that shows a leak; the judge says what it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import hypothesis
import pytest
from support.toys import dialogue

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.isolate import shrink as module
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.variants import Variant
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.shrink import shrink
from ovos_dialogue_kit.replayer.replay_options import Step

TURNS = (
    "kitchen: keep apple",
    "kitchen: tell me",
    "bedroom: keep pear",
    "bedroom: tell me",
    "hall: tell me",
)
ORDER = (0, 2, 4, 1, 3)
LEAK = Leak("state", "bedroom", 3, (3, "session", "lang"))
SHUFFLED = 7


class Needs:
    """A judge to whom a schedule shows the leak if it fulfils a condition."""

    def __init__(
        self, condition: Callable[[Schedule], bool], turns: tuple[str, ...] = TURNS
    ) -> None:
        self.variant = Variant(dialogue(*turns).cases[0], {}, "plain")
        self.asked: list[tuple[Schedule, object, object]] = []
        self._condition = condition

    def shows(
        self, schedule: Schedule, _: object, oracle: str, *, is_thorough: bool
    ) -> bool:
        self.asked.append((schedule, oracle, is_thorough))
        return self._condition(schedule)


def small(judge: Needs, schedule: Schedule | None = None, **options: bool) -> Schedule:
    """Return the smallest schedule of one that overlaps and shuffles all it can."""
    steps = tuple(Step(turn, overlap=turn != ORDER[-1]) for turn in ORDER)
    given = schedule or Schedule(steps, SHUFFLED)
    play: Any = None
    return shrink(judge, given, LEAK, play, **options)  # type: ignore[arg-type]


def has(*turns: int) -> Callable[[Schedule], bool]:
    """Return a condition: these turns are taken, in this order."""

    def condition(schedule: Schedule) -> bool:
        own = [turn for turn in schedule.turns if turn in turns]
        return own == [*turns]

    return condition


def overlaps(first: int, second: int) -> Callable[[Schedule], bool]:
    """Return a condition: a turn is open as another one is taken."""

    def condition(schedule: Schedule) -> bool:
        steps = schedule.steps
        return any(
            (one.turn, one.overlap, other.turn) == (first, True, second)
            for one, other in pairwise(steps)
        )

    return condition


def test_only_the_turns_that_are_needed_are_left() -> None:
    """In their order, neither overlapping nor with shuffled listeners."""
    turns = (0, 4, 3)
    assert small(Needs(has(*turns))) == Schedule(tuple(Step(turn) for turn in turns))


@pytest.mark.parametrize(("first", "second"), [(0, 2)])
def test_an_overlap_stays_if_it_is_needed(first: int, second: int) -> None:
    """No other one does, and no listeners are shuffled."""
    expected = Schedule((Step(first, overlap=True), Step(second)))
    assert small(Needs(overlaps(first, second))) == expected


def test_shuffled_listeners_stay_if_they_are_needed() -> None:
    """With the seed that showed the leak, without overlaps."""
    needed = has(2, 3)
    found = small(Needs(lambda each: needed(each) and each.order_seed == SHUFFLED))
    assert found == Schedule((Step(2), Step(3)), SHUFFLED)


def test_both_stay_if_both_are_needed() -> None:
    """An overlap and shuffled listeners."""
    needed = overlaps(0, 2)
    found = small(Needs(lambda each: needed(each) and each.order_seed is not None))
    assert found == Schedule((Step(0, overlap=True), Step(2)), SHUFFLED)


def test_the_session_that_spoke_last_goes_on() -> None:
    """Of several orders the one with the fewest changes of speaker is left."""
    found = small(Needs(lambda each: {0, 1, 2, 3} <= set(each.turns)))
    assert found.turns == (0, 1, 2, 3)


def test_turns_of_one_session_that_overlap_stay_together() -> None:
    """The turn that a session interrupts itself is needed, or both can go."""
    turns = ("{kitchen: count, overlap: true}", "kitchen: stop", "bedroom: hello")
    steps = (Step(2), Step(0, overlap=True), Step(1))
    found = small(Needs(has(1), turns), Schedule(steps))
    assert found == Schedule((Step(0, overlap=True), Step(1)))
    found = small(Needs(has(2), turns), Schedule(steps))
    assert found == Schedule((Step(2),))


def test_a_leak_that_cannot_be_made_smaller() -> None:
    """The schedule itself is the smallest, and need not be judged again."""
    given = Schedule((Step(2, overlap=True), Step(0), Step(3)), SHUFFLED)
    judge = Needs(lambda each: each == given)
    assert small(judge, given) == given
    assert given not in [schedule for schedule, *_ in judge.asked]


def test_more_turns_without_overlaps_are_better_than_fewer_with_them() -> None:
    """Overlaps are tried only if the leak does not show without them."""
    plain, overlapping = has(0, 2, 4), overlaps(0, 2)
    found = small(Needs(lambda each: plain(each) or overlapping(each)))
    assert found == Schedule((Step(0), Step(2), Step(4)))


CROWD = tuple(f"{name}: say {n}" for n in range(3) for name in "abcdef")


def test_of_a_crowd_the_few_that_are_needed_are_left() -> None:
    """Whole sessions are left out first, then single turns."""
    judge = Needs(has(3, 17), CROWD)
    given = Schedule(tuple(map(Step, range(len(CROWD)))))
    assert small(judge, given) == Schedule((Step(3), Step(17)))
    first = [sorted({*given.turns} - {*asked.turns}) for asked, *_ in judge.asked[:6]]
    others = [0, 6, 12, 1, 7, 13, 2, 8, 14, 4, 10, 16]
    assert first[:3] == [sorted(others[:n]) for n in (3, 6, 9)]
    assert first[3] == sorted([*others[:9], 3, 9, 15])  # which is needed
    assert first[4] == sorted(others)


@pytest.mark.parametrize(("turns", "is_thinned"), [(10, False), (11, True)])
def test_ten_turns_are_no_crowd(turns: int, *, is_thinned: bool) -> None:
    """Up to ten, Hypothesis is the first to try, and begins with nothing at all."""
    judge = Needs(has(3), CROWD)
    small(judge, Schedule(tuple(map(Step, range(turns)))))
    first, *_ = judge.asked[0]
    assert bool(first.turns) == is_thinned


def test_what_hypothesis_does_not_find_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A schedule of many turns that are all needed, in this order."""
    for name in ("_TRIES", "_PLAIN_TRIES"):
        monkeypatch.setattr(f"ovos_dialogue_kit.isolate.shrink.{name}", 3)
    order = (*range(17, 11, -1), *range(6, 12), *range(6))
    given = Schedule(tuple(map(Step, order)), SHUFFLED)
    assert small(Needs(lambda each: each == given, CROWD), given) == given


@pytest.mark.parametrize(
    ("options", "is_thorough"), [({}, False), ({"is_thorough": True}, True)]
)
def test_each_schedule_is_judged_once(
    options: dict[str, bool], *, is_thorough: bool
) -> None:
    """By the oracle of the leak; few seeds must do unless the caller says otherwise."""
    judge = Needs(has(3))
    small(judge, Schedule((Step(0), Step(2), Step(3))), **options)
    schedules = [schedule for schedule, *_ in judge.asked]
    assert len(schedules) == len(set(schedules))
    assert {tuple(how) for _, *how in judge.asked} == {("state", is_thorough)}


def test_hypothesis_tries_a_hundred_and_then_four_hundred_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With numbers that are the same for all who search, and nothing kept on disk."""
    asked: list[dict[str, Any]] = []

    def find(*_: object, **how: object) -> None:
        asked.append(how)
        raise hypothesis.errors.NoSuchExample("none")

    monkeypatch.setattr(hypothesis, "find", find)
    given = Schedule((Step(0, overlap=True), Step(2)))
    assert small(Needs(lambda each: each == given), given) == given
    tries = [how["settings"].max_examples for how in asked]
    assert tries == [100, 400]
    phases = (hypothesis.Phase.generate, hypothesis.Phase.shrink)
    for how in asked:
        assert how["random"].getstate() == Random(0).getstate()  # noqa: S311  # not secret
        assert how["settings"].phases == phases
        assert (how["settings"].database, how["settings"].deadline) == (None, None)


def test_without_hypothesis_its_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever has only the kit reads how to install it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(KitError) as raised:
        module.require_hypothesis()
    assert str(raised.value) == (
        "`kit isolate` needs Hypothesis, which is not installed\n"
        '  pip install "ovos-dialogue-kit[isolate]"'
    )


def test_what_hypothesis_has_left_is_left_out_by_sessions_and_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a session that is needed, each turn is tried; both keep their overlaps."""
    monkeypatch.setattr(module, "_find", lambda *_: None)
    judge = Needs(has(0, 3))
    assert small(judge) == Schedule(
        (Step(0, overlap=True), Step(3)),
        SHUFFLED,
    )
    lacking = [{*ORDER} - {*asked.turns} for asked, *_ in judge.asked]
    assert lacking == [{0, 1}, {2, 3}, {4}, {4, 0}, {4, 1}, {4, 1, 2}, {4, 1, 2, 3}]


OWN = (
    "{kitchen: count, overlap: true}",
    "{kitchen: faster, overlap: true}",
    "kitchen: stop",
    "kitchen: tell me",
    "bedroom: hello",
    "bedroom: bye",
    "hall: hi",
)
"""The kitchen interrupts itself twice, so its first three turns stay together."""


def drawn(schedule: Schedule, *numbers: int) -> Schedule:
    """Return what a schedule becomes with these numbers, all of which are drawn."""
    left = list(numbers)

    def draw(strategy: object) -> int:
        assert repr(strategy) == "integers(min_value=0, max_value=19)"
        return left.pop(0)

    found = module._draw(draw, Needs(has(), OWN).variant, schedule)  # type: ignore[arg-type]
    assert left == []
    return found


OVERLAPPING = Schedule(
    (
        Step(4, overlap=True),
        Step(0, overlap=True),
        Step(1, overlap=True),
        Step(2, overlap=True),
        Step(6),
        Step(5, overlap=True),
        Step(3),
    ),
    SHUFFLED,
)
ALL = (1, 1, 1, 1, 1, 1, 1, 1)
"""Keep the kitchen and its two blocks, the bedroom and its two, the hall, its one."""


def test_large_numbers_keep_what_there_is() -> None:
    """The listeners, the order and the overlaps; a 0 among them, one overlap less."""
    large = (19, *ALL, 19, 19, 19, 19)
    assert drawn(OVERLAPPING, *large, 1, 19, 2) == OVERLAPPING
    steps = list(OVERLAPPING.steps)
    steps[3] = Step(2)
    assert drawn(OVERLAPPING, *large, 1, 0, 2) == Schedule(tuple(steps), SHUFFLED)


def test_zeros_let_one_session_speak_after_the_other() -> None:
    """No number is drawn where there is no choice: within a session, or at the end."""
    order = (0, 0, 0, 0)
    assert drawn(OVERLAPPING, 0, *ALL, *order, 0) == Schedule(
        (
            Step(0, overlap=True),
            Step(1, overlap=True),
            *map(Step, range(2, 7)),
        )
    )


def test_numbers_say_who_speaks_and_what_is_left_out() -> None:
    """A session is left out with all its turns, without a number for each of them.

    Turns of one session that overlap stay; the last of them overlaps no other session.
    """
    steps = (Step(0, overlap=True), Step(1, overlap=True), *map(Step, range(2, 7)))
    own = (*steps[:2], Step(2))
    given = Schedule(steps)
    kept = (1, 1, 0, 1, 1, 1, 0)
    bedroom = (Step(4), Step(5))
    assert drawn(given, *kept, 1, 0) == Schedule((*bedroom, *own))
    assert drawn(given, *kept, 0) == Schedule((*own, *bedroom))
    assert drawn(given, *kept, 1, 1) == Schedule((Step(4), *own, Step(5)))
