"""Tests of ``kit replay`` with the real ovos-core and skills that misbehave."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from support.skills import install_skill

pytestmark = pytest.mark.ovos

KIT = """
import signal, sys
from ovos_dialogue_kit.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""

PARROT = """
import os

from ovos_bus_client.message import Message

others = []


class Skill(OVOSSkill):
    @intent_handler("hello.intent")
    def handle_hello(self, message):
        self.speak("hello")

    @intent_handler("fail.intent")
    def handle_fail(self, message):
        raise ValueError("ruffled feathers")

    @intent_handler("sleep.intent")
    def handle_sleep(self, message):
        self.speak("good night")
        time.sleep(3600)
        self.speak("good morning")

    @intent_handler("gossip.intent")
    def handle_gossip(self, message):
        self.speak("to you")
        for context in others:
            self.bus.emit(Message("speak", {"utterance": "psst"}, context))
        others.append(message.context)

    @intent_handler("die.intent")
    def handle_die(self, message):
        os._exit(7)
"""
PARROT_LOCALE = {
    "hello.intent": "hello parrot",
    "fail.intent": "fail now",
    "sleep.intent": "sleep well",
    "gossip.intent": "tell everybody",
    "die.intent": "die now",
}

SCRIPT = """\
skill: parrot.test
dialogues:
  wrong:
    - kitchen: hello parrot
      expect: bye
  raised:
    - kitchen: fail now
  late:
    - kitchen: sleep well
      within: 10s
      expect: [good night, good morning]
  stray:
    - kitchen: tell everybody
    - bedroom: tell everybody
  crash:
    - kitchen: hello parrot
    - kitchen: die now
    - kitchen: hello parrot
  engine:
    engine: padatious
    turns: [kitchen: hello parrot]
  last:
    - kitchen: hello parrot
      expect: hello
  near:
    - kitchen: hallo parrot
      expect: hello
"""


@dataclass(frozen=True)
class Aviary:
    """A folder with skills and scripts."""

    folder: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", KIT, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kit(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return its exit code, stdout and stderr, without times."""
        process = self.start(*arguments)
        out, err = process.communicate()
        return process.returncode, out, re.sub(r"in \d+\.\d s", "in … s", err)

    def write(self, script: str) -> str:
        """Put a script into the folder and return its path."""
        (self.folder / "x.dialogue.yaml").write_text(dedent(script))
        return "x.dialogue.yaml"


@pytest.fixture(scope="session")
def aviary(tmp_path_factory: pytest.TempPathFactory) -> Aviary:
    folder = tmp_path_factory.mktemp("aviary")
    (folder / "tox.ini").write_text("[pytest]\n")
    install_skill(folder, "parrot.test", PARROT, PARROT_LOCALE)
    return Aviary(folder)


@pytest.fixture(scope="session")
def told(aviary: Aviary) -> Mapping[str, str]:
    """Return the output of one run of the script by dialogue, and its summary."""
    (aviary.folder / "a.dialogue.yaml").write_text(SCRIPT)
    code, out, err = aviary.kit("replay", "a.dialogue.yaml")
    blocks = {block.partition(" ")[0]: block for block in out.split("\n\n")}
    return {**blocks, "end": f"{code} {err}"}


def test_wrong_reply(told: Mapping[str, str]) -> None:
    """A wrong reply is shown below the expected one."""
    assert told["wrong"] == dedent("""\
        wrong [padacioso]  failed
          kitchen  "hello parrot"  -> "hello"
        a.dialogue.yaml:4:7: turn 1, kitchen "hello parrot": heard a different reply
          expected  "bye"
          heard     "hello\"""")


def test_handler_raised(told: Mapping[str, str]) -> None:
    """A handler that raises is reported with the end of its traceback."""
    lines = told["raised"].splitlines()
    problem = "the skill raised an error: Skill.handle_fail: "
    problem += "ValueError: ruffled feathers"
    assert lines[0] == "raised [padacioso]  failed"
    assert f'a.dialogue.yaml:7:7: turn 1, kitchen "fail now": {problem}' in lines
    assert lines[-2:] == [
        '                raise ValueError("ruffled feathers")',
        "            ValueError: ruffled feathers",
    ]


