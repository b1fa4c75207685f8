"""A skill that raises in each place where OVOS calls it, on the installed ovos-core.

OVOS swallows most of these exceptions. Each cell of the matrix runs this, as the places
differ between versions of ovos-workshop.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from packaging.version import Version
from support.dialogues import dialogue
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.replayer.transcript import Fault

pytestmark = pytest.mark.ovos

CORE = Version(version("ovos-core"))

RAISING = """
from threading import Thread

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:
    ConversationalSkill = OVOSSkill


class Skill(ConversationalSkill):
    def initialize(self):
        self.mode = ""
        self.add_event("raising.event", self.on_event)
        self.bus.on("raising.listener", self.on_listener)
        self.settings_change_callback = self.on_settings

    @intent_handler("mode.intent")
    def on_mode(self, message):
        self.mode = message.data["mode"].replace(" ", "_")

    def on_event(self, message):
        raise ValueError("event")

    def on_listener(self, message):
        raise ValueError("listener")

    @intent_handler("change.intent")
    def change(self, message):
        self.settings["changed"] = True
        self.settings.store()

    def on_settings(self):
        if "changed" in self.settings:
            raise ValueError("settings")

    def on_time(self, message):
        raise ValueError("time")

    def check(self, utterance):
        raise ValueError("validator")

    @intent_handler("raise.intent")
    def on_intent(self, message):
        raise ValueError("intent")

    @intent_handler("later.intent")
    def later(self, message):
        self.schedule_event(self.on_time, 2, name="later")

    @intent_handler("thread.intent")
    def thread(self, message):
        Thread(target=self.on_thread).start()

    def on_thread(self):
        raise ValueError("thread")

    @intent_handler("ask.intent")
    def ask(self, message):
        self.get_response("yes", validator=self.check, num_retries=0)

    @intent_handler("own.intent")
    def own(self, message):
        try:
            raise ValueError("caught by the skill itself")
        except ValueError:
            self.log.exception("handled")
            self.speak("all is well")

    def can_converse(self, message):
        if self.mode == "can_converse":
            raise ValueError("can_converse")
        return self.mode == "converse"

    def converse(self, message=None):
        if self.mode == "converse":
            raise ValueError("converse")
        return False

    def can_stop(self, message):
        if self.mode == "can_stop":
            raise ValueError("can_stop")
        return self.mode in ("stop", "stop_session")

    def stop_session(self, session):
        if self.mode == "stop_session":
            raise ValueError("stop_session")
        return False

    def stop(self):
        if self.mode == "stop":
            raise ValueError("stop")
        return False
"""

FALLING = """
try:
    from ovos_workshop.skills.fallback import FallbackSkillV2 as FallbackSkill
except ImportError:
    from ovos_workshop.skills.fallback import FallbackSkill


class Skill(FallbackSkill):
    def initialize(self):
        self.register_fallback(self.on_fallback, 50)
        self.register_fallback(self.wrong_call, 60)

    def can_answer(self, *args, **kwargs):
        return True

    def on_fallback(self, message):
        if "mistake" in message.data["utterances"][0]:
            return False
        raise ValueError("fallback")

    def wrong_call(self):
        return True
"""

STOPPING = """
class Skill(OVOSSkill):
    @intent_handler("begin.intent")
    def begin(self, message):
        self.speak("begun")

    def stop_session(self, session):
        return True
