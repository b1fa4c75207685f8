"""A disk without room for an assistant: told as such, before anything is replayed."""

from __future__ import annotations

import errno
import json
import os
import resource
import tempfile
from pathlib import Path

import pytest
from support.skills import install_skill

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError

LARGE = 4 << 20
FILLING = f"""
import os
import resource
from pathlib import Path

class Skill(OVOSSkill):
    def initialize(self):
        Path(os.environ["HOME"], "large").write_bytes(bytes({LARGE}))
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, ({LARGE // 2}, hard))
"""
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
@pytest.mark.parametrize("moment", ["configuration", "boot"])
def test_no_room_in_a_home(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If nothing can be written there, it is not the skill that is blamed.

    It is found out with the configuration, or as the files are saved after the boot.
    The limit lets coverage.py write what it has measured.
    """
    install_skill(tmp_path, "full.test", FILLING)
    monkeypatch.syspath_prepend(tmp_path)
    config = json.dumps({"long": "x" * LARGE} if moment == "configuration" else {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    process = SubprocessAssistant(Setup(("full.test",), config=config))
    if moment == "configuration":
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE // 2, hard))
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
