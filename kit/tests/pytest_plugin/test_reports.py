"""Tests of how other tools see dialogues: names, places, marks, reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent
from typing import NoReturn
from xml.etree import ElementTree as ET

import pytest
from support.stage import HELLO, WRONG, Stage, block

from ovos_dialogue_kit.errors import KitError

TITLE = 'turn 2, bedroom "good morning": heard a different reply'


def summary(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith(("FAILED", "ERROR a"))]


# -- places ----------------------------------------------------------------------


@pytest.mark.parametrize("style", ["auto", "short", "native", "no", "line"])
def test_summary(stage: Stage, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short summary has the reason, however much else is shown."""
    monkeypatch.setenv("COLUMNS", "200")
    assert summary(stage.run(WRONG, f"--tb={style}")) == [
        f"FAILED a.dialogue.yaml::hello[padacioso] - {TITLE}"
    ]


def test_a_line_each(stage: Stage) -> None:
    """With ``--tb=line`` there is the place of the turn, and the reason."""
    lines = stage.run(WRONG, "--tb=line").outlines
    assert f"{stage.pytester.path / 'a.dialogue.yaml'}:6: {TITLE}" in lines


def test_place_and_reason_for_others(stage: Stage) -> None:
    """Reports of other plugins find the line of the turn and its mismatch.

    They also do after xdist has sent the report from one process to another.
    """
    stage.pytester.makeconftest(
        """
        import json

        def tell(report):
            crash = report.longrepr.reprcrash
            words = str(report.longrepr).splitlines()[0]
            own = report.longrepr.reprtraceback.reprentries[0].reprfileloc
            last = f"{own.path}:{own.lineno}: {own.message}"
            return [crash.lineno, crash.path, crash.message, words, last]

        class Plugin:
            def pytest_runtest_logreport(self, report):
                if not report.failed:
                    return
                told = [tell(report)]
                hook = self.config.hook
                sent = json.dumps(
                    hook.pytest_report_to_serializable(
                        config=self.config, report=report
                    )
                )
                report = hook.pytest_report_from_serializable(
                    config=self.config, data=json.loads(sent)
                )
                with open("told.json", "w") as file:
                    json.dump([*told, tell(report)], file)

        def pytest_configure(config):
            plugin = Plugin()
            plugin.config = config
            config.pluginmanager.register(plugin)
        """
    )
    stage.run(WRONG)
    place = str(stage.pytester.path / "a.dialogue.yaml")
    last = "a.dialogue.yaml:6: DialogueFailed"
    told = [6, place, TITLE, f"a.dialogue.yaml:6:7: {TITLE}", last]
    assert json.loads((stage.pytester.path / "told.json").read_text()) == [told, told]


def test_junit(stage: Stage) -> None:
    """JUnit XML has the reason as its message, and all of it as its text."""
    stage.run(WRONG, "--junitxml=x.xml")
    failure = ET.parse(stage.pytester.path / "x.xml").find(".//failure")  # noqa: S314  # ours
    assert failure is not None
    assert failure.get("message") == TITLE
    assert str(failure.text).splitlines()[0] == f"a.dialogue.yaml:6:7: {TITLE}"


CRASHES = """
def pytest_collectreport(report):
    if report.failed:
        crash = report.longrepr.reprcrash
        print(f"\\ncrash {crash.path}:{crash.lineno}: {crash.message}")
"""
"""Tells where a collection failed, as reports of other plugins do."""


