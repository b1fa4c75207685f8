"""Run code under test one thread at a time, in an order that is always the same.

Threads stay real (``killable_event`` of ovos-workshop raises exceptions in them), but
only the one that holds the turn runs. It keeps the turn until it returns or waits: for
a lock, an event, a queue, another thread, or time. Then the next one goes on, in this
order:

1. a thread whose wait is over, first come first served;
2. the next call of a bus listener;
3. the next bus message, which leads to new calls;
4. threads that wait for a file (a socket, a pipe) which is ready;
5. the driver, if it waits for all this to come to rest and has something to do;
6. the thread with the nearest deadline: the clock jumps there, but first gives what
   happens outside, in another process, as much real time.

So nothing polls, and no time passes while anything can still happen. In a thread that
was not started under the scheduler, every stand-in does what the original does.

A waiting thread does no bookkeeping after it wakes: the thread that wakes it has done
it, so that an exception raised in it at that moment (``PyThreadState_SetAsyncExc``)
breaks nothing.
"""

from __future__ import annotations

import _thread
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import NoReturn

from ovos_dialogue_kit.assistant.virtual_time.deadlines import Deadlines
from ovos_dialogue_kit.assistant.virtual_time.files import File, Files
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call, Rest, Task, Wait
from ovos_dialogue_kit.replayer.bus import moment

__all__ = ["DeadlockError", "Scheduler"]

_FAREWELLS = 100


class DeadlockError(RuntimeError):
    """Every thread is waiting, and nothing can wake one."""


