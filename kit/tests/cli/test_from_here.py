"""All commands agree on the project, and show paths from the current folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.actors import Troupe
from support.commands import let_replay_boot, let_search_boot
from support.toys import shared

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.run import select

SCRIPT = """\
skill: a.test
dialogues:
  polite:
    - kitchen: hi
      expect: {reply}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in no repository and without any settings, as current folder."""
    (tmp_path / "test").mkdir()
    write(tmp_path, "HI")
    monkeypatch.chdir(tmp_path)
    let_replay_boot(monkeypatch, Troupe())
    return tmp_path


def write(project: Path, reply: str) -> None:
    """Write the script, in which a reply is expected."""
    text = SCRIPT.replace("{reply}", reply)
    (project / "test" / "a.dialogue.yaml").write_text(text)


@pytest.mark.parametrize("path", [(), ("test",), ("test/a.dialogue.yaml",)])
@pytest.mark.usefixtures("project")
def test_without_a_marker_the_current_folder_is_the_project(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever path a command gets, it finds the same fixtures."""
    assert main(["generate", *path]) == 0
    assert capsys.readouterr().out == "written    fixtures/a/polite.json\n"
    for other in ((), ("test",), ("test/a.dialogue.yaml",)):
        assert main(["check", *other]) == 0
        assert capsys.readouterr().out == "fresh      fixtures/a/polite.json\n"
        assert main(["replay", *other]) == 0
        title = "polite [padacioso]  test/a.dialogue.yaml:3"
        assert capsys.readouterr().out.splitlines()[0] == title


def test_paths_are_shown_from_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of the script, of its fixture, and in what is to be done."""
    (project / "pyproject.toml").touch()
    assert main(["generate"]) == 0
    write(project, "ho")
    monkeypatch.chdir(project / "test")
    capsys.readouterr()
    assert main(["replay", "-q"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        'a.dialogue.yaml:4:7: turn 1, kitchen "hi": heard a different reply',
        '  expected  "ho"',
        '  heard     "HI"',
        "  fixture   ../fixtures/a/polite.json",
        "",
    ]
    assert err.splitlines()[:2] == [
        (
            '../fixtures/a/polite.json:1:1: the fixture of "polite" is stale: its '
            "script, or an .entity file, has changed since  [KIT303]"
        ),
        '  run "kit generate a.dialogue.yaml" and commit what it writes',
    ]
    assert main(["check"]) == 1
    assert capsys.readouterr().out == "stale      ../fixtures/a/polite.json\n"


def test_a_leak_is_shown_from_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So is the command that finds it again; what is left out is noted."""
    (project / "pyproject.toml").touch()
    (project / "test" / "a.dialogue.yaml").write_text(
        "skill: a.test\ndialogues:\n  fruit:\n    - a: keep apple\n    - b: tell me\n"
    )
    monkeypatch.chdir(project / "test")
    let_search_boot(monkeypatch, lambda _: shared())
    monkeypatch.setattr(select, "notes_on", lambda *_: [LeftOut("padatious", "it")])
    assert main(["isolate", "--schedules", "9", "--seed", "1"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("a.dialogue.yaml:5:7: ")
    assert "kit isolate a.dialogue.yaml " in out
    assert err.startswith("note: padatious is installed, but is not used unless")


def test_errors_are_shown_from_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that cannot be read has its place from there, in every command."""
    (project / "pyproject.toml").touch()
    (project / "test" / "a.dialogue.yaml").write_text("dialogues: 7\n")
    (project / "other").mkdir()
    monkeypatch.chdir(project / "other")
    for command in ("generate", "check", "replay"):
        assert main([command, "../test"]) == 2
        place = capsys.readouterr().err.partition(": ")[0]
        assert place == "../test/a.dialogue.yaml:1:12"
