"""Others go on between two steps of the code under test."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection
from functools import partial
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest
from ovos_bus_client.message import Message
from support.worlds import virtual_world

from ovos_dialogue_kit.assistant.virtual_time.switcher import Switcher

OWN = __name__.partition(".")[0]


def traced(
    function: Callable[[], object], seed: int, packages: Collection[str] = (OWN,)
) -> int:
    """Return how often a function gives way."""
    count = 0

    def give_way(_: object) -> None:
        nonlocal count
        count += 1

    before = sys.gettrace()
    sys.settrace(Switcher(give_way, packages, seed))
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def add() -> int:
    return sum([1, 2, 3]) + len("four")


def loop() -> int:
    total = 0
    for number in range(5000):
        total += number
    return total


def test_code_under_test_gives_way_at_some_steps() -> None:
    """A seed chooses the steps, and the same ones again."""
    counts = [traced(add, seed) for seed in range(20)]
    assert counts == [traced(add, seed) for seed in range(20)]
    assert len(set(counts)) > 2
    assert max(counts) > 2


def test_other_code_does_not_give_way() -> None:
    """Only the packages under test are traced."""
    assert {0} == {traced(add, seed, ["other"]) for seed in range(20)}


def of(session: str) -> Message:
    return Message("any", {}, {"session": {"session_id": session}})


def test_it_is_known_for_whom_each_step_works() -> None:
    """That is the session of the call's own message, else that of its callers."""
    sessions: list[str | None] = []

    def inner(*, has_own: bool) -> None:
        own = of("bedroom") if has_own else None
        assert add() == add() == add()
        del own

    def handle(message: Message) -> None:
        assert add() == add()
        inner(has_own=True)
        assert add() == add()
        assert message

    def give_way(find_session: Callable[[], str | None]) -> None:
        sessions.append(find_session())

    before = sys.gettrace()
    for function in (partial(handle, of("kitchen")), partial(inner, has_own=False)):
        sys.settrace(Switcher(give_way, [OWN], seed=7))
        try:
            function()
        finally:
            sys.settrace(before)
    assert None is sessions[-1]
    assert ["kitchen", "bedroom", "kitchen"] == [n for n, _ in groupby(sessions) if n]


def test_of_a_loop_only_the_first_round_counts() -> None:
    """A loop gives way no more often than its steps are many, and is fast again."""
    assert max(traced(loop, seed) for seed in range(20)) < 30


