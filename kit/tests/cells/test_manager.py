"""What ovos-core starts beside the intent service, seen by a skill.

Each cell of the matrix runs this, because ovos-core's ``SkillManager`` differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
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
        self.seen.append(f"mood {self.settings.get('mood')}")

    def ask(self, topic, data=None, reply=None):
        return self.bus.wait_for_response(Message(topic, data), reply, timeout=3)

    @intent_handler("seen.intent")
    def say_seen(self, message):
        self.speak(", ".join(each for each in self.seen if each != "mood None"))

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


TOLD = "initialized, ready" if CORE < Version("0.2.0a1") else "initialized"


@contextmanager
def assistant(folder: Path, bus: str) -> Iterator[SubprocessAssistant]:
    """Boot an assistant with both skills, which are installed in a folder."""
    install_skill(folder, "asking.test", ASKING, INTENTS)
    install_skill(folder, "book.test", BOOK, {"open.intent": "open the book\n"})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with SubprocessAssistant(
            Setup(("asking.test", "book.test"), bus=bus)
        ) as process:
            yield process


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    with assistant(tmp_path_factory.mktemp("memory"), "memory") as process:
        yield process


def heard(process: SubprocessAssistant, *said: str) -> list[list[str]]:
    """Say this in the kitchen, and return what is heard in each turn."""
    fixture = dialogue("asking.test", *(("kitchen", each) for each in said))
    found = process.replay(fixture, fixture.cases[0])
    assert found.crash is None
    assert [fault for turn in found.turns for fault in turn.faults] == []
    return spoken(found)


def test_a_skill_calls_another(asking: SubprocessAssistant) -> None:
    """``SkillApi`` is connected to the bus."""
    assert heard(asking, "what number has the desk") == [["111"]]


def test_the_list_of_skills(asking: SubprocessAssistant) -> None:
    """It has the skills under test, not all that are installed."""
    assert heard(asking, "who is there") == [["asking.test, book.test"]]


def test_skills_are_told_when_all_are_loaded(asking: SubprocessAssistant) -> None:
    """ovos-core itself says that the device is ready only before 0.2."""
    assert heard(asking, "what have you seen") == [[TOLD]]


def test_the_status_of_the_skills(asking: SubprocessAssistant) -> None:
    """They are ready, and say so."""
    assert heard(asking, "is everything ready") == [["True"]]


def test_nothing_is_installed(asking: SubprocessAssistant) -> None:
    """A skill that asks for a package is refused, as where pip is not allowed."""
    assert heard(asking, "install something") == [["pip disabled in mycroft.conf"]]


def test_a_skill_is_deactivated(asking: SubprocessAssistant) -> None:
    """Its intents are not matched any more; other dialogues still have it."""
    said = ("open the book", "close the book", "open the book")
    assert heard(asking, *said) == [["open"], ["done"], []]
    assert heard(asking, "open the book") == [["open"]]


def test_stored_settings_are_noticed(asking: SubprocessAssistant) -> None:
    """ovos-core watches their files, and tells the skill that they have changed."""
    *_, [seen] = heard(asking, "be happy", "be sad", "what have you seen")
    assert seen.endswith(", mood happy, mood sad")


def test_so_it_is_on_a_real_bus(tmp_path: Path) -> None:
    """All that does not depend on virtual time is there on a real message bus."""
    expected = {
        "what number has the desk": "111",
        "who is there": "asking.test, book.test",
        "what have you seen": TOLD,
        "is everything ready": "True",
        "install something": "pip disabled in mycroft.conf",
    }
    with assistant(tmp_path, "real") as process:
        found = heard(process, *expected)
    assert [[reply] for reply in expected.values()] == found
