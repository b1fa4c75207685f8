"""Run code under test one thread at a time, in an order that is always the same.

Threads stay real (``killable_event`` of ovos-workshop raises exceptions in them), but
only the one that holds the turn runs. It keeps the turn until it returns or waits: for
a lock, an event, a queue, another thread, or time. Then the next one goes on, in this
order:

1. a thread whose wait is over, first come first served;
2. the next call of a bus listener;
3. the next bus message, which leads to new calls;
4. threads that wait for a file (a socket, a pipe) which is ready;
5. threads that gave way between two of their steps; see ``Switcher``;
6. the driver, if it waits for all this to come to rest and has something to do;
7. the thread with the nearest deadline: the clock jumps there, but first gives what
   happens outside, in another process, as much real time.

So nothing polls, and no time passes while anything can still happen. In a thread that
was not started under the scheduler, every stand-in does what the original does; so it
does in a signal handler, which runs in a thread that waits for its turn.

Two kinds of threads would keep the turn for ever. One asks the same again and again (a
clock, a flag): after a thousand looks, each further one lets the others go on and moves
the clock a little. One waits where no stand-in reaches it, in C: a ``Watcher`` sees
that, and the others go on without it. It is loose then, and gets in line again when it
next needs the scheduler; meanwhile the clock follows real time.

A waiting thread does no bookkeeping after it wakes: the thread that wakes it has done
it, so that an exception raised in it at that moment (``PyThreadState_SetAsyncExc``)
breaks nothing. Whatever a thread without the turn may touch (a loose one, the watcher,
one that no scheduler runs) is touched under ``guard``.
"""

from __future__ import annotations

import _thread
import contextlib
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import NoReturn

from ovos_dialogue_kit.assistant.virtual_time.deadlines import Deadlines
from ovos_dialogue_kit.assistant.virtual_time.file_waits import File, Files
from ovos_dialogue_kit.assistant.virtual_time.held_turn import HeldTurn
from ovos_dialogue_kit.assistant.virtual_time.outside import Outside
from ovos_dialogue_kit.assistant.virtual_time.tasks import (
    Call,
    Rest,
    Task,
    Wait,
    be_last_of_pool,
    be_thread_of_pool,
)
from ovos_dialogue_kit.assistant.virtual_time.thread_memory import make_room_for_thread
from ovos_dialogue_kit.assistant.virtual_time.timeline import (
    SECOND,
    TICK,
    Timeline,
    in_ns,
)

__all__ = ["DeadlockError", "Scheduler"]

_FAREWELLS = 100

_PATIENCE = 1000
"""The number of looks after which a task that does not wait lets others go on."""

_start_new_thread = _thread.start_new_thread
_get_ident = _thread.get_ident


class DeadlockError(RuntimeError):
    """Every thread is waiting, and nothing can wake one."""


