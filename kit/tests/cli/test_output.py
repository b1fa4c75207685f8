"""Tests of what is written to the standard streams, whatever these are."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from ovos_dialogue_kit.cli import main, output
from ovos_dialogue_kit.cli.console import Printer
from ovos_dialogue_kit.cli.output import OutputError, show, tell
from ovos_dialogue_kit.cli.progress import Waiting, _bar

SCRIPT = "skill: a.test\ndialogues:\n  日本: [kitchen: hi]\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one script, the current folder."""
    (tmp_path / "tox.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "a.dialogue.yaml").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("ascii", rb"\u65e5\u672c"), ("cp1252", rb"\u65e5\u672c"), ("utf-8", None)],
)
def test_what_an_encoding_lacks_is_escaped(
    monkeypatch: pytest.MonkeyPatch, encoding: str, name: bytes | None
) -> None:
    """A command ends as ever where its output cannot be encoded."""
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding=encoding))
    assert main(["check"]) == 1
    name = "日本".encode() if name is None else name
    assert shown.getvalue() == b"missing    fixtures/a/" + name + b".json\n"


def test_what_a_terminal_obeys_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever writes, no control character arrives."""
    show("a\x1b[2J\nb")
    tell("c\u202e\r")
    Printer().show([(("", "d\x9b"), ("problem", "e\n"))])
    assert capsys.readouterr() == ("a\\x1b[2J\nb\nd\\x9be\\n\n", "c\\u202e\\r\n")


def test_bad_usage_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments in an error message are escaped, too."""
    assert main(["check", "--no\x1bc"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("Usage: kit check [OPTIONS] [PATH]...\n")
    assert "--no\\x1bc" in error  # versions of click differ in what is around it
    assert "\x1b" not in error


@pytest.mark.parametrize("arguments", [["--help"], ["matrix", "--help"], ["--version"]])
def test_a_reader_of_help_leaves(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    """A reader that leaves a help page ends it without a word."""
    with os.fdopen(_left(), "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(arguments) == 141
    assert capsys.readouterr().err == ""


def test_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A result that cannot be written is told in a sentence."""
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["--help"]) == 2
    assert capsys.readouterr().err == (
        "standard output cannot be written: no space left on device\n"
    )


def test_a_reader_of_lines_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that leaves ends the printing of lines with an error of the kit's."""
    with os.fdopen(_left(), "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(OutputError, match="standard output cannot be written"):
            Printer().show([(("", "hi"),)])
        output.discard("stdout")


def test_rich_leaves_the_end_to_main() -> None:
    """Where a progress bar cannot be shown, ``main`` decides how the command ends."""
    with pytest.raises(BrokenPipeError):
        _handled_by(_bar(0, 7, "replays").console)


def _left() -> int:
    """Return a pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def _handled_by(console: Console) -> None:
    """Do with a broken pipe as rich does."""
    with os.fdopen(_left(), "wb", buffering=0) as pipe:
        try:
            pipe.write(b"a")
        except BrokenPipeError:
            console.on_broken_pipe()


def test_stand_ins_of_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is no file, as other programs put there, is written, too."""
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    assert main(["check", "nowhere"]) == 2
    assert shown.getvalue() == '"nowhere" does not exist\n'


def test_without_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where standard error is closed, what belongs there is shown nowhere."""
    monkeypatch.setattr(sys, "stderr", None)
    with Waiting(7, "replays") as waiting, waiting.step():
        tell("hi")
    output.flush_output()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("replay --engine p", ["padacioso", "padatious"]),
        ("replay --bus ", ["hivemind", "hivemind-memory", "memory", "real"]),
        ("isolate --oracle st", ["state", "stray"]),
    ],
)
def test_completion(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    values: list[str],
) -> None:
    """Shells complete the values of options, too."""
    monkeypatch.setenv("_KIT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"kit {words}")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        main([])
    told = capsys.readouterr().out.splitlines()
    assert told == [f"plain,{value}" for value in values]


def test_skills_are_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So are the ids of the skills that are installed."""
    monkeypatch.setattr(
        "ovos_dialogue_kit.skill.installed.installed_skills", lambda: ["b.x", "a.x"]
    )
    monkeypatch.setenv("_KIT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "kit isolate --skill ")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        main([])
    assert capsys.readouterr().out == "plain,a.x\nplain,b.x\n"


def test_as_a_module_with_closed_streams(project: Path) -> None:
    """``python -m`` works, and closed streams change no exit code."""
    command = [sys.executable, "-m", "ovos_dialogue_kit", "generate"]
    done = subprocess.run(
        ["/bin/sh", "-c", f"{' '.join(command)} <&- >&- 2>&-"], check=False, cwd=project
    )
    assert done.returncode == 0
    assert (project / "fixtures" / "a" / "日本.json").is_file()


def test_a_current_folder_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command in a folder that has been removed ends with a sentence."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["check"]) == 2
    monkeypatch.undo()
    assert capsys.readouterr().err == "the current folder has been removed\n"


@pytest.mark.parametrize(
    ("reason", "words"), [(None, ""), ("memory is limited", ": memory is limited")]
)
def test_no_more_memory(
    reason: str | None,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is told, with the limit that is known to be the reason."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("click.Command.invoke", fail)
    monkeypatch.setattr(
        "ovos_dialogue_kit.assistant.process.shell_limits.limits_behind",
        lambda _: reason,
    )
    assert main(["check"]) == 2
    assert capsys.readouterr().err == f"there is not enough memory{words}\n"


def test_no_more_threads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So does a thread that cannot be started, without a limit of memory to blame.

    No other error of its class does.
    """
    errors = [RuntimeError("can't start new thread"), RuntimeError("x")]

    def fail(*_: object, **__: object) -> None:
        raise errors.pop(0)

    monkeypatch.setattr("click.Command.invoke", fail)
    limits = resource.RLIM_INFINITY, resource.RLIM_INFINITY
    monkeypatch.setattr("resource.getrlimit", lambda _: limits)
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        "no more threads or processes can be started; see `ulimit -u`\n"
    )
    with pytest.raises(RuntimeError, match="x"):
        main(["check"])


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (
            11,
            "no more threads or processes can be started; see `ulimit -u`",
        ),
        (24, "no more files can be opened; see `ulimit -n`"),
        (5, "[Errno 5] Input/output error"),
    ],
)
def test_limits_of_the_operating_system(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    words: str,
) -> None:
    """An error of the operating system ends a command with a sentence."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("click.Command.invoke", fail)
    assert main(["check"]) == 2
    assert capsys.readouterr().err == f"{words}\n"
