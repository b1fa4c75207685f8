"""A world of virtual time in the test's own process."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.assistant.virtual_time.stand_ins import Clock
from ovos_dialogue_kit.assistant.virtual_time.tasks import Call

_START = (_thread.start_new_thread,)  # a name of its own would become virtual


class World:
    """A scheduler with its clock installed; the test's thread is the driver."""

    def __init__(
        self,
        real_clock: Callable[[], float] | None = None,
        scheduler: Scheduler | None = None,
    ) -> None:
        self.errors: list[BaseException] = []
        self.log: list[object] = []
        self.scheduler = scheduler or Scheduler(
            lambda: False, self.errors.append, real_clock
        )
        self.clock = Clock(self.scheduler, (), is_real=real_clock is not None)

    @property
    def now(self) -> float:
        return self.scheduler.now

    def call(self, function: Callable[..., object], *args: object) -> None:
        self.scheduler.calls.append(Call(function, args, {}))

    def settle(self) -> None:
        self.scheduler.rest(self.now + 1000, lambda: True)

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Let the driver wait in C, however long that takes on a busy machine."""
        wait = self.scheduler.new_wait()
        yield
        self.scheduler.drop(wait)


def start_outside(function: Callable[[], object]) -> None:
    """Start a thread outside any world, which debuggers and coverage still see."""

    def run() -> None:
        sys.settrace(threading.gettrace())
        function()

    _START[0](run, ())


@contextmanager
def virtual_world(
    real_clock: Callable[[], float] | None = None, scheduler: Scheduler | None = None
) -> Iterator[World]:
    """Let the calling thread drive a world, in which nothing may fail unseen."""
    world = World(real_clock, scheduler)
    world.clock.install()
    world.scheduler.adopt("driver")
    try:
        yield world
    finally:
        world.scheduler.release()
        world.clock.uninstall()
    assert world.errors == []
