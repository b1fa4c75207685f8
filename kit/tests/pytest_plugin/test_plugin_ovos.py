"""Tests of the pytest plugin with the real ovos-core: coverage, sharing, debugging."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from support.places import TESTS
from support.skills import install_skill
from support.stage import PLAIN

pytestmark = pytest.mark.ovos

SKILL = """
import random
import uuid
from pathlib import Path

from ovos_config import Configuration

greeted = []


class Skill(OVOSSkill):
    @intent_handler("hello.intent")
    def handle_hello(self, message):
        greeted.append(1)
        self.speak(f"hello number {len(greeted)} {random.random()} {uuid.uuid4()}")

    @intent_handler("ask.intent")
    def handle_ask(self, message):
        answer = self.get_response("what")
        self.speak(f"you want {answer}")

    @intent_handler("count.intent")
    def handle_count(self, message):
        for number in (1, 2, 3):
            self.speak(str(number))
            time.sleep(60)

    @intent_handler("later.intent")
    def handle_later(self, message):
        self.schedule_event(self.handle_event, 600, {}, "later", message.context)

    def handle_event(self, message):
        self.speak("it is later")

    @intent_handler("litter.intent")
    def handle_litter(self, message):
        import tempfile

        Path.home().joinpath("litter").write_text("x")
        tempfile.NamedTemporaryFile(delete=False).close()
        self.settings["litter"] = 1
        self.settings.store()
        self.speak(Configuration().get("lang"))
        skills = Configuration().get("skills", {})
        self.speak(str("toy.test" in skills.get("blacklisted_skills", [])))

    @intent_handler("debug.intent")
    def handle_debug(self, message):
        secret = "from inside"
        breakpoint()
        self.speak(secret)

    def unreached(self):
        return None
"""
LOCALE = {
    "hello.intent": "hello toy",
    "ask.intent": "ask me",
    "count.intent": "count now",
    "later.intent": "do it later",
    "litter.intent": "make a mess",
    "debug.intent": "look inside",
    "what.dialog": "what",
}
SCRIPT = """
skill: toy.test
dialogues:
  all of it:
    - kitchen: hello toy
    - bedroom: hello toy
      expect: {regex: hello number 2 .*}
    - kitchen: ask me
      expect: {text: what, asks: true}
    - bedroom: count now
      overlap: true
    - kitchen: a pony
      expect: you want a pony
    - kitchen: count now
      expect: ["1", "2", "3"]
    - kitchen: count now
      within: 1s
      allow: {no_end: on purpose}
    - kitchen: do it later
    - kitchen: {silence: 11m}
    - kitchen: ask me
"""
LITTER = """
skill: toy.test
dialogues:
  litter:
    - kitchen: make a mess
      expect: [en-US, "False"]
"""
DEBUG = """
skill: toy.test
dialogues:
  debug:
    - kitchen: look inside
      expect: from inside
