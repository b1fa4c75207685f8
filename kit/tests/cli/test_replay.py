"""Tests of ``kit replay`` as a user runs it, with actors in place of assistants."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import NoReturn
from xml.etree import ElementTree as ET

import pytest
from support.actors import Actor, Troupe
from support.commands import let_replay_boot

from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.cli.console import Printer
from ovos_dialogue_kit.cli.progress import Waiting
from ovos_dialogue_kit.errors import EngineMissingError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run import assistants, parallel

SCRIPT = """\
skill: a.test
dialogues:
  polite:
    tags: [smoke]
    turns:
      - kitchen: hi
        expect: HI
  loud:
    - kitchen: hi
      expect: ho
"""

POLITE = """\
polite [padacioso]  a.dialogue.yaml:3
  kitchen  "hi"  -> "HI"

"""

LOUD = """\
loud [padacioso]  failed
  kitchen  "hi"  -> "HI"
a.dialogue.yaml:9:7: turn 1, kitchen "hi": heard a different reply
  expected  "ho"
  heard     "HI"

"""

STALE = """\
fixtures/a/polite.json:1:1: the fixture of "polite" is stale: its script, or an \
.entity file, has changed since  [KIT303]
  run "kit generate a.dialogue.yaml" and commit what it writes
"""


class Stage:
    """A project with one script, and the actors that play it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.troupe = Troupe()
        self._capture = capture

    def boot(self, setup: Setup) -> Actor:
        """Return an actor of the troupe."""
        return self.troupe(setup)

    def kit(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return its exit code, stdout and stderr, without times."""
        code = main(arguments)
        out, err = self._capture.readouterr()
        return code, out, re.sub(r"in \d+\.\d s", "in … s", err)


@pytest.fixture
def stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Stage:
    """Return a stage on which one dialogue passes and one fails."""
    (tmp_path / "tox.ini").write_text("[pytest]\n")
    (tmp_path / "a.dialogue.yaml").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    found = Stage(tmp_path, capsys)
    let_replay_boot(monkeypatch, found.boot)
    return found


def test_replay(stage: Stage) -> None:
    """Dialogues go to stdout, the summary to stderr; a failure exits with 1."""
    assert stage.kit("replay") == (
        1,
        POLITE + LOUD,
        "2 dialogues: 1 passed, 1 failed in … s\n",
    )


def test_pass(stage: Stage) -> None:
    """If nothing fails, the exit code is 0."""
    counts = "1 dialogue: 1 passed in … s\n"
    assert stage.kit("replay", "-k", "POLITE") == (0, POLITE, counts)


def test_tag(stage: Stage) -> None:
    """``--tag`` selects dialogues."""
    counts = "1 dialogue: 1 passed in … s\n"
    assert stage.kit("replay", "--tag", "smoke") == (0, POLITE, counts)


def test_quiet(stage: Stage) -> None:
    """``-q`` shows only failures."""
    counts = "2 dialogues: 1 passed, 1 failed in … s\n"
    _, _, report = LOUD.partition('"HI"\n')
    assert stage.kit("replay", "-q") == (1, report, counts)


def test_json(stage: Stage) -> None:
    """``--json`` prints one line of JSON for each replay, and nothing else."""
    code, out, err = stage.kit("replay", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(each["dialogue"], each["outcome"]) for each in found] == [
        ("polite", "passed"),
        ("loud", "failed"),
    ]
    assert (code, err) == (1, "2 dialogues: 1 passed, 1 failed in … s\n")


def test_options(stage: Stage) -> None:
    """Options are passed on to the assistant and the replay."""
    stage.kit(
        *("replay", "-k", "polite", "-v", "--deadline", "3"),
        *("--engine", "adapt+padacioso", "--skill", "b.test", "--skill", "c.test"),
        *("--transformer", "norm", "--bus", "ws://127.0.0.1:1/core", "-j", "3"),
        *("--boot-timeout", "1", "--training-timeout", "2", "--dialogue-timeout", "3"),
    )
    (actor,) = stage.troupe.actors
    assert actor.options == Options(deadline=3.0, traced=True)
    assert actor.setup == Setup(
        skills=("b.test", "c.test"),
        engine="adapt+padacioso",
        transformers=("norm",),
        clock="real",
        bus="ws://127.0.0.1:1/core",
        limits=Limits(boot=1.0, training=2.0, dialogue=3.0),
    )


def test_order_seed(stage: Stage) -> None:
    """``--order-seed`` is passed on to the replay."""
    stage.kit("replay", "-k", "polite", "--order-seed", "7")
    (actor,) = stage.troupe.actors
    assert actor.options == Options(order_seed=7)


def test_strict_engines(stage: Stage) -> None:
    """A missing engine skips, or is an error with ``--strict-engines``."""
    missing = EngineMissingError("there is no adapt", hint="pip install adapt")
    stage.troupe = Troupe({"adapt": missing})
    command = ("replay", "-k", "polite", "--engine", "adapt")
    assert stage.kit(*command) == (
        3,
        (
            "polite [adapt]  a.dialogue.yaml:3  "
            "skipped: there is no adapt (pip install adapt)\n\n"
        ),
        (
            "1 skipped: there is no adapt (pip install adapt); --strict-engines makes "
            "that an error\n"
            "nothing was replayed\n"
            "1 dialogue: 1 skipped in … s\n"
        ),
    )
    assert stage.kit(*command, "--strict-engines") == (
        1,
        dedent("""\
            polite [adapt]  broken
            a.dialogue.yaml:3:1: "polite": there is no adapt
              pip install adapt

            """),
        "1 dialogue: 1 broken in … s\n",
    )


def test_stale_fixture(stage: Stage) -> None:
    """A stale fixture is shown with the command to run, and exits with 1."""
    assert stage.kit("generate")[0] == 0
    script = stage.folder / "a.dialogue.yaml"
    script.write_text(SCRIPT.replace("hi", "hey", 1).replace("HI", "HEY", 1))
    assert stage.kit("replay", "-k", "polite") == (
        1,
        POLITE.replace("hi", "hey").replace("HI", "HEY"),
        STALE + "1 dialogue: 1 passed in … s\n",
    )


def test_fixture(stage: Stage) -> None:
    """A fixture is replayed like its script."""
    assert stage.kit("generate")[0] == 0
    code, out, _ = stage.kit("replay", "fixtures/a/loud.json")
    assert code == 1
    assert out == LOUD[:-1] + "  fixture   fixtures/a/loud.json\n\n"


def test_script_errors(stage: Stage) -> None:
    """All scripts with errors are reported, and nothing is replayed."""
    (stage.folder / "b.dialogue.yaml").write_bytes(b"\xff")
    (stage.folder / "c.dialogue.yaml").write_bytes(b"\xff")
    message = "{}:1:1: the file is not UTF-8  [KIT003]\n  save it as UTF-8\n"
    messages = map(message.format, ["b.dialogue.yaml", "c.dialogue.yaml"])
    assert stage.kit("replay") == (2, "", "".join(messages))
    assert stage.troupe.actors == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["--engine", "padatios"],
            "Error: Invalid value for '--engine': unknown engine \"padatios\" "
            '(did you mean "padatious"?); known: padacioso, padatious, adapt, auto',
            id="engine",
        ),
        pytest.param(
            ["--bus", "localhost:8181"],
            "Error: Invalid value for '--bus': unknown bus \"localhost:8181\"; use "
            "memory, real, hivemind-memory, hivemind or an address such as "
            "ws://127.0.0.1:8181/core or hivemind://127.0.0.1:5678",
            id="bus",
        ),
        pytest.param(
            ["--deadline", "0"],
            "Error: Invalid value for '--deadline': must be a number of seconds above "
            '0, not "0"',
            id="deadline",
        ),
        pytest.param(
            ["--order-seed", "7", "--bus", "real"],
            'Error: --order-seed works only with the bus "memory" or '
            '"hivemind-memory", not with "real"',
            id="order seed",
        ),
        pytest.param(
            ["-j", "0"],
            "Error: Invalid value for '-j' / '--jobs': must be a whole number above 0, "
            'not "0"',
            id="jobs",
        ),
        pytest.param(
            ["-k", "pollite"],
            'no dialogue has "pollite" in its name (did you mean "polite"?)',
            id="pattern",
        ),
        pytest.param(
            ["--tag", "smok"],
            'no dialogue is tagged "smok" (did you mean "smoke"?)',
            id="tag",
        ),
        pytest.param(
            ["b.dialogue.yaml"],
            '"b.dialogue.yaml" does not exist (did you mean "a.dialogue.yaml"?)',
            id="path",
        ),
        pytest.param(
            ["--junit", "."],
            "Error: Invalid value for '--junit': File '.' is a directory.",
            id="junit",
        ),
        pytest.param(
            ["--junit", "x", "-o", "./x"],
            "Error: --output and --junit name the same file",
            id="one file",
        ),
    ],
)
def test_bad_usage(stage: Stage, arguments: list[str], message: str) -> None:
    """Bad usage is reported in one line; the exit code is 2."""
    code, out, err = stage.kit("replay", *arguments)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == message


def test_no_scripts(stage: Stage) -> None:
    """It is an error if there is nothing to replay."""
    (stage.folder / "a.dialogue.yaml").unlink()
    told = (
        'there are no dialogue scripts in "."\n'
        '  scripts are named "<name>.dialogue.yaml"\n'
    )
    assert stage.kit("replay") == (2, "", told)


def test_help(stage: Stage) -> None:
    """--help shows an example."""
    code, out, _ = stage.kit("replay", "--help")
    assert code == 0
    assert 'Example: kit replay skill/test -k "own words" --engine adapt' in out


def test_interrupt(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C exits with 130, and says how far the run came."""

    def interrupted(_: Setup) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, "troupe", interrupted)
    assert stage.kit("replay") == (
        130,
        "",
        "the run ended early, after 0 of 2 replays\n\n",
    )


