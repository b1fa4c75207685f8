"""Threads that keep the turn: those that wait in C, spin, or are debugged."""

from __future__ import annotations

import _thread
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import held_turn as module
from ovos_dialogue_kit.assistant.virtual_time.scheduler import DeadlockError
from ovos_dialogue_kit.assistant.virtual_time.watcher import Holder, Watcher, _state_of

CLOCKS = (time.monotonic,)  # a name of its own would become virtual


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as made:
        yield made


def test_others_go_on_while_one_waits_in_c(world: World) -> None:
    """A read that only another thread can end does not stop the world."""
    reader, writer = os.pipe()

    def write() -> None:
        time.sleep(0.3)
        os.write(writer, b"x")

    threading.Thread(target=write).start()
    assert os.read(reader, 1) == b"x"
    assert 0.3 <= world.now < 60
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("how", ["current", "ask", "new_wait", ""])
def test_who_is_back_from_c_waits_for_its_turn(world: World, how: str) -> None:
    """Whatever it asks, or if it ends: another goes on until that one waits."""
    reader, writer = os.pipe()

    def read() -> None:
        os.read(reader, 1)
        if how:
            getattr(world.scheduler, how)()
            world.log.append("thread")

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.01)
    os.write(writer, b"x")
    while not world.scheduler.can_others_go_on():
        pass
    world.log.append("driver")
    thread.join()
    assert world.log == ["driver", *["thread"] * bool(how)]
    os.close(reader)
    os.close(writer)


def test_a_driver_that_is_back_from_c_waits_for_its_turn() -> None:
    """Even to end its world."""
    reader, writer = os.pipe()
    with virtual_world() as world:

        def write() -> None:
            time.sleep(0.01)
            os.write(writer, b"x")
            while not world.scheduler.can_others_go_on():
                pass
            world.log.append("thread")

        threading.Thread(target=write).start()
        os.read(reader, 1)
    world.log.append("driver")
    assert world.log == ["thread", "driver"]
    os.close(reader)
    os.close(writer)


def test_a_call_that_waits_in_c_is_not_at_rest(world: World) -> None:
    """The driver does not take a blocked listener for one that has finished."""
    command = "sleep 0.3"
    world.call(lambda: (os.system(command), world.log.append("back")))  # noqa: S605  # it waits in C
    world.settle()
    assert world.log == ["back"]


def test_others_go_on_while_one_spins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop that waits for a flag ends when another thread has set it."""
    monkeypatch.setattr(module, "_LONG_COMPUTATION", 0.05)
    flag: list[bool] = []

    def set_flag() -> None:
        time.sleep(0.01)
        flag.append(True)

    threading.Thread(target=set_flag).start()
    while not flag:
        pass
    assert world.now < 60


def test_asking_again_and_again_lets_others_go_on(world: World) -> None:
    """Who asks a thousand times without waiting gives others their turns."""
    event, lock = threading.Event(), threading.Lock()
    threading.Timer(2, event.set).start()
    while not event.is_set():
        pass
    assert 2 <= world.now < 2.1
    lock.acquire()
    threading.Timer(2, lock.release).start()
    while not lock.acquire(blocking=False):
        pass
    assert 4 <= world.now < 4.2
    flag: list[int] = []
    timer = threading.Timer(0.1, flag.append, (1,))
    timer.start()
    while not flag:
        timer.join(0)
    threading.Timer(0.1, lock.release).start()
    while not lock.acquire(timeout=0):
        pass
    assert 4.2 <= world.now < 4.5


def test_a_lock_of_a_thread_outside_is_waited_for(world: World) -> None:
    """A thread that no scheduler runs may hold a lock that a task wants."""
    lock, has_it = threading.Lock(), _thread.allocate_lock()
    has_it.acquire()

    def hold() -> None:
        with lock:
            has_it.release()
            time.sleep(0.1)  # of real time

    start_outside(hold)
    has_it.acquire()
    with lock:
        assert 0 < world.now < 60


def test_a_lock_that_a_thread_outside_has_handed_over(world: World) -> None:
    """Whoever waits for it then does so in virtual time."""
    lock, has_it, lets_go = threading.Lock(), *(_thread.allocate_lock() for _ in "ab")
    has_it.acquire()
    lets_go.acquire()

    def hold() -> None:
        with lock:
            has_it.release()
            lets_go.acquire()

    def hold_long() -> None:
        with lock:
            time.sleep(3600)

    start_outside(hold)
    has_it.acquire()
    threading.Thread(target=hold_long).start()
    time.sleep(0.01)
    lets_go.release()
    while not world.scheduler.can_others_go_on():
        pass
    with lock:
        assert 3600 <= world.now < 3700


def test_a_thread_outside_may_wake_somebody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What watches the file system runs outside, and is waited for as it starts."""
    event = threading.Event()

    class Observer(threading.Thread):
        def run(self) -> None:
            time.sleep(0.05)  # of real time
            event.set()

    monkeypatch.setattr(Observer, "__module__", "watchdog.observers")
    Observer().start()
    assert event.wait()
    assert world.scheduler.current()
    with pytest.raises(DeadlockError):
        threading.Event().wait()


def test_a_thread_that_cannot_start_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is CPython's, and the world goes on."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    name = next(
        name
        for name in ("_start_joinable_thread", "_start_new_thread")
        if hasattr(threading, name)
    )
    with monkeypatch.context() as patch:
        patch.setattr(threading, name, fail)
        thread = threading.Thread(target=print)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            thread.start()
    with pytest.raises(RuntimeError, match="cannot join thread before it is started"):
        thread.join()
    time.sleep(1)
    assert world.now == 1.0


def test_an_exception_reaches_a_thread_that_computes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loose thread gets it at once, as in CPython."""
    kthread = pytest.importorskip("kthread")
    monkeypatch.setattr(module, "_COMPUTATION", 0.05)

    def compute() -> None:
        try:
            while True:
                pass
        except KeyError:
            world.log.append("ended")

    thread = kthread.KThread(target=compute)
    thread.start()
    time.sleep(0.01)
    thread.raise_exc(KeyError)
    thread.join()
    assert world.log == ["ended"]


def test_a_debugged_thread_keeps_the_turn() -> None:
    """While a person looks at a thread, nothing else happens."""
    detached: list[int] = []
    asleep = _thread.allocate_lock()
    asleep.acquire()
    idents: list[tuple[int, int]] = []

    def prompt() -> None:
        idents.append((threading.get_ident(), threading.get_native_id()))
        asleep.acquire()

    there = {"__name__": "pdb", "prompt": prompt}
    thread = threading.Thread(target=lambda: exec("prompt()", there))  # noqa: S102
    thread.start()
    while not idents:
        time.sleep(0.001)
    ident, native = idents[0]
    looks: list[int] = []

    def holder() -> Holder | None:
        looks.append(1)
        return None if len(looks) == 1 else Holder(1, ident, native, 60.0)

    watcher = Watcher(holder, lambda turn, _: detached.append(turn))
    watcher.start()
    while len(looks) < 8:
        time.sleep(0.01)
    watcher.stop()
    watcher.stop()  # it does no harm
    asleep.release()
    thread.join()
    assert detached == []


def test_a_thread_that_has_ended_has_no_state() -> None:
    """The thread may end while it is being looked at."""
    assert _state_of(0) == ("", 0.0)


def test_a_short_wait_in_c_takes_no_time(world: World) -> None:
    """It is not noticed."""
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(0.001)
        with pytest.raises(TimeoutError):
            here.recv(1)
    assert world.now == 0.0
