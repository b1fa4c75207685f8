"""Random numbers and UUIDs in virtual time: a stream for each session."""

# ruff: noqa: ARG001, PLW0108, S311  # handlers take messages; lambdas look names up late; nothing is secret
from __future__ import annotations

import _thread
import os
import random
import secrets
import sys
import threading
import uuid
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from os import urandom
from random import randint
from types import FrameType
from typing import Any
from uuid import uuid4

import pytest
from support.worlds import World, start_outside, virtual_world

from ovos_dialogue_kit.assistant.virtual_time.chance import Chance, session_among


@dataclass
class Message:
    """A bus message, which code under test has among its variables."""

    session_id: str
    context: object = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context = {"session": {"session_id": self.session_id}}


Message.__module__ = "ovos_bus_client.message"


def session_with(message: object) -> str | None:
    """Return the session of a function that has one variable."""
    assert message is not None
    return session_among([sys._getframe()])


@pytest.mark.parametrize("context", [None, [], {"session": "a"}, {"session": None}, {}])
def test_a_message_without_a_session_is_the_devices(context: object) -> None:
    """A skill may have put anything into a message's context."""
    message = Message("a")
    message.context = context
    assert session_with(message) == "default"


def test_a_message_of_the_skills_own_is_none_of_the_bus() -> None:
    """A class of any library may be called ``Message``, too."""

    @dataclass
    class Message:
        context: object = None

    assert session_with(Message()) is None
    assert session_with(Message({"session": {"session_id": "a"}})) is None


def test_what_a_function_deletes_ends_at_once() -> None:
    """Nobody keeps its variables because they have been looked at."""
    sys._getframe().f_trace = None  # coverage's, through which they could be changed

    class Thing:
        pass

    thing = Thing()
    end = weakref.ref(thing)
    session_among([sys._getframe()])
    del thing
    assert end() is None


def test_variables_that_somebody_else_looks_at() -> None:
    """What ``locals()`` has returned stays as it is."""
    number = 1
    variables = locals()
    session_among([sys._getframe()])
    assert variables["number"] == number


def test_variables_of_a_function_that_is_traced() -> None:
    """A trace function can change them, as those of debuggers do."""

    def look(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            session_among([frame])
        return look

    def count() -> list[int]:
        number = 1
        return [number + each for each in (number, 2)]

    before = sys.gettrace()
    sys.settrace(look)
    try:
        assert count() == [2, 3]
    finally:
        sys.settrace(before)


def drawn(world: World, draw: Callable[[], object], *sessions: str) -> list[object]:
    """Return what sessions draw one after another, each while handling a message."""

    def handle(message: Message) -> None:
        world.log.append(draw())

    for session in sessions:
        world.call(handle, Message(session))
        world.settle()
    return world.log


def in_company_and_alone(draw: Callable[[], object]) -> tuple[list[object], ...]:
    """Return what "b" draws after "a" has drawn, and what it draws without "a"."""
    with virtual_world() as world:
        _, *in_company = drawn(world, draw, "a", "b", "b")
    with virtual_world() as world:
        alone = drawn(world, draw, "b", "b")
    return in_company, alone


@pytest.mark.parametrize(
    "draw",
    [
        lambda: random.random(),
        lambda: random.gauss(0, 1),  # it keeps every second number for later
        lambda: random.choice(range(1000)),
        lambda: randint(1, 1000),
        lambda: str(uuid.uuid4()),
        lambda: str(uuid4()),
        lambda: random.Random().random(),
        lambda: random.SystemRandom().random(),
        lambda: secrets.token_hex(),
        lambda: os.urandom(8),
        lambda: urandom(8),
    ],
)
def test_a_session_draws_the_same_whoever_else_does(
    draw: Callable[[], object],
) -> None:
    """The numbers of a session do not depend on the draws of others."""
    in_company, alone = in_company_and_alone(draw)
    assert in_company == alone
    assert alone[0] != alone[1]


def test_sessions_draw_differently() -> None:
    """Two sessions do not draw the same numbers, nor do two kinds of draws."""
    with virtual_world() as world:
        draws = drawn(world, lambda: random.random(), "a", "b")
    assert draws[0] != draws[1]


def test_a_session_with_another_id_on_the_bus() -> None:
    """It draws what it would draw under its own id."""
    draws = []
    for on_bus in ("a", "hub:a"):
        with virtual_world() as world:
            world.clock.chance.own_ids["hub:a"] = "a"
            draws.append(drawn(world, lambda: random.random(), on_bus))
    assert draws[0] == draws[1]


def test_a_thread_draws_for_the_session_that_started_it() -> None:
    """A thread without a message draws from the stream of the one that started it."""

    def draw_in_a_thread() -> object:
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(random.random()))
        thread.start()
        thread.join()
        return found[0]

    in_company, alone = in_company_and_alone(draw_in_a_thread)
    assert in_company == alone


