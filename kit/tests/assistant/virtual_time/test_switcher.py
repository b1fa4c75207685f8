"""Others go on between two steps of the code under test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from functools import partial
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from ovos_bus_client.message import Message

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
