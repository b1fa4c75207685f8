"""What ovos-core starts beside the intent service, seen by a skill.

Each cell of the matrix runs this, because ovos-core's ``SkillManager`` differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from packaging.version import Version
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.process import Process
from ovos_dialogue_kit.assistant.setup import Setup

pytestmark = pytest.mark.ovos

CORE = Version(version("ovos-core"))

ASKING = """
from ovos_bus_client.message import Message
from ovos_workshop.skills.api import SkillApi


class Skill(OVOSSkill):
    def initialize(self):
        self.seen = []
        self.add_event("mycroft.skills.initialized", self.on_initialized)
        self.add_event("mycroft.ready", self.on_ready)
        self.settings_change_callback = self.on_settings

    def on_initialized(self, message):
        self.seen.append("initialized")

    def on_ready(self, message):
        self.seen.append("ready")

    def on_settings(self):
        if "mood" in self.settings:  # they are stored at the first start, too
            self.seen.append(f"mood {self.settings['mood']}")

    def ask(self, topic, data=None, reply=None):
        return self.bus.wait_for_response(Message(topic, data), reply, timeout=3)

    @intent_handler("seen.intent")
    def say_seen(self, message):
        self.speak(", ".join(self.seen))

    @intent_handler("number.intent")
    def say_number(self, message):
        self.speak(str(SkillApi.get("book.test").number_of("desk")))

    @intent_handler("list.intent")
    def say_list(self, message):
        found = self.ask("skillmanager.list", reply="mycroft.skills.list")
        self.speak(", ".join(sorted(found.data)))

    @intent_handler("status.intent")
    def say_status(self, message):
        self.speak(str(self.ask("mycroft.skills.is_ready").data["status"]))

    @intent_handler("install.intent")
    def install(self, message):
        found = self.ask(
            "ovos.pip.install", {"packages": ["x"]}, "ovos.pip.install.failed"
        )
        self.speak(found.data["error"])

    @intent_handler("deactivate.intent")
    def deactivate_book(self, message):
        self.bus.emit(Message("skillmanager.deactivate", {"skill": "book.test"}))
        self.speak("done")

    @intent_handler("mood.intent")
    def set_mood(self, message):
        self.settings["mood"] = message.data["mood"]
        self.settings.store()
        self.speak("all right")
"""

INTENTS = {
    "deactivate.intent": "close the book\n",
    "install.intent": "install something\n",
    "list.intent": "who is there\n",
    "mood.intent": "be {mood}\n",
    "number.intent": "what number has the desk\n",
    "seen.intent": "what have you seen\n",
    "status.intent": "is everything ready\n",
}

BOOK = """
from ovos_workshop.decorators import skill_api_method


class Skill(OVOSSkill):
    @skill_api_method
    def number_of(self, who):
        return {"desk": 111}[who]

    @intent_handler("open.intent")
    def open(self, message):
        self.speak("open")
"""


@pytest.fixture(scope="module", params=["memory", "real"])
def asking(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "asking.test", ASKING, INTENTS)
    install_skill(folder, "book.test", BOOK, {"open.intent": "open the book\n"})
    sys.path.insert(0, str(folder))
    setup = Setup(("asking.test", "book.test"), bus=request.param)
    with Process(setup) as process:
        yield process
    sys.path.remove(str(folder))


def heard(process: Process, *said: str) -> list[list[str]]:
    """Say this in the kitchen, and return what is heard in each turn."""
    fixture = dialogue("asking.test", *(("kitchen", each) for each in said))
    found = process.replay(fixture, fixture.cases[0])
    assert found.crash is None
    assert [fault for turn in found.turns for fault in turn.faults] == []
    return spoken(found)


def test_a_skill_calls_another(asking: Process) -> None:
    """``SkillApi`` is connected to the bus."""
    assert heard(asking, "what number has the desk") == [["111"]]


def test_the_list_of_skills(asking: Process) -> None:
    """It has the skills under test, not all that are installed."""
    assert heard(asking, "who is there") == [["asking.test, book.test"]]


def test_skills_are_told_when_all_are_loaded(asking: Process) -> None:
    """ovos-core itself says that the device is ready only before 0.2."""
    expected = "initialized, ready" if CORE < Version("0.2.0a1") else "initialized"
    assert heard(asking, "what have you seen") == [[expected]]


def test_the_status_of_the_skills(asking: Process) -> None:
    """They are ready, and say so."""
    assert heard(asking, "is everything ready") == [["True"]]


def test_nothing_is_installed(asking: Process) -> None:
    """A skill that asks for a package is refused, as where pip is not allowed."""
    assert heard(asking, "install something") == [["pip disabled in mycroft.conf"]]


def test_a_skill_is_deactivated(asking: Process) -> None:
    """Its intents are not matched any more."""
    said = ("open the book", "close the book", "open the book")
    assert heard(asking, *said) == [["open"], ["done"], []]


def test_stored_settings_are_noticed(asking: Process) -> None:
    """ovos-core watches their files, and tells the skill that they have changed."""
    turns = ("be happy", "~1", "be sad", "~1", "what have you seen")
    first, _, second, _, [seen] = heard(asking, *turns)
    assert (first, second) == (["all right"], ["all right"])
    assert seen.endswith(", mood happy, mood sad")
