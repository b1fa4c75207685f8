"""Tests of how a fork ends, in which no assistant is."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from ovos_dialogue_kit.assistant.process import fork as module
from ovos_dialogue_kit.assistant.process.channel import Channel
from ovos_dialogue_kit.assistant.process.fork import Forks
from ovos_dialogue_kit.assistant.process.watch import Bounds
from ovos_dialogue_kit.assistant.system.memory_file import memory_file

Answer = Callable[[Callable[..., Any]], dict[str, object]]


@pytest.fixture
def answer(tmp_path: Path) -> Iterator[Answer]:
    """Return what forks of this process answer; no file of theirs stays open."""
    before = sorted(Path("/proc/self/fd").iterdir())
    ending, stderr = signal.getsignal(signal.SIGTERM), os.dup(2)
    sandbox: Any = SimpleNamespace(folder=None, home=tmp_path, restore=lambda: None)
    source, sink = os.pipe()
    with memory_file() as printed, memory_file() as diary:
        os.dup2(printed.fileno(), 2)
        forks = Forks(sandbox, Channel(source, sink, number=7), diary.fileno())

        def act(play: Callable[..., Any]) -> dict[str, object]:
            found: dict[str, object] = json.loads(forks.answer(play, Bounds(60.0)))
            return found

        yield act
    forks.output.close()
    os.dup2(stderr, 2)
    for file in (stderr, source, sink):
        os.close(file)
    signal.signal(signal.SIGTERM, ending)
    assert sorted(Path("/proc/self/fd").iterdir()) == before


def fail(*_: object) -> NoReturn:
    raise OSError("no")


def fail_without_a_word(*_: object) -> NoReturn:
    for entry in [*Path("/proc/self/fd").iterdir()]:
        if str(entry.resolve()).startswith("/memfd:"):
            os.close(int(entry.name))
    raise OSError("no")


def be_ended(number: int) -> Callable[..., None]:
    return lambda *_: os.kill(os.getpid(), number)


def close_and_wait(*_: object) -> None:
    os.closerange(3, 1000)
    signal.pause()


def test_two_answers(answer: Answer) -> None:
    """A fork changes nothing for the next one, and its answer is what it returns."""
    seen: list[int] = []

    def play(*_: object) -> dict[str, object]:
        seen.append(1)
        return {"seen": len(seen)}

    assert [answer(play) for _ in range(2)] == [{"seen": 1}] * 2


@pytest.mark.parametrize(
    ("act", "fate"),
    [
        (fail, "the replay stopped with an error: OSError: no"),
        (
            fail_without_a_word,
            "the replay stopped with an error, which it could not write",
        ),
        (be_ended(signal.SIGKILL), "its process was ended by SIGKILL"),
        (be_ended(signal.SIGRTMIN + 1), "its process was ended by signal 35"),
        (lambda *_: os._exit(3), "its process exited with code 3"),
    ],
)
def test_fate(answer: Answer, act: Callable[..., Any], fate: str) -> None:
    """A fork that does not answer is told by its status and by what it wrote."""
    found = answer(act)
    assert found["crash"] == fate
    assert ("in fail\n" in str(found["trace"])) is (act is fail)
    assert found["printed"] == ""


def test_a_fork_that_neither_answers_nor_ends(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended after a while, such as when it has closed the kit's files."""
    monkeypatch.setattr(module, "_GRACE", 0.01)
    assert answer(close_and_wait)["crash"] == "its process was ended by SIGKILL"


@pytest.mark.parametrize(
    ("limit", "number"), [(7, "7"), (resource.RLIM_INFINITY, "unlimited")]
)
def test_no_process_can_be_started(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, limit: int, number: str
) -> None:
    """That is no assistant, and the limit to raise is named."""

    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert answer(pytest.fail) == {
        "problem": "the assistant cannot be copied for a dialogue: "
        "resource temporarily unavailable",
        "hint": f"raise the limits of processes (`ulimit -u` is {number}) and of "
        "memory, or run fewer jobs",
        "engine": False,
    }