def test_broken_script(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that cannot be read has a place and a reason, too."""
    monkeypatch.setenv("COLUMNS", "200")
    stage.pytester.makeconftest(CRASHES)
    problem = 'unknown key "dialogs" in a script (did you mean "dialogues"?)'
    result = stage.run(HELLO.replace("dialogues", "dialogs"), "-s")
    assert summary(result) == [f"ERROR a.dialogue.yaml - {problem}"]
    place = stage.pytester.path / "a.dialogue.yaml"
    assert f"crash {place}:3: {problem}" in result.outlines


def test_an_error_without_a_place(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown at the first line of the script."""

    def fail(*_: object) -> NoReturn:
        raise KitError("odd")

    stage.pytester.makeconftest(CRASHES)
    monkeypatch.setattr("ovos_dialogue_kit.pytest_plugin.items.jobs_of", fail)
    lines = stage.run(HELLO, "-s").outlines
    assert f"crash {stage.pytester.path / 'a.dialogue.yaml'}:1: odd" in lines


def test_skip_of_a_script(stage: Stage) -> None:
    """A skip is listed with the line of its dialogue."""
    lines = stage.run(SKIPPED, "-rs").outlines
    assert [line for line in lines if line.startswith("SKIPPED")] == [
        "SKIPPED [1] a.dialogue.yaml:4: not today"
    ]


def test_reasons_cannot_control_a_terminal(stage: Stage) -> None:
    """Escapes in the reasons of a skip and an xfail are shown as such."""
    script = SKIPPED.replace("not today", r'"not \e[2J"')
    later = r"""
  later:
    xfail: "deaf \e[2J"
    turns: [{kitchen: hi, expect: ho}]
"""
    out = stage.run(script + later, "-rsx").stdout.str()
    assert r"not \x1b[2J" in out
    assert r"deaf \x1b[2J" in out
    assert "\x1b[2J" not in out


SKIPPED = """
skill: actor
dialogues:
  hello:
    skip: not today
    turns: [kitchen: hi]
"""
LIMITED = """
import signal
import pytest
from ovos_dialogue_kit.run import run_job

@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.items.run_job",
        lambda *_: pytest.fail("Timeout (>1.0s)"),
    )
"""


def test_a_limit_of_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialogue that another plugin ends shows that plugin's words, and no frames."""
    monkeypatch.setenv("COLUMNS", "200")
    stage.pytester.makeconftest(LIMITED)
    result = stage.run(HELLO)
    assert summary(result) == [
        "FAILED a.dialogue.yaml::hello[padacioso] - Timeout (>1.0s)"
    ]
    assert block(result, "____", 2)[1] == "Timeout (>1.0s)"


def test_an_error_of_the_kit(stage: Stage) -> None:
    """An error that nobody expects keeps its traceback."""
    stage.pytester.makeconftest(LIMITED.replace("pytest.fail(", "int("))
    stage.run(HELLO).stdout.fnmatch_lines(["E *ValueError: invalid literal*"])


def test_an_error_that_all_share(stage: Stage) -> None:
    """A long hint is shown once, and the place of each dialogue."""
    script = f"{HELLO}  bye: [kitchen: bye]\n"
    lines = stage.run(script, "--kit-engine=adapt").outlines
    at = [index for index, line in enumerate(lines) if "it does not start" in line]
    assert [lines[index + 1] for index in at[:2]] == [
        "  mend it",
        "  the same error as above",
    ]


# -- names -----------------------------------------------------------------------


def test_names_are_unique(stage: Stage) -> None:
    """Names that are the same once their characters are escaped get a number."""
    script = HELLO.replace("hello", '"a\\eb"') + "  'a\\x1bb': [kitchen: hi]\n"
    assert stage.ids(script) == [
        "a.dialogue.yaml::a\\x1bb[padacioso]",
        "a.dialogue.yaml::a\\x1bb[padacioso]-1",
    ]


@pytest.mark.parametrize(
    "name",
    ["setup_module", "__init__", "pytestmark", "describe it", "pytest_generate_tests"],
)
def test_names_with_a_meaning(stage: Stage, name: str) -> None:
    """A dialogue may have a name that means something in a Python module."""
    result = stage.run(HELLO.replace("hello", name), "-v")
    result.assert_outcomes(passed=1)
    assert f"a.dialogue.yaml::{name}[padacioso] PASSED" in result.stdout.str()


def test_nothing_of_the_kit_describes_a_dialogue(stage: Stage) -> None:
    """No docstring of the kit is shown as the description of a dialogue."""
    lines = stage.run(HELLO, "--collect-only", "-v").outlines
    item = lines.index(next(line for line in lines if "<DialogueItem" in line))
    assert [line.strip() for line in lines[item : item + 2]] == [
        "<DialogueItem hello[padacioso]>",
        "",
    ]


def test_functions_of_dialogues(stage: Stage) -> None:
    """Each has a function of its own, in a module that is named after the script."""
    stage.pytester.makeconftest(
        """
        def pytest_collection_modifyitems(items):
            for item in items:
                names = item.function.__name__, item.function.__qualname__
                print("item", *names, item.module.__name__, item.cls)
            assert len({item.function for item in items}) == len(items)
        """
    )
    script = f"{HELLO}  good bye: [kitchen: bye]\n"
    lines = stage.run(script, "-s").outlines
    assert [line for line in lines if line.startswith("item")] == [
        f"item {name} {name} a_dialogue None"
        for name in ("test_hello_padacioso", "test_good_bye_padacioso")
    ]


def test_module_before_it_is_collected(stage: Stage) -> None:
    """Other plugins, such as pytest-asyncio, look at the module of a script early."""
    stage.pytester.makeconftest(
        """
        def pytest_collectstart(collector):
            if hasattr(collector, "funcnamefilter"):
                print("module", collector.obj.__name__, collector.obj.__file__)
        """
    )
    result = stage.run(HELLO, "-s", f"--rootdir={stage.pytester.path.parent}")
    result.assert_outcomes(passed=1)
    place = stage.pytester.path / "a.dialogue.yaml"
    folder = stage.pytester.path.name
    assert any(
        line.endswith(f"module {folder}.a_dialogue {place}") for line in result.outlines
    )


# -- parameters ------------------------------------------------------------------


def test_a_parametrized_fixture_for_all(stage: Stage) -> None:
    """An autouse fixture with parameters repeats dialogues as it repeats functions."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True, params=["by day", "by night"])
        def light(request):
            print("light", request.param)
        """
    )
    result = stage.run(HELLO, "-s")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*light by day", "*light by night"])
    assert stage.ids(HELLO) == [
        "a.dialogue.yaml::hello[padacioso][by day]",
        "a.dialogue.yaml::hello[padacioso][by night]",
    ]
    stage.run(HELLO, stage.ids(HELLO)[1]).assert_outcomes(passed=1)


