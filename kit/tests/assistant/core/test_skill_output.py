"""What is kept of what skills print and log, with OVOS's own log but no assistant."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from io import StringIO
from pathlib import Path
from textwrap import dedent
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from support.conversation import conversation, turn

from ovos_dialogue_kit.assistant.core import shortcuts
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.core.skill_output import Words, _Stream
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

LOG = import_module("ovos_utils.log").LOG

TALK = conversation(
    turn("kitchen", "hi"),
    turn("bedroom", "hi"),
    sessions={
        "kitchen": {"session_id": "0000-kitchen"},
        "bedroom": {"session_id": "0000-bedroom"},
    },
)


def module(name: str, code: str = "", **names: object) -> Any:
    """Run code as that of a module, which has ``LOG``, and return its names."""
    names = {"__name__": name, "LOG": LOG, "logging": logging, "sys": sys, **names}
    exec(dedent(code), names)  # noqa: S102  # ours
    return SimpleNamespace(**names)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let OVOS log nothing but errors, as in an assistant."""
    for name in shortcuts.LEVELS:
        monkeypatch.setattr(LOG, name, shortcuts._say_nothing)


def kept(
    act: Callable[[], object], **options: Any
) -> Mapping[str, list[tuple[str, str]]]:
    """Return the lines of each session's turn if a skill acts in the second."""
    words = Words(("bird.zoo", "owl.zoo"), SkillCode({"zoo_bird"}), **options)
    told: dict[str, TurnTranscript] = {}

    def play(tell: Callable[..., None]) -> Transcript:
        for each in TALK.transcript.turns:
            tell([each])
        act()
        return TALK.transcript

    def tell(turns: Sequence[TurnTranscript]) -> None:
        told.update((each.session, each) for each in turns)

    done = words.replay(TALK.case, play, tell)
    for each in done.turns:  # a crash loses no line
        lines = [line for line in each.words if line[0]]
        assert [*told[each.session].words][: len(lines)] == lines
    return {each.session: [*each.words] for each in done.turns if each.words}


def test_lines_go_to_the_session_that_the_handler_works_for() -> None:
    """So they do in a thread that was started for one; else the last turn has them."""
    bird = module(
        "zoo_bird",
        """
        class Message:
            __module__ = "ovos_bus_client.message"
            context = {"session": {"session_id": "0000-kitchen"}}

        def handle():
            message = Message()
            print("one", "two\\nthree")

        def muse():
            print("hm")
        """,
    )
    lines = [("prints", "one two"), ("prints", "three")]
    assert kept(bird.handle) == {"kitchen": lines}
    assert kept(bird.muse) == {"bedroom": [("prints", "hm")]}
    for options in (
        {"started_for": lambda: "0000-kitchen"},
        {
            "started_for": lambda: "on the bus",
            "own_ids": {"on the bus": "0000-kitchen"},
        },
    ):
        assert kept(bird.muse, **options) == {"kitchen": [("prints", "hm")]}


def test_each_turn_has_its_own_lines() -> None:
    """The last turn of a session has what is written for it; each has the limits."""
    bird = module(
        "zoo_bird",
        """
        class Message:
            __module__ = "ovos_bus_client.message"
            context = {"session": {"session_id": "0000-kitchen"}}

        def long():
            print("x" * 9000)
            print("and", end=" ")

        def handle():
            message = Message()
            print("for the kitchen")
        """,
    )
    first, second = TALK.transcript.turns
    turns = (first, second, replace(first, index=2), replace(second, index=3))
    acts = (bird.long, bird.long, print, bird.handle)
    words = Words(("bird.zoo",), SkillCode({"zoo_bird"}))

    def play(tell: Callable[..., None]) -> Transcript:
        for each, act in zip(turns, acts, strict=True):
            tell([each])
            act()
        return replace(TALK.transcript, turns=turns)

    case = replace(TALK.case, turns=TALK.case.turns * 2)
    written = (("prints", "x" * 9000), ("prints", "and "))
    done = words.replay(case, play, lambda _: None)
    assert [turn.words for turn in done.turns] == [
        *[written] * 2,
        (("prints", "for the kitchen"),),
        (),
    ]


