"""The end of a world of threads, in a process that goes on."""

from __future__ import annotations

import _thread
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.assistant.virtual_time.stand_ins import Clock
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call

STARTS = (_thread.start_new_thread,)  # a name of its own would become virtual


class World:
    """A scheduler with its clock, whose driver is the test."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.scheduler = Scheduler(lambda: False, self.errors.append)
        self.clock = Clock(self.scheduler, (), is_real=False)
        self.clock.install()
        self.scheduler.adopt("test")

    def start(self, function: Callable[[], object]) -> threading.Thread:
        """Start a thread and let it run until it waits."""
        thread = threading.Thread(target=function)
        thread.start()
        time.sleep(1)  # of virtual time
        return thread

    def close(self, patience: float = 60.0) -> list[str]:
        self.scheduler.release()
        staying = self.scheduler.close(patience)
        self.clock.uninstall()
        return staying


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.clock.uninstall()


def test_waiting_thread_ends(world: World) -> None:
    """A thread that waits for ever ends, and cleans up as it goes."""
    gone = []

    def wait() -> None:
        try:
            threading.Event().wait()
            gone.append(False)
        finally:
            gone.append(True)

    thread = world.start(wait)
    hook = threading.excepthook
    assert world.close() == []
    assert threading.excepthook is hook
    thread.join(5)
    assert (thread.is_alive(), gone, world.errors) == (False, [True], [])


def test_waiting_listener_ends(world: World) -> None:
    """A listener that waits ends; that is no error."""
    world.scheduler.calls.append(Call(threading.Event().wait, (), {}))
    time.sleep(1)  # of virtual time
    assert world.close() == []


def test_thread_that_never_ran(world: World) -> None:
    """A thread that had no turn yet has done nothing, and does nothing any more."""
    task = world.scheduler.new_task("late")
    began, over = _thread.allocate_lock(), _thread.allocate_lock()
    began.acquire()
    over.acquire()

    def live() -> None:
        world.scheduler.live(task, began.release)
        over.release()

    STARTS[0](live, ())
    assert not began.acquire(timeout=0.05)
    assert world.close() == []
    assert over.acquire(timeout=30)
    assert began.locked()


def test_thread_that_waits_again(world: World) -> None:
    """A thread that waits while it leaves is not let in again."""

    def wait() -> None:
        try:
            time.sleep(1000)
        finally:
            time.sleep(1000)

    thread = world.start(wait)
    assert world.close() == []
    thread.join(5)
    assert not thread.is_alive()


def test_thread_that_will_not_go(world: World) -> None:
    """A thread that does not end is parked, and delays nothing."""
    caught: list[bool] = []

    def wait() -> None:
        while len(caught) <= 100:
            try:
                time.sleep(1000)
            except SystemExit:  # noqa: PERF203  # it does not let itself be ended
                caught.append(True)

    thread = world.start(wait)
    assert world.close(patience=0.2) == [thread.name]
    while len(caught) < 100:
        time.sleep(0.001)
    assert len(caught) == 100


def test_names_bound_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that took ``sleep`` from virtual time has the real one afterwards."""
    module = ModuleType("imported_meanwhile")
    module.sleep = time.sleep  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imported_meanwhile", module)
    world.close()
    assert module.sleep is time.sleep
    assert "virtual" not in repr(time.sleep)


def test_a_thread_in_c_leaves_when_it_is_back(world: World) -> None:
    """It waited without the turn when its world ended, and does nothing more."""
    log: list[str] = []
    here, there = socket.socketpair()

    def work(go_on: Callable[[], object]) -> None:
        try:
            here.recv(1)
            go_on()
            log.append("went on")
        except SystemExit:
            log.append("left")

    with here, there:
        threads = [
            threading.Thread(target=work, args=(lambda: time.sleep(1),)),
            threading.Thread(target=work, args=(time.monotonic,)),
            threading.Thread(target=lambda: here.recv(1)),
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.01)
        there.send(b"xxx")
        assert world.close() == []
        for thread in threads:
            thread.join()
    assert log == ["left", "left"]