def test_a_hook_that_generates_tests(stage: Stage) -> None:
    """A plugin that repeats every test, such as pytest-repeat, repeats dialogues."""
    stage.pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def step(request):
            return request.param

        def pytest_generate_tests(metafunc):
            metafunc.fixturenames.append("step")
            metafunc.parametrize("step", range(3), indirect=True)
        """
    )
    stage.run(WRONG).assert_outcomes(failed=3)


def test_items_of_other_plugins(stage: Stage) -> None:
    """A plugin may make items of another kind for functions; they stay as they are."""
    stage.pytester.makeconftest(
        """
        import pytest

        class Other(pytest.Item):
            def runtest(self):
                print("other", self.name)

        def pytest_pycollect_makeitem(collector, name, obj):
            yours = Other.from_parent(collector, name=name)
            make = pytest.Function.from_parent
            return [yours, make(collector, name="x", callobj=lambda: print("plain"))]
        """
    )
    result = stage.run(HELLO, "-s")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*other hello*", "*plain*"])


def test_a_collection_that_another_plugin_breaks(stage: Stage) -> None:
    """It is reported with the plugin's own traceback."""
    stage.pytester.makeconftest(
        """
        def pytest_pycollect_makeitem(collector, name, obj):
            raise ValueError("mine")
        """
    )
    result = stage.run(HELLO)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *ValueError: mine"])


# -- tests in Python -------------------------------------------------------------

Talk = Callable[..., pytest.RunResult]