"""


class Project:
    """A folder with a skill and scripts, and pytest with a misleading home."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "project"
        install_skill(root / "site", "toy.test", SKILL, LOCALE)
        for name in ("project", "temporary"):
            (root / name).mkdir()
        (self.folder / "pytest.ini").write_text(
            f"[pytest]\naddopts = {PLAIN} --strict-markers -W error\n"
        )
        poison = {"lang": "pt-pt", "skills": {"blacklisted_skills": ["toy.test"]}}
        for place in ("home/.config/mycroft", "xdg/mycroft"):
            (root / place).mkdir(parents=True)
            (root / place / "mycroft.conf").write_text(json.dumps(poison))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.root / "home"),
            "XDG_CONFIG_HOME": str(self.root / "xdg"),
            "TMPDIR": str(self.root / "temporary"),
            "PYTHONPATH": os.pathsep.join([str(self.root / "site"), str(TESTS)]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def python(self, *arguments: str) -> str:
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        return result.stdout + result.stderr

    def pytest(self, script: str, *arguments: str) -> list[str]:
        """Run pytest on a script and return the lines it shows."""
        (self.folder / "a.dialogue.yaml").write_text(script)
        return self.python("-m", "pytest", *arguments).splitlines()

    def tree(self) -> list[str]:
        return sorted(str(path) for path in self.root.rglob("*"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_users_files(project: Project) -> None:
    """No file of the user is read or written, even by a skill that writes files.

    With ``--kit-shared``, a failing boot is reported as without it.
    """
    missing = LITTER.replace("toy.test", "tay.test")
    (project.folder / "b.dialogue.yaml").write_text(missing)
    (project.folder / "a.dialogue.yaml").touch()
    before = project.tree()
    lines = project.pytest(LITTER, "--kit-shared")
    assert "1 failed, 1 passed" in lines[-1], "\n".join(lines)
    assert (
        'b.dialogue.yaml:4:1: "litter": the skill "tay.test" is not installed '
        '(did you mean "toy.test"?)'
    ) in lines
    assert project.tree() == before


@pytest.mark.parametrize("options", [(), ("-n", "1", "--kit-shared")])
def test_coverage(project: Project, options: tuple[str, ...]) -> None:
    """Dialogues pass, with the skill's coverage in every process and no file left."""
    lines = project.pytest(
        SCRIPT, "--cov=toy", "--cov-branch", "--cov-report=term-missing", *options
    )
    assert any(line.startswith("1 dialogue replayed, 10 turns, on") for line in lines)
    assert "1 passed" in lines[-1], "\n".join(lines)
    (found,) = [line for line in lines if "toy/__init__.py" in line]
    missing = [part.strip() for part in found.partition("%")[2].split(",")]
    source = (project.root / "site" / "toy" / "__init__.py").read_text().splitlines()
    not_run = {source[int(part.partition("-")[0]) - 1].strip() for part in missing}
    assert not_run == {"import tempfile", 'secret = "from inside"', "return None"}
    assert not any("Warning" in line for line in lines)
    assert [path.name for path in project.folder.glob(".coverage*")] == [".coverage"]


COMPARE = """
import json, os, sys, threading, time
from pathlib import Path
from ovos_dialogue_kit import Assistants, load, replay
from ovos_dialogue_kit.assistant.process.in_process import InProcessAssistant

fixtures = load("a.dialogue.yaml")
for name in ("ovos_config", "ovos_utils"):
    __import__(name)
before = dict(os.environ), {n: m for n, m in sys.modules.items() if "ovos_" in n}
same = {}
with Assistants() as forks, Assistants(InProcessAssistant) as shared:
    for fixture in [*fixtures, fixtures[0]]:
        one = replay(fixture, assistants=forks)
        other = replay(fixture, assistants=shared)
        is_same = one == other and bool(one.turns)
        same[fixture.dialogue] = is_same and same.get(fixture.dialogue, True)
after = dict(os.environ), {n: m for n, m in sys.modules.items() if n in before[1]}
tasks = len(os.listdir("/proc/self/task"))
is_now = abs(time.time() - os.stat("/proc/self").st_ctime) < 1e6
print(json.dumps([same, before == after, tasks, is_now]))
"""


def test_shared_is_as_in_forks(project: Project) -> None:
    """In the test process, dialogues are as independent as in forks."""
    (project.folder / "a.dialogue.yaml").write_text(SCRIPT)
    told = project.python("-W", "ignore", "-c", dedent(COMPARE))
    same, is_restored, threads, is_real_time = json.loads(told.splitlines()[-1])
    assert same == {"all of it": True}
    assert (is_restored, threads, is_real_time) == (True, 1, True)


def test_debugger(project: Project) -> None:
    """With ``--kit-shared`` a ``breakpoint()`` in a handler stops there."""
    pexpect = pytest.importorskip("pexpect")
    (project.folder / "a.dialogue.yaml").write_text(DEBUG)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pytest", "--kit-shared"],
        cwd=str(project.folder),
        env=project.environment,
        timeout=600,  # of a busy machine
        encoding="utf-8",
    )
    child.expect(r"\(Pdb\)")
    child.sendline("p secret")
    child.expect("'from inside'")
    child.sendline("c")
    child.expect("1 passed")
    child.expect(pexpect.EOF)
