"""The scheduler and the clock: real threads, one at a time, in virtual time."""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import contextlib
import datetime as dt
import queue
import resource
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from ovos_bus_client.message import Message
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time import stand_ins
from ovos_dialogue_kit.assistant.virtual_time.scheduler import DeadlockError, Scheduler
from ovos_dialogue_kit.assistant.virtual_time.stand_ins import EPOCH
from ovos_dialogue_kit.assistant.virtual_time.tasks import Task, Wait
from ovos_dialogue_kit.assistant.virtual_time.timeline import TICK

early_sleep = time.sleep
real_time = time.time
CLOCKS = (
    *("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
    *("clock_gettime", "clock_gettime_ns"),
)


@pytest.fixture
def world() -> Iterator[World]:
    with virtual_world() as world:
        yield world


def driver_of(world: World) -> Task:
    """Return the task of the calling thread."""
    task = world.scheduler.current()
    assert task is not None
    return task


def test_sleeping_takes_no_real_time(world: World) -> None:
    """Sleeping an hour moves the clock by an hour at once."""
    time.sleep(3600)
    assert world.now == 3600.0


def test_names_bound_earlier_are_reached(world: World) -> None:
    """A ``sleep`` that was imported before the clock was installed is virtual too."""
    early_sleep(5)
    assert world.now == 5.0


@pytest.mark.usefixtures("world")
def test_all_clocks_agree() -> None:
    """Wall clock, monotonic clocks and dates move together."""
    start = (time.time(), time.monotonic(), time.perf_counter(), time.monotonic_ns())
    time.sleep(90)
    assert 90 <= time.time() - start[0] <= 90.0001
    assert 90 <= time.monotonic() - start[1] <= 90.0001
    assert 90 <= time.perf_counter() - start[2] <= 90.0001
    assert 90_000_000_000 <= time.monotonic_ns() - start[3] <= 90_000_100_000
    now = dt.datetime.now(tz=dt.timezone.utc)
    assert EPOCH + 90 <= now.timestamp() <= EPOCH + 90.0001


def test_the_same_time_is_the_same_moment(world: World) -> None:
    """Threads whose sleeps end at the same moment wake in order of their last sleep."""
    woken = []

    def sleep(name: str, *parts: float) -> None:
        for part in parts:
            time.sleep(part)
        woken.append((name, world.now))

    threads = [
        threading.Thread(target=sleep, args=("parts", *[0.1] * 3, 0.3)),
        threading.Thread(target=sleep, args=("whole", 0.6)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [("whole", 0.6), ("parts", 0.6)] == woken


def test_sleepers_wake_in_order_of_their_deadlines(world: World) -> None:
    """Two threads that sleep interleave by virtual time, the same way every time."""

    def count(name: str, step: float) -> None:
        for _ in range(3):
            time.sleep(step)
            world.log.append((name, world.now))

    threads = [
        threading.Thread(target=count, args=("a", 1.0)),
        threading.Thread(target=count, args=("b", 1.5)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.log == [
        ("a", 1.0),
        ("b", 1.5),
        ("a", 2.0),
        ("b", 3.0),
        ("a", 3.0),
        ("b", 4.5),
    ]


def test_join_gives_up_after_its_timeout(world: World) -> None:
    """``join`` with a timeout returns in time, and the thread is alive."""
    thread = threading.Thread(target=time.sleep, args=(10,))
    thread.start()
    thread.join(2)
    assert (world.now, thread.is_alive()) == (2.0, True)
    thread.join()
    assert (world.now, thread.is_alive()) == (10.0, False)


def test_a_thread_cannot_join_itself(world: World) -> None:
    """A thread that joins itself gets the error it gets elsewhere."""

    def join_me() -> None:
        with pytest.raises(RuntimeError, match=r"^cannot join current thread$"):
            threading.current_thread().join()
        world.log.append("refused")

    thread = threading.Thread(target=join_me)
    thread.start()
    thread.join()
    assert world.log == ["refused"]


def test_timed_waits_end_on_time(world: World) -> None:
    """Events, queues, conditions and locks time out at their virtual deadline."""
    lock = threading.Lock()
    lock.acquire()
    assert not threading.Event().wait(10)
    assert world.now == 10.0
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=5)
    assert world.now == 15.0
    condition = threading.Condition()
    with condition:
        assert not condition.wait(timeout=5)
    assert world.now == 20.0
    assert not lock.acquire(timeout=5)
    assert world.now == 25.0


def test_an_event_wakes_who_waits_for_it(world: World) -> None:
    """A waiter goes on when the event is set, not at its deadline."""
    event = threading.Event()
    threading.Timer(600, event.set).start()
    assert event.wait(10_000)
    assert world.now == 600.0


def test_a_lock_is_handed_over_in_order_of_arrival(world: World) -> None:
    """The thread that has waited longest gets the lock."""
    lock = threading.Lock()
    assert isinstance(lock, stand_ins.Lock)

    def take(name: str) -> None:
        with lock:
            world.log.append(name)
            time.sleep(1)

    lock.acquire()
    threads = [threading.Thread(target=take, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    assert lock.locked()
    lock.release()
    for thread in threads:
        thread.join()
    assert world.log == ["a", "b", "c"]


@pytest.mark.usefixtures("world")
def test_a_waiter_that_gave_up_is_passed_over() -> None:
    """A lock is not handed to a waiter whose time was up."""
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lambda: lock.acquire(timeout=1))
    thread.start()
    thread.join()
    lock.release()
    assert not lock.locked()


def test_reentrant_locks_nest(world: World) -> None:
    """An RLock is taken twice by its thread and waited for by another."""
    lock = threading.RLock()

    def take() -> None:
        with lock:
            world.log.append(world.now)

    with lock, lock:
        thread = threading.Thread(target=take)
        thread.start()
        time.sleep(3)
    thread.join()
    assert world.log == [3.0]


def test_executors_work(world: World) -> None:
    """A thread pool runs its jobs at once, in virtual time."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:

        def nap(seconds: float) -> float:
            time.sleep(seconds)
            return seconds

        assert list(pool.map(nap, [3.0, 1.0, 2.0])) == [3.0, 1.0, 2.0]
    assert world.now == 3.0


def test_calls_run_one_after_another(world: World) -> None:
    """A call that does not wait is over before the next one begins."""
    for name in "abc":
        world.call(world.log.append, name)
    world.settle()
    assert world.log == ["a", "b", "c"]


def test_a_call_that_waits_lets_the_next_one_run(world: World) -> None:
    """A call that sleeps is overtaken by those behind it, and resumes later."""

    def slow() -> None:
        world.log.append("slow begins")
        time.sleep(1)
        world.log.append("slow ends")

    world.call(slow)
    world.call(world.log.append, "next")
    world.settle()
    time.sleep(2)
    assert world.log == ["slow begins", "next", "slow ends"]


def test_rest_returns_before_time_passes(world: World) -> None:
    """The driver gets its turn when all rests, before the clock jumps."""
    world.call(time.sleep, 100)
    world.settle()
    assert world.now == 0.0


def test_rest_without_news_returns_at_its_end(world: World) -> None:
    """Without news the driver comes back when its time is up, after those due then."""
    world.call(lambda: (time.sleep(5), world.log.append("due")))
    world.call(time.sleep, 10)
    world.scheduler.rest(5.0, lambda: False)
    assert world.now == 5.0
    assert world.log == ["due"]


def test_a_rest_in_which_nothing_can_happen_is_over_at_once(world: World) -> None:
    """The driver keeps the turn then: no message is on its way, and no time passes."""
    given: list[bool] = []
    empty, other = {"is_empty": True}, {"is_empty": False}
    for until, said in ((0.0, empty), (0.0, other), (0.0, {}), (5.0, empty)):
        before = world.scheduler._turn._number
        world.scheduler.rest(until, lambda: False, **said)
        given.append(world.scheduler._turn._number != before)
    assert [False, True, True, True] == given
    assert world.now == 5.0


def test_what_can_happen_happens_before_a_rest_is_over() -> None:
    """That is a call to make, or what is found to do when all rest."""
    found, done = ["found", "found again"], list[object]()

    def pump() -> bool:
        if found:
            world.call(done.append, found.pop(0))
        return bool(world.scheduler.calls)

    with virtual_world(scheduler=Scheduler(pump, done.append)) as world:
        world.call(done.append, "call")
        for _ in range(2):
            world.scheduler.rest(0.0, lambda: False, is_empty=True)
        assert ["call", "found", "found again"] == done
        found.append("found at last")
        world.scheduler.rest(0.0, lambda: False, is_empty=True)
        assert "found at last" == done[-1]


def test_an_exception_in_a_call_is_reported(world: World) -> None:
    """An exception in a call reaches the error handler, and the world continues."""

    def fail() -> None:
        raise ValueError("no")

    world.call(fail)
    world.call(world.log.append, "next")
    world.settle()
    assert [repr(error) for error in world.errors] == ["ValueError('no')"]
    assert world.log == ["next"]
    world.errors.clear()


@pytest.mark.usefixtures("world")
def test_waiting_for_nothing_is_a_deadlock() -> None:
    """A wait that nothing can end is an error in the driver, at once.

    It can go on, and meet another.
    """
    lock = threading.Lock()
    lock.acquire()
    for _ in range(2):
        with pytest.raises(
            DeadlockError,
            match=r"^deadlock: every thread is waiting and nothing can wake one$",
        ):
            lock.acquire()
        time.sleep(1)


def test_an_exception_can_be_raised_into_a_sleeping_thread(world: World) -> None:
    """``killable_event`` of ovos-workshop ends threads that way."""
    kthread = pytest.importorskip("kthread")

    def wait() -> None:
        try:
            while True:
                time.sleep(0.1)
        except KeyError:
            world.log.append("ended")

    thread = kthread.KThread(target=wait)
    thread.start()
    thread.raise_exc(KeyError)
    thread.join(1)
    assert world.log == ["ended"]
    assert not thread.is_alive()


@pytest.mark.parametrize("kind", ["Lock", "RLock"])
def test_an_exception_raised_into_a_waiter_frees_its_lock(
    world: World, kind: str
) -> None:
    """As in CPython, an exception raised into a waiter leaves the lock free."""
    kthread = pytest.importorskip("kthread")
    lock = getattr(threading, kind)()

    def take() -> None:
        with contextlib.suppress(KeyError), lock:
            world.log.append("taken")

    with lock:
        waiting = kthread.KThread(target=take)
        waiting.start()
        time.sleep(1)
        waiting.raise_exc(KeyError)
        time.sleep(1)
    waiting.join()
    assert lock.acquire(timeout=1)
    assert world.log == []


def test_a_lock_goes_to_the_next_if_an_exception_ends_its_waiter(world: World) -> None:
    """If a waiter is ended, the next one gets the lock."""
    kthread = pytest.importorskip("kthread")
    lock = threading.Lock()

    def take(name: str) -> None:
        with contextlib.suppress(KeyError), lock:
            world.log.append((name, world.now))

    with lock:
        threads = [kthread.KThread(target=take, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        time.sleep(1)
        threads[0].raise_exc(KeyError)
    for thread in threads:
        thread.join()
    assert world.log == [("b", 1.0), ("c", 1.0)]


def test_an_exception_after_a_timeout_takes_no_lock_away(world: World) -> None:
    """A waiter whose time was up never had the lock, so it does not free it."""
    kthread = pytest.importorskip("kthread")
    lock = threading.Lock()

    def try_to_take() -> None:
        with contextlib.suppress(KeyError):
            lock.acquire(timeout=2)

    with lock:
        waiting = kthread.KThread(target=try_to_take)
        waiting.start()
        time.sleep(1)
        waiting.raise_exc(KeyError)
        waiting.join()
        assert lock.locked()
    assert world.now == 2.0


def test_a_deadlock_takes_no_lock_away(world: World) -> None:
    """The driver's wait ends by an error; the lock stays with its owner."""
    lock = threading.Lock()
    lock.acquire()
    with pytest.raises(DeadlockError):
        lock.acquire()
    assert lock.locked()
    lock.release()
    assert not lock.locked()
    assert world.now == 0.0


def test_an_exception_waits_where_functions_are_traced(world: World) -> None:
    """A debugger or coverage does not spin while a thread has yet to raise it."""
    kthread = pytest.importorskip("kthread")

    def wait() -> None:
        with contextlib.suppress(KeyError):
            time.sleep(1000)

    thread = kthread.KThread(target=wait)
    thread.start()
    time.sleep(0.05)
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        thread.raise_exc(KeyError)
        assert world.now == 0.05  # this is a call that is traced
    finally:
        sys.settrace(before)
    thread.join(2000)
    assert not thread.is_alive()


def test_an_exception_that_a_thread_raises_in_itself(world: World) -> None:
    """It comes at once, as ever."""
    kthread = pytest.importorskip("kthread")

    def end() -> None:
        try:
            kthread._async_raise(threading.get_ident(), KeyError)
            world.log.append("went on")
        except KeyError:
            world.log.append("ended")

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    assert world.log == ["ended"]


def test_a_wait_that_is_over_gets_no_lock(world: World) -> None:
    """One that has ended, but whose thread has not run since, is passed over."""
    lock = stand_ins.Lock()
    lock.acquire()
    wait = world.scheduler.new_wait()
    wait.over = True
    lock._waiters.append(wait)
    lock.release()
    assert not lock.locked()
    lock._leave(wait)
    assert not lock.locked()


def test_waiters_that_gave_up_do_not_pile_up(world: World) -> None:
    """A thousand timed waits for a lock that is held leave nothing behind."""
    lock = stand_ins.Lock()
    with lock:
        for _ in range(1000):
            assert not lock.acquire(timeout=0.1)
        assert (len(lock._waiters), world.now) == (0, 100.0)


def test_dead_deadlines_do_not_pile_up(world: World) -> None:
    """Ten thousand timed waits that were woken leave next to nothing behind."""
    for _ in range(10_000):
        event = threading.Event()
        world.call(event.set)
        assert event.wait(60)
    assert len(world.scheduler._deadlines) < 200
    assert world.now == 0.0


@pytest.mark.usefixtures("world")
def test_negative_sleep_is_refused() -> None:
    """``time.sleep`` keeps its own rule."""
    with pytest.raises(ValueError, match=r"^sleep length must be non-negative$"):
        time.sleep(-1)


def test_other_threads_keep_real_waits(world: World) -> None:
    """A thread that was not started under the scheduler waits in real time."""
    started = threading.Event()
    ident: list[object] = []

    def outside() -> None:
        ident.append(world.scheduler.current())
        time.sleep(0.001)
        assert not stand_ins.Lock().locked()
        lock = stand_ins.Lock()
        assert lock.acquire()
        assert not lock.acquire(timeout=0.001)
        assert not lock.acquire(blocking=False)
        lock.release()
        thread = threading.Thread(target=started.set)
        thread.start()
        thread.join()
        ended.join()
        has_run = _thread.allocate_lock()
        has_run.acquire()
        _thread.start_new_thread(has_run.release, ())
        assert has_run.acquire(timeout=30)

    ended = threading.Thread(target=print, args=("",))
    ended.start()
    ended.join()
    before = world.now
    done = _thread.allocate_lock()
    done.acquire()

    def run() -> None:
        outside()
        done.release()

    start_outside(run)
    with world.unwatched():
        assert done.acquire(timeout=30)
    assert ident == [None]
    assert world.now == before
    assert not world.scheduler.throw(12345, KeyError)


def test_uninstall_puts_everything_back() -> None:
    """After a world nothing of it is left in the standard library."""
    names = [
        (time, "sleep"),
        (time, "monotonic"),
        (threading, "Lock"),
        (threading, "RLock"),
        (queue, "SimpleQueue"),
        (threading.Thread, "start"),
        (threading.Thread, "join"),
        (threading.Thread, "is_alive"),
        (select, "select"),
        (selectors.DefaultSelector, "select"),
        (selectors.PollSelector, "select"),
        (selectors.SelectSelector, "select"),
        (subprocess.Popen, "wait"),
    ]
    before = [getattr(owner, name) for owner, name in names]
    world = World()
    world.clock.install()
    assert [getattr(owner, name) for owner, name in names] != before
    world.clock.uninstall()
    assert [getattr(owner, name) for owner, name in names] == before
    assert abs(time.time() - real_time()) < 5
    assert time.time() > EPOCH + 86_400


def test_real_time_passes_where_it_is_asked_for() -> None:
    """With a real clock a sleep lasts as long as it says, and order is kept."""
    clocks = [getattr(time, name) for name in CLOCKS]
    with virtual_world(time.monotonic) as world:
        assert [getattr(time, name) for name in CLOCKS] == clocks
        start = time.monotonic()
        event = threading.Event()
        threading.Timer(0.02, event.set).start()
        assert event.wait(10)
        assert time.monotonic() - start >= 0.02
        time.sleep(0.01)
        assert world.now >= 0.03


def test_a_new_driver_gets_workers_of_its_own() -> None:
    """After a generation ends, its idle workers never act in the next one: they end."""
    before = _thread._count()
    world = World()
    world.clock.install()
    try:
        for generation in range(20):
            world.scheduler.adopt("driver")
            world.call(world.log.append, generation)
            world.settle()
            assert world.scheduler.release() == []
    finally:
        world.clock.uninstall()
    assert world.log == list(range(20))
    while _thread._count() > before:
        early_sleep(0.001)


def test_a_thread_may_outlive_its_driver() -> None:
    """One that ends under the next driver passes the turn on to those who wait."""
    world = World()
    world.clock.install()
    try:
        world.scheduler.adopt("first")
        event = threading.Event()
        thread = threading.Thread(target=event.wait)
        thread.start()
        time.sleep(1)
        world.scheduler.release()
        world.scheduler.adopt("second")
        event.set()
        thread.join()
        world.scheduler.release()
    finally:
        world.clock.uninstall()


def test_release_names_what_still_waits() -> None:
    """Threads that a boot leaves behind are reported by name; no others are."""
    world = World()
    world.clock.install()
    try:
        world.scheduler.adopt("driver")
        for name, seconds in (("short", 1), ("watcher", 10)):
            thread = threading.Thread(target=time.sleep, args=(seconds,), name=name)
            thread.daemon = True
            thread.start()
        time.sleep(5)
        _thread.start_new_thread(time.sleep, (10,))
        world.call(time.sleep, 10)
        time.sleep(1)
        names = sorted(world.scheduler.release())
        assert names == ["a raw thread", "watcher", "worker"]
    finally:
        world.clock.uninstall()


def test_a_scheduler_needs_no_clock() -> None:
    """Its own time passes, whether or not anybody shows it."""
    scheduler = Scheduler(lambda: False, lambda _: None)
    scheduler.adopt("driver")
    scheduler.sleep(5)
    assert scheduler.now == 5.0
    scheduler.release()


def test_listeners_run_in_threads_as_of_an_executor() -> None:
    """Code that asks for its thread finds an ordinary one, which is alive."""
    with virtual_world() as world:

        def look() -> None:
            thread = threading.current_thread()
            world.log.append((type(thread), thread.name[:18], thread.is_alive()))

        world.call(look)
        world.settle()
    assert world.log == [(threading.Thread, "ThreadPoolExecutor", True)]


def test_listeners_are_traced(world: World) -> None:
    """Coverage and debuggers see listeners as they see threads."""
    before = threading.gettrace(), threading.getprofile()
    threading.settrace(lambda *_: None)
    threading.setprofile(lambda *_: None)
    try:
        world.call(lambda: world.log.extend([sys.gettrace(), sys.getprofile()]))
        world.settle()
    finally:
        threading.settrace(before[0])  # type: ignore[arg-type]
        threading.setprofile(before[1])
    assert None not in world.log
    assert len(world.log) == 2


@pytest.mark.parametrize("is_left_out", [True, False])
def test_a_thread_that_is_left_out(*, is_left_out: bool) -> None:
    """It counts in the names of those that are started later."""
    with virtual_world() as world:

        def begin() -> None:
            if is_left_out:
                assert world.scheduler.leave_out_thread()
            else:
                threading.Thread(target=print, args=("",)).start()
            time.sleep(1)  # so that another thread makes the next call

        world.call(begin)
        world.call(lambda: world.log.append(threading.current_thread().name))
        world.settle()
        started = world.scheduler._started
    assert world.log == [f"ThreadPoolExecutor-0_{started}"]
    assert started == 3


def test_no_thread_is_left_out_before_another_goes_on() -> None:
    """Or where no scheduler runs: whoever is ready goes on while one is started."""
    with virtual_world() as world:

        def wake() -> None:
            woken.set()
            world.log.append(world.scheduler.leave_out_thread())

        woken = threading.Event()
        world.call(woken.wait)
        world.call(wake)
        world.settle()
    assert world.log == [False]
    assert not world.scheduler.leave_out_thread()


def test_raw_threads_run_in_virtual_time() -> None:
    """They take turns like others, and wrong arguments are CPython's errors."""
    with virtual_world() as world:

        def note(word: str, seconds: float) -> None:
            time.sleep(seconds)
            world.log.append((word, world.now))

        _thread.start_new_thread(note, ("raw",), {"seconds": 3600})
        with pytest.raises(TypeError, match="must be callable"):
            _thread.start_new_thread(1, ())  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="must be a tuple"):
            _thread.start_new_thread(note, ["raw", 1])  # type: ignore[arg-type]
        _thread.start_new_thread(sys.exit, ())
        _thread.start_new_thread(int, ("x",))
        time.sleep(7200)
        [error] = world.errors
        assert isinstance(error, ValueError)
        world.errors.clear()
    assert world.log == [("raw", 3600.0)]


def test_a_thread_works_for_the_session_of_who_starts_it(world: World) -> None:
    """That is the session of a message which the starter has, else the starter's."""

    def note() -> None:
        world.log.append(driver_of(world).session)

    def start_two() -> None:
        _thread.start_new_thread(note, ())
        threading.Thread(target=note).start()
        time.sleep(1)

    def start_for(message: Message) -> None:
        start_two()
        assert message

    driver_of(world).session = "kitchen"
    start_two()
    start_for(Message("any", {}, {"session": {"session_id": "bedroom"}}))
    assert world.log == ["kitchen", "kitchen", "bedroom", "bedroom"]


def test_each_call_has_a_thousand_looks(world: World) -> None:
    """Whatever its worker has done before."""

    def ask(times: int) -> None:
        for _ in range(times):
            world.scheduler.ask()
        world.log.append(times)

    for times in (500, 1000, 1001):
        world.call(ask, times)
    world.call(world.log.append, "next")
    time.sleep(1)
    assert world.log == [500, 1000, "next", 1001]


def test_others_can_go_on(world: World) -> None:
    """If a call waits, or a thread for a file, for this moment or for nothing."""
    scheduler = world.scheduler
    here, there = socket.socketpair()

    def patient() -> None:
        time.sleep(2)
        scheduler.give_way("session", "")

    with here, there:
        for function in (patient, lambda: select.select([here], [], [], 10)):
            threading.Thread(target=function).start()
            time.sleep(1)
            world.log.append(scheduler.can_others_go_on())
        scheduler.block(scheduler.new_wait(), 1)  # the other thread's turn is first
        there.send(b"x")
        time.sleep(1)
    world.log.append(scheduler.can_others_go_on())
    world.call(print, "")
    world.log.append(scheduler.can_others_go_on())
    scheduler.rest(world.now, lambda: True, is_empty=True)
    world.log.append(scheduler.can_others_go_on())
    assert world.log == [False, True, False, True, False]


def test_an_exception_for_another_thread_is_taken_over(world: World) -> None:
    """Then nobody else has to raise it there."""

    def wait() -> None:
        with contextlib.suppress(KeyError):
            time.sleep(10)

    thread = threading.Thread(target=wait)
    thread.start()
    assert thread.ident is not None
    assert world.scheduler.throw(thread.ident, KeyError) is True
    thread.join()
    assert world.scheduler.throw(thread.ident, KeyError) is False


def test_a_raw_thread_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is CPython's, and the world goes on."""

    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", fail)
    with virtual_world() as world:
        for start in (_thread.start_new_thread, _thread.start_new):
            with pytest.raises(RuntimeError, match="can't start new thread"):
                start(print, ())
        assert not driver_of(world).is_pinned
        time.sleep(1)
    assert world.now == 1.0


@pytest.mark.parametrize("is_worker", [True, False])
def test_a_child_of_a_worker_ends_as_one_of_an_executor(
    monkeypatch: pytest.MonkeyPatch,
    is_worker: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """It is no task any more, and Python will wait for its own thread."""
    queues: dict[object, object] = {}
    monkeypatch.setattr(concurrent.futures.thread, "_threads_queues", queues)
    scheduler = Scheduler(lambda: False, lambda _: None)
    scheduler.adopt("worker").is_worker = is_worker
    scheduler._turn.close()
    held = _thread.allocate_lock()
    held.acquire()
    start_outside(lambda: (scheduler.guard.acquire(), held.release()))
    held.acquire()
    scheduler.leave_to_child()
    assert scheduler.guard.acquire(blocking=False)
    assert [threading.current_thread()] * is_worker == [*queues]
    queues.clear()
    scheduler.leave_to_child()  # of a child of the child
    assert scheduler.current() is None
    assert queues == {}


def test_a_wait_that_ends_while_the_clock_moves(world: World) -> None:
    """Its deadline ends nothing more."""

    def sleep() -> None:
        time.sleep(10)
        world.log.append(world.now)

    thread = threading.Thread(target=sleep)
    thread.start()
    wait = world.scheduler.new_wait()
    world.scheduler.time.on_move = lambda _: world.scheduler.wake(wait)
    assert world.scheduler.block(wait, 5)
    thread.join()
    assert world.log == [10.0]


def test_a_thread_that_has_ended_is_joined_at_once(world: World) -> None:
    """Whoever joins it has not waited, and can lose the turn as before."""
    thread = threading.Thread(target=print, args=("",))
    thread.start()
    thread.join()
    thread.join(1000)
    task = world.scheduler.new_task("raw")
    start_outside(lambda: world.scheduler.live(task, lambda: None))
    time.sleep(1)
    assert world.scheduler.join(task, 1000) is True
    assert not driver_of(world).is_pinned
    assert world.now == 1.0


@pytest.fixture
def late() -> Iterator[Callable[[Callable[[object], object]], None]]:
    """Wake a thread only when the last means are tried, as one outside may do.

    The test says what that thread does then with the result of its wait.
    """
    waits: list[Wait] = []
    errors: list[BaseException] = []

    def pump() -> bool:
        while waits:
            scheduler.wake(waits.pop())
        return False

    scheduler = Scheduler(pump, errors.append)
    with virtual_world(scheduler=scheduler):

        def start(then: Callable[[object], object]) -> None:
            def wait() -> None:
                waits.append(scheduler.new_wait())
                then(scheduler.block(waits[0]))

            threading.Thread(target=wait).start()

        yield start
    assert errors == []


def test_nobody_is_stuck_while_another_can_go_on(
    late: Callable[[Callable[[object], object]], None],
) -> None:
    """A thread that is woken while the last means are tried may end all other waits."""
    is_over = threading.Event()
    late(lambda _: is_over.set())
    assert is_over.wait()


def test_who_wakes_is_not_who_is_stuck(
    late: Callable[[Callable[[object], object]], None],
) -> None:
    """A deadlock is the driver's, even if another is woken at the same moment."""
    log: list[object] = []
    late(log.append)
    with pytest.raises(DeadlockError):
        threading.Event().wait()
    time.sleep(1)
    assert log == [True]


@pytest.mark.parametrize("is_pinned", [True, False])
def test_after_a_thousand_looks_the_others_go_on(
    world: World,
    is_pinned: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Not before, and not while who looks is in the middle of something."""
    others: list[Wait] = []

    def other() -> None:
        others.append(world.scheduler.new_wait())
        world.scheduler.block(others[0])
        world.log.append("other")

    world.call(other)
    time.sleep(1)
    world.scheduler.wake(others[0])
    wait = world.scheduler.new_wait() if is_pinned else None
    for _ in range(1000):
        world.scheduler.ask()
    assert world.log == []
    world.scheduler.ask()
    assert world.log == ([] if is_pinned else ["other"])
    if is_pinned:
        world.scheduler.give_way("session", "")
        assert driver_of(world).is_pinned
    if wait:
        world.scheduler.wake(wait)
        world.scheduler.block(wait)


@pytest.mark.parametrize(
    ("looks", "ticks"),
    [
        *((0, 0), (998, 0), (999, 0), (1000, 1), (10_998, 1), (10_999, 2)),
        *((30_998, 4), (30_999, 8), (100_999, 1024), (200_000, 1024)),
    ],
)
def test_the_longer_one_asks_the_more_time_passes(
    world: World, looks: int, ticks: int
) -> None:
    """Each pause after a thousand looks is a tick, later two, then four."""
    driver_of(world).looks = looks
    time.sleep(0)
    assert world.scheduler.time.now == ticks * TICK
    assert driver_of(world).looks == looks + 1


def test_a_look_of_no_task_moves_nothing_on() -> None:
    """Only what code under test sees moves on with each look."""
    scheduler = Scheduler(lambda: False, lambda _: None)
    assert [scheduler.look(), scheduler.look()] == [0, 0]
    with virtual_world() as world:
        assert [world.scheduler.look(), world.scheduler.look()] == [1000, 2000]


def test_a_signal_handler_is_no_task(world: World) -> None:
    """It runs in a thread that waits for its turn, and may ask what it likes."""

    def handle(*_: object) -> None:
        world.log.append((world.scheduler.current(), world.scheduler.ask()))

    def interrupt() -> None:
        while not driver.is_parked:
            pass
        while not world.log:  # it may come a moment before the thread waits
            signal.pthread_kill(driver.ident, signal.SIGUSR1)

    driver = driver_of(world)
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        world.call(interrupt)
        world.settle()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert {(None, None)} == set(world.log)


def test_each_thread_gets_room_in_memory(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """The limit grows with each, in whatever way it starts; a worker is one as well."""
    limits: list[object] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 40, 1 << 50))
    monkeypatch.setattr(resource, "setrlimit", lambda *args: limits.append(args))
    for start in (
        threading.Thread(target=print, args=("",)).start,
        lambda: _thread.start_new_thread(print, ("",)),
        lambda: world.call(print, ""),
    ):
        before = len(limits)
        start()
        time.sleep(1)
        world.log.append(len(limits) - before)
    assert world.log == [2, 1, 0]  # the first worker makes the call as well
