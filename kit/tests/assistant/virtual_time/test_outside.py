"""Real time, while something outside is awaited: threads in C, files, processes."""

from __future__ import annotations

import _thread
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import held_turn
from ovos_dialogue_kit.assistant.virtual_time import timeline as timelines
from ovos_dialogue_kit.assistant.virtual_time.file_waits import File, Files
from ovos_dialogue_kit.assistant.virtual_time.held_turn import HeldTurn
from ovos_dialogue_kit.assistant.virtual_time.outside import Outside
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task
from ovos_dialogue_kit.assistant.virtual_time.timeline import SECOND, Timeline

REAL = (time.monotonic,)  # a name of its own would become virtual


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


class Scene:
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
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    monkeypatch.setattr(timelines, "_real_ns", lambda: made.files.real)
    return made


def test_a_clock_jumps_if_nothing_is_awaited(scene: Scene) -> None:
    """No real time passes meanwhile."""
    assert not scene.outside.is_awaited()
    assert scene.outside.reach(5 * SECOND)
    assert (scene.now, scene.files.slept, scene.moves) == (5.0, [], [5.0])


def test_a_clock_jumps_once_nothing_is_awaited_any_more(scene: Scene) -> None:
    """The real time that passes then is not added."""
    scene.await_file(60)
    scene.files.is_awaited = False
    assert scene.outside.reach(5 * SECOND)
    scene.pass_outside(3)
    scene.outside.note()
    assert (scene.now, scene.files.slept, scene.moves) == (5.0, [], [5.0])


def test_a_moment_comes_after_as_much_real_time(scene: Scene) -> None:
    """If what is awaited takes longer; that is no jump."""
    scene.await_file(60)
    scene.pass_outside(1)
    assert scene.outside.reach(5 * SECOND)
    assert (scene.now, scene.files.slept, scene.moves) == (5.0, [4.0], [])
    assert scene.outside.reach(8 * SECOND)
    assert (scene.now, scene.files.slept, scene.moves) == (8.0, [4.0, 3.0], [])


def test_a_thread_in_c_is_awaited_as_well(scene: Scene) -> None:
    """Until it is back in line."""
    task = Task("in C")
    scene.turn.loose.add(task)
    scene.time.follow(scene.files.real)
    assert scene.outside.is_awaited()
    assert scene.outside.reach(5 * SECOND)
    assert scene.files.slept == [5.0]
    scene.turn.catch(task)
    assert scene.outside.reach(9 * SECOND)
    assert scene.files.slept == [5.0]


def test_what_is_ready_before_a_moment(scene: Scene) -> None:
    """The moment is not reached; what has passed is known."""
    scene.await_file(2)
    assert not scene.outside.reach(5 * SECOND)
    assert (scene.now, scene.files.slept, scene.moves) == (2.0, [5.0], [])


def test_what_was_ready_before_a_moment_is_known_after_it(scene: Scene) -> None:
    """The clock stops at that moment, for those who wait for it."""
    scene.await_file(2)
    scene.files.late = 60 * SECOND
    assert not scene.outside.reach(5 * SECOND)
    assert scene.now == 5.0


def test_a_moment_that_has_passed_outside(scene: Scene) -> None:
    """It is reached at once."""
    scene.await_file(60)
    scene.pass_outside(7)
    assert scene.outside.reach(5 * SECOND)
    assert (scene.now, scene.files.slept) == (5.0, [-2.0])


def test_a_wait_without_end(scene: Scene) -> None:
    """It takes the time that it takes, and is none if nothing is awaited."""
    assert not scene.outside.wait()
    scene.await_file(90)
    assert scene.outside.wait()
    assert (scene.now, scene.files.slept, scene.moves) == (90.0, [None], [])


def test_what_passes_is_noted_as_long_as_something_is_awaited(scene: Scene) -> None:
    """And not after that."""
    scene.await_file(60)
    for is_awaited in (True, True, False, False):
        scene.pass_outside(1)
        scene.files.is_awaited = is_awaited
        scene.outside.note()
    assert scene.now == 3.0


