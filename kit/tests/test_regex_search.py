"""Tests of searches that are given up when they take too long."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.assistant.system.proc_stat import stat_fields
from ovos_dialogue_kit.regex_search import (
    SlowRegexError,
    answer_all,
    compiled,
    is_found,
)

ENDLESS = "(a+)+$", "a" * 40 + "b"


@pytest.fixture
def _profiling() -> Iterator[None]:
    """Restore the handler and the timer that ``answer_all`` sets."""
    before = signal.getsignal(signal.SIGPROF)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a+b", "xaab", True),
        ("a+b", "xaa", False),
        ("(?i)É", "é", True),
        ("\n.\\Z", "a\nb", True),
        ("\ud800", "x\ud800", True),
    ],
)
def test_search(pattern: str, text: str, found: object) -> None:
    """An expression is searched for as ``re.search`` does, whatever the text."""
    assert is_found(pattern, text) is found


@pytest.mark.usefixtures("_profiling")
def test_a_search_is_given_up() -> None:
    """A search without an end is given up, and the next one is answered."""
    questions = [json.dumps(ENDLESS), json.dumps(["a", "a"]), json.dumps(["a", "b"])]
    answers = io.StringIO()
    answer_all(questions, answers, seconds=0.01)
    assert answers.getvalue() == "slow\nfound\nmissing\n"


def searcher() -> int:
    """Return the process that searches for this one."""
    assert is_found("a", "a")
    return next(pid for pid in children() if "regex_search.py" in command(pid))


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


@contextmanager
def while_it_searches(act: Callable[[int], object]) -> Iterator[None]:
    """Do something with the process once it has begun its next search."""
    pid = searcher()
    before = processor_time(pid)

    def wait() -> None:
        while processor_time(pid) < before + 2:
            time.sleep(0.001)
        act(pid)

    waiting = threading.Thread(target=wait)
    waiting.start()
    yield
    waiting.join()


def processor_time(pid: int) -> int:
    """Return the hundredths of a second that a process has used."""
    return sum(map(int, stat_fields(Path(f"/proc/{pid}"))[11:13]))


@pytest.mark.parametrize("number", [signal.SIGPROF, signal.SIGKILL])
def test_the_limit_is_told(number: int) -> None:
    """A search that is given up, or whose process ends, is an error with its pattern.

    Its timer ends it with the first of these signals.
    """
    with (
        while_it_searches(lambda pid: os.kill(pid, number)),
        pytest.raises(SlowRegexError) as caught,
    ):
        is_found(*ENDLESS)
    assert caught.value.pattern == ENDLESS[0]
    assert is_found("a", "a")


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt, which pytest-xdist ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupted_search_answers_no_other() -> None:
    """The answer to a search that Ctrl-C interrupts is not that of the next one."""
    main = threading.main_thread().ident
    assert main
    with (
        while_it_searches(lambda _: signal.pthread_kill(main, signal.SIGINT)),
        pytest.raises(KeyboardInterrupt),
    ):
        is_found(*ENDLESS)
    assert not is_found("b", "a")


def test_a_process_that_ends_is_started_again() -> None:
    """A search whose process is killed is given up; the next one has a new process."""
    for _ in range(2):
        pid = searcher()
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(SlowRegexError):
            is_found("a", "a")
        assert is_found("a", "a")


KILLED = """
import os, signal
from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.regex_search import SlowRegexError, is_found

is_found("a", "a")
os.kill(*children(), signal.SIGKILL)
try:
    is_found("a", "a")
except SlowRegexError:
    print("given up")
"""


def test_a_command_whose_process_was_killed_ends_as_ever() -> None:
    """Nothing is left to be ended."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED], capture_output=True, check=True, text=True
    )
    assert (done.stdout, done.stderr) == ("given up\n", "")


def test_threads_share_the_process() -> None:
    """Each thread gets the answer to its own question."""
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda n: is_found(f"^{n % 2}$", str(n % 3 % 2)), range(99))
        assert list(answers) == [n % 2 == n % 3 % 2 for n in range(99)]


def test_a_warning_is_no_error() -> None:
    """An expression that Python may read otherwise one day is one today."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compiled("[[a]").search("[")