@pytest.mark.parametrize("payload", [None, "", "of another"])
def test_others_go_on_first(payload: str | None) -> None:
    """A thread that gives way goes on when all others wait or are over."""
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            order.append("patient")
            world.scheduler.give_way("me", payload)
            order.append("patient again")

        def other() -> None:
            order.append("other")
            threading.Event().wait(1)
            order.append("other again")

        threads = [threading.Thread(target=each) for each in (patient, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ["patient", "other", "patient again", "other again"] == order


def test_who_waits_until_now_goes_on_first() -> None:
    """A thread whose wait ends at this moment goes on before one that gives way."""
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            threading.Event().wait(1)
            world.scheduler.give_way("me", "")
            order.append("patient")

        def other() -> None:
            threading.Event().wait(1)
            order.append("other")

        threads = [threading.Thread(target=each) for each in (patient, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ["other", "patient"] == order


def test_a_message_of_its_session_waits_for_it() -> None:
    """A thread goes on before the next message of its own session is delivered."""
    order: list[str] = []
    with virtual_world() as world:

        def patient() -> None:
            world.scheduler.give_way("me", "")
            order.append("patient")

        thread = threading.Thread(target=patient)
        thread.start()
        threading.Event().wait(0)
        assert not world.scheduler.recall("to another")
        assert world.scheduler.recall("to me")
        thread.join()
        assert not world.scheduler.can_others_go_on()
    assert ["patient"] == order


def test_who_is_next_goes_on_at_once() -> None:
    """The next message waits for it, and nobody can do anything before that."""
    order: list[str] = []
    with virtual_world() as world:
        gate = threading.Event()

        def other() -> None:
            gate.wait()
            world.scheduler.give_way("other", "")
            order.append("other")

        def one() -> None:
            gate.wait()
            world.scheduler.give_way("one", "of one")
            order.append("one")
            world.scheduler.give_way("one", "of one and other")
            order.append("one again")

        threads = [threading.Thread(target=each) for each in (other, one)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
    assert ["one", "other", "one again"] == order


def test_no_third_thread_comes_between_two_that_give_way() -> None:
    """Each gives the turn to the other one, not to a worker that wakes it."""
    order, turns = list[int](), list[int]()
    with virtual_world() as world:
        gate = threading.Event()

        def patient(number: int) -> None:
            gate.wait()
            for _ in range(2):
                order.append(number)
                turns.append(world.scheduler._turn._number)
                world.scheduler.give_way("me", None)

        threads = [threading.Thread(target=patient, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
    assert [0, 1, 0, 1] == order
    assert [turns[0] + n for n in range(4)] == turns


def test_a_thread_of_nobody_does_not_give_way() -> None:
    """Outside of a scheduler there is nobody to give way to."""
    with virtual_world() as world:
        pass
    world.scheduler.give_way("me", "")


def test_each_step_is_decided_once() -> None:
    """A step counts when it is run for the first time, and 2,000 of a call at most."""
    ways: list[int] = []
    frame: Any = SimpleNamespace(f_globals={"__name__": "mine.skill"}, f_lasti=0)
    switcher = Switcher(lambda _: ways.append(frame.f_lasti), ["mine"], seed=4)
    assert None is switcher(SimpleNamespace(f_globals={}), "call", None)  # type: ignore[arg-type]
    trace = switcher(frame, "call", None)
    assert trace
    assert (False, True) == (frame.f_trace_lines, frame.f_trace_opcodes)
    for number in range(2000):
        assert frame.f_trace_opcodes
        frame.f_lasti = number % 100
        assert trace == trace(frame, "opcode", None)
    assert not frame.f_trace_opcodes
    assert sorted(set(ways)) == ways
    trace(frame, "return", None)


def test_the_callers_of_a_step_are_asked_once() -> None:
    """They do not go on before the call returns; the call itself may get a message."""

    def calling(*messages: Message, back: object = None) -> Any:
        return SimpleNamespace(
            f_back=back,
            f_code=SimpleNamespace(co_flags=0),
            f_globals={"__name__": "mine.skill"},
            f_lasti=0,
            f_lineno=1,
            f_locals=dict(enumerate(messages)),
            f_trace=None,
        )

    sessions: list[str | None] = []
    callers = calling(of("kitchen"))
    frame = calling(back=callers)
    switcher = Switcher(lambda find: sessions.append(find()), ["mine"], seed=4)
    trace = switcher(frame, "call", None)
    assert trace
    for own in ([], [of("bedroom")], []):
        frame.f_locals = dict(enumerate(own))
        for _ in range(50):
            frame.f_lasti += 1
            trace(frame, "opcode", None)
        callers.f_locals = {}
    assert ["kitchen", "bedroom", "kitchen"] == [name for name, _ in groupby(sessions)]


def test_listeners_of_the_core_are_not_traced() -> None:
    """The core never calls a skill but over the bus, and to trace it takes long."""
    core = type("Service", (), {"__module__": "ovos_core.service"})()
    switcher, before = Switcher(lambda _: None, [OWN], seed=0), sys.gettrace()
    try:
        switcher.trace_listener(core.__hash__)
        tracing = [sys.gettrace()]
        switcher.trace_listener(add)
        tracing.append(sys.gettrace())
    finally:
        sys.settrace(before)
    assert [None, switcher] == tracing


def test_who_has_the_turn_knows_if_others_can_go_on() -> None:
    """Others can if they were woken, or wait until now; not if they wait for longer."""
    seen: list[bool] = []
    with virtual_world() as world:
        ready = threading.Event()

        def wait() -> None:
            ready.wait()
            threading.Event().wait(0.25)
            threading.Event().wait(0.75)

        def look() -> None:
            seen.append(world.scheduler.can_others_go_on())

        waiting = threading.Thread(target=wait)
        waiting.start()
        look()
        ready.set()
        look()
        threading.Event().wait(1)
        look()
        waiting.join()
    assert [False, True, True] == seen
