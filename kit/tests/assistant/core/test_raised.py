"""What counts as a skill's exception, without an assistant.

A skill that raises wherever a real OVOS calls it: ``cells/test_raised.py``.
"""

from __future__ import annotations

import _thread
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode

SKILL = """
class Message:
    __module__ = "ovos_bus_client.message"

    def __init__(self, name="kitchen"):
        self.context = {"session": {"session_id": f"0000-{name}"}}


class Hoarse(ValueError):
    pass


class AbortQuestion(Exception):
    pass


class Bird:
    def chirp(self, message=None):
        raise Hoarse("hoarse")

    def sing(self, message):
        self.chirp(Message("bedroom"))

    def hold(self, ask):
        return self.perch(ask)

    def perch(self, ask):
        return ask()

    def abort(self):
        raise AbortQuestion

    def deaf(self):
        pass


def chirp():
    raise ValueError("alone")


def handle_itself(log):
    try:
        chirp()
    except ValueError:
        log("dealt with")
"""

OVOS = """
def call(log, function, *args):
    try:
        function(*args)
    except Exception:
        log("failed")


class Handler:
    def answer(self):
        raise NotImplementedError
"""


def module(name: str, source: str) -> Any:  # has what the source defines
    made = ModuleType(name)
    exec(dedent(source), vars(made))  # noqa: S102  # of this test
    return made


@pytest.fixture
def raised() -> Iterator[tuple[Raised, list[BaseException]]]:
    """Watch the log, and note what is caught."""
    factory = logging.getLogRecordFactory()
    watching, noted = Raised(SkillCode(["bird"])), []  # type: ignore[var-annotated]
    watching.watch(noted.append)
    yield watching, noted
    logging.setLogRecordFactory(factory)


LOG = logging.getLogger("kit.test")


@pytest.fixture
def bird(monkeypatch: pytest.MonkeyPatch) -> Any:  # has what its source defines
    made = module("bird.skill", SKILL)
    monkeypatch.setitem(sys.modules, "bird.skill", made)
    return made


def call(log: Callable[[str], object], function: Any, *args: object) -> None:
    """Call a function of a skill as OVOS does, and log what it raises."""
    module("ovos_bus_client.client", OVOS).call(log, function, *args)


def chirping() -> None:
    raise ValueError("hoarse")


def threads() -> set[Path]:
    """Return the threads of this process, as Linux knows them."""
    return {*Path("/proc/self/task").iterdir()}


Watched = tuple[Raised, list[BaseException]]


@pytest.mark.parametrize("log", [LOG.warning, LOG.error, LOG.exception])
def test_what_leaves_a_skill_counts(
    raised: Watched, bird: Any, log: Callable[[str], object]
) -> None:
    """OVOS has caught it, and logs something or other about it."""
    call(log, bird.Bird().chirp)
    assert [str(error) for error in raised[1]] == ["hoarse"]


def test_less_than_a_warning_does_not_count(raised: Watched, bird: Any) -> None:
    """OVOS expects it, then."""
    LOG.setLevel("DEBUG")
    call(LOG.info, bird.Bird().chirp)
    assert raised[1] == []


def test_what_a_skill_catches_does_not_count(raised: Watched, bird: Any) -> None:
    """It is the skill's own affair."""
    bird.handle_itself(LOG.error)
    assert raised[1] == []


def test_what_a_library_catches_does_not_count(raised: Watched, bird: Any) -> None:
    """It is neither the skill nor OVOS that dealt with it."""
    library = module("requests.api", OVOS)
    library.call(LOG.error, bird.Bird().chirp)
    assert raised[1] == []


def test_a_skill_may_be_named_like_a_library_of_ovos(
    raised: Watched, bird: Any
) -> None:
    """What it catches itself does not count either."""
    raised[0]._code = SkillCode(["ovos_bird"])
    bird.handle_itself.__globals__["__name__"] = "ovos_bird.skill"
    bird.handle_itself(LOG.error)
    assert raised[1] == []


@pytest.mark.usefixtures("bird")
def test_errors_of_ovos_do_not_count(raised: Watched) -> None:
    """The skill had no part in it."""
    call(LOG.error, int, "x")
    assert raised[1] == []


@pytest.mark.parametrize(("owner", "count"), [("bird.skill", 1), ("other.skill", 0)])
def test_a_handler_that_ovos_defines_for_a_skill(
    raised: Watched, owner: str, count: int
) -> None:
    """It counts if it is a method of the skill, as ``can_stop`` is by default."""
    events = module("ovos_utils.events", OVOS)
    skill = type("Skill", (events.Handler,), {"__module__": owner})
    events.call(LOG.error, skill().answer)
    assert len(raised[1]) == count


def test_a_wrong_call_of_a_skill_counts(raised: Watched, bird: Any) -> None:
    """The function takes no message; it never ran, so nothing of it is in the trace."""
    call(LOG.error, bird.Bird().deaf, "message")
    assert [type(error) for error in raised[1]] == [TypeError]