@pytest.mark.parametrize(
    ("bus", "workers"), [("memory", 3), ("real", 1), ("ws://127.0.0.1:1/core", 1)]
)
def test_jobs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bus: str, workers: int
) -> None:
    """By default there is one worker per processor, or one with a real bus."""
    seen: list[int] = []
    monkeypatch.setattr(os, "sched_getaffinity", {0: {0, 1, 2}}.get, raising=False)
    monkeypatch.setattr(parallel, "run_all", watched(seen.append))
    stage.kit("replay", "--bus", bus)
    stage.kit("replay", "--bus", bus, "-j", "7")
    assert seen == [workers, 7]


@pytest.mark.parametrize(("count", "workers"), [(5, 5), (None, 1)])
def test_jobs_without_affinity(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, count: int | None, workers: int
) -> None:
    """All processors count, if they are known, on systems without affinity."""
    seen: list[int] = []
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    monkeypatch.setattr(parallel, "run_all", watched(seen.append))
    stage.kit("replay")
    assert seen == [workers]


def watched(tell: Callable[[int], None]) -> Callable[..., object]:
    """Return a ``run_all`` that reports its number of workers."""

    def run_all(_: object, __: object, workers: int, *, boot: object) -> object:
        assert boot
        tell(workers)
        yield from ()

    return run_all


