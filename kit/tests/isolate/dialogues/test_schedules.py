"""Which orders of turns there are, and which are tried."""

from __future__ import annotations

from itertools import groupby, islice, pairwise
from random import Random

import pytest
from support.toys import dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.schedules import (
    Schedule,
    all_orders,
    count_orders,
    explore,
    orders,
    own_overlaps,
    tracks_of,
)


def case(*sizes: int, turns: tuple[str, ...] = ()) -> Case:
    """Return a case whose sessions have so many turns, or with these turns."""
    made = [f"{name}: hello" for name, size in zip("abcd", sizes) for _ in range(size)]  # noqa: B905
    return dialogue(*(turns or made)).cases[0]


def in_own_order(schedule: Schedule, case: Case) -> bool:
    """Return True if each session takes its turns in the order of the script."""
    taken: dict[str, list[int]] = {}
    for turn in schedule.turns:
        taken.setdefault(case.turns[turn].session, []).append(turn)
    return all(turns == sorted(turns) for turns in taken.values())


@pytest.mark.parametrize(
    ("sizes", "count"),
    [
        ((1,), 1),
        ((3, 3), 20),
        ((4, 4), 70),
        ((5, 5), 252),
        ((3, 3, 3), 1680),
        ((4, 4, 4), 34_650),
    ],
)
def test_how_many_orders_there_are(sizes: tuple[int, ...], count: int) -> None:
    """Orders are counted as interleavings that keep each session in order."""
    assert count == count_orders(tracks_of(case(*sizes)))


@pytest.mark.parametrize("sizes", [(3, 3), (4, 4), (2, 2, 2)])
def test_all_orders_are_listed_once(sizes: tuple[int, ...]) -> None:
    """As many orders are listed as are counted."""
    tracks = tracks_of(case(*sizes))
    listed = list(all_orders(tracks))
    assert count_orders(tracks) == len(listed) == len(set(listed))


def test_the_first_order_is_one_after_another() -> None:
    """The first order has the sessions one after another."""
    assert ((0,), (1,), (2,), (3,)) == next(all_orders(tracks_of(case(2, 2))))


@pytest.mark.parametrize("sizes", [(4, 4), (5, 5)])  # 70 orders, and 252
def test_all_orders_are_taken_in_random_order(sizes: tuple[int, ...]) -> None:
    """Each once, and no more: up to 250 are listed, more are drawn."""
    tracks = tracks_of(case(*sizes))
    taken = list(orders(tracks, Random(5)))  # noqa: S311  # not secret
    assert sorted(all_orders(tracks)) == sorted(taken) != taken


@pytest.mark.parametrize(
    ("sizes", "is_drawn"), [((249, 1), False), ((250, 1), True), ((80, 80, 80), True)]
)
def test_of_many_orders_a_sample_is_drawn(
    sizes: tuple[int, ...],
    is_drawn: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of more than 250 are not listed, which might not end."""
    listed = []
    monkeypatch.setattr(
        "ovos_dialogue_kit.isolate.dialogues.schedules.all_orders",
        lambda tracks: iter(listed.append(tracks) or [()]),  # type: ignore[func-returns-value]
    )
    tracks = tracks_of(case(*sizes))
    taken = list(islice(orders(tracks, Random(5)), 30))  # noqa: S311  # not secret
    assert (len(set(taken)), listed) == ((30, []) if is_drawn else (1, [tracks]))


def test_schedules_go_on_when_all_orders_have_been_tried() -> None:
    """Those with overlaps or shuffled listeners remain."""
    schedules = list(islice(explore(case(5, 5), 1), 600))
    plain = [s for s in schedules if not overlapping(s) and s.order_seed is None]
    assert len({each.turns for each in plain}) == 252
    assert len(set(schedules)) == 600


def test_the_seed_decides() -> None:
    """A seed gives the same schedules again; another seed gives others."""
    this = case(4, 4)
    first, again, other = (list(islice(explore(this, n), 40)) for n in (7, 7, 8))
    assert first == again
    assert first != other


def test_each_session_keeps_its_own_order() -> None:
    """Every schedule keeps the order of each session, with overlaps, too."""
    this = case(3, 3, 2)
    assert all(in_own_order(each, this) for each in islice(explore(this, 1), 200))


def test_no_schedule_comes_twice() -> None:
    """No schedule is tried twice."""
    schedules = list(islice(explore(case(2, 2), 1), 100))
    assert 100 == len(set(schedules))


def test_every_plain_order_is_tried() -> None:
    """Twice as many schedules as there are orders contain all of them."""
    schedules = list(islice(explore(case(3, 3), 1), 40))
    plain = [
        each
        for each in schedules
        if each.order_seed is None and not any(step.overlap for step in each.steps)
    ]
    assert 20 == len({each.turns for each in plain})


def overlapping(schedule: Schedule) -> set[int]:
    """Return the turns that another one overlaps."""
    return {step.turn for step in schedule.steps if step.overlap}


def test_a_turn_overlaps_only_another_sessions() -> None:
    """Each turn does in some schedule, but neither its own session's nor the end."""
    this = case(3, 3)
    overlapped: set[int] = set()
    for schedule in islice(explore(this, 1), 100):
        for step, after in zip(schedule.steps, schedule.steps[1:], strict=False):
            speakers = this.turns[step.turn].session, this.turns[after.turn].session
            assert not (step.overlap and speakers[0] == speakers[1])
        assert not schedule.steps[-1].overlap
        overlapped |= overlapping(schedule)
    assert overlapped == set(range(6))


def test_as_many_turns_overlap_as_can_or_about_half() -> None:
    """In half of the schedules with overlaps each turn that can overlap does."""
    this = case(3, 3)
    shares = []
    for schedule in islice(explore(this, 1), 300):
        speakers = [this.turns[turn].session for turn in schedule.turns]
        can = sum(one != other for one, other in pairwise(speakers))
        if 2 < can < 5 and (done := len(overlapping(schedule))):
            shares.append(done / can)
    assert 0.4 < shares.count(1.0) / len(shares) < 0.6
    some = [share for share in shares if share < 1.0]
    assert 0.4 < sum(some) / len(some) < 0.6


def test_only_a_few_turns_are_open_at_once() -> None:
    """Four turns, one after another, are overlapped by the next one, and no more."""
    runs = [
        run
        for schedule in islice(explore(case(6, 6, 6), 0), 200)
        for is_open, each in groupby(step.overlap for step in schedule.steps)
        if is_open
        for run in [len([*each])]
    ]
    assert 4 == max(runs)


def test_overlaps_and_shuffled_listeners_come_together_and_alone() -> None:
    """There are schedules with both, with either, and with neither."""
    kinds = {
        (bool(overlapping(each)), each.order_seed is not None)
        for each in islice(explore(case(2, 2), 1), 60)
    }
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}


