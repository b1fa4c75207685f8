"""``kit isolate`` finds a leak of a real skill, and none where there is none.

Each cell of the matrix runs this, because what a session carries with it, and what the
assistant sends meanwhile, is different in each version of OVOS.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.cli import main

pytestmark = pytest.mark.ovos

SKILL = """
class Skill(OVOSSkill):
    last = "nothing"

    def initialize(self):
        self.words = {}

    def key(self, message):
        return message.context["session"]["session_id"]

    @intent_handler("keep.intent")
    def keep(self, message):
        self.last = self.words[self.key(message)] = message.data["word"]
        self.speak("kept")

    @intent_handler("own.intent")
    def tell_own(self, message):
        self.speak(f"yours is {self.words.get(self.key(message))}")

    @intent_handler("last.intent")
    def tell_last(self, message):
        self.speak(f"the last is {self.last}")

    @intent_handler("ask.intent")
    def ask(self, message):
        self.speak(f"you said {self.get_response('what', num_retries=0)}")
"""
LOCALE = {
    "keep.intent": "keep {word}\n",
    "own.intent": "which is mine\n",
    "last.intent": "which was last\n",
    "ask.intent": "ask me\n",
}
SCRIPT = """\
skill: words.test
engine: padacioso
dialogues:
  sound:
    - kitchen: keep apples
    - bedroom: keep pears
    - kitchen: which is mine
    - bedroom: ask me
    - bedroom: good night
  leaky:
    - bedroom: keep plums
    - kitchen: good morning
    - bedroom: which is mine
    - kitchen: which was last
"""
SMALLEST = """\
skill: words.test
lang: en-US
engine: padacioso
dialogues:
  leaky:
    - bedroom: keep plums
    - kitchen: which was last
      expect: {text: the last is nothing}
"""


def test_a_leak_and_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A sound dialogue has none, and the smallest one with the leak is a script."""
    install_skill(tmp_path, "words.test", SKILL, LOCALE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    Path("words.dialogue.yaml").write_text(SCRIPT, encoding="utf-8")
    arguments = ["--schedules", "5", "--seed", "1", "-j", "1", "--json"]
    assert main(["isolate", *arguments, "words.dialogue.yaml"]) == 1
    sound, leaky = map(json.loads, capfd.readouterr().out.splitlines())
    assert (sound["schedules"], sound["leaks"], sound["undecided"]) == (5, [], [])
    [leak] = leaky["leaks"]
    assert (leak["oracle"], leak["session"], leak["confirmed"]) == (
        "solo",
        "kitchen",
        True,
    )
    assert leak["script"] == SMALLEST