class Scheduler:
    """The threads of one assistant and their clock.

    Args:
        pump: turns the next bus message into ``calls``; returns False if there is none.
        on_error: called with every exception that leaves a call or a thread.
        real_clock: returns seconds of real time. If it is given, the scheduler waits
            for a deadline instead of jumping there.

    ``guard`` is held for a moment by whoever changes what others may change, too.
    """

    def __init__(
        self,
        pump: Callable[[], bool],
        on_error: Callable[[BaseException], None],
        real_clock: Callable[[], float] | None = None,
    ) -> None:
        self.time = Timeline(real_clock)
        self.files = Files()
        self.calls: deque[Call] = deque()
        self._pump = pump
        self._on_error = on_error
        self._tasks: dict[int, Task] = {}
        self._ready: deque[Task] = deque()
        self._giving_way: deque[tuple[Wait, str]] = deque()
        self._idle: list[Task] = []
        self._deadlines = Deadlines()
        self._driver_wait: Wait
        self._rest: Rest | None = None
        self._stuck = False
        self._started = 0
        self._generation = object()
        self._closing = False
        self._leaving: dict[Task, _thread.LockType] = {}
        self._turn = HeldTurn(self._next, self.time)
        self.guard = self._turn.guard
        self._outside = Outside(self.time, self.files, self._turn, self._sleep)

    @property
    def now(self) -> float:
        """The time of deadlines, in seconds since the world began."""
        return self.time.now / SECOND

    # -- who is running -------------------------------------------------------------

    def current(self) -> Task | None:
        """Return the task of the calling thread, ``None`` if it has none."""
        task = self._tasks.get(_get_ident())
        if task is None or task.is_parked:
            return None
        if task.is_loose:
            self._rejoin(task)
        return task

    def adopt(self, name: str) -> Task:
        """Make the calling thread the driver, which holds the turn from now on."""
        self._driver = task = Task(name)
        self._register(task)
        self._turn.open(task)
        return task

    def _register(self, task: Task) -> None:
        task.ident, task.thread = _thread.get_ident(), _thread.get_native_id()
        self._tasks[task.ident] = task

    def release(self) -> list[str]:
        """Release the calling thread, the driver, and end its generation of workers.

        Returns the names of the tasks that still wait. They stay parked for ever, and
        so does a worker whose call has not returned.
        """
        self._keep_turn()
        with self.guard:
            del self._tasks[_thread.get_ident()]
            idle = set(map(id, self._idle))
            self._tasks = {
                ident: task
                for ident, task in self._tasks.items()
                if id(task) not in idle
            }
            self._generation = object()
            self._turn.close()
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.baton.release()
        self.files.close()
        return [task.name for task in self._tasks.values()]

    def close(self, patience: float) -> list[str]:
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

    def _dismiss(self, task: Task, patience: float) -> bool:
        """Make a task leave; return False if it did not within ``patience`` seconds."""
        self._leaving[task] = left = _thread.allocate_lock()
        left.acquire()
        task.baton.release()
        return left.acquire(timeout=patience)

    def _leave(self) -> NoReturn:
        """End the calling task; park it if it keeps on catching ``SystemExit``."""
        task = self._tasks[_thread.get_ident()]
        task.farewells += 1
        if task.farewells > _FAREWELLS:
            task.baton.acquire()
        raise SystemExit

    def leave_to_child(self) -> None:
        """Forget all tasks, in a forked process: none but the calling thread is there.

        It is no task any more, so that it waits in real time.
        """
        task = self._tasks.get(_get_ident())
        if task and task.is_worker:
            be_last_of_pool()
        self._tasks.clear()
        self.guard = self._turn.guard = _thread.RLock()  # somebody may have held it

    # -- starting and ending threads ------------------------------------------------

    def new_task(self, name: str) -> Task:
        """Return a task that is ready to run; its thread must call ``live``.

        The caller keeps the turn until it waits for the thread to begin.
        """
        self._keep_turn()
        task = self._counted(Task(name))
        self._ready.append(task)
        return task

    def _counted(self, task: Task) -> Task:
        make_room_for_thread()
        self._started += 1
        return task

    def leave_out_thread(self) -> bool:
        """Count a thread that would end at once, in the place of starting it.

        Returns False if others would go on before its starter does.
        """
        with self.guard:
            is_left_out = self.current() is not None and not self._ready
            self._started += is_left_out
            return is_left_out

    def forget(self, task: Task) -> None:
        """Forget a new task, because its thread could not be started."""
        self._ready.remove(task)
        self._keep_turn().is_pinned = False

    def live(self, task: Task, function: Callable[[], object]) -> None:
        """Wait for the turn, run ``function`` as ``task``, and pass the turn on."""
        task.baton.acquire()
        self._register(task)
        try:
            if not self._closing:
                function()
        except SystemExit:
            pass
        except BaseException as error:  # noqa: BLE001  # foreign code, reported
            self._on_error(error)
        finally:
            self._end(task)

    def _end(self, task: Task) -> None:
        """Pass the turn on, unless it is a worker that ``release`` has ended."""
        with self.guard:
            is_next = task.is_loose or self._turn.holder is task
        if is_next:
            with contextlib.suppress(SystemExit):  # its world closes meanwhile
                self._keep_turn()
        task.ended = True
        for wait in task.joiners:
            self.wake(wait)
        with self.guard:
            self._tasks.pop(task.ident, None)
            if task in self._leaving:
                self._leaving[task].release()
            elif is_next:
                self._turn.give(self._next())

    def join(self, task: Task, timeout: float | None) -> bool:
        """Wait until ``task`` has ended; return False after ``timeout`` seconds."""
        wait = self.new_wait()
        if task.ended:
            self.drop(wait)
            return True
        task.joiners.append(wait)
        return self.block(wait, timeout)

    def knows(self, ident: int | None) -> bool:
        """Return True if it runs the thread with this id."""
        return ident in self._tasks

    # -- waiting --------------------------------------------------------------------

    def new_wait(self) -> Wait:
        """Return a wait for the calling task, to be woken by ``wake``.

        The task keeps the turn from here on, until it calls ``block``.
        """
        return Wait(self._keep_turn())

    def drop(self, wait: Wait) -> None:
        """Do without a new wait."""
        wait.task.is_pinned = False

    def block(
        self, wait: Wait, timeout: float | None = None, *, is_outside: bool = False
    ) -> bool:
        """Give up the turn until ``wait`` is woken or ``timeout`` seconds have passed.

        A wait of no time that is repeated lets some pass: see ``pause``. ``is_outside``
        says that a thread which no scheduler runs is to wake it. Returns True if it was
        woken.

        Raises:
            DeadlockError: in the driver, if nothing can end its wait.

        """
        if self._closing:
            self._leave()
        task = wait.task
        if is_outside or (task.polls and self.files.has_children()):
            self.files.watch(wait)
            self.time.follow(self._turn.began)
        task.polls = False
        if timeout is not None and timeout <= 0:
            task.looks += 1
            timeout = _ticks(task.looks) * TICK / SECOND
        else:
            task.looks = 0
        try:
            with self.guard:
                successor = self._next()
                if timeout is not None:
                    self._deadlines.add(self.time.deadline(timeout), wait)
                if task is self._driver:
                    self._driver_wait = wait
                task.is_parked = True
                self._turn.give(successor)
            task.baton.acquire()
        finally:  # a signal handler may raise
            task.is_parked = False
        task.is_pinned = False
        if self._closing:
            self._leave()
        if task.thrown:
            thrown, task.thrown = task.thrown, None
            raise thrown
        if self._stuck:
            self._stuck = False
            raise DeadlockError(
                "deadlock: every thread is waiting and nothing can wake one"
            )
        return wait.woken

    def throw(self, ident: int, kind: type[BaseException]) -> bool:
        """Make the task of thread ``ident`` raise ``kind`` when it goes on.

        Returns False if that thread has no task, is loose, or is the calling one.
        ``PyThreadState_SetAsyncExc`` would raise it at the same place, because a task
        waits in C. But under a tracer, such as coverage or a debugger, Python 3.11
        would spin for ever meanwhile.
        """
        task = self._tasks.get(ident)
        if task is None or task is self.current() or task.is_loose:
            return False
        task.thrown = kind
        return True

    def wake(self, wait: Wait) -> bool:
        """End a wait; return False if it was over already. Any thread may call it."""
        with self.guard:
            if wait.over:
                return False
            wait.over = wait.woken = True
            self._ready.append(wait.task)
            if wait.timed:
                self._deadlines.forget_one()
        self.files.interrupt()
        return True

    def sleep(self, seconds: float) -> None:
        """Give up the turn until ``seconds`` of the clock have passed."""
        self.block(self.new_wait(), seconds)

    def look(self) -> int:
        """Return the time that the calling thread sees, in ns since the world began."""
        return self.time.look() if self.ask() else self.time.now

    def ask(self) -> Task | None:
        """Count a question that code may ask again and again until something happens.

        After a thousand of them, the others go on first. Returns the calling task.
        """
        task = self._tasks.get(_get_ident())
        if task is None or task.is_parked:
            return None
        task.looks += 1
        if task.is_loose:
            self._rejoin(task)
        elif task.looks > _PATIENCE and not task.is_pinned:
            self.pause()
        return task

    def poll(self) -> None:
        """Count a question about something that another process may change.

        If there is one by then, the next wait gives it real time to do so.
        """
        task = self.ask()
        if task:
            task.polls = True

    def pause(self) -> None:
        """Let the others go on, and time pass for one who does so again and again."""
        self.block(self.new_wait(), 0)

    def give_way(self, session: str, payload: str | None) -> None:
        """Let all others go on that can without time passing, if it has the turn.

        Args:
            session: the calling thread works for it, so it goes on before the next
                message of that session is delivered.
            payload: the next message, if there is one. If nobody can do anything before
                that, and it is of the session, the thread goes on at once.

        """
        task = self.current()
        if task is None or task.is_pinned:
            return
        is_idle = not (self._ready or self.calls)
        if is_idle and payload and session in payload and not self._patient_of(payload):
            return
        wait = self.new_wait()
        self._giving_way.append((wait, session))
        if is_idle and payload is None and not (self._pump() or self._wake_ready()):
            self._wake_patient()  # here, so that no third thread has to do it
        self.block(wait)

    def can_others_go_on(self) -> bool:
        """Return True if others may go on before one that gives way."""
        with self.guard:
            nearest = self._deadlines.nearest()
        return bool(
            self._ready
            or self.calls
            or self._giving_way
            or self.files.has_waits()
            or (nearest is not None and nearest <= self.time.now)
        )

    def recall(self, payload: str) -> bool:
        """Let a thread go on that has given way and works for a message's session.

        Returns False if there is none.
        """
        patient = self._patient_of(payload)
        if patient is None:
            return False
        self._giving_way.remove(patient)
        return self.wake(patient[0])

    def _patient_of(self, payload: str) -> tuple[Wait, str] | None:
        """Return the first that has given way and works for a message's session."""
        return next((each for each in self._giving_way if each[1] in payload), None)

    def wait_for_files(
        self, files: Sequence[File], timeout: float | None, *, is_outside: bool = False
    ) -> bool:
        """Give up the turn until a file is ready; return False after ``timeout``.

        ``is_outside`` says that only another process can make it ready.
        """
        wait = self.new_wait()
        self.files.add(wait, files, is_outside=is_outside)
        if self.files.may_change():
            self.time.follow(self._turn.began)
        return self.block(wait, timeout)

    def rest(
        self, until: float, has_news: Callable[[], bool], *, is_empty: bool = False
    ) -> None:
        """Wait, as the driver, until everything is at rest and there is news.

        Returns at the first moment when nothing can happen without time passing and
        ``has_news()`` is true, at the latest when the clock reaches ``until``.
        ``is_empty`` says that no message is on its way.
        """
        moment = in_ns(until)
        if is_empty and moment <= self.time.now and self._is_at_rest():
            return
        wait = self.new_wait()
        self._rest = Rest(moment, has_news)
        self.block(wait)
        self._rest = None

    def _is_at_rest(self) -> bool:
        """Return True if nothing happens before a deadline, unless a message comes."""
        return not (self.can_others_go_on() or self._pump())

    # -- the turn -------------------------------------------------------------------

    def _keep_turn(self) -> Task:
        """Return the calling task, which keeps the turn until it gives it away."""
        task = self._tasks[_thread.get_ident()]
        while not self._turn.pin(task):
            self._rejoin(task)
        return task

    def _rejoin(self, task: Task) -> None:
        """Wait for the turn, as a task that had gone on without it."""
        with self.guard:
            self._turn.catch(task)
            self._ready.append(task)
            self._outside.note()
        self.files.interrupt()
        task.baton.acquire()
        if self._closing:
            self._leave()

    # -- choosing who is next -------------------------------------------------------

    def _next(self) -> Task:
        """Return the task that runs after the caller, which gives up the turn."""
        if self._ready:
            return self._ready.popleft()
        if self._idle:
            return self._idle.pop()
        return self._new_worker()

    def _new_worker(self) -> Task:
        task = self._counted(Task("worker"))
        task.is_worker = True

        def work() -> None:
            sys.settrace(threading.gettrace())  # as threading.Thread does it:
            sys.setprofile(threading.getprofile())  # coverage, debuggers, profilers
            be_thread_of_pool(self._started)
            self._work(task)

        _start_new_thread(self.live, (task, work))
        return task

    def _work(self, me: Task) -> None:
        """Make calls, deliver messages and move the clock, while holding the turn."""
        generation = self._generation
        self._keep_turn()
        while self._generation is generation:
            if self._ready:
                with self.guard:
                    self._idle.append(me)
                    self._turn.give(self._ready.popleft())
                me.baton.acquire()
            elif self.calls:
                self._make(self.calls.popleft(), me)
            elif not (
                self._pump()
                or self._wake_ready()
                or self._wake_patient()
                or self._wake_driver()
                or self._jump()
            ):
                self._give_up()

    def _make(self, call: Call, me: Task) -> None:
        self._turn.begin_again()
        me.looks = 0
        me.is_pinned = False
        try:
            call.function(*call.args, **call.kwargs)
        except BaseException as error:  # noqa: BLE001  # foreign code, reported
            self._on_error(error)
        self._keep_turn()

    def _wake_ready(self) -> bool:
        """Wake the tasks whose files are ready; return False if there are none."""
        is_awake = self.files.wake_ready(self.wake)
        if is_awake:
            with self.guard:
                self._outside.note()
        return is_awake

    def _wake_patient(self) -> bool:
        """Wake the first thread that has given way; return False if there is none.

        Those whose deadline is now go on before it.
        """
        if not self._giving_way:
            return False
        with self.guard:
            nearest = self._deadlines.nearest()
        if nearest is not None and nearest <= self.time.now:
            return self._jump()
        wait, _ = self._giving_way.popleft()
        return self.wake(wait)

    def _wake_driver(self) -> bool:
        rest = self._rest
        if rest is None or any(task.is_worker for task in self._turn.loose):
            return False
        return rest.has_news() and self.wake(self._driver_wait)

    # -- moving the clock -----------------------------------------------------------

    def _jump(self) -> bool:
        """Move the clock to the nearest deadline and end that wait.

        Returns False if there is no deadline and nothing outside to wait for.
        """
        with self.guard:
            nearest = self._deadlines.nearest()
        rest = self._rest
        if rest and (nearest is None or rest.until < nearest):
            return not self._outside.reach(rest.until) or self.wake(self._driver_wait)
        if nearest is None:
            return self._outside.wait()
        if self._outside.reach(nearest):
            with self.guard:
                if self._deadlines.nearest() == nearest:
                    wait = self._deadlines.pop()
                    wait.over = True
                    self._ready.append(wait.task)
        return True

    def _sleep(self, ns: int | None) -> bool:
        """Wait in real time; return True if a task is ready before it has passed."""
        return self.files.sleep(self.wake, ns, lambda: bool(self._ready))

    def _give_up(self) -> None:
        """Wake the driver, whose wait can never end, if nobody was woken meanwhile."""
        with self.guard:
            if not self._ready:  # else the last thread outside has just come back
                self._stuck = self.wake(self._driver_wait)


def _ticks(looks: int) -> int:
    """Return how long one waits who has looked so often and wants to wait no time."""
    impatience = looks - _PATIENCE
    return 1 << min(impatience // 10_000, 10) if impatience > 0 else 0
