"""Tests of an assistant whose user is interrupted, has threads or forks itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.places import TESTS
from support.processes import is_running
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process import assistant_process
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.in_process import InProcessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.system.descendants import children
from ovos_dialogue_kit.assistant.virtual_time.scheduler import Scheduler
from ovos_dialogue_kit.assistant.virtual_time.stand_ins import Clock
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants

pytestmark = pytest.mark.ovos

SKILL = """
import os
import signal
from pathlib import Path


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


class Skill(OVOSSkill):
    last = "nothing"

    def initialize(self):
        if "INTERRUPT_BOOT" in os.environ:
            self.interrupt(os.getppid())

    def interrupt(self, user):
        os.kill(user, signal.SIGUSR1)
        signal.sigwait([signal.SIGHUP])  # which nobody sends

    @intent_handler("interrupt.intent")
    def handle_interrupt(self, message):
        self.interrupt(parent(os.getppid()))

    @intent_handler("raise.intent")
    def handle_raise(self, message):
        signal.raise_signal(signal.SIGUSR1)

    @intent_handler("parent.intent")
    def handle_parent(self, message):
        self.speak(str(os.getppid()))

    @intent_handler("colour.intent")
    def handle_colour(self, message):
        self.speak(f"{self.last}, {message.data['colour']}")
        self.last = message.data["colour"]
"""
LOCALE = {
    "interrupt.intent": "interrupt now\n",
    "raise.intent": "raise now\n",
    "parent.intent": "tell your parent\n",
    "colour.intent": "say {colour}\n",
}
SETUP = Setup(("signals.test",))


class Interrupted(BaseException):
    """The exception of a signal handler."""


def interrupt(*_: object) -> None:
    raise Interrupted


@pytest.fixture(scope="module", autouse=True)
def _skill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "signals.test", SKILL, LOCALE)
    before = signal.signal(signal.SIGUSR1, interrupt)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture(scope="module")
def process() -> Iterator[SubprocessAssistant]:
    with SubprocessAssistant(SETUP) as process:
        yield process


def play(
    process: SubprocessAssistant | InProcessAssistant, *said: str
) -> list[list[str]]:
    return spoken(replayed(process, *said))


def replayed(
    process: SubprocessAssistant | InProcessAssistant, *said: str
) -> Transcript:
    fixture = dialogue("signals.test", *(("kitchen", each) for each in said))
    return process.replay(fixture, fixture.cases[0])


def test_a_dialogue_after_an_interrupted_one(process: SubprocessAssistant) -> None:
    """The assistant of the interrupted dialogue ends; the next one gets a new one."""
    [_, [interrupted]] = play(process, "say red", "tell your parent")
    with pytest.raises(Interrupted):
        play(process, "say red", "interrupt now", "say blue")
    assert not is_running(interrupted)
    assert play(process, "say green") == [["nothing, green"]]


def test_a_second_interruption(
    process: SubprocessAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An assistant whose end is interrupted, too, is not used again."""
    [[interrupted]] = play(process, "tell your parent")
    with monkeypatch.context() as patch:
        patch.setattr(assistant_process, "end", interrupt)
        with pytest.raises(Interrupted):
            play(process, "interrupt now")
    assert is_running(interrupted)
    assert play(process, "say green") == [["nothing, green"]]
    assert not is_running(interrupted)


def test_an_interrupted_boot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The next dialogue boots anew, and nothing of the first boot is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = children()
    with Assistants() as assistants:
        with monkeypatch.context() as patch:
            patch.setenv("INTERRUPT_BOOT", "1")
            with pytest.raises(Interrupted):
                assistants.get(SETUP)
        assert len(assistants) == 0
        assert children() == before
        assert [*tmp_path.iterdir()] == []
        fixture = dialogue("signals.test", ("kitchen", "say green"))
        made = assistants.get(SETUP)
        assert spoken(made.replay(fixture, fixture.cases[0])) == [["nothing, green"]]


FORKING = """
import os
import sys
from support.dialogues import dialogue, spoken
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup

def play(colour):
    fixture = dialogue("signals.test", ("kitchen", f"say {colour}"))
    print(spoken(process.replay(fixture, fixture.cases[0])), flush=True)

process, unused = (SubprocessAssistant(Setup(("signals.test",))) for _ in range(2))
process.start()
child = os.fork()
if child == 0:
    play("red")
    process.close()
    unused.close()
    sys.exit(0)
os.waitpid(child, 0)
play("green")
process.close()
unused.close()
"""


def test_a_fork_of_the_user() -> None:
    """It boots an assistant of its own, and closes no other."""
    path = os.pathsep.join([*sys.path, str(TESTS)])
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=True,
        text=True,
    )
    answers = [f"[['nothing, {colour}']]" for colour in ("red", "green")]
    assert (told.stdout.splitlines(), told.stderr) == (answers, "")


def test_threads_share_an_assistant(process: SubprocessAssistant) -> None:
    """Their dialogues are replayed one after another; each gets its own transcript."""
    colours = [
        f"colour {number}" for number in ["one", "two", "three", "four", "five", "six"]
    ]
    with ThreadPoolExecutor(3) as pool:
        said = [f"say {colour}" for colour in colours]
        answers = list(pool.map(partial(play, process), said))
    assert answers == [[[f"nothing, {colour}"]] for colour in colours]


@pytest.fixture
def shared() -> InProcessAssistant:
    return InProcessAssistant(SETUP)


def test_an_interruption_in_the_users_process(shared: InProcessAssistant) -> None:
    """The next dialogue is not affected, and the process has its own clock again."""
    slept = time.sleep
    with pytest.raises(Interrupted):
        play(shared, "raise now")
    assert time.sleep is slept
    assert abs(time.time() - Path("/proc/self").stat().st_ctime) < 1e6
    assert play(shared, "say green") == [["nothing, green"]]


def test_threads_share_the_users_process(shared: InProcessAssistant) -> None:
    """It is lent to one dialogue at a time."""
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(partial(play, shared), ["say red", "say blue"]))
    assert answers == [[["nothing, red"]], [["nothing, blue"]]]


def test_an_interruption_while_the_clock_is_put_back() -> None:
    """The rest is put back all the same."""
    slept = time.sleep
    clock = Clock(Scheduler(lambda: False, print), (), is_real=False)
    clock.install()
    clock._undo.append(interrupt)
    with pytest.raises(Interrupted):
        clock.uninstall()
    assert time.sleep is slept