"""

INTENTS = {
    "ask.intent": "ask me\n",
    "change.intent": "change a setting\n",
    "mode.intent": "raise in {mode}\n",
    "later.intent": "do it later\n",
    "own.intent": "make a mistake of your own\n",
    "raise.intent": "make a mistake\n",
    "thread.intent": "make a mistake in a thread\n",
}


@pytest.fixture(scope="module")
def raising(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubprocessAssistant]:
    folder = tmp_path_factory.mktemp("skills")
    install_skill(folder, "raising.test", RAISING, INTENTS)
    install_skill(folder, "falling.test", FALLING)
    install_skill(folder, "stopping.test", STOPPING, {"begin.intent": "begin\n"})
    sys.path.insert(0, str(folder))
    with SubprocessAssistant(
        Setup(("raising.test", "falling.test", "stopping.test"))
    ) as process:
        yield process
    sys.path.remove(str(folder))


def faults(process: SubprocessAssistant, *turns: tuple[str, str]) -> list[Fault]:
    """Replay a dialogue, and return the errors that the skills raised."""
    fixture = dialogue("raising.test", *turns)
    found = process.replay(fixture, fixture.cases[0])
    assert found.crash is None
    return [
        fault for turn in found.turns for fault in turn.faults if fault.kind == "raised"
    ]


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("make a mistake", "Skill.on_intent: ValueError: intent"),
        ("!raising.event", "Skill.on_event: ValueError: event"),
        ("!raising.listener", "Skill.on_listener: ValueError: listener"),
        ("make a mistake in a thread", "Skill.on_thread: ValueError: thread"),
        ("an unknown phrase", "Skill.on_fallback: ValueError: fallback"),
    ],
)
def test_an_error_is_a_fault_of_its_turn(
    raising: SubprocessAssistant, turn: str, expected: str
) -> None:
    """An exception of any kind of handler is reported once, with its line."""
    found = faults(raising, ("kitchen", turn))
    assert [fault.detail for fault in found][:1] == [expected]
    assert f'raise ValueError("{expected.rpartition(" ")[2]}")' in str(found[0].trace)


def test_what_a_timer_raises_is_a_fault(raising: SubprocessAssistant) -> None:
    """An exception of a scheduled event is reported in the turn at that time."""
    turns = ("kitchen", "do it later"), ("kitchen", "~5")
    found = [fault.detail for fault in faults(raising, *turns)]
    assert found == ["Skill.on_time: ValueError: time"]


def test_what_a_callback_of_settings_raises_is_a_fault(
    raising: SubprocessAssistant,
) -> None:
    """OVOS calls it when the file of the settings has changed."""
    turns = ("kitchen", "change a setting"), ("kitchen", "~5")
    found = [fault.detail for fault in faults(raising, *turns)]
    assert found == ["Skill.on_settings: ValueError: settings"]


def test_what_a_validator_raises_is_a_fault(raising: SubprocessAssistant) -> None:
    """``get_response`` is called by the skill, and calls it back."""
    found = faults(raising, ("kitchen", "ask me"), ("kitchen", "whatever"))
    assert "ValueError: validator" in str([fault.detail for fault in found])


@pytest.mark.parametrize(
    ("mode", "said"),
    [("converse", "anything"), ("stop_session", "stop"), ("stop", "stop")],
)
def test_errors_in_the_skill_s_callbacks_are_faults(
    raising: SubprocessAssistant, mode: str, said: str
) -> None:
    """OVOS answers in the skill's place; the error is a fault all the same."""
    turns = ("kitchen", f"raise in {mode.replace('_', ' ')}"), ("kitchen", said)
    found = [fault.detail for fault in faults(raising, *turns)]
    assert f"Skill.{mode}: ValueError: {mode}" in found


@pytest.mark.parametrize(
    ("mode", "said"), [("can_converse", "anything"), ("can_stop", "stop")]
)
@pytest.mark.skipif(CORE < Version("2.0.0a1"), reason="older ones do not ask")
def test_errors_in_the_skill_s_answers_are_faults(
    raising: SubprocessAssistant, mode: str, said: str
) -> None:
    """A skill that is asked whether it wants an utterance, and raises."""
    turns = ("kitchen", f"raise in {mode.replace('_', ' ')}"), ("kitchen", said)
    found = [fault.detail for fault in faults(raising, *turns)]
    assert f"Skill.{mode}: ValueError: {mode}" in found


@pytest.mark.skipif(CORE < Version("2.0.0a1"), reason="older ones do not ask")
def test_what_a_skill_must_define_and_does_not_is_a_fault(
    raising: SubprocessAssistant,
) -> None:
    """OVOS raises in its place, in code of its own."""
    found = faults(raising, ("kitchen", "begin"), ("kitchen", "stop"))
    assert any(
        fault.detail.startswith("Skill.can_stop: NotImplementedError")
        for fault in found
    )


def test_a_wrong_signature_is_a_fault(raising: SubprocessAssistant) -> None:
    """A function that cannot be called as OVOS calls it never runs; it is named."""
    found = faults(raising, ("kitchen", "a mistake nobody knows"))
    [fault] = found
    assert "TypeError: Skill.wrong_call() " in fault.detail


def test_what_a_skill_catches_itself_is_no_fault(raising: SubprocessAssistant) -> None:
    """A skill may log an error that it has dealt with."""
    assert faults(raising, ("kitchen", "make a mistake of your own")) == []
