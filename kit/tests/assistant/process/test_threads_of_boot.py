"""A skill that starts threads while it is loaded: forks would not have them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

QUEUES = """
import queue
import threading


class Skill(OVOSSkill):
    def initialize(self):
        self.jobs = queue.Queue()
        self.count = 0
        threading.Thread(target=self.work).start()

    def work(self):
        while True:
            self.do(self.jobs.get())

    def do(self, message):
        time.sleep(2)
        self.count += 1
        self.speak(f"job {self.count} is done")

    @intent_handler("work.intent")
    def enqueue(self, message):
        self.jobs.put(message)
"""
SHORT = Limits(boot=30.0, dialogue=30.0)
TWO_JOBS = (("kitchen", "work now"), ("kitchen", "~3"), ("kitchen", "work now"))


@pytest.fixture(scope="module")
def skills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "queues.test", QUEUES, {"work.intent": "work now\n"})
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def queues(skills: Path) -> Iterator[SubprocessAssistant]:  # noqa: ARG001  # installed first
    with SubprocessAssistant(Setup(("queues.test",), limits=SHORT)) as process:
        yield process


def play(process: SubprocessAssistant, *turns: tuple[str, str]) -> Transcript:
    fixture = dialogue("queues.test", *turns)
    return process.replay(fixture, fixture.cases[0])


def test_the_thread_is_there(queues: SubprocessAssistant) -> None:
    """Replies of a thread that was started at boot are heard."""
    transcript = play(queues, *TWO_JOBS, ("kitchen", "~3"))
    assert [[], ["job 1 is done"], [], ["job 2 is done"]] == spoken(transcript)
    assert [2.0] == [reply.at for reply in transcript.turns[1].replies]


def test_every_case_has_a_thread_of_its_own(queues: SubprocessAssistant) -> None:
    """Every case starts from a boot that no other case has seen."""
    first, second = (play(queues, *TWO_JOBS) for _ in range(2))
    assert first == second


def test_a_boot_that_fails_later_is_told(
    skills: Path, queues: SubprocessAssistant
) -> None:
    """A boot that fails in a case, though one succeeded before, is that case's end."""
    module = skills / "queues" / "__init__.py"
    source = module.read_text(encoding="utf-8")
    try:
        module.write_text("1 / 0\n", encoding="utf-8")
        with pytest.raises(AssistantError) as raised:
            play(queues, *TWO_JOBS)
    finally:
        module.write_text(source, encoding="utf-8")
    assert raised.value.problem == (
        'the skill "queues.test" did not load: ZeroDivisionError: division by zero'
    )


@pytest.mark.usefixtures("skills")
def test_a_boot_that_fails_at_once_is_an_error() -> None:
    """The first boot says what is missing, as it does without threads."""
    setup = Setup(("queues.test", "nobody.test"))
    with pytest.raises(AssistantError) as raised, SubprocessAssistant(setup):
        pass
    assert 'the skill "nobody.test" is not installed' == raised.value.problem
