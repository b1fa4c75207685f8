"""Tests of failures for which the sentence names a limit of the shell."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from support.dialogues import dialogue
from support.processes import ANSWERING, BOOTED, be_process

from ovos_dialogue_kit.assistant.process import assistant_process
from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.process.shell_limits import (
    limits_behind,
    low_memory,
    with_limits,
)
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript, TurnTranscript

LOW = "memory is limited to 90 MiB (`ulimit -v`)"
BOTH = "memory is limited to 8192 MiB (`ulimit -v`) and 4096 MiB (`ulimit -d`)"


@pytest.fixture(name="limit")
def limit_fixture(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Return the limits of this process, of memory in MiB, which a test sets."""
    limits: dict[int, int] = {}

    def current(number: int) -> tuple[int, int]:
        size = limits.get(number)
        scale = 0 if number == resource.RLIMIT_NPROC else 20
        soft = resource.RLIM_INFINITY if size is None else size << scale
        return soft, resource.RLIM_INFINITY

    monkeypatch.setattr(resource, "getrlimit", current)
    return limits


@pytest.mark.parametrize("told", ["", "SystemError: error return", "MemoryError"])
def test_low_memory(limit: dict[int, int], told: str) -> None:
    """Whatever a process tells, a limit too low for any assistant explains its end."""
    limit[resource.RLIMIT_AS] = 90
    assert low_memory() == LOW
    assert limits_behind(told) == LOW


@pytest.mark.parametrize("told", ["MemoryError", "x: can't start new thread"])
def test_much_memory(limit: dict[int, int], told: str) -> None:
    """A higher limit explains only what tells of too little memory."""
    limit.update({resource.RLIMIT_AS: 8192, resource.RLIMIT_DATA: 4096})
    assert low_memory() is None
    assert limits_behind("ValueError") is None
    assert limits_behind(f"Traceback\n{told}\n") == BOTH


@pytest.mark.parametrize(
    "told", ["can't start new thread", "[Errno 11] Resource temporarily unavailable"]
)
def test_few_processes(limit: dict[int, int], told: str) -> None:
    """A low limit of processes explains that none can be started, a usual one not."""
    limit[resource.RLIMIT_NPROC] = 5
    assert limits_behind(told) == "processes and threads are limited to 5 (`ulimit -u`)"
    assert limits_behind("MemoryError") is None
    limit[resource.RLIMIT_NPROC] = 30_000
    assert limits_behind(told) is None


@pytest.mark.usefixtures("limit")
def test_no_limit() -> None:
    """Without a limit, nothing is explained by one."""
    assert limits_behind("MemoryError") is None


def test_an_error_that_a_limit_explains(limit: dict[int, int]) -> None:
    """It is told with the limit; other faults stay as they are."""
    told = "Skill.do: RuntimeError: can't start new thread"
    faults = (Fault("raised", told), Fault("raised", "ValueError"), Fault("lang", told))
    turn = TurnTranscript(0, "a", "hi", 0.0, "handled", faults=faults)
    found = Transcript("x", "y", "", "padacioso", "memory", (turn,))
    assert with_limits(found) == found
    limit[resource.RLIMIT_AS] = 300
    (turn,) = with_limits(found).turns
    limited = f"{told}; memory is limited to 300 MiB (`ulimit -v`)"
    assert turn.faults == (Fault("raised", limited), *faults[1:])


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            {"problem": "the skill does not load", "hint": "Traceback", "engine": ""},
            f"the skill does not load; {LOW}\n  raise the limit",
        ),
        (
            {"crash": "SystemError", "trace": "Traceback"},
            f"the assistant crashed, as {LOW}\n  raise the limit",
        ),
    ],
)
def test_an_answer_of_an_assistant_with_too_little_memory(
    answer: dict[str, object],
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An error or a crash of an assistant with too little memory is not the skill's."""
    monkeypatch.setattr(assistant_process, "low_memory", lambda: LOW)
    monkeypatch.setattr(assistant_process, "limits_behind", lambda _: LOW)
    answers = [answer] if "problem" in answer else [BOOTED, answer]
    be_process(monkeypatch, sys.executable, "-c", ANSWERING, json.dumps(answers))
    fixture = dialogue("a.test", ("kitchen", "hi"))
    process = SubprocessAssistant(Setup(("a.test",)))
    with pytest.raises(AssistantError) as error:
        process.replay(fixture, fixture.cases[0])
    process.close()
    assert str(error.value) == problem


def test_a_command_in_a_limited_shell(tmp_path: Path) -> None:
    """A replay with little memory ends with the limit, and without a traceback."""
    (tmp_path / "a.dialogue.yaml").write_text("""\
skill: a.test
dialogues:
  fruit:
    - a: tell me
""")
    kit = f"{sys.executable} -m ovos_dialogue_kit"
    command = f"{kit} generate; ulimit -v 61440; exec {kit} replay -q"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
    )
    told = done.stdout + done.stderr
    assert "memory is limited to 60 MiB (`ulimit -v`)" in told
    assert "Traceback" not in told


def test_a_command_with_too_little_memory(
    limit: dict[int, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A command that has no memory left ends with a sentence, with or without limit."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("click.Command.invoke", fail)
    assert main(["check"]) == 2
    limit[resource.RLIMIT_AS] = 90
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        f"there is not enough memory\nthere is not enough memory: {LOW}\n"
    )