def test_what_a_skill_logs_is_kept_at_any_level() -> None:
    """An exception is kept with its text, and arguments that do not fit without."""
    log, owl = map(LOG.create_logger, ("bird.zoo", "owl.zoo"))
    for logger in (log, owl):
        logger.setLevel("ERROR")
    bird = module(
        "zoo_bird",
        """
        def act():
            LOG.debug("a %s", "tree")
            LOG("bird").info("a nest")
            log.debug("an egg")
            owl.debug("a mouse")
            try:
                {}["egg"]
            except KeyError:
                LOG.exception("gone")
            log.warning("%d", "x")
        """,
        log=log,
        owl=owl,
    )
    assert kept(bird.act) == {
        "bedroom": [
            ("logs", "DEBUG a tree"),
            ("logs", "INFO a nest"),
            ("logs", "DEBUG an egg"),
            ("logs", "DEBUG a mouse"),
            ("logs", "ERROR gone"),
            ("logs", "KeyError: 'egg'"),
            ("logs", "WARNING %d"),
        ]
    }
    assert not log.isEnabledFor(logging.DEBUG)
    assert LOG.info is shortcuts._say_nothing


def test_a_log_that_ovos_composes_itself_is_kept_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether its level lets OVOS do so or not; see ``KIT_STOCK``."""
    log = logging.getLogger("stock")
    for name in shortcuts.LEVELS:
        monkeypatch.setattr(LOG, name, getattr(log, name))
    bird = module("zoo_bird", "def act(): LOG.info('a %s', 'nest')")
    once = {"bedroom": [("logs", "INFO a nest")]}
    for level in ("ERROR", "DEBUG"):
        log.setLevel(level)
        assert kept(bird.act) == once


def test_of_others_only_warnings_about_a_skill_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They name it, or it called what warns; what has become a fault is left out."""
    # pytest listens to those of earlier tests
    log, owl = map(LOG.create_logger, ("wing.zoo", "owl.zoo"))
    for logger in (log, owl):
        logger.setLevel("ERROR")
    monkeypatch.setattr(logging.getLogger("wing"), "level", logging.INFO)
    ovos = module(
        "ovos_workshop.skills",
        """
        def help(call=lambda: None):
            LOG.info("bird.zoo flies")
            logging.getLogger("wing").info("bird.zoo flies")
            log.info("bird.zoo flies")
            LOG.warning("it rains")
            print("it rains")
            thread = Thread(target=print, args=("it rains",))
            thread.start()
            thread.join()
            LOG.warning("bird.zoo is slow")
            LOG.warning("owl.zoo sleeps")
            owl.warning("owl.zoo snores")
            try:
                call()
            except ValueError:
                LOG.exception("bird.zoo failed")
        """,
        log=log,
        owl=owl,
        Thread=Thread,
    )
    library = module("other", "def warn(): logging.getLogger('x').warning('old')")
    bird = module(
        "zoo_bird",
        """
        def act():
            ovos.warn()
            library.warn()

        def fail():
            raise ValueError
        """,
        library=library,
        ovos=module("ovos_bus_client", "def warn(): LOG.warning('no dialog')"),
    )
    make = logging.getLogRecordFactory()
    raised = Raised(SkillCode({"zoo_bird"}))
    raised.watch(raised.caught)
    try:
        found = kept(lambda: ovos.help(bird.fail))
    finally:
        logging.setLogRecordFactory(make)
    assert found == {
        "bedroom": [
            ("OVOS", "WARNING bird.zoo is slow"),
            ("OVOS", "WARNING owl.zoo sleeps"),
            ("OVOS", "WARNING owl.zoo snores"),
        ]
    }
    assert kept(bird.act) == {
        "bedroom": [("OVOS", "WARNING no dialog"), ("logs", "WARNING old")]
    }


