"""Functions that use the standard library as skills do, each with its result.

The names say what is used. A result is plain data: answers, and the order of events. It
must be the same in real and in virtual time, so durations in it are rounded, and far
enough apart for a busy machine.
"""

from __future__ import annotations

import asyncio
import concurrent.futures as cf
import contextlib
import copy
import datetime as dt
import functools
import http.server
import multiprocessing
import os
import queue
import random
import sched
import select
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

UNIT = 0.1
"""Seconds between two events whose order is compared."""


def run(*functions: Callable[[], object]) -> None:
    """Run functions in threads, and wait for their end."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def raised(function: Callable[[], object]) -> str:
    """Return the name and the text of what a function raises."""
    try:
        return repr(function())
    except Exception as error:  # noqa: BLE001  # any, to compare it
        return f"{type(error).__name__}: {error}"


# -- threading -----------------------------------------------------------------------


def lock_arguments() -> object:
    lock = threading.Lock()
    lock.acquire()
    return [
        raised(lambda: lock.acquire(False, 5)),
        raised(lambda: lock.acquire(True, -5)),
        raised(lambda: lock.acquire(timeout=1e30)),
        raised(lambda: copy.copy(lock)),
        lock.acquire(False),
        lock.acquire(timeout=UNIT),
        raised(lambda: [lock.release(), lock.release()]),
        lock.locked(),
    ]


def lock_is_passed_on() -> object:
    lock, log = threading.Lock(), []

    def take(name: str, wait: float) -> Callable[[], None]:
        def function() -> None:
            time.sleep(wait)
            with lock:
                log.append(name)
                time.sleep(UNIT * 3)

        return function

    run(take("a", 0), take("b", UNIT), take("c", UNIT * 2))
    return log


def reentrant_lock() -> object:
    lock, log = threading.RLock(), []
    with lock, lock:
        thread = threading.Thread(target=lambda: log.append(lock.acquire(timeout=UNIT)))
        thread.start()
        thread.join()
    return log, lock.acquire(False), raised(lambda: threading.RLock().release())


def condition_wait_for() -> object:
    condition, numbers = threading.Condition(), []

    def produce() -> None:
        for number in range(3):
            time.sleep(UNIT)
            with condition:
                numbers.append(number)
                condition.notify_all()

    thread = threading.Thread(target=produce)
    thread.start()
    with condition:
        come = condition.wait_for(lambda: len(numbers) == 3, timeout=100)
        late = condition.wait_for(lambda: len(numbers) == 4, timeout=UNIT / 3)
    thread.join()
    return come, late, raised(condition.notify)


def semaphores() -> object:
    semaphore = threading.BoundedSemaphore(2)
    taken = [semaphore.acquire(timeout=UNIT / 3) for _ in range(3)]
    threading.Timer(UNIT, semaphore.release).start()
    taken.append(semaphore.acquire(timeout=100))
    semaphore.release(2)
    return taken, raised(semaphore.release)


def barriers() -> object:
    barrier, log = threading.Barrier(3), []
    run(*[lambda: log.append(barrier.wait(100))] * 3)
    broken = raised(lambda: threading.Barrier(2).wait(UNIT))
    return sorted(log), broken, barrier.broken


def events_and_timers() -> object:
    event, log = threading.Event(), []
    timer = threading.Timer(UNIT * 2, event.set)
    never = threading.Timer(UNIT, log.append, ["never"])
    timer.start()
    never.start()
    never.cancel()
    return event.wait(UNIT / 2), event.wait(100), event.is_set(), log


def threads_themselves() -> object:
    thread = threading.Thread(target=time.sleep, args=(UNIT * 3,), name="mine")
    before = raised(thread.join), thread.is_alive(), thread.daemon
    thread.start()
    thread.join(UNIT / 2)
    during = thread.is_alive(), raised(thread.start), thread.daemon
    thread.join()
    return before, during, thread.is_alive(), raised(thread.start), thread.name


def exit_in_a_thread() -> object:
    log, hook = [], threading.excepthook
    threading.excepthook = lambda args: log.append(args.exc_type.__name__)
    try:
        run(sys.exit, lambda: 1 / 0)
    finally:
        threading.excepthook = hook
    return log


def local_data() -> object:
    data, log = threading.local(), []
    data.value = "main"

    def look() -> None:
        log.append(hasattr(data, "value"))
        data.value = "other"

    run(look)
    return log, data.value


def many_threads() -> object:
    log: list[int] = []
    run(
        *[
            functools.partial(lambda n: (time.sleep(UNIT), log.append(n)), n)
            for n in range(300)
        ]
    )
    return len(log)


def waiting_until_a_moment() -> object:
    end, event, looks = time.monotonic() + 1 / 3, threading.Event(), 0
    while (left := end - time.monotonic()) > 0:
        event.wait(left)
        looks += 1
    while time.monotonic() <= end:
        event.wait(max(0, end - time.monotonic()))
    return looks <= 3


# -- queue ---------------------------------------------------------------------------


def queues_time_out() -> object:
    kinds = (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue)
    empty = [raised(lambda: kind().get(timeout=UNIT)) for kind in kinds]  # noqa: B023
    full: queue.Queue[int] = queue.Queue(1)
    full.put(1)
    return (
        empty,
        raised(lambda: full.put(2, timeout=UNIT / 3)),
        raised(lambda: full.get(timeout=-1)),
    )


def consumer_with_a_timeout() -> object:
    items: queue.Queue[str | None] = queue.Queue()
    log: list[str] = []

    def consume() -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                item = items.get(timeout=UNIT / 3)
                items.task_done()
                if item is None:
                    return
                log.append(item)

    thread = threading.Thread(target=consume)
    thread.start()
    time.sleep(UNIT)
    for item in ("a", "b", None):
        items.put(item)
        time.sleep(UNIT)
    items.join()
    thread.join()
    return log


# -- concurrent.futures --------------------------------------------------------------


def executors() -> object:
    with cf.ThreadPoolExecutor(3) as pool:
        futures = {pool.submit(time.sleep, UNIT * n): n for n in (3, 1, 2)}
        order = [futures[future] for future in cf.as_completed(futures, timeout=100)]
        failed = pool.submit(lambda: 1 / 0)
        error = type(failed.exception()).__name__
        slow = pool.submit(time.sleep, UNIT * 5)
        late = [
            raised(lambda: slow.result(timeout=UNIT)),
            raised(lambda: list(cf.as_completed([slow], timeout=UNIT))),
            raised(lambda: list(pool.map(time.sleep, [UNIT * 4], timeout=UNIT))),
        ]
        done, rest = cf.wait([slow], timeout=UNIT / 3)
    return order, error, late, len(done), len(rest)


def spinning_on_a_future() -> object:
    with cf.ThreadPoolExecutor() as pool:
        future = pool.submit(lambda: (time.sleep(UNIT), 7)[1])
        while not future.done():
            pass
        return future.result()


# -- asyncio -------------------------------------------------------------------------


def coroutines() -> object:
    async def main() -> object:
        log: list[str] = []

        async def count(name: str, step: float) -> None:
            for _ in range(2):
                await asyncio.sleep(step)
                log.append(name)

        await asyncio.gather(count("a", UNIT), count("b", UNIT * 1.5))
        try:
            await asyncio.wait_for(asyncio.Event().wait(), UNIT / 3)
        except asyncio.TimeoutError:
            log.append("late")
        log.append(await asyncio.to_thread(lambda: (time.sleep(UNIT), "thread")[1]))
        return log

    return asyncio.run(main())


def coroutines_that_spin() -> object:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        end = loop.time() + UNIT
        while loop.time() < end:
            await asyncio.sleep(0)
        return "over"

    return asyncio.run(main())


def a_loop_in_a_thread() -> object:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    slept = asyncio.run_coroutine_threadsafe(asyncio.sleep(UNIT, "slept"), loop)
    result = slept.result(100)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    return result


def processes_of_asyncio() -> object:
    async def main() -> object:
        cat = await asyncio.create_subprocess_exec(
            "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        said, _ = await cat.communicate(b"hello")
        slow = await asyncio.create_subprocess_exec("sleep", "60")
        try:
            await asyncio.wait_for(slow.wait(), UNIT)
        except asyncio.TimeoutError:
            slow.kill()
        return said, cat.returncode, await slow.wait()

    return asyncio.run(main())


# -- subprocess and signals ----------------------------------------------------------


def processes_that_take_too_long() -> object:
    sleep = ["sleep", "60"]
    process = subprocess.Popen(sleep, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    outcomes = [
        type_of(lambda: subprocess.run(sleep, timeout=UNIT, check=True)),
        type_of(
            lambda: subprocess.run(sleep, timeout=UNIT, check=True, capture_output=True)
        ),
        type_of(lambda: process.communicate(timeout=UNIT)),
        type_of(lambda: process.wait(UNIT)),
    ]
    process.kill()
    process.communicate()
    return outcomes, process.returncode


def type_of(function: Callable[[], object]) -> str:
    """Return the name of what a function raises."""
    return raised(function).partition(":")[0]


def time_of_a_process() -> object:
    log: list[str] = []
    threading.Timer(UNIT, log.append, ["timer"]).start()
    start = time.monotonic()
    subprocess.check_output(["sleep", str(UNIT * 4)])
    log.append("process")
    return log, time.monotonic() - start >= UNIT * 4


def time_of_a_shell_command() -> object:
    start = time.time()
    status = os.system(f"sleep {UNIT * 4}")
    return status, time.time() - start >= UNIT * 4


def polling_for_a_process() -> object:
    process = subprocess.Popen(["sleep", str(UNIT * 3)])
    for _ in range(1000):
        if process.poll() is not None:
            return process.returncode
        time.sleep(UNIT)
    return "gave up"


def polling_for_a_file() -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made")
        process = subprocess.Popen(["sh", "-c", f"sleep {UNIT * 3}; touch {path}"])
        for _ in range(1000):
            if path.exists():
                return process.wait()
            time.sleep(UNIT)
    return "gave up"


def reader_of_a_process() -> object:
    process = subprocess.Popen(
        ["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    lines: queue.Queue[str] = queue.Queue()
    output = process.stdout

    def read() -> None:
        for line in output:
            lines.put(line)

    thread = threading.Thread(target=read)
    thread.start()
    process.stdin.write("hello\n")
    process.stdin.flush()
    line = lines.get(timeout=100)
    process.stdin.close()
    thread.join()
    output.close()
    return line, process.wait()


def a_forked_process() -> object:
    process = multiprocessing.get_context("fork").Process(
        target=time.sleep, args=(UNIT,)
    )
    process.start()
    process.join(100)
    return process.exitcode


def a_spawned_process() -> object:
    process = multiprocessing.get_context("spawn").Process(
        target=time.sleep, args=(UNIT,)
    )
    process.start()
    process.join(100)
    return process.exitcode


def a_signal_ends_a_process() -> object:
    process = subprocess.Popen(["sleep", "60"])
    threading.Timer(UNIT, process.send_signal, [signal.SIGTERM]).start()
    return process.wait(100)


def a_signal_handler_that_waits() -> object:
    log, event = [], threading.Event()

    def handle(*_: object) -> None:
        time.sleep(UNIT / 3)
        event.set()
        log.append("handled")

    before = signal.signal(signal.SIGUSR1, handle)
    threading.Timer(UNIT, os.kill, [os.getpid(), signal.SIGUSR1]).start()
    threading.Timer(UNIT * 3, log.append, ["timer"]).start()
    time.sleep(UNIT * 5)
    signal.signal(signal.SIGUSR1, before)
    return sorted(log), event.is_set()


# -- files, sockets and locks of C ---------------------------------------------------


def selecting() -> object:
    here, there = socket.socketpair()
    reader, writer = os.pipe()
    with here, there, selectors.DefaultSelector() as selector:
        selector.register(here, selectors.EVENT_READ)
        nothing = selector.select(UNIT), selector.select(0)
        threading.Timer(UNIT, there.send, [b"x"]).start()
        something = len(selector.select(100))
        threading.Timer(UNIT, os.write, [writer, b"x"]).start()
        ready = select.select([reader], [], [], 100)[0] == [reader]
    os.close(reader)
    os.close(writer)
    return nothing, something, ready


def polling_in_c() -> object:
    reader, writer = os.pipe()
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    start = time.monotonic()
    found = poll.poll(UNIT * 4 * 1000)
    took = time.monotonic() - start
    threading.Timer(UNIT, os.write, [writer, b"x"]).start()
    events = poll.poll()
    os.close(reader)
    os.close(writer)
    return found, took >= UNIT * 4, [event for _, event in events]


def sockets_with_a_timeout() -> object:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(UNIT * 4)
        start = time.monotonic()
        late = type_of(lambda: here.recv(1))
        took = time.monotonic() - start
        here.settimeout(100)  # of real time, which a busy machine may need
        threading.Timer(UNIT, there.send, [b"x"]).start()
        return late, took >= UNIT * 4, here.recv(1)


def an_own_server() -> object:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hi")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with urllib.request.urlopen(url, timeout=100) as answer:
        said = answer.read()
    server.shutdown()
    thread.join()
    server.server_close()
    return said


def file_locks() -> object:
    import fcntl

    log: list[str] = []
    with tempfile.NamedTemporaryFile() as file:

        def hold() -> None:
            with Path(file.name).open() as own:
                fcntl.flock(own, fcntl.LOCK_EX)
                log.append("in")
                time.sleep(UNIT)
                log.append("out")

        run(hold, hold)
    return log


def locks_of_multiprocessing() -> object:
    lock, log = multiprocessing.Lock(), []

    def hold() -> None:
        with lock:
            log.append("in")
            time.sleep(UNIT)
            log.append("out")

    run(hold, hold)
    return log


def a_folder_that_is_watched() -> object:
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    news: queue.Queue[str] = queue.Queue()

    class Handler(FileSystemEventHandler):
        def on_created(self, event: FileSystemEvent) -> None:
            news.put(Path(event.src_path).name)

    observer = Observer()
    with tempfile.TemporaryDirectory() as folder:
        observer.schedule(Handler(), folder)
        observer.start()
        found = []
        for name in ("a", "b"):
            time.sleep(UNIT)
            Path(folder, name).touch()
            found.append(news.get(timeout=100))
        observer.stop()
        observer.join()
    return found


def a_database_that_is_locked() -> object:
    log: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "notes.db")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("create table notes (word)")

        def write() -> None:
            with contextlib.closing(sqlite3.connect(path, timeout=100)) as database:
                database.execute("begin immediate")
                database.execute("insert into notes values (1)")
                time.sleep(UNIT)
                database.commit()
                log.append("written")

        run(write, write)
    return log


class Lazy:
    """A class with a property that takes its time."""

    @functools.cached_property
    def model(self) -> str:
        time.sleep(UNIT)
        return "model"


def cached_properties() -> object:
    lazy, log = Lazy(), []
    run(*[lambda: log.append(lazy.model)] * 2)
    return log


def a_module_that_waits() -> object:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "waiting_module.py").write_text(f"import time; time.sleep({UNIT})")
        sys.path.insert(0, folder)
        try:
            log: list[str] = []

            def load() -> None:
                import waiting_module

                log.append(waiting_module.__name__)

            run(load, load)
            return log
        finally:
            sys.path.remove(folder)
            sys.modules.pop("waiting_module", None)


def queues_of_multiprocessing() -> object:
    items: multiprocessing.Queue[str] = multiprocessing.Queue()
    items.put("x")
    got = items.get(timeout=100)
    items.close()
    items.join_thread()
    return got


# -- time ----------------------------------------------------------------------------


def sleeping() -> object:
    starts = [time.time(), time.monotonic(), time.perf_counter()]
    time.sleep(UNIT / 3)
    ends = [time.time(), time.monotonic(), time.perf_counter()]
    return (
        all(
            UNIT / 3 <= end - start
            for start, end in zip(starts[1:], ends[1:], strict=True)
        ),
        type_of(lambda: time.sleep(-1)),
        type_of(lambda: time.sleep("1")),
        type_of(lambda: time.sleep(float("nan"))),
        type_of(lambda: time.sleep(float("inf"))),
    )


def other_clocks() -> object:
    steady = (time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC_RAW, time.CLOCK_BOOTTIME)

    def look() -> list[float]:
        others = [time.clock_gettime(kind) for kind in (*steady, time.CLOCK_REALTIME)]
        in_ns = [time.clock_gettime_ns(kind) / 1e9 for kind in steady]
        return [*others, *in_ns, os.times().elapsed]

    before = look()
    time.sleep(UNIT * 3)
    after = look()
    return [late - early >= UNIT * 2 for early, late in zip(before, after, strict=True)]


def busy_waits() -> object:
    end = time.time() + UNIT
    while time.time() < end:
        pass
    end = time.monotonic() + UNIT
    while time.monotonic() < end:
        time.sleep(0)
    return "over"


def measuring() -> object:
    start = time.perf_counter()
    took = time.perf_counter() - start
    stamps = {time.time_ns() for _ in range(3)}
    dates = {dt.datetime.now(tz=dt.timezone.utc) for _ in range(1)}
    return took > 0, len(stamps), len(dates)


def things_that_are_dropped() -> object:
    sys._getframe().f_trace = None  # coverage's would keep them
    log: list[object] = []

    class Thing:
        def __del__(self) -> None:
            log.append("gone")

    thing, other = Thing(), Thing()
    weakref.finalize(other, log.append, "finalized")
    log.append(random.randint(1, 1))  # noqa: S311  # not secret
    run(lambda: log.append("thread"))
    del thing
    log.append("deleted")
    with cf.ThreadPoolExecutor(1) as pool:
        pool.submit(id, other).result()
        del other
        log.append("deleted")
    return log


def schedulers() -> object:
    events, log = sched.scheduler(time.monotonic, time.sleep), []
    for number in (3, 1, 2):
        events.enter(UNIT * number, 1, log.append, [number])
    events.run()
    return log


def usages() -> Iterable[Callable[[], object]]:
    """Return the functions above that take no arguments and are no helpers."""
    helpers = {"run", "raised", "type_of", "usages"}
    for name, value in list(globals().items()):
        is_own = getattr(value, "__module__", "") == __name__
        if is_own and name not in helpers and not isinstance(value, type):
            yield value