def test_no_end_in_time(told: Mapping[str, str]) -> None:
    """A turn that does not end in time is reported with the replies until then."""
    assert told["late"] == dedent("""\
        late [padacioso]  failed
          kitchen  "sleep well"  -> "good night"
                                 -> (no end in time)
        a.dialogue.yaml:9:7: turn 1, kitchen "sleep well": the turn did not end in \
time: its deadline is 10 s
          expected  1 "good night"
                    2 "good morning"
          heard     1 after 0 s   "good night\"""")


def test_stray_reply(told: Mapping[str, str]) -> None:
    """A reply to a session that was not speaking is reported as a stray."""
    assert told["stray"] == dedent("""\
        stray [padacioso]  failed
          kitchen  "tell everybody"  -> "to you"
          bedroom  "tell everybody"  -> "to you"
          kitchen  -> "psst"  (stray)
        a.dialogue.yaml:14:7: turn 2, bedroom "tell everybody": kitchen heard a \
reply although it was not speaking
          expected  (nothing)
          heard     "psst\"""")


def test_crash(told: Mapping[str, str]) -> None:
    """A skill that ends the process fails only its own dialogue, from that turn on."""
    assert told["crash"] == dedent("""\
        crash [padacioso]  failed
          kitchen  "hello parrot"  -> "hello"
          kitchen  "die now"       -> (the assistant was lost)
          the assistant crashed during the turn: its process exited with code 7
        a.dialogue.yaml:17:7: turn 2, kitchen "die now": the assistant crashed \
during the turn: its process exited with code 7
          note      turn 3 was not replayed""")
    assert told["last"].splitlines()[0] == "last [padacioso]  a.dialogue.yaml:22"


def test_what_is_nearest_is_told(told: Mapping[str, str]) -> None:
    """Where nothing matches, the report names the sentence that is nearest."""
    nearest = (
        '  nearest   parrot/locale/en-US/hello.intent:1 "hello parrot": padacioso '
        'scores 0 and needs 0.8 ("hello" for "hallo")'
    )
    assert nearest in told["near"].splitlines()


def test_engine_not_installed(told: Mapping[str, str]) -> None:
    """A missing engine skips, and names the command that installs it."""
    if "skipped" not in told["engine"]:
        pytest.skip("padatious is installed")
    assert told["engine"] == (
        'engine [padatious]  a.dialogue.yaml:19  skipped: the engine "padatious" is '
        "not installed, or ovos-core could not load it (pip install ovos-padatious)"
    )


def test_counts(told: Mapping[str, str]) -> None:
    """One failing dialogue among others makes the exit code 1."""
    if "skipped" not in told["engine"]:
        pytest.skip("padatious is installed")
    counts = "8 dialogues: 1 passed, 6 failed, 1 skipped in … s"
    first, last = told["end"].splitlines()
    assert first.startswith('1 1 skipped: the engine "padatious" is not installed')
    assert last == counts


def broken(aviary: Aviary, skill: str) -> str:
    """Return the report of a dialogue whose assistant cannot start."""
    script = aviary.write(f"skill: {skill}\ndialogues: {{hi: [kitchen: hi]}}\n")
    code, out, err = aviary.kit("replay", "-q", "--engine", "padacioso", script)
    assert (code, err) == (1, "1 dialogue: 1 broken in … s\n")
    return out.strip()


def test_skill_does_not_load(aviary: Aviary) -> None:
    """A skill that does not load is reported with the reason and its own line."""
    source = """
    class Skill(OVOSSkill):
        def initialize(self):
            raise RuntimeError("no seeds")
    """
    install_skill(aviary.folder, "start_error.test", source)
    lines = broken(aviary, "start_error.test").splitlines()
    assert lines[0] == (
        'x.dialogue.yaml:2:1: "hi": the skill "start_error.test" did not load: '
        "RuntimeError: no seeds"
    )
    assert lines[1].startswith(f'    File "{aviary.folder}/start_error/__init__.py"')
    assert lines[-1].strip() in source