def test_another_thread_may_import_meanwhile(
    raised: Watched, bird: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The modules are looked through while a record is logged."""

    class Name(str):  # imports when it is looked at
        __slots__ = ()

        def partition(self, separator: str, /) -> tuple[str, str, str]:
            monkeypatch.setitem(sys.modules, "bird.late", ModuleType("bird.late"))
            return super().partition(separator)

    monkeypatch.setitem(sys.modules, Name("aviary"), ModuleType("aviary"))
    call(LOG.error, bird.Bird().deaf, "message")
    assert len(raised[1]) == 1


@pytest.mark.usefixtures("bird")
def test_a_wrong_call_of_anything_else_does_not(raised: Watched) -> None:
    """No module of the skill has a function of that name."""

    def other() -> None:
        pass

    call(LOG.error, other, "message")
    assert raised[1] == []


def test_a_fault_is_told_once(raised: Watched, bird: Any) -> None:
    """With the function that OVOS called, and the session of its message."""
    call(LOG.error, bird.Bird().chirp, bird.Message())
    [error] = raised[1]
    caught = raised[0].caught(error)
    assert caught is not None
    assert caught.fault.detail == "Bird.chirp: bird.skill.Hoarse: hoarse"
    assert caught.session_id == "0000-kitchen"
    assert raised[0].caught(error) is None


def test_a_second_fault_of_the_same_kind(raised: Watched, bird: Any) -> None:
    """It is another one, of what OVOS called and of the innermost message's session."""
    call(LOG.error, bird.Bird().chirp, bird.Message())
    call(LOG.error, bird.Bird().sing, bird.Message("hall"))
    first, second = map(raised[0].caught, raised[1])
    assert first is not None
    assert second is not None
    assert (first.fault.detail, first.session_id) == (
        "Bird.chirp: bird.skill.Hoarse: hoarse",
        "0000-kitchen",
    )
    assert (second.fault.detail, second.session_id) == (
        "Bird.sing: bird.skill.Hoarse: hoarse",
        "0000-bedroom",
    )


def test_the_session_of_whoever_handles_an_error(raised: Watched, bird: Any) -> None:
    """It counts if what raised has no message of its own."""
    found = []
    raised[0].watch(lambda error: found.append(raised[0].caught(error)))

    def handle(message: object) -> None:
        call(LOG.error, bird.chirp)
        del message

    handle(bird.Message("hall"))
    assert [caught.session_id for caught in found if caught] == ["0000-hall"]


def test_a_function_without_a_class(raised: Watched, bird: Any) -> None:
    """It is called by its own name."""
    call(LOG.error, bird.chirp)
    caught = raised[0].caught(raised[1][0])
    assert caught is not None
    assert caught.fault.detail == "chirp: ValueError: alone"
    assert caught.session_id is None


def test_an_exception_by_which_ovos_ends_a_handler(raised: Watched, bird: Any) -> None:
    """It is no fault."""
    call(LOG.error, bird.Bird().abort)
    [error] = raised[1]
    assert raised[0].caught(error) is None


def test_an_exception_from_elsewhere(raised: Watched) -> None:
    """It has no function of a skill, and no line of one."""
    error = ValueError("of the bus")
    caught = raised[0].caught(error)
    assert caught is not None
    assert caught.fault.detail == "a listener of the bus: ValueError: of the bus"
    assert raised[0].lines_of(error) is None


def test_the_lines_of_a_skill(raised: Watched, bird: Any) -> None:
    """They begin where the skill's code does."""
    call(LOG.error, bird.Bird().chirp)
    assert raised[0].lines_of(raised[1][0]) == '  File "<string>", line 19, in chirp'


@pytest.mark.parametrize(("function", "told"), [(sys.exit, []), (chirping, ["hoarse"])])
@pytest.mark.parametrize("is_raw", [False, True])
def test_what_ends_a_thread(
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[[], None],
    told: list[str],
    is_raw: bool,  # noqa: FBT001  # a parameter
) -> None:
    """It is noted, be the thread one of ``_thread``; ``sys.exit()`` is no error."""
    noted: list[BaseException] = []
    for name, owner in (("excepthook", threading), ("unraisablehook", sys)):
        monkeypatch.setattr(owner, name, None)  # put back afterwards
    Raised.watch_threads(noted.append)
    Raised.watch_raw_threads(noted.append)
    before = threads()
    if is_raw:
        _thread.start_new_thread(function, ())
    else:
        threading.Thread(target=function).start()
    while threads() != before:
        time.sleep(0.001)
    assert [str(error) for error in noted] == told


def test_an_error_that_no_thread_ends_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python cannot raise elsewhere, such as in ``__del__``, is not noted."""
    noted: list[BaseException] = []
    monkeypatch.setattr(sys, "unraisablehook", None)  # put back afterwards
    Raised.watch_raw_threads(noted.append)

    class Falling:
        def __del__(self) -> None:
            chirping()

    Falling()
    assert noted == []


def test_a_logged_exception_is_found_by_its_text(raised: Watched) -> None:
    """Its traceback is the one of the error that a message names."""
    error = ValueError("x")
    LOG.error("failed", exc_info=error)
    assert raised[0].last is error
    for name in ("x", "'x'", "ValueError('x')"):
        assert raised[0].of(name) == "ValueError: x\n"
    assert raised[0].of("y") is None


def test_calls_of_a_thread(bird: Any) -> None:
    """They begin with the skill's function that OVOS called, and end with its last."""
    watching = Raised(SkillCode(["bird"]))
    name, calls = bird.Bird().hold(lambda: watching.calls_of(threading.get_ident()))
    assert name == "Bird.hold"
    assert [line.split()[-1] for line in calls.splitlines()[1:]] == ["hold", "perch"]


def test_calls_of_a_thread_without_a_skill() -> None:
    """There are none to show."""
    assert Raised(SkillCode(["bird"])).calls_of(threading.get_ident()) is None
