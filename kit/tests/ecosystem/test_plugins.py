"""Tests of the plugin among the most used plugins of pytest: each, and all together.

``tox -e ecosystem-pytest7`` (or 8, or 9) has them all; they are no part of the default
run. A small project with a script and tests in Python is run as its author would, and
each test must come out as it does without the other plugin.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from packaging.version import Version

pytestmark = pytest.mark.ovos

INI = """
[pytest]
kit_skill = ovos-skill-repeater.kit
kit_engine = padacioso
"""
SCRIPT = """
dialogues:
  right words:
    tags: [smoke]
    turns:
      - kitchen: the sky is blue
      - bedroom: grass is green
      - kitchen: what did i just say
        expect: {dialog: repeat.stt, data: {stt: the sky is blue}}
  wrong words:
    - kitchen: the sky is blue
    - kitchen: what did i just say
      expect: you said grass is green
  later:
    skip: not today
    turns: [kitchen: hello]
  known:
    xfail: it is known
    turns:
      - kitchen: what did i just say
        expect: hello
"""
PYTHON = """
def test_right(assistant):
    talk = assistant()
    talk.say("kitchen", "the sky is blue")
    turn = talk.say("kitchen", "what did i just say")
    assert turn.replies[0].text == "you said the sky is blue"

def test_wrong(assistant):
    talk = assistant()
    turn = talk.say("kitchen", "what did i just say")
    assert turn.replies[0].text == "you said nothing"
"""
OUTCOMES = {
    "right words[padacioso]": "passed",
    "wrong words[padacioso]": "failed",
    "later[padacioso]": "skipped",
    "known[padacioso]": "skipped",
    "test_right": "passed",
    "test_wrong": "failed",
}
TITLE = 'turn 2, kitchen "what did i just say": heard a different reply'


@dataclass(frozen=True)
class Run:
    """What one run has shown, and the outcome of each test by its name."""

    folder: Path
    output: str
    outcomes: Mapping[str, str]
    messages: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A plugin and a way to use it.

    ``names`` are those of its entry points. ``tests`` are more tests in Python, and
    ``outcomes`` those of the run beyond the usual ones. ``check`` looks at the rest.
    """

    names: tuple[str, ...]
    options: tuple[str, ...] = ()
    tests: str = ""
    script: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=lambda: OUTCOMES)
    environment: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Run], object] = lambda _: None


def run(folder: Path, row: Row, *options: str, is_alone: bool = True) -> Run:
    """Run the project with the kit and a plugin, or with all that are installed."""
    (folder / "pytest.ini").write_text(INI)
    (folder / "talk.dialogue.yaml").write_text(SCRIPT + row.script)
    (folder / "test_talk.py").write_text(PYTHON)
    if row.tests:
        (folder / "test_more.py").write_text(row.tests)
    environment = {**os.environ, "COLUMNS": "200", **row.environment}
    environment.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
    chosen: list[str] = []
    if is_alone:
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        for name in ("ovos-dialogue-kit", *row.names):
            chosen += ["-p", name]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--junitxml=x.xml"),
            *(*chosen, *row.options, *options),
        ],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    output = done.stdout + done.stderr
    assert (folder / "x.xml").exists(), output
    outcomes, messages = {}, {}
    for case in ET.parse(folder / "x.xml").iter("testcase"):  # noqa: S314  # ours
        name = str(case.get("name"))
        children = {child.tag: child for child in case}
        outcomes[name] = "passed"
        for tag, outcome in (
            ("skipped", "skipped"),
            ("failure", "failed"),
            ("error", "error"),
        ):
            if tag in children:
                outcomes[name] = outcome
                messages[name] = str(children[tag].get("message"))
    return Run(folder, output, outcomes, messages)


def covers_the_skill(done: Run) -> None:
    """The lines of the skill that ran in the assistants are counted."""
    found = json.loads((done.folder / "coverage.json").read_text())
    assert found["totals"]["percent_covered"] > 40


def annotates_the_turn(done: Run) -> None:
    """The annotation stands at the line of the turn."""
    assert "file=talk.dialogue.yaml,line=12::wrong words[padacioso]" in done.output


def has_a_page(done: Run) -> None:
    """The page has the words of the kit."""
    assert "heard a different reply" in (done.folder / "page.html").read_text()


def has_a_report(done: Run) -> None:
    """The report has place and reason of the failure."""
    found = json.loads((done.folder / "report.json").read_text())
    (crash,) = [
        each["call"]["crash"]
        for each in found["tests"]
        if each["nodeid"].endswith("wrong words[padacioso]")
    ]
    assert (crash["lineno"], crash["message"]) == (12, TITLE)


