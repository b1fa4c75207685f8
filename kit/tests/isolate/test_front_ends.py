"""Tests of ``kit isolate`` and ``--kit-isolate``, with toys for assistants."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.actors import fixtures
from support.codes import without_codes
from support.commands import let_search_boot
from support.stage import ALONE, PLAIN
from support.toys import Toy, separate, shared

from ovos_dialogue_kit.assistant import device
from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.assistant.transports.registry import Transport
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate import search as searches
from ovos_dialogue_kit.isolate import search_all as searching
from ovos_dialogue_kit.isolate.dialogues import from_skill as build
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.judging.observation import ORACLES
from ovos_dialogue_kit.pytest_plugin import isolate as pytest_isolate
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants

SCRIPT = """\
skill: {skill}
dialogues:
  fruit:
    - a: keep apple
      expect: kept
    - a: tell me
      expect: it is apple
    - b: tell me
"""

LOADED = (pytest_isolate, build, searching)
"""Imported here once, because pytester unloads what a test imports."""


def boot(setup: Setup) -> Toy:
    if setup.skills == ("gone.test",):
        raise AssistantError("it is gone")
    return shared() if setup.skills == ("leaky.test",) else separate()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a script, which is the current folder; toys for assistants."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tox.ini").write_text("[pytest]\n")
    path = tmp_path / "a.dialogue.yaml"
    path.write_text(SCRIPT.format(skill="leaky.test"))
    let_search_boot(monkeypatch, boot)
    return path


# -- the command line -----------------------------------------------------------------


@pytest.mark.usefixtures("script")
def test_an_interrupt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C exits with 130, and says how far the search came."""

    def interrupted(_: Setup) -> Toy:
        raise KeyboardInterrupt

    let_search_boot(monkeypatch, interrupted)
    assert main(["isolate"]) == 130
    assert capsys.readouterr() == (
        "",
        "the search ended early, after 0 of 1 dialogue\n\n",
    )


@pytest.mark.usefixtures("script")
def test_a_leak(capsys: pytest.CaptureFixture[str]) -> None:
    """A leak exits with 1; the report goes to stdout, the summary to stderr."""
    assert 1 == main(["isolate", "--seed", "5", "--oracle", "solo", "-j", "2"])
    out, err = capsys.readouterr()
    assert out.startswith('a.dialogue.yaml:8:7: "fruit": b hears something different')
    assert "--seed 5 --schedules 500 --oracle solo" in out
    found = re.search(r"1 leak in (\d+\.\d) s \(seed 5\)", err)
    assert found
    assert float(found[1]) < 600


@pytest.mark.parametrize(
    ("skills", "code"),
    [
        ("leaky good", 1),
        ("good leaky", 1),
        ("gone leaky", 1),
        ("good good", 0),
        ("good gone", 3),
        ("gone good", 3),
        ("good skipped", 0),
        ("skipped skipped", 3),
    ],
)
def test_what_one_of_two_dialogues_means(skills: str, code: int, script: Path) -> None:
    """Either may leak or be missed; one that is skipped counts if there is no other."""
    for name, skill in zip("ab", skills.split(), strict=True):
        text = SCRIPT.format(skill=f"{skill}.test")
        mark = "skip: later\n" if skill == "skipped" else ""
        (script.parent / f"{name}.dialogue.yaml").write_text(mark + text)
    assert main(["isolate", "--schedules", "9", "--seed", "5"]) == code


def test_a_path(script: Path) -> None:
    """Only its dialogues are searched."""
    good = script.with_name("b.dialogue.yaml")
    good.write_text(SCRIPT.format(skill="good.test"))
    assert main(["isolate", "--schedules", "9", good.name]) == 0


@pytest.mark.usefixtures("script")
def test_it_repeats_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    """The command in a report produces the same report."""
    main(["isolate", "--seed", "5"])
    first = capsys.readouterr().out
    again = first.partition("  repeat    kit ")[2].split("\n")[0]
    main(shlex.split(again))
    assert first == capsys.readouterr().out


