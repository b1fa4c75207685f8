"""Why there is no assistant, told from the notes and the output of its process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process import failed_boot as module
from ovos_dialogue_kit.assistant.process.failed_boot import failed_boot
from ovos_dialogue_kit.assistant.setup import Setup

LOW = "memory is limited to 90 MiB (`ulimit -v`)"


@pytest.mark.parametrize("skill", ["gone.test", "nowhere.test"])
def test_a_boot_that_hangs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skill: str
) -> None:
    """If no line of the skill is found, all of the stacks is shown."""
    stacks = 'Timeout (0:01:00)!\n  File "/a/b.py", line 1 in c'
    monkeypatch.syspath_prepend(tmp_path)
    install_skill(tmp_path, "gone.test", "")
    (tmp_path / "hang.txt").write_text(f"{stacks}\n")
    (tmp_path / "loading.txt").write_text(skill)
    error = failed_boot(Setup((skill,)), tmp_path, "it ended", "")
    assert error.problem == "the assistant was not ready after 60 s"
    assert str(error.hint).splitlines() == [
        "raise the limit with --boot-timeout (in pytest: --kit-boot-timeout)",
        f'the skill "{skill}" was being loaded',
        *stacks.splitlines(),
    ]


def test_an_end_before_any_skill(tmp_path: Path) -> None:
    """Nothing is said of a skill if none was being loaded."""
    error = failed_boot(Setup(("a.test",)), tmp_path, "it ended", "")
    assert (error.problem, error.hint) == ("it ended", None)


@pytest.mark.parametrize("target", ["/dev/zero", "none", "."])
@pytest.mark.parametrize("note", ["loading.txt", "hang.txt"])
def test_a_note_that_a_skill_has_replaced(
    tmp_path: Path, target: str, note: str
) -> None:
    """A link in the place of a note, be it to a device, says nothing."""
    (tmp_path / note).symlink_to(target)
    error = failed_boot(Setup(("a.test",)), tmp_path, "it ended", "")
    assert (error.problem, error.hint) == ("it ended", None)


@pytest.mark.parametrize("note", ["loading.txt", "hang.txt"])
def test_a_pipe_in_the_place_of_a_note(tmp_path: Path, note: str) -> None:
    """Nobody waits for what a pipe may say."""
    os.mkfifo(tmp_path / note)
    assert failed_boot(Setup(("a.test",)), tmp_path, "it ended", "").hint is None


def test_words_of_a_skill_are_no_hang(tmp_path: Path) -> None:
    """Output of a skill is not mistaken for the report of a hang."""
    (tmp_path / "loading.txt").write_text("talking.test")
    setup = Setup(("quiet.test", "talking.test"))
    error = failed_boot(setup, tmp_path, "it ended", "Timeout (0:01:00)!")
    assert error.problem == "it ended"
    assert error.hint == (
        'the skill "talking.test" was being loaded\nTimeout (0:01:00)!'
    )


def test_a_boot_with_too_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boot that ends for want of memory tells the limit, and the skill."""
    monkeypatch.setattr(module, "limits_behind", lambda _: LOW)
    (tmp_path / "loading.txt").write_text("a.test")
    error = failed_boot(Setup(("a.test",)), tmp_path, "it ended", "")
    assert error.problem == f"the assistant did not boot, as {LOW}"
    assert error.hint == 'raise the limit\nthe skill "a.test" was being loaded'