def has_results(done: Run) -> None:
    """Allure has the reason of a failure, and describes no dialogue by the kit."""
    found = [
        json.loads(path.read_text()) for path in (done.folder / "all").glob("*-result*")
    ]
    (wrong,) = [each for each in found if each["name"] == "wrong words[padacioso]"]
    assert TITLE in wrong["statusDetails"]["message"]
    assert not [each for each in found if "Replay" in each.get("description", "")]


def shows_place_and_reason(done: Run) -> None:
    """The table of failures is complete."""
    (row,) = [line for line in done.output.splitlines() if "wrong words" in line][-1:]
    assert [cell.strip() for cell in row.split("│")[4:6]] == ["12", "DialogueFailed"]


def shows_it_at_once(done: Run) -> None:
    """A failure is shown when it happens."""
    assert "expected" in done.output
    assert "= FAILURES" not in done.output


def ran_again(done: Run) -> None:
    """Each failure was run again, and failed again."""
    assert "2 rerun" in done.output


def again(suffixes: Iterable[str]) -> dict[str, str]:
    """Return the outcomes of tests that are run several times."""
    return {
        f"{test}{suffix}": outcome
        for test, outcome in OUTCOMES.items()
        for suffix in suffixes
    }


TO_THREAD = """
import asyncio
import pytest

@pytest.mark.{mark}
async def test_threads(assistant{more}):
    talks = [assistant() for _ in range(3)]
    words = ["red", "green", "blue"]
    def talk(one, word):
        one.say("kitchen", word)
        return one.say("kitchen", "what did i just say").replies[0].text
    heard = await asyncio.gather(*(map(asyncio.to_thread, [talk] * 3, talks, words)))
    assert heard == [f"you said {{word}}" for word in words]
"""
LIMIT = """
  slow:
    - kitchen: one
    - kitchen: {silence: 10m}
  after it:
    - kitchen: two
    - kitchen: what did i just say
      expect: you said two
clock: real
"""
MOCK = """
def test_mock(mocker, assistant):
    mocker.patch("os.getcwd", return_value="/nope")
    assert assistant().say("kitchen", "hello").replies == ()
"""
BENCHMARK = """
def test_speed(benchmark, assistant):
    talk = assistant()
    talk.say("kitchen", "hello")
    benchmark.pedantic(talk.say, ("kitchen", "hello"), rounds=2)
"""
FREEZER = """
import time
def test_freezer(freezer, assistant):
    freezer.move_to("2020-01-01")
    assert assistant().say("kitchen", "hello").replies == ()
    assert time.localtime().tm_year < 2021
"""
CHECK = """
def test_check(check, assistant):
    turn = assistant().say("kitchen", "what did i just say")
    with check:
        assert turn.intent == "nothing.intent"
    check.equal(len(turn.replies), 1)
"""
DESCRIBE = """
def describe_the_repeater():
    def it_repeats(assistant):
        talk = assistant()
        talk.say("kitchen", "hello")
        turn = talk.say("kitchen", "what did i just say")
        assert turn.replies[0].text == "you said hello"
"""
SUBTESTS = """
def test_subtests(subtests, assistant):
    talk = assistant()
    for word in ("red", "green"):
        with subtests.test(word=word):
            talk.say("kitchen", word)
            turn = talk.say("kitchen", "what did i just say")
            assert turn.replies[0].text == f"you said {word}"
"""
ORDER = """
import pytest
@pytest.mark.order(-1)
def test_last(assistant):
    assert assistant().say("kitchen", "hello").replies == ()
"""
ROWS = {
    "allure": Row(("allure_pytest",), ("--alluredir=all",), check=has_results),
    "anyio": Row(
        ("anyio",),
        tests=TO_THREAD.format(mark="anyio", more=", anyio_backend_name")
        + "\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n",
        outcomes={"test_threads": "passed"},
    ),
    "asyncio": Row(
        ("asyncio",),
        tests=TO_THREAD.format(mark="asyncio", more=""),
        outcomes={"test_threads": "passed"},
    ),
    "bdd": Row(("pytest-bdd",)),
    "benchmark": Row(
        ("benchmark",), tests=BENCHMARK, outcomes={"test_speed": "passed"}
    ),
    "check": Row(("check",), tests=CHECK, outcomes={"test_check": "failed"}),
    "clarity": Row(("clarity",)),
    "cov": Row(
        ("pytest_cov",),
        ("--cov=ovos_skill_repeater", "--cov-report=json"),
        check=covers_the_skill,
    ),
    "describe": Row(
        ("pytest-describe",), tests=DESCRIBE, outcomes={"it_repeats": "passed"}
    ),
    "env": Row(("env",)),
    "flakefinder": Row(
        ("flakefinder",),
        ("--flake-finder", "--flake-runs=2"),
        usual=again(("[0]", "[1]")),
    ),
    "forked": Row(("pytest_forked",), ("--forked",)),
    "freezer": Row(("freezer",), tests=FREEZER, outcomes={"test_freezer": "passed"}),
    "github-actions-annotate-failures": Row(
        ("pytest_github_actions_annotate_failures",),
        environment={"GITHUB_ACTIONS": "true"},
        check=annotates_the_turn,
    ),
    "html": Row(
        ("metadata", "html", "html_fixtures"),
        ("--html=page.html", "--self-contained-html"),
        check=has_a_page,
    ),
    "instafail": Row(("instafail",), ("--instafail",), check=shows_it_at_once),
    "json-report": Row(
        ("metadata", "pytest_jsonreport"),
        ("--json-report", "--json-report-file=report.json"),
        check=has_a_report,
    ),
    "metadata": Row(("metadata",), ("--metadata", "a", "b")),
    "mock": Row(("pytest_mock",), tests=MOCK, outcomes={"test_mock": "passed"}),
    "order": Row(("pytest_order",), tests=ORDER, outcomes={"test_last": "passed"}),
    "picked": Row(("picked",)),
    "pretty": Row(("pretty",), check=shows_place_and_reason),
    "random-order": Row(("random_order",), ("--random-order",)),
    "randomly": Row(("randomly",), ("-p", "no:cacheprovider")),
    "repeat": Row(
        ("repeat",),
        ("--count=2",),
        usual=again(("[1-2]", "[2-2]")),
    ),
    "rerunfailures": Row(("rerunfailures",), ("--reruns=1",), check=ran_again),
    "run-parallel": Row(("run-parallel",), ("--parallel-threads=2",)),
    "socket": Row(("socket",), ("--disable-socket",)),
    "split": Row(("pytest-split",), ("--splits=1", "--group=1")),
    "subtests": Row(
        ("subtests",), tests=SUBTESTS, outcomes={"test_subtests": "passed"}
    ),
    "sugar": Row(("sugar",)),
    "testmon": Row(("pytest-testmon",), ("--testmon",)),
    "timeout": Row(
        ("timeout",),
        ("--timeout=30", "--timeout-method=signal"),
        script=LIMIT,
        outcomes={"slow[padacioso]": "failed", "after it[padacioso]": "passed"},
    ),
    "xdist": Row(("xdist", "xdist.looponfail"), ("-n2",)),
}
"""The plugins, by their names without ``pytest-``."""

