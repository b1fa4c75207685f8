"""The time of a world: ticks, looks, and real time that passes outside."""

from __future__ import annotations

import os
import queue
import random
import threading
import time

import pytest
from support.worlds import World, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import timeline as timelines
from ovos_dialogue_kit.assistant.virtual_time.timeline import (
    SECOND,
    TICK,
    Timeline,
    in_ns,
)

WAITS = int(os.environ.get("KIT_WAITS", "3000"))
"""The number of random timeouts; the long form has a million."""

MILLISECOND = SECOND // 1000


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of one: the real time, in nanoseconds."""
    moment = [7 * SECOND]
    monkeypatch.setattr(timelines, "_real_ns", lambda: moment[0])
    return moment


def test_deadlines_are_whole_ticks_and_never_early() -> None:
    """A deadline is rounded up, and by less than a tick."""
    timeline = Timeline()
    for seconds in (1 / 3, 0.1, 1e-9, 2, 0, -1):
        wanted = max(seconds, 0) * SECOND
        deadline = timeline.deadline(seconds)
        assert deadline % TICK == 0
        assert wanted <= deadline < wanted + TICK


def test_times_that_add_up_to_the_same_are_equal() -> None:
    """0.55 and 0.05 seconds end when 0.6 seconds end."""
    timeline = Timeline()
    end = timeline.deadline(0.6)
    timeline.move_to(timeline.deadline(0.55))
    assert timeline.deadline(0.05) == end == 600_000_000


def test_each_look_is_later_and_moves_no_deadline() -> None:
    """Looks differ, and the time by which deadlines are measured stays."""
    timeline = Timeline()
    assert [timeline.look() for _ in range(3)] == [1000, 2000, 3000]
    assert [timeline.last_look() for _ in range(2)] == [3000, 3000]
    assert timeline.now == 0


def test_looks_differ_with_the_seed() -> None:
    """What can be read off in microseconds differs between seeds."""
    shown = []
    for seed in (0, 1, 2, 100):
        timeline = Timeline()
        timeline.vary(seed)
        shown.append(timeline.look())
    assert shown == [1000, 2150, 3300, 3000]


def test_time_never_goes_back() -> None:
    """A moment that is past changes nothing; each move is told before it is made."""
    timeline = Timeline()
    moves: list[object] = []
    timeline.on_move = moves.append
    timeline.before_move = lambda: moves.append(f"before: {timeline.now}")
    for moment in (SECOND, SECOND // 2, 3 * SECOND):
        timeline.move_to(moment)
        moves.append(f"after: {timeline.now}")
    assert moves == [
        *(SECOND, "before: 0", "after: 1000000000"),
        *(SECOND // 2, "after: 1000000000"),
        *(3 * SECOND, "before: 1000000000", "after: 3000000000"),
    ]


def test_time_outside_is_added_in_hundredths(outside: list[int]) -> None:
    """What has passed on a real clock is added, rounded, and up to a limit."""
    timeline = Timeline()
    timeline.catch_up()
    timeline.follow(outside[0])
    shown = []
    for passed in (1004, 0, 1, 4, 1):  # milliseconds
        outside[0] += passed * MILLISECOND
        timeline.follow(outside[0])  # which it does already
        timeline.catch_up()
        shown.append(timeline.now / MILLISECOND)
    assert shown == [1000, 1000, 1010, 1010, 1010]
    outside[0] += 3 * SECOND
    for limit in (1500, 1400, 1501):
        timeline.catch_up(limit * MILLISECOND)
        shown.append(timeline.now / MILLISECOND)
    assert shown[5:] == [1500, 1500, 1501]
    timeline.unfollow()
    timeline.catch_up()
    assert timeline.now == 1501 * MILLISECOND


def test_waits_begin_at_the_real_moment(outside: list[int]) -> None:
    """What has passed outside since the last catch-up belongs to no wait."""
    timeline = Timeline()
    timeline.move_to(5 * SECOND)
    timeline.follow(outside[0])
    outside[0] += SECOND
    assert timeline.deadline(2) == 8 * SECOND
    assert timeline.left(8 * SECOND) == 2 * SECOND


def test_a_moment_that_is_reached_counts_as_passed(outside: list[int]) -> None:
    """Time that the clock moves while it follows a real one is not added again.

    Nor is that a jump.
    """
    timeline = Timeline()
    jumps: list[int] = []
    timeline.on_move = jumps.append
    timeline.follow(outside[0])
    timeline.move_to(3600 * SECOND)
    outside[0] += 3601 * SECOND
    assert timeline.left(7200 * SECOND) == 3599 * SECOND
    assert jumps == []


def test_real_time_is_all_that_moves_it() -> None:
    """It has begun with the world, nothing is followed, and there are no jumps."""
    clock = [5.0]
    timeline = Timeline(lambda: clock[0])
    jumps: list[int] = []
    timeline.on_move = jumps.append
    timeline.follow(0)
    clock[0] = 7.5
    timeline.catch_up()
    timeline.move_to(3 * SECOND)
    assert timeline.is_real
    assert not Timeline().is_real
    assert timeline.now == 2.5 * SECOND
    assert timeline.left(3 * SECOND) == SECOND // 2
    assert jumps == []


def test_seconds_in_nanoseconds() -> None:
    """They are whole, and exact where the seconds are."""
    assert [in_ns(1 / 3), in_ns(2**60 + 1)] == [333333333, (2**60 + 1) * SECOND]


@pytest.fixture
def world() -> World:
    with virtual_world() as made:
        yield made


@pytest.mark.usefixtures("world")
def test_stamps_differ() -> None:
    """No two looks at any clock show the same, also as a float."""
    for clock in (time.time, time.time_ns, time.monotonic, time.perf_counter_ns):
        assert len({clock() for _ in range(100)}) == 100


def test_random_timeouts_end_and_are_never_early(world: World) -> None:
    """Whatever the timeout and the moment: a wait ends, and not before its time."""
    chance = random.Random(1)  # noqa: S311  # not secret
    lock = threading.Lock()
    lock.acquire()
    numbers: queue.Queue[int] = queue.Queue()
    simple: queue.SimpleQueue[int] = queue.SimpleQueue()
    semaphore, event = threading.Semaphore(0), threading.Event()
    condition = threading.Condition()

    def get(timeout: float) -> None:
        with pytest.raises(queue.Empty):
            chance.choice([numbers, simple]).get(timeout=timeout)

    def wait_for(timeout: float) -> None:
        with condition:
            assert not condition.wait_for(lambda: False, timeout)

    def loop(timeout: float) -> None:
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            event.wait(left)

    waits = [
        time.sleep,
        get,
        wait_for,
        loop,
        lambda timeout: lock.acquire(timeout=timeout),
        lambda timeout: semaphore.acquire(timeout=timeout),
    ]
    for _ in range(WAITS):
        timeout = chance.choice([round(chance.random(), 1), chance.random(), 1 / 3])
        began, before = time.monotonic(), world.now
        chance.choice(waits)(timeout)
        assert timeout <= time.monotonic() - began
        assert world.now - before < timeout + 0.0002