LINE = (
    *(("place", "a:1:1: "), ("", "hi "), ("heard", "")),
    ("problem", "wrong [bold] :smile: " + "x" * 99),
)
PLAIN = "".join(text for _, text in LINE)
STYLED = f"\x1b[1ma:1:1: \x1b[0mhi \x1b[31m{LINE[3][1]}\x1b[0m"


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        pytest.param({}, PLAIN, id="plain"),
        pytest.param({"FORCE_COLOR": "1"}, STYLED, id="colours"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, PLAIN, id="no colours"),
        pytest.param({"FORCE_COLOR": "1", "TERM": "Dumb"}, PLAIN, id="a dumb terminal"),
        pytest.param(
            {"FORCE_COLOR": "1", "TERM": "unknown"}, PLAIN, id="an unknown one"
        ),
    ],
)
def test_colours(
    environment: dict[str, str],
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lines are coloured on terminals only, never wrapped and never interpreted."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    Printer().show([LINE])
    assert capsys.readouterr().out == f"{shown}\n"


class Terminal(io.StringIO):
    """A standard stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Patience:
    """A timer that is over when a test says so, though it may have been cancelled."""

    def __init__(self, seconds: float, end: Callable[[], object]) -> None:
        assert seconds == 1.0
        self.end = end
        self.daemon = False

    def start(self) -> None:
        """Begin to wait."""

    def cancel(self) -> None:
        """Come too late: the end may have begun."""


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> list[Patience]:
    """Return the timers that are made from now on."""
    made: list[Patience] = []

    def make(seconds: float, end: Callable[[], object]) -> Patience:
        made.append(Patience(seconds, end))
        return made[-1]

    monkeypatch.setattr("ovos_dialogue_kit.cli.progress.Timer", make)
    return made


def test_colours_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is styled unasked; and where there is no output at all, nothing fails."""
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    Printer().show([LINE])
    assert terminal.getvalue() == f"{STYLED}\n"
    monkeypatch.setattr(sys, "stdout", None)
    Printer().show([LINE])


def watched_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal."""
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    return found


def test_progress(monkeypatch: pytest.MonkeyPatch, patience: list[Patience]) -> None:
    """A long run shows its progress, and hides it to print results."""
    terminal = watched_terminal(monkeypatch)
    with Waiting(7, "replays") as waiting:
        patience[0].end()
        assert "0 of 7 replays" in terminal.getvalue()
        with waiting.step():
            assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")
        assert "1 of 7 replays" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")


def test_progress_of_a_replay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, patience: list[Patience]
) -> None:
    """It counts the replays, and is gone before the counts are shown."""
    terminal = watched_terminal(monkeypatch)

    def boot(setup: Setup) -> Actor:
        patience[0].end()
        return stage.troupe(setup)

    let_replay_boot(monkeypatch, boot)
    assert stage.kit("replay")[0] == 1
    shown = terminal.getvalue()
    assert "0 of 2 replays" in shown
    assert "1 of 2 replays" in shown
    assert shown.rpartition("\x1b[2K")[2].startswith("2 dialogues: ")


def test_no_progress_of_a_short_run(
    monkeypatch: pytest.MonkeyPatch, patience: list[Patience]
) -> None:
    """A short run never shows its progress."""
    terminal = watched_terminal(monkeypatch)
    with Waiting(7, "replays") as waiting, waiting.step():
        pass
    patience[0].end()
    assert terminal.getvalue() == ""


def test_progress_within_a_result(
    monkeypatch: pytest.MonkeyPatch, patience: list[Patience]
) -> None:
    """What a long result is made of is counted, before there is a bar, too."""
    terminal = watched_terminal(monkeypatch)
    with Waiting(700, "schedules") as waiting:
        waiting.reach(12)
        patience[0].end()
        assert "12 of 700 schedules" in terminal.getvalue()
        with waiting.step(500):
            pass
        assert "500 of 700 schedules" in terminal.getvalue()


def test_no_progress_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, patience: list[Patience]
) -> None:
    """Without a terminal no progress is shown, even if colours are forced."""
    terminal = watched_terminal(monkeypatch)
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Waiting(7, "replays"):
        patience[0].end()
    assert terminal.getvalue() == ""


def test_results_go_into_a_file_too(stage: Stage) -> None:
    """The file contains what ``--json`` prints, and is written at the end."""
    _, lines, _ = stage.kit("replay", "--json")
    code, out, _ = stage.kit("replay", "-o", "made/transcripts.jsonl")
    assert (code, out) == (1, POLITE + LOUD)
    written = stage.folder / "made" / "transcripts.jsonl"
    assert lines == written.read_text(encoding="utf-8")


def test_results_go_into_a_junit_file_too(stage: Stage) -> None:
    """``--junit`` writes a file beside ``-o``, with a stale fixture as a failure."""
    stage.kit("generate")
    script = stage.folder / "a.dialogue.yaml"
    script.write_text(SCRIPT.replace("hi", "hey", 1).replace("HI", "HEY", 1))
    code, _, err = stage.kit("replay", "--junit", "made/x.xml", "-o", "made/x.jsonl")
    assert (code, err) == (1, STALE + "2 dialogues: 1 passed, 1 failed in … s\n")
    root = ET.parse(stage.folder / "made" / "x.xml").getroot()  # noqa: S314  # our own
    assert {
        case.get("name"): [child.tag for child in case]
        for case in root.iter("testcase")
    } == {
        "polite[padacioso]": ["properties"],
        "loud[padacioso]": ["properties", "failure", "system-out"],
        "fixtures/a/polite.json": ["failure"],
    }
    assert (stage.folder / "made" / "x.jsonl").exists()


@pytest.mark.parametrize("option", ["--junit", "--output"])
def test_a_file_that_cannot_be_written(stage: Stage, option: str) -> None:
    """If a file cannot be written, that is told before anything is replayed."""
    (stage.folder / "made").write_text("")
    code, out, err = stage.kit("replay", option, "made/x")
    assert (code, out) == (2, "")
    assert err.startswith('"made/x" cannot be written: ')


@pytest.mark.parametrize("option", ["--junit", "--output"])
def test_no_link_leads_out_of_the_project(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory, option: str
) -> None:
    """A folder that is a link is refused, and a file that is one is replaced."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (stage.folder / "out").symlink_to(elsewhere)
    code, out, err = stage.kit("replay", option, "out/x")
    assert (code, out) == (2, "")
    assert err == (
        f'"out/x" would be outside the project: "out" is a link to "{elsewhere}"  '
        "[KIT005]\n  remove the link, or name the folder that it leads to\n"
    )
    assert list(elsewhere.iterdir()) == []
    (elsewhere / "file").touch()
    (stage.folder / "y").symlink_to(elsewhere / "file")
    code, _, _ = stage.kit("replay", option, "y")
    assert (code, (stage.folder / "y").is_symlink()) == (1, False)
    assert (elsewhere / "file").read_bytes() == b""
    code, _, _ = stage.kit("replay", option, str(elsewhere / "x"))
    assert (code, (elsewhere / "x").exists()) == (1, True)
    code, _, _ = stage.kit("replay", option, "../x")
    assert (code, (stage.folder.parent / "x").exists()) == (1, True)
    (stage.folder.parent / "x").unlink()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--no-such-option"],
        ["--engine", "padacoiso"],
        ["-j"],
        ["--order-seed", "7", "--bus", "real"],
        ["-k", "pollite"],
        ["b.dialogue.yaml"],
    ],
    ids=" ".join,
)
def test_a_file_of_an_earlier_run_is_not_left(stage: Stage, wrong: list[str]) -> None:
    """A run that ends with 2, for whatever reason, leaves no old file."""
    made = ("-o", "made.jsonl", "--junit", "made.xml")
    assert stage.kit("replay", *made)[0] == 1
    assert stage.kit("replay", *made, *wrong)[0] == 2
    assert [] == [path.name for path in stage.folder.glob("*made*")]


