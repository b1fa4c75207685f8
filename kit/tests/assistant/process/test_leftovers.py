"""What a boot leaves that its forks would share or lack."""

from __future__ import annotations

import asyncio
import mmap
import multiprocessing
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill
from support.worlds import start_outside

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.leftovers import Leftovers
from ovos_dialogue_kit.assistant.setup import Setup


@contextmanager
def a_process() -> Iterator[None]:
    process = subprocess.Popen(["/bin/sleep", "60"])
    yield
    process.kill()
    process.wait()


@contextmanager
def a_raw_thread() -> Iterator[None]:
    go_on, over = threading.Event(), threading.Event()
    start_outside(lambda: (go_on.wait(), over.set()))
    yield
    go_on.set()
    over.wait()


@contextmanager
def a_pipe() -> Iterator[None]:
    ends = os.pipe()
    yield
    for end in ends:
        os.close(end)


@contextmanager
def a_value() -> Iterator[None]:
    yield multiprocessing.Value("i", 0)


def a_log(folder: Path) -> AbstractContextManager[object]:
    return (folder / "a.log").open("a")


def a_device(_: Path) -> AbstractContextManager[object]:
    return Path(os.devnull).open("r+")


@pytest.mark.parametrize(
    ("leave", "found"),
    [
        (lambda folder: (folder / "notes").open("w+"), ['the open file "notes"']),
        (lambda folder: (folder / "a").open("a+"), ['the open file "a"']),
        (lambda _: tempfile.TemporaryFile(), ["an open file without a name"]),  # noqa: SIM115  # the test closes it
        (lambda _: socket.socket(), ["an open socket"]),
        (
            lambda _: closing(asyncio.new_event_loop()),
            ["an open event loop", "an open socket"],
        ),
        (lambda _: a_pipe(), ["an open pipe"]),
        (lambda _: mmap.mmap(-1, 4096), ["shared memory"]),
        (lambda _: a_process(), ["a process"]),
        (lambda _: a_raw_thread(), ["a thread that threading does not know"]),
        (a_log, []),
        (a_device, []),
    ],
)
def test_what_is_found(
    tmp_path: Path,
    leave: Callable[[Path], AbstractContextManager[object]],
    found: list[str],
) -> None:
    """It is told in words that are the same in every run."""
    before = Leftovers.now()
    with leave(tmp_path):
        assert before.new(tmp_path) == found
    assert before.new(tmp_path) == []


BOOTED = """
import os, subprocess, _thread


class Skill(OVOSSkill):
    def initialize(self):
        time.sleep(30.25)
        path = os.path.join(self.file_system.path, "lines")
        with open(path, "w") as lines:
            lines.write("one two ")
        self.lines = os.open(path, os.O_RDONLY)
        self.counter = subprocess.Popen(
            ["grep", "-n", "--line-buffered", "x"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.ticks = 0
        _thread.start_new_thread(self.tick, ())

    def tick(self):
        while True:
            time.sleep(1)
            self.ticks += 1

    @intent_handler("look.intent")
    def look(self, message):
        clock = time.strftime("%A %H:%M:%S")
        self.counter.stdin.write("x\\n")
        self.counter.stdin.flush()
        number = self.counter.stdout.readline().strip()
        before = self.ticks
        time.sleep(2.5)
        word = os.read(self.lines, 4).decode()
        alive = self.counter.poll() is None
        self.speak(f"{clock} {number} {word} {alive} {self.ticks > before}")
"""


@pytest.mark.ovos
def test_each_dialogue_finds_all_as_after_the_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files, processes and threads are there, and it is noon though the boot waited."""
    install_skill(tmp_path, "booted.test", BOOTED, {"look.intent": "look\n"})
    monkeypatch.syspath_prepend(tmp_path)
    fixture = dialogue("booted.test", ("kitchen", "look"))
    with SubprocessAssistant(Setup(("booted.test",))) as process:
        heard = [process.replay(fixture, fixture.cases[0]) for _ in range(2)]
    assert [["Monday 12:00:00 1:x one  True True"]] * 2 == [
        text for each in heard for text in spoken(each)
    ]
    assert heard[0].leftovers == ('the thread "a raw thread"',)
