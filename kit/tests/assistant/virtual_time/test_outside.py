"""Real time, while something outside is awaited: threads in C, files, processes."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.assistant.virtual_time import timeline as timelines
from ovos_dialogue_kit.assistant.virtual_time.file_waits import Files
from ovos_dialogue_kit.assistant.virtual_time.held_turn import HeldTurn
from ovos_dialogue_kit.assistant.virtual_time.outside import Outside
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task
from ovos_dialogue_kit.assistant.virtual_time.timeline import SECOND, Timeline


class Elsewhere(Files):
    """A file that is ready after some seconds, and a real clock, which it moves."""

    def __init__(self) -> None:
        super().__init__()
        self.real = 7 * SECOND
        self.is_awaited = False
        self.takes = 60.0
        self.late = 0
        self.slept: list[float | None] = []

    def may_change(self) -> bool:
        return self.is_awaited

    def wait(self, ns: int | None) -> bool:
        self.slept.append(None if ns is None else ns / SECOND)
        takes = int(self.takes * SECOND)
        self.real += self.late + (takes if ns is None else min(takes, ns))
        return ns is None or takes < ns


class World:
    """A clock, and what is outside."""

    def __init__(self, *, is_real: bool = False) -> None:
        self.files = Elsewhere()
        real_clock = (lambda: self.files.real / SECOND) if is_real else None
        self.time = Timeline(real_clock)
        self.moves: list[float] = []
        self.time.on_move = lambda moment: self.moves.append(moment / SECOND)
        self.turn = HeldTurn(lambda: Task("next"), self.time)
        self.outside = Outside(self.time, self.files, self.turn, self.files.wait)

    @property
    def now(self) -> float:
        return self.time.now / SECOND

    def await_file(self, takes: float) -> None:
        """Begin to wait for the file, which is ready after some seconds."""
        self.files.takes = takes
        self.files.is_awaited = True
        self.time.follow(self.files.real)

    def pass_outside(self, seconds: float) -> None:
        """Let real time pass."""
        self.files.real += int(seconds * SECOND)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(timelines, "_real_ns", lambda: made.files.real)
    return made


def test_a_clock_jumps_if_nothing_is_awaited(world: World) -> None:
    """No real time passes meanwhile."""
    assert not world.outside.is_awaited()
    assert world.outside.reach(5 * SECOND)
    assert (world.now, world.files.slept, world.moves) == (5.0, [], [5.0])


def test_a_clock_jumps_once_nothing_is_awaited_any_more(world: World) -> None:
    """The real time that passes then is not added."""
    world.await_file(60)
    world.files.is_awaited = False
    assert world.outside.reach(5 * SECOND)
    world.pass_outside(3)
    world.outside.note()
    assert (world.now, world.files.slept, world.moves) == (5.0, [], [5.0])


def test_a_moment_comes_after_as_much_real_time(world: World) -> None:
    """If what is awaited takes longer; that is no jump."""
    world.await_file(60)
    world.pass_outside(1)
    assert world.outside.reach(5 * SECOND)
    assert (world.now, world.files.slept, world.moves) == (5.0, [4.0], [])
    assert world.outside.reach(8 * SECOND)
    assert (world.now, world.files.slept, world.moves) == (8.0, [4.0, 3.0], [])


def test_a_thread_in_c_is_awaited_as_well(world: World) -> None:
    """Until it is back in line."""
    task = Task("in C")
    world.turn.loose.add(task)
    world.time.follow(world.files.real)
    assert world.outside.is_awaited()
    assert world.outside.reach(5 * SECOND)
    assert world.files.slept == [5.0]
    world.turn.catch(task)
    assert world.outside.reach(9 * SECOND)
    assert world.files.slept == [5.0]


def test_what_is_ready_before_a_moment(world: World) -> None:
    """The moment is not reached; what has passed is known."""
    world.await_file(2)
    assert not world.outside.reach(5 * SECOND)
    assert (world.now, world.files.slept, world.moves) == (2.0, [5.0], [])


def test_what_was_ready_before_a_moment_is_known_after_it(world: World) -> None:
    """The clock stops at that moment, for those who wait for it."""
    world.await_file(2)
    world.files.late = 60 * SECOND
    assert not world.outside.reach(5 * SECOND)
    assert world.now == 5.0


def test_a_moment_that_has_passed_outside(world: World) -> None:
    """It is reached at once."""
    world.await_file(60)
    world.pass_outside(7)
    assert world.outside.reach(5 * SECOND)
    assert (world.now, world.files.slept) == (5.0, [-2.0])


def test_a_wait_without_end(world: World) -> None:
    """It takes the time that it takes, and is none if nothing is awaited."""
    assert not world.outside.wait()
    world.await_file(90)
    assert world.outside.wait()
    assert (world.now, world.files.slept, world.moves) == (90.0, [None], [])


def test_what_passes_is_noted_as_long_as_something_is_awaited(world: World) -> None:
    """And not after that."""
    world.await_file(60)
    for is_awaited in (True, True, False, False):
        world.pass_outside(1)
        world.files.is_awaited = is_awaited
        world.outside.note()
    assert world.now == 3.0


def test_real_time_is_waited_for() -> None:
    """If the clock shows nothing else, each moment comes when it comes."""
    world = World(is_real=True)
    for takes, is_reached in ((60, True), (1, False)):
        world.files.takes = takes
        moment = world.time.now + 3 * SECOND
        assert world.outside.reach(moment) is is_reached
    assert (world.now, world.files.slept, world.moves) == (4.0, [3.0, 3.0], [])