def test_an_unknown_option_before_a_file(stage: Stage) -> None:
    """Nor does one with an option in front of the file that nobody knows."""
    stage.kit("replay", "-o", "made.jsonl")
    assert stage.kit("replay", "--no-such-option", "-o", "made.jsonl")[0] == 2
    assert not (stage.folder / "made.jsonl").exists()


def test_a_script_with_an_error_leaves_no_file(stage: Stage) -> None:
    """If nothing is replayed because of an error in a script, no old file is left."""
    stage.kit("replay", "-o", "made.jsonl")
    (stage.folder / "b.dialogue.yaml").write_text("")
    assert stage.kit("replay", "-o", "made.jsonl")[0] == 2
    assert not (stage.folder / "made.jsonl").exists()


def test_help_leaves_files_alone(stage: Stage) -> None:
    """Only a run removes what an earlier one wrote."""
    stage.kit("replay", "-o", "made.jsonl")
    assert stage.kit("replay", "-o", "made.jsonl", "--help")[0] == 0
    assert (stage.folder / "made.jsonl").exists()


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--junit", '<?xml version="1.0" encoding="UTF-8"?>\n<project/>\n'),
        ("--junit", '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="x"/>'),
        ("-o", '{"name":"my-skill","version":"1.0"}\n'),
    ],
)
def test_another_tools_file_is_not_overwritten(
    stage: Stage, option: str, text: str
) -> None:
    """XML or JSON that is no report of this command stays, even on bad usage."""
    (stage.folder / "pom.xml").write_text(text)
    assert stage.kit("replay", option, "pom.xml") == (
        2,
        "",
        (
            '"pom.xml" exists and is not a report of kit replay\n'
            "  remove it, or choose a different file\n"
        ),
    )
    assert stage.kit("replay", option, "pom.xml", "--no-such-option")[0] == 2
    assert (stage.folder / "pom.xml").read_text() == text