@pytest.fixture
def talk(stage: Stage) -> Talk:
    """Run a test in Python, and return what it shows."""

    def run(body: str, *options: str) -> pytest.RunResult:
        lines = "\n    ".join(dedent(body).strip().splitlines())
        stage.pytester.makepyfile(f"def test_talk(assistant):\n    {lines}\n")
        return stage.pytester.runpytest_inprocess("-q", "--no-header", *options)

    return run


def shown(result: pytest.RunResult) -> list[str]:
    """Return what is shown of a failure after the line that failed."""
    lines = result.outlines
    begin = next(index for index, line in enumerate(lines) if line.startswith(">"))
    end = next(index for index, line in enumerate(lines) if "short test summ" in line)
    return lines[begin:end]


def test_a_failing_assertion(talk: Talk) -> None:
    """It shows the conversations so far, the last one last, with what was written."""
    result = talk(
        """
        conversation, other = assistant("actor"), assistant("actor")
        conversation.say("kitchen", "mutter")
        other.say("hall", "ho")
        turn = conversation.say("bedroom", "good morning")
        turn.replies[1]
        """
    )
    assert shown(result)[-8:] == [
        " conversation ".center(80, "-"),
        "conversation [padacioso]",
        '  hall  "ho"  -> "HO"',
        " conversation ".center(80, "-"),
        "conversation [padacioso]",
        '  kitchen  "mutter"        -> "MUTTER"',
        "    prints  hm",
        '  bedroom  "good morning"  -> "GOOD MORNING"',
    ]


def test_conversations_of_another_test(stage: Stage) -> None:
    """A failing test shows its own conversations only."""
    stage.pytester.makepyfile(
        """
        def test_talk(assistant):
            assistant("actor").say("kitchen", "hi")

        def test_other():
            assert 0
        """
    )
    result = stage.pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=1)
    assert "- conversation -" not in result.stdout.str()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param(
            'assistant("actor", engine="padaciosso")',
            'unknown engine "padaciosso" (did you mean "padacioso"?)',
            id="settings",
        ),
        pytest.param(
            'assistant("actor").say("kitchen", "")', '"text" is empty', id="turn"
        ),
        pytest.param(
            'assistant("actor", engine="adapt").say("kitchen", "hi")',
            "it does not start",
            id="boot",
        ),
        pytest.param(
            "assistant()",
            "KitError: no skill is named\n"
            'E         name it: assistant("my-skill.me"), or pass --kit-skill',
            id="no skill",
        ),
    ],
)
def test_no_frames_of_the_kit(talk: Talk, line: str, error: str) -> None:
    """An error of the user is shown at the test's own line, and nowhere else."""
    lines = shown(talk(line))
    assert lines[0] == f">   {line}".replace(">   ", ">       ", 1)
    assert "test_no_frames_of_the_kit.py:2: " in lines[-1]
    assert error in "\n".join(lines)
    assert not [each for each in lines if "ovos_dialogue_kit/" in each]


def test_a_skip_is_in_the_test(talk: Talk) -> None:
    """A missing engine is a skip at the test's own line."""
    line = 'assistant("actor", engine="padatious").say("kitchen", "hi")'
    result = talk(line, "-rs")
    assert [line for line in result.outlines if line.startswith("SKIPPED")] == [
        (
            "SKIPPED [1] test_a_skip_is_in_the_test.py:2: "
            "no padatious here (pip install it)"
        )
    ]


def test_an_interruption_has_no_frames_of_the_kit(talk: Talk) -> None:
    """A limit of time is shown at the line of the test that took too long."""
    result = talk(
        """
        import pytest
        conversation = assistant("actor")
        conversation._replay = lambda _: pytest.fail("Timeout (>1.0s)")
        conversation.say("kitchen", "hi")
        """
    )
    lines = shown(result)
    assert lines[0].endswith('conversation.say("kitchen", "hi")')
    assert not [each for each in lines if "ovos_dialogue_kit/" in each]
