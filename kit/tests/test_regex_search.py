"""Tests of searches that are given up when they take too long."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ovos_dialogue_kit import regex_search
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


def test_the_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that was given up is an error with its expression."""
    searcher = regex_search._searcher(os.getpid())
    monkeypatch.setattr(searcher, "ask", lambda *_: "slow")
    with pytest.raises(SlowRegexError) as caught:
        is_found(*ENDLESS)
    assert caught.value.pattern == ENDLESS[0]


def test_an_interrupted_search_answers_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer to a search that Ctrl-C interrupts is not that of the next one."""
    assert is_found("a", "a")
    process = regex_search._searcher(os.getpid())._process
    assert process
    assert process.stdout

    def interrupted() -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(process.stdout, "readline", interrupted)
        with pytest.raises(KeyboardInterrupt):
            is_found("a", "a")
    assert not is_found("b", "a")


def test_a_process_that_ends_is_started_again() -> None:
    """A search whose process is killed is given up; the next one has a new process."""
    assert is_found("a", "a")
    searcher = regex_search._searcher(os.getpid())
    for _ in range(2):
        assert searcher._process
        searcher._process.kill()
        searcher._process.wait()
        with pytest.raises(SlowRegexError):
            is_found("a", "a")
        assert is_found("a", "a")


def test_a_process_that_ends_while_it_searches() -> None:
    """An answer that never comes is none."""
    searcher = regex_search._Searcher()
    assert searcher.ask("a", "a") == "found"
    assert searcher._process
    killer = threading.Timer(0.1, searcher._process.kill)
    killer.start()
    assert searcher.ask(*ENDLESS) == ""
    searcher.close()
    searcher.close()


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