class Scheduler:
    """The threads of one assistant and their clock.

    Args:
        pump: turns the next bus message into ``calls``; returns False if there is none.
        on_error: called with every exception that leaves a call or a thread.
        real_clock: returns seconds of real time. If it is given, the scheduler waits
            for a deadline instead of jumping there.

    """

    def __init__(
        self,
        pump: Callable[[], bool],
        on_error: Callable[[BaseException], None],
        real_clock: Callable[[], float] | None = None,
    ) -> None:
        self._now = 0.0
        self._real_clock = real_clock
        self._real_start = real_clock() if real_clock else 0.0
        self._files = Files()
        self.calls: deque[Call] = deque()
        self.on_jump: Callable[[float], None] | None = None
        self._pump = pump
        self._on_error = on_error
        self._tasks: dict[int, Task] = {}
        self._ready: deque[Task] = deque()
        self._idle: list[Task] = []
        self._deadlines = Deadlines()
        self._driver: Task | None = None
        self._driver_wait: Wait | None = None
        self._rest: Rest | None = None
        self._stuck = False
        self._generation = 0
        self._closing = False
        self._leaving: tuple[Task, _thread.LockType] | None = None

    @property
    def now(self) -> float:
        """The time in seconds since the world began."""
        return self._real_clock() - self._real_start if self._real_clock else self._now

    # -- who is running -------------------------------------------------------------

    def current(self) -> Task | None:
        """Return the task of the calling thread, ``None`` if it has none."""
        return self._tasks.get(_thread.get_ident())

    def adopt(self, name: str) -> Task:
        """Make the calling thread the driver, which holds the turn from now on."""
        self._driver = self._tasks[_thread.get_ident()] = Task(name)
        return self._driver

    def release(self) -> list[str]:
        """Release the calling thread, the driver, and end its generation of workers.

        Returns the names of the tasks that still wait. They stay parked for ever, and
        so does a worker whose call has not returned.
        """
        del self._tasks[_thread.get_ident()]
        idle = set(map(id, self._idle))
        self._tasks = {
            ident: task for ident, task in self._tasks.items() if id(task) not in idle
        }
        self._generation += 1
        workers, self._idle = self._idle, []
        for worker in workers:
            worker.baton.release()
        return [task.name for task in self._tasks.values()]

    def close(self, patience: float = 1.0) -> list[str]:
        """End all tasks that still wait, after ``release``.

        One after another raises a ``SystemExit`` at the place where it waits. Returns
        the names of those that did not end within ``patience`` seconds of real time.
        """
        self._closing = True
        hook, threading.excepthook = threading.excepthook, lambda _: None
        try:
            tasks = dict.fromkeys((*self._tasks.values(), *self._ready))
            return [task.name for task in tasks if not self._dismiss(task, patience)]
        finally:
            threading.excepthook = hook
            self._files.close()

    def _dismiss(self, task: Task, patience: float) -> bool:
        """Make a task leave; return False if it did not within ``patience`` seconds."""
        left = _thread.allocate_lock()
        left.acquire()
        self._leaving = (task, left)
        task.baton.release()
        return left.acquire(timeout=patience)

    def _leave(self) -> NoReturn:
        """End the calling task; park it if it keeps on catching ``SystemExit``."""
        task = self._tasks[_thread.get_ident()]
        task.farewells += 1
        if task.farewells > _FAREWELLS:
            task.baton.acquire()
        raise SystemExit

    # -- starting and ending threads ------------------------------------------------

    def new_task(self, name: str) -> Task:
        """Return a task that is ready to run; its thread must call ``live``."""
        task = Task(name)
        self._ready.append(task)
        return task

    def live(self, task: Task, function: Callable[[], object]) -> None:
        """Wait for the turn, run ``function`` as ``task``, and pass the turn on."""
        generation = self._generation
        task.baton.acquire()
        self._tasks[_thread.get_ident()] = task
        try:
            if not self._closing:
                function()
        except SystemExit:
            pass
        except BaseException as error:  # noqa: BLE001  # foreign code, reported
            self._on_error(error)
        finally:
            self._end(task, generation)

    def _end(self, task: Task, generation: int) -> None:
        task.ended = True
        for wait in task.joiners:
            self.wake(wait)
        self._tasks.pop(_thread.get_ident(), None)
        if self._leaving and self._leaving[0] is task:
            self._leaving[1].release()
        elif self._generation == generation:
            self._next().baton.release()

    def join(self, task: Task, timeout: float | None) -> bool:
        """Wait until ``task`` has ended; return False after ``timeout`` seconds."""
        if task.ended:
            return True
        wait = self.new_wait()
        task.joiners.append(wait)
        return self.block(wait, timeout)

    # -- waiting --------------------------------------------------------------------

    def new_wait(self) -> Wait:
        """Return a wait for the calling task, to be woken by ``wake``."""
        return Wait(self._tasks[_thread.get_ident()])

    def block(self, wait: Wait, timeout: float | None = None) -> bool:
        """Give up the turn until ``wait`` is woken or ``timeout`` seconds have passed.

        Returns True if it was woken.

        Raises:
            DeadlockError: in the driver, if nothing can end its wait.

        """
        if self._closing:
            self._leave()
        if timeout is not None:
            self._deadlines.add(moment(self.now + max(timeout, 0.0)), wait)
        if wait.task is self._driver:
            self._driver_wait = wait
        self._next().baton.release()
        wait.task.baton.acquire()
        if self._closing:
            self._leave()
        if wait.task.thrown:
            thrown, wait.task.thrown = wait.task.thrown, None
            raise thrown
        if self._stuck and wait.task is self._driver:
            self._stuck = False
            raise DeadlockError(
                "deadlock: every thread is waiting and nothing can wake one"
            )
        return wait.woken

    def throw(self, ident: int, kind: type[BaseException]) -> bool:
        """Make the task of thread ``ident`` raise ``kind`` when it goes on.

        Returns False if that thread has no task, or is the calling one.
        ``PyThreadState_SetAsyncExc`` would raise it at the same place, because a task
        waits in C. But under a tracer, such as coverage or a debugger, Python 3.11
        would spin for ever meanwhile.
        """
        task = self._tasks.get(ident)
        if task is None or task is self.current():
            return False
        task.thrown = kind
        return True

    def wake(self, wait: Wait) -> bool:
        """End a wait; return False if it was over already."""
        if wait.over:
            return False
        wait.over = wait.woken = True
        self._ready.append(wait.task)
        if wait.timed:
            self._deadlines.forget_one()
        self._files.interrupt()
        return True

    def sleep(self, seconds: float) -> None:
        """Give up the turn until ``seconds`` of the clock have passed."""
        self.block(self.new_wait(), seconds)

    def wait_for_files(self, files: Sequence[File], timeout: float | None) -> bool:
        """Give up the turn until a file is ready; return False after ``timeout``."""
        wait = self.new_wait()
        self._files.add(wait, files)
        return self.block(wait, timeout)

    def rest(self, until: float, has_news: Callable[[], bool]) -> None:
        """Wait, as the driver, until everything is at rest and there is news.

        Returns at the first moment when nothing can happen without time passing and
        ``has_news()`` is true, at the latest when the clock reaches ``until``.
        """
        self._rest = Rest(moment(until), has_news)
        self.block(self.new_wait())
        self._rest = None

    # -- choosing who is next -------------------------------------------------------

    def _next(self) -> Task:
        """Return the task that runs after the caller, which gives up the turn."""
        if self._ready:
            return self._ready.popleft()
        if self._idle:
            return self._idle.pop()
        return self._new_worker()

    def _new_worker(self) -> Task:
        task = Task("worker")

        def work() -> None:
            sys.settrace(threading.gettrace())  # as threading.Thread does it:
            sys.setprofile(threading.getprofile())  # coverage, debuggers, profilers
            self._work(task)

        _thread.start_new_thread(self.live, (task, work))
        return task

    def _work(self, me: Task) -> None:
        """Make calls, deliver messages and move the clock, while holding the turn."""
        generation = self._generation
        while self._generation == generation:
            if self._ready:
                successor = self._ready.popleft()
                self._idle.append(me)
                successor.baton.release()
                me.baton.acquire()
            elif self.calls:
                self._make(self.calls.popleft())
            elif not (
                self._pump()
                or self._files.wake_ready(self.wake)
                or self._wake_driver()
                or self._jump()
            ):
                self._give_up()

    def _make(self, call: Call) -> None:
        try:
            call.function(*call.args, **call.kwargs)
        except BaseException as error:  # noqa: BLE001  # foreign code, reported
            self._on_error(error)

    def _wake_driver(self) -> bool:
        rest, wait = self._rest, self._driver_wait
        return bool(rest and wait and rest.has_news() and self.wake(wait))

    def _jump(self) -> bool:
        """Move the clock to the nearest deadline and end that wait.

        Returns False if there is no deadline and nothing outside to wait for.
        """
        nearest, rest = self._deadlines.nearest(), self._rest
        if rest and (nearest is None or rest.until < nearest):
            if not self._move_to(rest.until):
                return True
            return bool(self._driver_wait and self.wake(self._driver_wait))
        if nearest is None:
            return self._files.may_change() and self._sleep(None)
        if not self._move_to(nearest):
            return True
        wait = self._deadlines.pop()
        wait.over = True
        self._ready.append(wait.task)
        return True

    def _move_to(self, moment: float) -> bool:
        """Move the clock to ``moment``; return False if a task was woken before."""
        left = moment - self.now
        if self._real_clock:
            return left <= 0 or not self._sleep(left)
        if left > 0:
            if self._files.may_change() and self._sleep(left):
                return False
            self._now = moment
            if self.on_jump:
                self.on_jump(moment)
        return True

    def _sleep(self, seconds: float | None) -> bool:
        """Wait in real time; return True if a task is ready before it has passed."""
        return self._files.sleep(self.wake, seconds, lambda: bool(self._ready))

    def _give_up(self) -> None:
        """Wake the driver, whose wait can never end.

        Raises:
            DeadlockError: there is no driver.

        """
        self._stuck = True
        if not (self._driver_wait and self.wake(self._driver_wait)):
            raise DeadlockError("the driver is gone")
