"""Keep what is written past Python's streams with its turn."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.core.other_output import _MOST_BYTES, OtherOutput
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.assistant.system.memory_file import memory_file
from ovos_dialogue_kit.replayer.transcript import Transcript

NOISY = """
import ctypes
import logging
import multiprocessing
import os
import subprocess
import sys

LIBC = ctypes.CDLL(None)


def tell(text):
    print(text, flush=True)


class Skill(OVOSSkill):
    @intent_handler("write.intent")
    def write(self, message):
        os.write(1, b"to 1\\n")
        os.write(2, b"to 2\\n")
        LIBC.printf(b"of C\\n")
        LIBC.fflush(None)
        subprocess.run(["sh", "-c", "echo of a program; echo its error >&2"])
        subprocess.run(["echo", "by Python's stream"], stdout=sys.stdout)
        sys.stdout.buffer.write(b"bytes\\n")
        sys.stdout.flush()
        print("to the first stream", file=sys.__stdout__, flush=True)
        child = multiprocessing.get_context("fork").Process(
            target=tell, args=("of a copy",)
        )
        child.start()
        child.join()
        sys.stdout.buffer.write(b"to be flushed")

    @intent_handler("log.intent")
    def log_it(self, message):
        logging.getLogger().info("to the root, %s", "unheard")
        logging.debug("to the module")
        log = logging.getLogger(__name__)
        log.log(5, "with a number")
        logging.LoggerAdapter(log, {}).info("by an adapter")
        log.isEnabledFor(logging.DEBUG)
        log.warning("loud")

    @intent_handler("flood.intent")
    def flood(self, message):
        os.write(1, b"x" * 9 + b"\\n" + b"y\\n" * 500_000)

    @intent_handler("abort.intent")
    def abort(self, message):
        print("about to end")
        os.write(2, b"free(): invalid pointer\\n")
        os.abort()

    @intent_handler("pour.intent")
    def pour(self, message):
        while True:
            os.write(1, b"x" * 256)

    @intent_handler("finish.intent")
    def finish(self, message):
        sys.stdout.close()
        sys.stderr.close()
        print("to nobody")
        os.write(1, b"still there\\n")

    @intent_handler("close.intent")
    def close(self, message):
        os.closerange(0, 256)
        self.speak("closed")

    @intent_handler("say.intent")
    def say(self, message):
        self.speak("fine")
"""
WORDS = ("abort", "close", "finish", "flood", "log", "pour", "say", "write")


@pytest.fixture(name="noisy", scope="module")
def noisy_fixture(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    locale = {f"{word}.intent": f"{word} now\n" for word in WORDS}
    install_skill(folder, "noisy.test", NOISY, locale)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        setup = Setup(("noisy.test",), limits=Limits(boot=120.0))
        with SubprocessAssistant(setup) as process:
            yield process


def play(process: SubprocessAssistant, *words: str) -> Transcript:
    turns = [("kitchen", f"{word} now") for word in words]
    fixture = dialogue("noisy.test", *turns)
    return process.replay(fixture, fixture.cases[0])


@pytest.mark.ovos
def test_other_output_is_kept_with_its_turn(noisy: SubprocessAssistant) -> None:
    """That of C, of other processes and of bytes goes to the turn in which it came."""
    lines = (
        *("to 1", "to 2", "of C", "of a program", "its error", "by Python's stream"),
        *("bytes", "to the first stream", "of a copy", "to be flushed"),
    )
    first, second, third = play(noisy, "say", "write", "say").turns
    assert second.words == tuple(("prints", line) for line in lines)
    assert first.words == third.words == ()


@pytest.mark.ovos
def test_a_log_below_its_level_is_kept(noisy: SubprocessAssistant) -> None:
    """What a skill logs is kept, also where the logger would drop it."""
    (turn,) = play(noisy, "log").turns
    assert turn.words == (
        ("logs", "INFO to the root, unheard"),
        ("logs", "DEBUG to the module"),
        ("logs", "Level 5 with a number"),
        ("logs", "INFO by an adapter"),
        ("logs", "WARNING loud"),
    )


@pytest.mark.ovos
def test_a_flood_of_output_is_counted(noisy: SubprocessAssistant) -> None:
    """A hundred lines are kept of it, and the next turn begins anew."""
    first, second = play(noisy, "flood", "say").turns
    assert first.words[:2] == (("prints", "x" * 9), ("prints", "y"))
    assert first.words[100:] == (("", "… 499901 more"),)
    assert second.words == ()


@pytest.mark.ovos
def test_the_last_output_before_a_crash_is_kept(noisy: SubprocessAssistant) -> None:
    """It is shown with the turn that crashed; the next dialogue has none of it."""
    transcript = play(noisy, "say", "abort")
    assert transcript.crash
    assert transcript.crash.detail == "its process was ended by SIGABRT"
    assert transcript.turns[1].words == (
        ("prints", "about to end"),
        ("prints", "free(): invalid pointer"),
    )
    assert play(noisy, "say").turns[0].words == ()


@pytest.mark.ovos
def test_other_output_has_a_limit(noisy: SubprocessAssistant) -> None:
    """It counts as output of the dialogue, as what is printed does."""
    transcript = play(noisy, "pour")
    assert transcript.crash
    assert transcript.crash.detail == "it printed more than 64 MB"


@pytest.mark.ovos
def test_a_skill_that_closes_python_s_streams(noisy: SubprocessAssistant) -> None:
    """It costs nothing: what is printed later is kept, as is other output."""
    transcript = play(noisy, "finish", "say")
    assert transcript.crash is None
    assert transcript.turns[0].words == (
        ("prints", "to nobody"),
        ("prints", "still there"),
    )


@pytest.mark.ovos
def test_a_skill_that_closes_its_output(noisy: SubprocessAssistant) -> None:
    """It ends its own dialogue, whose next one is fine."""
    transcript = play(noisy, "close")
    assert transcript.crash
    assert transcript.crash.detail.startswith("it closed open files")
    assert spoken(play(noisy, "say")) == [["fine"]]


def test_lines_beyond_the_most_are_counted() -> None:
    """Only so many bytes are read as text."""
    with memory_file() as file:
        output = OtherOutput(file.fileno())
        os.write(file.fileno(), b"x" * _MOST_BYTES + b"\ny\nz")
        assert output.taken() == ("x" * _MOST_BYTES, 2)
        assert output.taken() == ("", 0)
        os.write(file.fileno(), b"again")
        assert output.taken() == ("again", 0)


def test_another_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    """A skill may have closed the file, and opened its own, which is not emptied."""
    with memory_file() as file, (tmp_path / "own").open("w+b", buffering=0) as own:
        output = OtherOutput(file.fileno())
        own.write(b"precious")
        os.dup2(own.fileno(), file.fileno())
        assert output.taken() == ("", 0)
    assert (tmp_path / "own").read_bytes() == b"precious"


def test_both_are_put_back() -> None:
    """After it is redirected, output goes where it went before."""
    source = """
import os
from ovos_dialogue_kit.assistant.core.other_output import OtherOutput
from ovos_dialogue_kit.assistant.system.memory_file import memory_file
with memory_file() as file:
    output = OtherOutput(file.fileno())
    with output.redirected():
        os.system("echo hidden; echo error >&2")
    os.system("echo shown")
    print(output.taken(), flush=True)
    with output.redirected():
        os.closerange(0, 64)
    """
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert done.stdout == "shown\n('hidden\\nerror\\n', 0)\n"
