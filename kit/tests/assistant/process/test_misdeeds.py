"""What a skill may do in a dialogue: it costs that dialogue, and no other one.

All misdeeds are handlers of one skill, and all dialogues share one assistant. After
each misdeed, another dialogue must go as if nothing had happened.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent

import pytest
from support.dialogues import dialogue, spoken
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import Process
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.replayer.transcript import Transcript

pytestmark = pytest.mark.ovos

SKILL = """
import json
import os
import signal


class Skill(OVOSSkill):
    @intent_handler("behave.intent")
    def behave(self, message):
        self.settings["count"] = self.settings.get("count", 0) + 1
        self.settings.store()
        self.speak(f"fine {self.settings['count']}")
"""

HANDLER = """
    @intent_handler("{name}.intent")
    def {name}(self, message):
{code}
"""

_GARBLED = "what its process answered cannot be read: "


@dataclass(frozen=True)
class Misdeed:
    """Something that a skill does in a handler, and the crash that is told of it.

    ``heard`` is what the turn hears instead if there is no crash.
    """

    name: str
    code: str
    crash: str | None = None
    heard: tuple[str, ...] = ()


MISDEEDS = (
    Misdeed(
        "answers_without_json",
        "from ovos_dialogue_kit.assistant.process import frames\n"
        "frames.dumps = lambda data: 'true'",
        f"{_GARBLED}it is not an object",
    ),
    Misdeed(
        "answers_with_another_object",
        "from ovos_dialogue_kit.assistant.process import frames\n"
        "frames.dumps = lambda data: '{\"transcript\": 1}'",
        f"{_GARBLED}expected a mapping, not a whole number",
    ),
    Misdeed("patches_json", "json.dumps = lambda *_, **__: '[]'"),
    Misdeed(
        "writes_into_foreign_files",
        "for number in range(3, 256):\n"
        "    try:\n"
        "        os.write(number, b'junk')\n"
        "    except OSError:\n"
        "        pass",
        f"{_GARBLED}something else was written there",
    ),
    Misdeed("speaks_a_lone_surrogate", "self.speak('\\ud800')", heard=("\ud800",)),
    Misdeed(
        "nests_deeply",
        "data = []\n"
        "for _ in range(250):\n"
        "    data = [data]\n"
        "self.speak_dialog('nothing', {'data': data})",
        f"{_GARBLED}it is nested 258 levels deep; the limit is 200",
    ),
    Misdeed(
        "says_too_much",
        "self.speak('x' * (65 << 20))",
        "its transcript is too large: 65 MB; the limit is 64 MB",
    ),
    Misdeed(
        "kills_the_parent",
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)",
        "something ended the assistant's process (SIGKILL)",
    ),
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("skills")
    handlers = (
        HANDLER.format(name=each.name, code=indent(each.code, " " * 8))
        for each in MISDEEDS
    )
    names = ("behave", *(each.name for each in MISDEEDS))
    locale = {f"{name}.intent": f"{words(name)}\n" for name in names}
    locale["nothing.dialog"] = "nothing {data}\n"
    install_skill(folder, "misdeeds.test", SKILL + "".join(handlers), locale)
    sys.path.insert(0, str(folder))
    with Process(Setup(("misdeeds.test",), limits=Limits(boot=120.0))) as process:
        yield process
    sys.path.remove(str(folder))


def words(name: str) -> str:
    return name.replace("_", " ")


def play(process: Process, *said: str) -> Transcript:
    fixture = dialogue("misdeeds.test", *(("kitchen", each) for each in said))
    return process.replay(fixture, fixture.cases[0])


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=[each.name for each in MISDEEDS])
def test_a_misdeed_costs_its_own_dialogue(assistant: Process, misdeed: Misdeed) -> None:
    """The crash is told, the turn before it is kept, and the next dialogue is fine."""
    transcript = play(assistant, "behave", words(misdeed.name))
    told = transcript.crash.detail if transcript.crash else None
    assert told == misdeed.crash
    before, after = spoken(transcript)
    assert before == ["fine 1"]
    assert after == [*misdeed.heard]
    assert spoken(play(assistant, "behave", "behave")) == [["fine 1"], ["fine 2"]]