def test_real_time_is_waited_for() -> None:
    """If the clock shows nothing else, each moment comes when it comes."""
    scene = Scene(is_real=True)
    for takes, is_reached in ((60, True), (1, False)):
        scene.files.takes = takes
        moment = scene.time.now + 3 * SECOND
        assert scene.outside.reach(moment) is is_reached
    assert (scene.now, scene.files.slept, scene.moves) == (4.0, [3.0, 3.0], [])


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as made:
        yield made


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of one: the real time, in nanoseconds."""
    moment = [7 * SECOND]
    for module in (timelines, held_turn):
        monkeypatch.setattr(module, "_real_ns", lambda: moment[0])
    return moment


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


Ends: TypeAlias = "tuple[socket.socket, socket.socket]"


def file_of(end: socket.socket) -> list[File]:
    return [File(end.fileno(), select.POLLIN)]


def test_what_is_waited_for_outside_takes_real_time(ends: Ends) -> None:
    """No pipe stays open afterwards."""
    before = open_pipes()
    here, there = ends

    def send() -> None:
        while not driver.is_parked:
            pass
        there.send(b"x")

    with virtual_world() as world:
        driver = world.scheduler.current()
        assert driver
        assert not world.scheduler.wait_for_files(file_of(here), 0.001, is_outside=True)
        start_outside(send)
        assert world.scheduler.wait_for_files(file_of(here), 1000, is_outside=True)
        assert world.now < 60
    assert open_pipes() == before


def test_an_interruption_without_news(world: World, ends: Ends) -> None:
    """Whoever waits for something outside waits on, and so does the driver at rest."""
    here, there = ends
    pause = _thread.allocate_lock()
    pause.acquire()

    def interrupt() -> None:
        for _ in range(20):
            pause.acquire(timeout=0.001)
            world.scheduler.files.interrupt()
        there.send(b"x")

    def wait(timeout: float | None) -> None:
        assert world.scheduler.wait_for_files(file_of(here), timeout, is_outside=True)
        world.log.append(here.recv(1))

    for timeout in (None, 1000.0):
        start_outside(interrupt)
        wait(timeout)
    threading.Thread(target=wait, args=(None,)).start()
    start_outside(interrupt)
    world.scheduler.rest(1000.0, lambda: len(world.log) == 3)
    assert world.log == [b"x"] * 3
    assert world.now < 60


def test_the_time_of_what_is_ready_outside_has_passed(
    real: list[int], world: World, ends: Ends
) -> None:
    """Also if somebody else has the turn at that moment."""
    here, there = ends

    def send() -> None:
        real[0] += 5 * SECOND
        there.send(b"x")

    world.call(send)
    assert world.scheduler.wait_for_files(file_of(here), 1000, is_outside=True)
    assert world.now == 5.0
    real[0] += 5 * SECOND
    time.sleep(1)
    assert world.now == 6.0


def test_the_time_that_one_has_waited_in_c_has_passed(
    real: list[int], world: World, ends: Ends
) -> None:
    """When it is back in line, whoever has the turn; what passes later does not."""
    here, there = ends
    thread = threading.Thread(target=lambda: here.recv(1))
    thread.start()
    time.sleep(0.01)  # it has lost the turn
    real[0] += 5 * SECOND
    there.send(b"x")
    while not world.scheduler.can_others_go_on():
        pass
    assert world.now == 5.0
    real[0] += 5 * SECOND
    thread.join()
    time.sleep(1)
    assert world.now == 6.0


def test_the_time_that_a_call_computes_is_not_the_next_ones(
    real: list[int], world: World, ends: Ends
) -> None:
    """Though one thread makes both, one after the other."""
    here, _ = ends

    def compute() -> None:
        real[0] += 5 * SECOND

    def wait() -> None:
        world.scheduler.wait_for_files(file_of(here), 0, is_outside=True)
        world.log.append(world.now)

    world.call(compute)
    world.call(wait)
    time.sleep(100)
    assert world.log == [0.0]


def test_who_asks_for_a_process_gives_it_real_time(world: World) -> None:
    """During the next wait, not in later ones, nor if it has ended by then."""
    process = subprocess.Popen(["sleep", "600"])  # noqa: S607  # whichever there is
    for _ in range(2):
        began = REAL[0]()
        assert process.poll() is None
        time.sleep(0.02)
        assert REAL[0]() - began >= 0.02
        time.sleep(3600)
    assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    time.sleep(3600)
    assert process.wait() == -signal.SIGKILL
    assert world.now >= 3 * 3600


def open_pipes() -> int:
    """Return how many ends of pipes this process has open."""
    return sum(each.is_fifo() for each in Path("/proc/self/fd").iterdir())