def test_plain_orders_alternate_with_others() -> None:
    """Until there are no more, every second schedule is a plain one."""
    schedules = list(islice(explore(case(3, 3), 1), 12))
    plain = [not overlapping(each) and each.order_seed is None for each in schedules]
    assert plain[::2] == [True] * 6
    assert plain.count(True) < 12


def test_listeners_are_shuffled_in_some() -> None:
    """Some schedules shuffle listeners, as a real bus may."""
    seeds = {each.order_seed for each in islice(explore(case(3, 3), 1), 40)}
    assert None in seeds
    assert len(seeds) > 5


def test_a_silence_is_not_overlapped() -> None:
    """No session speaks during a silence; the other turns are overlapped."""
    this = case(turns=("a: {silence: 2s}", "b: hello", "a: hello"))
    schedules = islice(explore(this, 1), 50)
    assert set().union(*map(overlapping, schedules)) == {1, 2}
    this = case(turns=("{a: count, overlap: true}", "a: {silence: 2s}", "b: hello"))
    schedules = islice(explore(this, 1), 50)
    assert set().union(*map(overlapping, schedules)) == {0, 2}


def test_the_last_turn_of_a_script_overlaps_nothing() -> None:
    """It is no part of the first one, if both are of the same session."""
    this = case(turns=("a: hello", "b: hello", "{a: bye, overlap: true}"))
    assert {"a": ((0,), (2,)), "b": ((1,),)} == tracks_of(this)


def test_turns_that_overlap_in_the_script_stay_together() -> None:
    """Turns of one session that overlap in the script do so in every schedule."""
    this = case(turns=("{a: count, overlap: true}", "a: stop", "b: hello"))
    assert {"a": ((0, 1),), "b": ((2,),)} == tracks_of(this)
    for schedule in islice(explore(this, 1), 20):
        at = schedule.turns.index(0)
        assert schedule.steps[at].overlap
        assert 1 == schedule.turns[at + 1]


def test_only_turns_of_one_session_that_follow_each_other_stay_together() -> None:
    """Two or three of them, wherever they are; another session's may come between."""
    this = case(
        turns=(
            "a: hello",
            "{b: hello, overlap: true}",
            "{a: one, overlap: true}",
            "{a: two, overlap: true}",
            "a: three",
            "b: bye",
        )
    )
    assert {"a": ((0,), (2, 3, 4)), "b": ((1,), (5,))} == tracks_of(this)
    assert {2, 3} == own_overlaps(this)


def test_one_session_has_one_order() -> None:
    """With one session, only the order of listeners is varied."""
    schedules = list(islice(explore(case(2), 1), 5))
    assert {(0, 1)} == {each.turns for each in schedules}
    assert 5 == len({each.order_seed for each in schedules})


def test_a_turn_of_nobody_else() -> None:
    """Without turns, the only schedules are empty."""
    empty = Case("", {}, ())
    assert () == next(explore(empty, 1)).steps
