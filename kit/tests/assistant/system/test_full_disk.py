"""A disk without room for an assistant: told as such, before anything is replayed."""

from __future__ import annotations

import errno
import os
import resource
import tempfile

import pytest

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

SETUP = Setup(("ovos-skill-repeater.kit",))


def test_no_room_for_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """If not even a folder can be made, that is the error, and a hint says where."""

    def fail(**_: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", fail)
    with pytest.raises(AssistantError) as error, SubprocessAssistant(SETUP):
        pass
    assert str(error.value) == (
        "no home can be made for the assistant: no space left on device\n"
        "  make room for temporary files, or set TMPDIR to another folder"
    )


@pytest.mark.ovos
def test_no_room_in_a_home() -> None:
    """If the configuration cannot be written, it is not the skill that is blamed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    process = SubprocessAssistant(SETUP)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # as full as a disk may be
    try:
        with pytest.raises(AssistantError) as error:
            process.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        process.close()
    where = f'"{tempfile.gettempdir()}"'
    assert str(error.value) == (
        f"the assistant's home in {where} cannot be written: file too large\n"
        "  make room there, or set TMPDIR to another folder"
    )


def test_no_open_file_for_a_home() -> None:
    """A limit of open files is no lack of room; the command says which it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    process = SubprocessAssistant(SETUP)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            process.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        process.close()