def test_a_seed_of_the_code_itself_is_of_its_session() -> None:
    """``random.seed`` begins the session's own stream anew, and no other one."""

    def seeded() -> object:
        random.seed(5)
        return random.random(), random.getstate() == random.getstate()

    with virtual_world() as world:
        first, second = drawn(world, seeded, "a", "b")
    assert first == second == (random.Random(5).random(), True)


def test_seeds_of_a_run_differ() -> None:
    """Another seed of the run gives other numbers, the same seed the same."""
    found = []
    for seed in (1, 2, 1):
        with virtual_world() as world:
            world.clock.chance.freeze(seed)
            found += drawn(world, lambda: random.random(), "a")
    assert found[0] == found[2] != found[1]


def test_a_generator_of_the_code_itself_depends_on_the_seed() -> None:
    """A generator made without a seed is the same in every run with one seed."""

    def numbers(seed: int) -> list[float]:
        with virtual_world() as world:
            made: list[random.Random] = []
            forgotten: list[random.Random] = []
            drawn(world, lambda: made.append(random.Random()), "a")
            drawn(world, lambda: forgotten.append(random.Random()), "a")
            drawn(world, lambda: made.append(random.Random(7)), "a")
            forgotten.clear()
            world.clock.chance.freeze(seed)
            return [each.random() for each in made]

    first, other, again = map(numbers, (1, 2, 1))
    assert first == again
    assert first[0] != other[0]
    assert first[1] == other[1] == random.Random(7).random()


def test_addresses_depend_on_the_seed() -> None:
    """Objects lie elsewhere with another seed; with the seed 0, where they would."""
    with virtual_world() as world:
        chance, before = world.clock.chance, sys.getallocatedblocks()
        chance.freeze(0)
        assert sys.getallocatedblocks() < before + 100
        sizes = []
        for seed in (1, 2):
            chance.freeze(seed)
            sizes.append(sys.getallocatedblocks() - before)
    assert sizes[0] != sizes[1]
    assert min(sizes) > 500


def test_numpy_draws_by_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy's own generator begins anew with the seed of the run, if it is imported."""
    numpys = random.Random(3)
    monkeypatch.setitem(sys.modules, "numpy.random", numpys)
    with virtual_world() as world:
        world.clock.chance.freeze((1 << 32) + 5)
        assert numpys.getstate() == random.Random(5).getstate()


def test_a_message_without_a_session_is_of_the_default_one() -> None:
    """A message without session data belongs to the session "default"."""
    with virtual_world() as world:
        nameless = Message("x")
        nameless.context = {}

        def handle(message: Message) -> None:
            world.log.append(random.random())

        world.call(handle, nameless)
        world.settle()
        world.clock.chance.freeze(0)
        first, second = drawn(world, lambda: random.random(), "default")
    assert first == second


def test_other_threads_draw_as_always() -> None:
    """Outside the scheduler, the original functions are called."""
    found: list[object] = []
    is_done = _thread.allocate_lock()
    is_done.acquire()

    def draw() -> None:
        random.seed(3)
        found.extend((random.random(), uuid.uuid4().version))
        is_done.release()

    with virtual_world():
        start_outside(draw)
        assert is_done.acquire(timeout=60)
    assert found == [random.Random(3).random(), 4]


def test_the_address_of_the_machine_outside() -> None:
    """A thread that no scheduler runs gets the real one."""
    assert Chance(lambda: None)._getnode(lambda: 5)() == 5