@pytest.mark.parametrize("option", ["--junit", "-o"])
def test_a_report_is_overwritten(stage: Stage, option: str) -> None:
    """The report of an earlier run is replaced by the new one."""
    stage.kit("replay", option, "made", "-k", "polite")
    first = (stage.folder / "made").read_text()
    stage.kit("replay", option, "made")
    assert len((stage.folder / "made").read_text()) > len(first)


@pytest.mark.parametrize("arguments", [[], ["--no-such-option"]])
def test_another_file_is_not_overwritten(stage: Stage, arguments: list[str]) -> None:
    """A file that is no report is refused, and stays as it is."""
    code, out, err = stage.kit("replay", "-o", "a.dialogue.yaml", *arguments)
    assert (code, out) == (2, "")
    assert SCRIPT == (stage.folder / "a.dialogue.yaml").read_text()
    if not arguments:
        assert err == (
            '"a.dialogue.yaml" exists and is not a report of kit replay\n'
            "  remove it, or choose a different file\n"
        )


def test_an_interrupt_keeps_the_results_so_far(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C the files have the results so far."""

    class Interrupted(Actor):
        def replay(
            self, fixture: Fixture, case: Case, options: Options | None = None
        ) -> Transcript:
            if fixture.dialogue == "loud":
                raise KeyboardInterrupt
            return super().replay(fixture, case, options)

    monkeypatch.setattr(stage, "troupe", Interrupted)
    made = ("--junit", "made.xml", "-o", "made.jsonl")
    early = "the run ended early, after 1 of 2 replays: 1 passed\n\n"
    assert stage.kit("replay", *made) == (130, POLITE, early)
    line, last = (stage.folder / "made.jsonl").read_text().splitlines()
    assert json.loads(line)["dialogue"] == "polite"
    assert last == '{"incomplete":{"planned":2,"replays":1}}'
    assert stage.kit("replay", "--json")[1].splitlines()[-1] == last
    root = ET.parse(stage.folder / "made.xml").getroot()  # noqa: S314  # our own
    assert [case.get("name") for case in root.iter("testcase")] == ["polite[padacioso]"]


@pytest.mark.parametrize("arguments", ["replay --help", "replay --so", "isolate --so"])
def test_no_process_is_started_for_help_or_bad_usage(
    arguments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process starts when the arguments have been read."""

    def fail(_: str) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(assistants, "first_started_early", fail)
    assert main(arguments.split()) == (0 if "--help" in arguments else 2)


@pytest.mark.parametrize("command", ["replay", "isolate"])
def test_a_bad_script_leaves_no_home(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that was started early ends, and its home is removed."""
    (tmp_path / "a.dialogue.yaml").write_text("dialogues: {}\n")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 2
    assert [*(tmp_path / "tmp").iterdir()] == []