def test_lines_without_an_end_are_kept_in_the_turn_in_which_they_began() -> None:
    """Two streams do not mix, and a stream has all else that it had before."""
    bird = module(
        "zoo_bird",
        """
        def act():
            print("to be", end=" ")
            print("oops", file=sys.stderr)
            sys.stdout.writelines(["contin", "ued"])
            sys.stdout.flush()
        """,
    )
    before = sys.stdout, sys.stderr
    lines = [("prints", "oops"), ("prints", "to be continued")]
    assert kept(bird.act) == {"bedroom": lines}
    assert (sys.stdout, sys.stderr) == before


def test_another_thread_may_print_while_a_turn_ends() -> None:
    """The listeners of a real message bus are threads."""
    noted: list[str] = []

    def note_print(_: object, text: str) -> None:
        thread = Thread(target=lambda: stream.write("later"))
        thread.start()
        thread.join()
        noted.append(text)

    words: Any = SimpleNamespace(note_print=note_print)
    stream = _Stream(StringIO(), words)
    stream.write("now")
    stream.end_lines()
    assert noted == ["now"]
    stream.end_lines()
    assert noted == ["now", "later"]


def test_what_a_logger_drops_is_kept_if_it_is_of_a_skill() -> None:
    """The level of a logger has no say in it; what others log at such a level has."""
    code = """
        def act():
            log = logging.getLogger("of.nobody")
            log.debug("little %s", "things")
            log.isEnabledFor(logging.DEBUG)
    """
    assert kept(module("zoo_bird", code).act) == {
        "bedroom": [("logs", "DEBUG little things")]
    }
    assert kept(module("other", code).act) == {}


def test_a_copy_of_the_process_writes_elsewhere() -> None:
    """What it would keep is lost with it, so it writes to what nothing else keeps."""
    usual, other, noted = StringIO(), StringIO(), []
    words: Any = SimpleNamespace(note_print=lambda *_: noted.append(_))
    stream = _Stream(usual, words, other)
    stream._process = -1
    stream.write("text\n")
    assert (usual.getvalue(), other.getvalue(), noted) == ("", "text\n", [])


def test_a_line_ends_once() -> None:
    """Two threads that end the lines of others note each of them once."""
    noted: list[str] = []

    def note_print(_: object, text: str) -> None:
        noted.append(text)
        stream.end_lines()

    words: Any = SimpleNamespace(note_print=note_print)
    stream = _Stream(StringIO(), words)
    stream.write("now")
    thread = Thread(target=stream.write, args=("later",))
    thread.start()
    thread.join()
    stream.end_lines()
    assert sorted(noted) == ["later", "now"]


@pytest.mark.parametrize(
    ("code", "count", "last"),
    [
        ("for number in range(103): print(number)", 101, "… 3 more"),
        ("for _ in range(12): print('x' * 1000)", 11, "… 2 more"),
        ("print('x' * 10_001, end='')", 1, "… 1 more"),
    ],
)
def test_a_turn_has_bounds(code: str, count: int, last: str) -> None:
    """What exceeds a hundred lines or ten thousand characters is only counted."""
    lines = kept(module("zoo_bird", f"def act():\n    {code}").act)["bedroom"]
    assert (len(lines), lines[-1]) == (count, ("", last))


def test_lines_do_not_differ_from_replay_to_replay() -> None:
    """The home, which is a temporary folder, and addresses are left out."""
    bird = module("zoo_bird", "def act(): print(home, object)", object=object())
    bird.act.__globals__["home"] = Path.home() / "notes"
    assert kept(bird.act) == {"bedroom": [("prints", "~/notes <object object at 0x…>")]}


def test_what_is_written_before_the_first_turn_is_left_out() -> None:
    """It belongs to no turn."""
    bird = module("zoo_bird", "def act(): print('hi')")

    def play(_: object) -> Transcript:
        bird.act()
        return TALK.transcript

    done = Words(("bird.zoo",), SkillCode({"zoo_bird"})).replay(TALK.case, play, print)
    assert done == TALK.transcript
