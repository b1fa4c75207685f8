"""Searches on real skills, through the real intent service.

Those that leak are in the catalogue (``test_catalogue.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.actors import fixtures
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.search import Budget, Findings, SearchSettings, search
from ovos_dialogue_kit.replayer.replay_options import Options, Step

pytestmark = pytest.mark.ovos

LOCALE = {
    "keep.intent": "keep {word}",
    "tell.intent": "(tell me|what was it)",
    "dice.intent": "roll a dice",
    "ask.intent": "ask me",
    "hi.dialog": "hello\nhi\nhey\ngood morning",
    "hi.intent": "greet me",
}

NOTES = """
import random


class Skill(OVOSSkill):
    def initialize(self):
        self.words = {}

    def key(self, message):
        return message.context["session"]["session_id"]

    @intent_handler("keep.intent")
    def keep(self, message):
        self.words[self.key(message)] = message.data["word"]
        self.speak("kept")

    @intent_handler("tell.intent")
    def tell(self, message):
        self.speak(f"it is {self.words.get(self.key(message), 'nothing')}")

    @intent_handler("dice.intent")
    def dice(self, message):
        self.speak(str(random.randint(1, 6)))

    @intent_handler("ask.intent")
    def ask(self, message):
        self.speak(f"you said {self.get_response('what', num_retries=0)}")

    @intent_handler("hi.intent")
    def greet(self, message):
        self.speak_dialog("hi")
"""

LEAKY = NOTES.replace('message.context["session"]["session_id"]', '"everybody"')

TURNS = [
    *(f"{name}: {said}" for name in "ab" for said in ("keep apple", "tell me")),
    *("a: roll a dice", "a: greet me", "b: greet me"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of two skills: one that leaks and one that does not."""
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "notes.test", NOTES, LOCALE)
    install_skill(folder, "leaky.test", LEAKY, LOCALE)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def loaded(skill: str, *turns: str) -> Fixture:
    lines = "".join(f"    - {turn}\n" for turn in turns or TURNS)
    return fixtures(f"skill: {skill}\ndialogues:\n  x:\n{lines}")[0]


@pytest.fixture(scope="module")
def notes(installed: Path) -> Iterator[SubprocessAssistant]:
    """An assistant with the skill that does not leak."""
    assert installed
    with SubprocessAssistant(Setup(("notes.test",))) as assistant:
        yield assistant


def searched(assistant: SubprocessAssistant, *turns: str, schedules: int) -> Findings:
    [skill] = assistant.setup.skills
    fixture = loaded(skill, *turns)
    chosen = SearchSettings(Budget(schedules))
    return search(
        fixture, fixture.cases[0], [assistant], chosen, engine=fixture.engines[0]
    )


def test_a_skill_with_a_memory_for_each_does_not(notes: SubprocessAssistant) -> None:
    """Random numbers and random lines of a dialog are not taken for leaks."""
    findings = searched(notes, schedules=3)
    assert () == findings.leaks
    assert all("dice" in each for each in findings.unjudged)


def test_questions_that_overlap_are_no_leak(notes: SubprocessAssistant) -> None:
    """Two sessions are asked at the same time, and each gets its own answer."""
    turns = [f"{name}: {said}" for name in "ab" for said in ("ask me", "$canary")]
    assert () == searched(notes, *turns, schedules=3).leaks


def heard(
    assistant: SubprocessAssistant, fixture: Fixture, options: Options
) -> list[list[str]]:
    turns = assistant.replay(fixture, fixture.cases[0], options).turns
    return [[reply.text for reply in turn.replies] for turn in turns]


def test_chance_has_a_seed(notes: SubprocessAssistant) -> None:
    """A random seed gives the same random numbers again; another seed gives others."""
    fixture = loaded("notes.test", *["a: roll a dice"] * 6)
    seeds = (0, 0, 1)
    rolls = [heard(notes, fixture, Options(chance_seed=seed)) for seed in seeds]
    assert rolls[0] == rolls[1] != rolls[2]


def test_a_session_waits_for_its_own_turn(notes: SubprocessAssistant) -> None:
    """In a schedule, a session takes no turn before its last one has ended."""
    turns = ("a: keep apple", "b: keep pear", "a: tell me", "b: tell me")
    steps = [Step(0, overlap=True), Step(1, overlap=True), Step(2, overlap=True)]
    options = Options(schedule=(*steps, Step(3)))
    said = heard(notes, loaded("notes.test", *turns), options)
    assert [["kept"], ["kept"], ["it is apple"], ["it is pear"]] == said


def test_a_part_of_the_turns(notes: SubprocessAssistant) -> None:
    """A schedule may leave out turns, even all of them."""
    fixture = loaded("notes.test", "a: keep apple", "a: tell me")
    only = Options(schedule=(Step(1),))
    assert [["it is nothing"]] == heard(notes, fixture, only)
    assert [] == heard(notes, fixture, Options(schedule=()))


@pytest.mark.usefixtures("installed")
def test_without_a_script(capfd: pytest.CaptureFixture[str]) -> None:
    """The skill's own files are enough to find the leak."""
    arguments = ["isolate", "--skill", "leaky.test", "--schedules", "20", "--seed", "1"]
    assert 1 == main([*arguments, "-j", "1", "-k", "words and tell"])
    shown = capfd.readouterr()
    assert "oracle" in shown.out
    assert "kit isolate --skill leaky.test --lang en-US --case" in shown.out
    assert "(seed 1)" in shown.err


def test_no_such_skill(capfd: pytest.CaptureFixture[str]) -> None:
    """A skill that is not installed is bad usage."""
    assert 2 == main(["isolate", "--skill", "no-such.skill"])
    assert 'the skill "no-such.skill" is not installed' in capfd.readouterr().err