VARIANTS = """\
skill: leaky.test
dialogues:
  fruit:
    - a: keep (apple|pineapple)
    - b: tell me
  fruit salad:
    - a: keep apple
    - b: tell me
"""


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("fruit[keep apple]", [("fruit", "keep apple")]),
        ("fruit[keep pineapple]", [("fruit", "keep pineapple")]),
        ("fruit salad", [("fruit salad", "")]),
    ],
)
def test_one_case(
    case: str,
    found: list[tuple[str, str]],
    script: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``--case`` takes the dialogue or variant of exactly that name."""
    script.write_text(VARIANTS)
    main(["isolate", "--json", "--case", case])
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert found == [(line["dialogue"], line["case"]) for line in lines]


def test_an_unknown_case(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no dialogue has exits with 2 and shows the nearest one."""
    script.write_text(VARIANTS)
    assert 2 == main(["isolate", "--case", "fruit salat"])
    assert (
        'no dialogue is called "fruit salat" (did you mean "fruit salad"?)\n'
    ) == capsys.readouterr().err


def test_the_choices_of_a_run(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Transformers and limits are used, and the command in a report has them."""
    monkeypatch.setattr(Transport, "is_installed", True)
    script.write_text(VARIANTS)
    setups: list[Setup] = []
    workers: list[int] = []
    toy = shared()

    def boot_one(setup: Setup) -> Toy:
        setups.append(setup)
        return toy

    let_search_boot(monkeypatch, boot_one)
    search_all = searching.search_all

    def counted(*given: Any, **named: Any) -> object:
        assert named["boot"]
        workers.append(given[3])
        return search_all(*given, **named)

    monkeypatch.setattr(searching, "search_all", counted)
    chosen = "--transformer t.plugin --case 'fruit salad' --engine adapt "
    chosen += "--bus hivemind-memory --seed 5"
    limits = "--deadline 7 --boot-timeout 8 --training-timeout 9 --dialogue-timeout 4.5"
    command = f"isolate a.dialogue.yaml {chosen} --schedules 30 {limits}"
    assert 1 == main(shlex.split(f"{command} -j 3"))
    assert f"  repeat    kit {command}\n" in capsys.readouterr().out
    assert ({7.0}, [3]) == (toy.deadlines, workers)
    assert [(("t.plugin",), Limits(8.0, 9.0, 4.5), "hivemind-memory")] == [
        (setup.transformers, setup.limits, setup.bus) for setup in dict.fromkeys(setups)
    ]


class Counting(ExitStack):
    """Progress that is written down, and shown nowhere."""

    def __init__(self, total: int, noun: str) -> None:
        super().__init__()
        self.steps: list[object] = [f"{total} {noun}"]
        self.reached: list[int] = []

    @contextmanager
    def step(self, count: int) -> Iterator[None]:
        yield
        self.steps.append(count)

    def reach(self, count: int) -> None:
        self.reached.append(count)


def test_progress(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts the schedules of all dialogues, one after another."""
    script.write_text(VARIANTS.replace("leaky", "good"))
    made: list[Counting] = []

    def make(*given: Any) -> Counting:
        made.append(Counting(*given))
        return made[-1]

    monkeypatch.setattr("ovos_dialogue_kit.cli.progress.Waiting", make)
    assert 0 == main(["isolate", "--schedules", "40", "-j", "1"])
    [waiting] = made
    assert waiting.steps == ["80 schedules", 20, 40, 80]
    assert waiting.reached == sorted(waiting.reached)
    assert (waiting.reached[0], waiting.reached[-1]) == (1, 80)


@pytest.mark.usefixtures("script")
def test_no_leak(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a leak, only the summary is printed; the seed differs each time."""
    arguments = ["isolate", "--skill", "good.test", "--schedules", "20", "."]
    assert [0, 0] == [main(arguments), main(arguments)]
    out, err = capsys.readouterr()
    assert "" == out
    assert 2 == len(set(err.splitlines()))
    assert "1 dialogue, 20 schedules: no leak in" in err


def test_the_help_names_each_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of ``--oracle`` names all oracles, in their order."""
    assert 0 == main(["isolate", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    *first, last = ORACLES
    assert f"Use only this check: {', '.join(first)} or {last}." in words


@pytest.mark.usefixtures("script")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` prints one object per dialogue, with or without a leak."""
    main(["isolate", "--json", "--seed", "5"])
    (line,) = capsys.readouterr().out.splitlines()
    assert 1 == len(json.loads(line)["leaks"])


def test_engines(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without ``--engine``, the script's first is used; with it, each one given."""
    script.write_text("engine: [padatious, adapt]\n" + script.read_text())
    main(["isolate", "--json", "--schedules", "20"])
    main(["isolate", "--json", "--schedules", "20", "--engine", "adapt"])
    lines = capsys.readouterr().out.splitlines()
    assert ["padatious", "adapt"] == [json.loads(line)["engine"] for line in lines]


def test_scripts_with_errors(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts with errors exit with 2, show all problems and print no results."""
    script.write_text("dialogues: {a: x, b: y}\n")
    script.with_name("b.dialogue.yaml").write_text("lang: x\n")
    assert 2 == main(["isolate"])
    out, err = capsys.readouterr()
    assert out == ""
    assert without_codes(err) == (
        'a.dialogue.yaml:1:16: "a" must be a list of turns or a mapping, not "x"\n'
        'a.dialogue.yaml:1:22: "b" must be a list of turns or a mapping, not "y"\n'
        'b.dialogue.yaml:1:1: "script" needs the key "dialogues"\n'
        'b.dialogue.yaml:1:7: "lang" must be a language tag, not "x"\n'
        "  for example en-US\n"
    )


@pytest.mark.usefixtures("script")
def test_an_unknown_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown oracle exits with 2 and shows the nearest name."""
    assert 2 == main(["isolate", "--oracle", "solos"])
    assert 'unknown oracle "solos" (did you mean "solo"?)' in capsys.readouterr().err


def test_a_bus_that_cannot_be_searched_on(capsys: pytest.CaptureFixture[str]) -> None:
    """The order of what happens on a real bus is not the kit's to decide."""
    assert 2 == main(["isolate", "--bus", "ws://127.0.0.1:8181/core"])
    assert (
        'Error: --bus: the search for leaks works only with the bus "memory" or '
        '"hivemind-memory", not with "ws://127.0.0.1:8181/core"\n'
    ) in capsys.readouterr().err


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    "arguments", [["."], ["--skill", "leaky.test", "."], []], ids=" ".join
)
def test_a_language_for_scripts(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """``--lang`` is refused with scripts, which set their own language."""
    assert 2 == main(["isolate", "--lang", "pt-PT", *arguments])
    assert (
        "--lang needs --skill and no path: scripts set their own language\n"
        "  omit --lang, or pass --skill without a path\n"
    ) == capsys.readouterr().err


@pytest.mark.usefixtures("script")
def test_without_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--skill`` without a path makes dialogues from the skill's files.

    What is left out is told first, although the dialogues name their engine.
    """
    phrases = [build.Phrase("x", "keep $canary"), build.Phrase("y", "tell me")]
    text = build.script_for("leaky.test", "padacioso", "en-US", phrases)
    made = fixtures(text, f"{build.BUILT}leaky.test.dialogue.yaml")
    langs = []
    monkeypatch.setattr(
        build, "dialogues_of", lambda *given: langs.append(given[2]) or made
    )
    monkeypatch.setattr(
        device, "left_out", lambda *given: [LeftOut("media", "it", str(given))]
    )
    arguments = [
        "isolate",
        "--skill",
        "leaky.test",
        "--seed",
        "1",
        "-k",
        "x with words and y",
        "--lang",
        "pt-PT",
    ]
    assert 1 == main(arguments)
    assert langs == ["pt-PT"]
    shown = capsys.readouterr()
    assert shown.out.startswith('leaky.test: "x with words and y"')
    told = [line for line in shown.err.splitlines() if line.startswith("note: ")]
    given = ("auto", ("leaky.test",))
    assert told[0] == f"note: requests for media do not reach {given}: pip install it"


# -- pytest ---------------------------------------------------------------------------


class Stage:
    """A project with a script, and pytest runs in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def run(self, head: str, *arguments: str, skill: str = "leaky.test") -> list[str]:
        return self.run_text(head + SCRIPT.format(skill=skill), *arguments)

    def run_text(self, text: str, *arguments: str) -> list[str]:
        path = self._pytester.path / "a.dialogue.yaml"
        path.write_text(text)
        plain = (*PLAIN.split(), *ALONE, "-q")
        result = self._pytester.runpytest_inprocess(*plain, *arguments)
        return [*result.outlines, *result.errlines]


@pytest.fixture
def stage(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.run_state.Assistants", lambda: Assistants(boot)
    )
    return Stage(pytester)


def test_pytest_searches_where_the_script_says_so(stage: Stage) -> None:
    """A dialogue that passes by itself fails with the report of its leak."""
    lines = stage.run("isolate: true\n")
    assert "a.dialogue.yaml:9:7:" in " ".join(lines)
    assert any("--seed 0 --schedules 100" in line for line in lines)


MARKED = """\
skill: leaky.test
isolate: true
dialogues:
  fruit:
    {dialogue}
    turns:
      - a: keep apple
        expect: {expected}
        {turn}
      - a: tell me
      - b: tell me
"""
XFAIL, LOOSE = "xfail: known", "xfail: {reason: known, strict: false}"


@pytest.mark.parametrize(
    ("dialogue", "turn", "expected"),
    [
        (XFAIL, "", "wrong"),
        (LOOSE, "", "wrong"),
        (LOOSE, "", "kept"),
        ("", XFAIL, "wrong"),
        ("", LOOSE, "wrong"),
        ("", LOOSE, "kept"),
    ],
)
def test_pytest_reports_a_leak_whatever_is_expected(
    stage: Stage, dialogue: str, turn: str, expected: str
) -> None:
    """An xfail of a dialogue or of a turn does not account for a leak."""
    text = MARKED.format(dialogue=dialogue, turn=turn, expected=expected)
    lines = stage.run_text(text)
    assert any("1 failed" in line for line in lines)
    assert any("b hears something different" in line for line in lines)


def test_pytest_reports_what_is_expected_without_a_leak(stage: Stage) -> None:
    """Without a leak, the outcomes are those of ``kit replay``."""
    text = MARKED.replace("leaky", "good")
    wrong = stage.run_text(text.format(dialogue=XFAIL, turn="", expected="wrong"))
    assert any("1 xfailed" in line for line in wrong)
    right = stage.run_text(text.format(dialogue="", turn=LOOSE, expected="kept"))
    assert any("1 xpassed" in line for line in right)


def test_pytest_searches_without_skipped_turns(stage: Stage) -> None:
    """A turn that is marked ``skip`` takes no part in the search."""
    lines = stage.run_text(MARKED.format(dialogue="", turn="skip: no", expected="kept"))
    assert any("1 passed" in line for line in lines)


def test_pytest_searches_everywhere(stage: Stage) -> None:
    """``--kit-isolate`` searches all dialogues, with its own number of schedules."""
    lines = stage.run("", "--kit-isolate", "--kit-isolate-schedules", "30")
    assert any("--seed 0 --schedules 30" in line for line in lines)


def test_pytest_shows_paths_from_the_current_folder(
    stage: Stage, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder of the project, the report can be followed from there."""
    pytester.makeini("[pytest]")
    monkeypatch.chdir(pytester.mkdir("sub"))
    lines = stage.run("", "--kit-isolate", "..")
    assert any("kit isolate ../a.dialogue.yaml" in line for line in lines)
    assert any("../a.dialogue.yaml:8:7:" in line for line in lines)


def test_pytest_does_not_search_elsewhere(stage: Stage) -> None:
    """Without ``isolate: true`` there is no search for leaks."""
    assert any("1 passed" in line for line in stage.run("", skill="good.test"))


def test_pytest_finds_nothing(stage: Stage) -> None:
    """A skill that does not leak passes."""
    lines = stage.run("", "--kit-isolate", skill="good.test")
    assert any("1 passed" in line for line in lines)


def test_pytest_shares_the_schedules_of_a_dialogue(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its variants have as many together as a dialogue without any.

    A leak is reported although the assistant is lost later, and of several the first.
    """
    schedules = []
    leaks: tuple[Finding, ...] = ()
    search = searches.search

    def counted(*given: Any, **named: Any) -> searches.Findings:
        nonlocal leaks
        schedules.append(given[3].budget.schedules)
        found = search(*given, **named)
        leaks = (*found.leaks, *leaks)
        return replace(found, leaks=leaks, error=AssistantError("it is gone"))

    monkeypatch.setattr(searches, "search", counted)
    lines = stage.run_text(VARIANTS, "--kit-isolate")
    assert schedules == [50, 50, 100]
    assert sum(line.startswith("FAILED") for line in lines) == 3
    assert all("it is gone" not in line for line in lines)
    places = [line for line in lines if line.endswith(": DialogueFailed")]
    assert places == [f"a.dialogue.yaml:{line}: DialogueFailed" for line in (5, 5, 8)]


def test_pytest_keeps_to_the_deadline(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--kit-deadline`` limits the turns of a search, too."""
    toy = shared()
    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.run_state.Assistants",
        lambda: Assistants(lambda _: toy),
    )
    lines = stage.run("isolate: true\n", "--kit-deadline", "7")
    assert any("--schedules 100 --deadline 7" in line for line in lines)
    assert {7.0} == toy.deadlines


def test_pytest_reports_an_assistant_that_is_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that an error ends without a leak fails with the error."""

    class Mortal(Toy):
        def replay(
            self, fixture: Fixture, case: Case, options: Options | None = None
        ) -> Transcript:
            if self.replays > 9:
                raise AssistantError("it is gone")
            return super().replay(fixture, case, options)

    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.run_state.Assistants",
        lambda: Assistants(lambda _: Mortal(separate().make)),
    )
    assert "it is gone" in "\n".join(stage.run("isolate: true\n"))


def test_pytest_refuses_a_budget_of_nothing(stage: Stage) -> None:
    """A wrong number of schedules is refused, naming option and ini value."""
    lines = stage.run("", "--kit-isolate-schedules", "none")
    assert (
        "ERROR: --kit-isolate-schedules (or kit_isolate_schedules in the ini file): "
        'must be a whole number above 0, not "none"'
    ) in lines


def test_pytest_searches_on_the_bus_in_memory_only(stage: Stage) -> None:
    """The search for leaks is refused on a real bus."""
    lines = stage.run("isolate: true\n", "--kit-bus", "real", skill="good.test")
    place = lines.index(
        'the search for leaks works only with the bus "memory" or "hivemind-memory", '
        'not with "real"'
    )
    assert lines[place + 1] == "  omit --kit-isolate or --kit-bus"