def test_stage_unknown(aviary: Aviary) -> None:
    """An unknown pipeline stage is an error at its place in the script."""
    script = aviary.write("""\
        skill: parrot.test
        sessions: {kitchen: {pipeline: [adapt_hgih]}}
        dialogues: {hi: [kitchen: hi]}
        """)
    code, out, err = aviary.kit("replay", script)
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == (
        'x.dialogue.yaml:2:33: unknown pipeline stage "adapt_hgih" (did you mean '
        '"adapt_high"?)  [KIT107]'
    )


def test_no_bus(aviary: Aviary) -> None:
    """An address where no bus answers is reported with the reason."""
    script = aviary.write("skill: parrot.test\ndialogues: {hi: [kitchen: hi]}\n")
    code, out, _ = aviary.kit("replay", "-q", "--bus", "ws://127.0.0.1:1/core", script)
    assert code == 1
    assert out.splitlines()[0] == (
        'x.dialogue.yaml:2:1: "hi": no message bus answers at "ws://127.0.0.1:1/core": '
        "connection refused"
    )


CLINGING = """
import subprocess

CHILD = ["sleep", "1000"]


class Skill(OVOSSkill):
    @intent_handler("hang.intent")
    def hang(self, message):
        pipe = open({pipe!r}, "wb")
        subprocess.Popen(CHILD, stdout=pipe)
        pipe.write(b"!")
        pipe.flush()
        while True:
            pass
"""


@pytest.mark.parametrize(
    ("when", "how"),
    [
        ("replay", signal.SIGINT),
        ("boot", signal.SIGINT),
        ("boot", signal.SIGKILL),  # in a replay: process/test_assistant_process.py
    ],
)
def test_interrupt(aviary: Aviary, when: str, how: signal.Signals) -> None:
    """The kit ends every process it started, whenever and however it ends itself.

    The skill, and a process that it has started, hold a pipe: it ends with the last.
    """
    name = f"clinging_{when}_{how.name.lower()}"
    pipe = aviary.folder / name
    os.mkfifo(pipe)
    source = CLINGING.replace("{pipe!r}", repr(str(pipe)))
    if when == "boot":
        source = source.replace('    @intent_handler("hang.intent")\n', "")
        source = source.replace("def hang(self, message)", "def initialize(self)")
    install_skill(
        aviary.folder, f"{name}x.test", source, {"hang.intent": "hang around"}
    )
    script = aviary.folder / f"{name}.dialogue.yaml"
    script.write_text(
        f"skill: {name}x.test\ndialogues: {{hi: [kitchen: hang around]}}\n"
    )
    process = aviary.start("replay", "--engine", "padacioso", script.name)
    with pipe.open("rb") as held:
        assert held.read(1) == b"!"
        process.send_signal(how)
        assert held.read() == b""
    out, err = process.communicate()
    told = "the run ended early, after 0 of 1 replay"
    end = (130, told) if how == signal.SIGINT else (-how, "")
    assert (process.returncode, err.strip(), out) == (*end, "")


def test_keywords_are_heard_by_default(aviary: Aviary) -> None:
    """A script without an engine has Adapt; ``-v`` shows what went over the bus."""
    source = """
    from ovos_workshop.intents import IntentBuilder

    class Skill(OVOSSkill):
        def initialize(self):
            self.register_vocabulary("feed", "Feed")
            self.register_intent(IntentBuilder("x").require("Feed"), self.handle_feed)

        def handle_feed(self, message):
            self.speak("yum")
    """
    install_skill(aviary.folder, "feeder.test", source)
    script = aviary.folder / "feeder.dialogue.yaml"
    script.write_text("skill: feeder.test\ndialogues:\n  hi:\n    - kitchen: feed me\n")
    code, out, _ = aviary.kit("replay", "-v", script.name)
    lines = out.splitlines()
    assert (code, lines[:2]) == (
        0,
        [
            "hi [padacioso+adapt]  feeder.dialogue.yaml:3",
            '  kitchen  "feed me"  -> "yum"',
        ],
    )
    assert any(line.startswith("    speak {utterance: yum, ") for line in lines)