INSTALLED = {entry.name for entry in entry_points(group="pytest11")}


def require(row: Row) -> None:
    """Skip a plugin that does not go with this pytest."""
    missing = sorted(set(row.names) - INSTALLED)
    if missing:
        pytest.skip(f"not for this pytest: {', '.join(missing)}")


@pytest.mark.parametrize("name", ROWS)
def test_beside(name: str, tmp_path: Path) -> None:
    """Every test comes out as it does without the other plugin."""
    row = ROWS[name]
    require(row)
    if name == "forked" and Version(pytest.__version__) >= Version("9.2"):
        pytest.skip("pytest-forked 1.7.5 runs no test at all on pytest 9.2")
    done = run(tmp_path, row)
    assert done.outcomes == {**row.usual, **row.outcomes}, done.output
    for test, message in done.messages.items():
        if test.startswith("wrong words") and name != "forked":  # which sends no more
            assert message == TITLE
    row.check(done)
    assert not list(tmp_path.glob(".coverage.*"))


def test_testmon_selects(tmp_path: Path) -> None:
    """What has not changed and passed is not run again."""
    require(ROWS["testmon"])
    run(tmp_path, ROWS["testmon"])
    again = run(tmp_path, ROWS["testmon"])
    assert set(again.outcomes.values()) <= {"failed", "skipped"}, again.output


@pytest.mark.parametrize("options", [(), ("-n2",), ("-p", "no:randomly", "-v")])
def test_all_together(tmp_path: Path, options: tuple[str, ...]) -> None:
    """With all plugins at once, every test comes out as it does without."""
    done = run(tmp_path, Row(()), *options, is_alone=False)
    assert done.outcomes == OUTCOMES, done.output
    assert done.messages["wrong words[padacioso]"] == TITLE
