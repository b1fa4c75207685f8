"""The environment of a HiveMind hub, made by a shell script in place of uv."""

from __future__ import annotations

import fcntl
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from ovos_dialogue_kit.assistant.process.assistant_process import SubprocessAssistant
from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.assistant.transports.hivemind import environment
from ovos_dialogue_kit.assistant.transports.hivemind.environment import hub_python
from ovos_dialogue_kit.errors import AssistantError

COPY = """\
echo "$@" >> "$XDG_CACHE_HOME/calls"
if [ "$1" = venv ]; then
    for last; do :; done
    mkdir -p "$last/bin" && touch "$last/bin/python"
fi
"""
INTERRUPT = """\
#!/bin/sh
for last; do :; done
mkdir -p "$last/bin" && touch "$last/bin/python"
kill -INT $PPID
"""
FAIL = "echo 'error: Failed to fetch: `https://pypi.org/simple/x/`' >&2; exit 2\n"


def put_uv(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """Let the only uv on the PATH be a script, or none be there."""
    programs = folder / "programs"
    programs.mkdir()
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(environment, "find_spec", lambda _: None)
    if text is not None:
        path = programs / "uv"
        path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
        path.chmod(0o755)


def test_it_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is run, and no network needed."""
    put_uv(tmp_path, monkeypatch, COPY)
    first = hub_python()
    made = (tmp_path / "calls").read_text().splitlines()
    assert ["venv", "pip"] == [call.split()[0] for call in made]
    assert "hub.txt" in made[1]
    assert first == hub_python()
    assert made == (tmp_path / "calls").read_text().splitlines()
    assert first.is_relative_to(tmp_path / "ovos-dialogue-kit")


def test_two_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them makes it, and the other waits for that."""
    put_uv(tmp_path, monkeypatch, COPY)
    hub_python()
    [lock] = (tmp_path / "ovos-dialogue-kit").glob("*.lock")
    shutil.rmtree(next(lock.parent.glob("hivemind-*-py*.*[0-9]")))
    (tmp_path / "calls").unlink()
    with lock.open("w") as file, ThreadPoolExecutor() as pool:
        fcntl.flock(file, fcntl.LOCK_EX)
        first, second = (pool.submit(hub_python) for _ in range(2))
        fcntl.flock(file, fcntl.LOCK_UN)
        assert first.result() == second.result()
    made = (tmp_path / "calls").read_text().splitlines()
    assert ["venv", "pip"] == [call.split()[0] for call in made]


def test_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an environment is not used, but made again."""
    put_uv(tmp_path, monkeypatch, COPY)
    (tmp_path / "programs" / "uv").write_text(INTERRUPT, encoding="utf-8")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # xdist has none
    try:
        with pytest.raises(KeyboardInterrupt):
            hub_python()
    finally:
        signal.signal(signal.SIGINT, before)
    (tmp_path / "programs" / "uv").write_text(f"#!/bin/sh\n{COPY}", encoding="utf-8")
    assert hub_python().exists()


def test_uv_may_be_a_package_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its program is not on the PATH where it is installed for a user, or elsewhere."""
    put_uv(tmp_path, monkeypatch, COPY)
    program = tmp_path / "elsewhere"
    (tmp_path / "programs" / "uv").rename(program)
    package = ModuleType("uv")
    package.find_uv_bin = lambda: str(program)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "uv", package)
    monkeypatch.setattr(environment, "find_spec", lambda name: name == "uv")
    assert hub_python().exists()


def test_an_assistant_whose_hub_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not start, for that reason, and leaves nothing behind."""
    put_uv(tmp_path, monkeypatch, None)
    assistant = SubprocessAssistant(Setup(("a.skill",), bus="hivemind"))
    with pytest.raises(AssistantError, match="has not been made yet"):
        assistant.start()
    assistant.close()


def test_without_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is missing, and how to get it."""
    put_uv(tmp_path, monkeypatch, None)
    with pytest.raises(AssistantError) as error:
        hub_python()
    assert str(error.value) == (
        "the environment of the HiveMind hub has not been made yet, and uv is not "
        "installed\n  pip install uv"
    )


def test_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has uv's own words; half an environment is made again."""
    put_uv(tmp_path, monkeypatch, FAIL)
    with pytest.raises(AssistantError) as error:
        hub_python()
    assert error.value.problem == (
        "the environment of the HiveMind hub could not be made: error: Failed to "
        "fetch: `https://pypi.org/simple/x/`"
    )
    (tmp_path / "programs" / "uv").write_text(f"#!/bin/sh\n{COPY}", encoding="utf-8")
    assert hub_python().exists()
