"""Parts of an assistant's process, one by one, where no assistant is needed."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ovos_dialogue_kit.assistant.core.boot import (
    RunningCore,
    _await_training,
    _not_loaded,
    _require_stages,
    configuration,
)
from ovos_dialogue_kit.assistant.core.engines import match_in_process, train_repeatably
from ovos_dialogue_kit.assistant.core.file_locks import locks_of_files, take_over
from ovos_dialogue_kit.assistant.core.generations import generation_of
from ovos_dialogue_kit.assistant.core.raised import Raised
from ovos_dialogue_kit.assistant.process.channel import Channel
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.assistant.system.call_stack import SkillCode
from ovos_dialogue_kit.assistant.system.ending import ending_with_input
from ovos_dialogue_kit.errors import AssistantError, EngineMissingError

pytestmark = pytest.mark.ovos


class LeftError(Exception):
    """The error that stands for the end of the process in these tests."""


@pytest.fixture
def leaving() -> Iterator[None]:
    """Raise ``LeftError`` where a process of an assistant would end."""

    def leave(*_: object) -> None:
        raise LeftError

    before = signal.signal(signal.SIGTERM, leave)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("leaving")
def test_nobody_reads() -> None:
    """The process ends when its answers are no longer read."""
    source, sink = os.pipe()
    os.close(source)
    with pytest.raises(LeftError):
        Channel(-1, sink).answer({})
    os.close(sink)


@pytest.mark.usefixtures("leaving")
def test_input_that_has_ended() -> None:
    """Work that starts after the end of the input ends at once."""
    source, sink = os.pipe()
    os.close(sink)
    with pytest.raises(LeftError), ending_with_input(source):
        pass
    os.close(source)


@pytest.mark.usefixtures("leaving")
def test_input_that_ends() -> None:
    """Work in progress ends with the input."""
    source, sink = os.pipe()

    def go_on() -> None:
        with ending_with_input(source):
            os.close(sink)
            signal.pause()

    with pytest.raises(LeftError):
        go_on()
    os.close(source)


def test_lines_of_a_dialog(tmp_path: Path) -> None:
    """They are those of the language, however it is written, without comments."""
    for lang, line in (("en-US", "hello"), ("pt-PT", "olá")):
        folder = tmp_path / "locale" / lang / "dialog"
        folder.mkdir(parents=True)
        (folder / "hi.dialog").write_text(f"# what is said\n\n{line}\n", "utf-8")
    core = RunningCore(None, None, {"a": reading(tmp_path), "b": reading(tmp_path)})
    assert core.dialog_lines("hi", "pt-pt") == ("olá", "olá")
    assert core.dialog_lines("ho", "en-US") == ()
    assert core.dialog_lines("hi", "de-DE") == ()


def test_lines_of_a_dialog_in_another_country(tmp_path: Path) -> None:
    """They are those of the folder that OVOS takes for the language."""
    folder = tmp_path / "locale" / "en-us"
    folder.mkdir(parents=True)
    (folder / "hi.dialog").write_text("hello\n", "utf-8")
    core = RunningCore(None, None, {"a": reading(tmp_path, folder)})
    assert core.dialog_lines("hi", "en-GB") == ("hello",)


def test_every_skill_is_unloaded() -> None:
    """What not even the manager catches is noted, and the next skill is unloaded."""

    class Manager:
        def _unload_plugin_skill(self, skill_id: str) -> None:
            raise SystemExit(skill_id)

    noted: list[BaseException] = []
    RunningCore(None, None, {"a": None, "b": None}, Manager()).unload(noted.append)
    assert [str(error) for error in noted] == ["a", "b"]


def reading(root: Path, folder: Path | None = None) -> SimpleNamespace:
    """Return a skill that reads its dialogs from a folder in any other language."""
    resources = SimpleNamespace(
        types=SimpleNamespace(dialog=SimpleNamespace(base_directory=folder))
    )
    return SimpleNamespace(root_dir=str(root), load_lang=lambda **_: resources)


def test_error_of_an_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of matching in this process is raised when the result is read."""
    import padacioso  # noqa: PLC0415  # of OVOS

    monkeypatch.setattr(padacioso, "concurrent", None, raising=False)
    match_in_process()
    with padacioso.concurrent.futures.ProcessPoolExecutor(2) as executor:
        future = executor.submit(int, "x")
    with pytest.raises(ValueError, match="invalid literal"):
        future.result()


def test_training_without_fann(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without FANN, there is nothing to make repeatable: no C library is loaded."""
    monkeypatch.setattr("ctypes.CDLL", pytest.fail)
    monkeypatch.setitem(sys.modules, "fann2", None)
    monkeypatch.setitem(sys.modules, "fann2.libfann", None)
    train_repeatably()


def test_locks_without_filelock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an import of ``filelock`` there are no locks."""
    monkeypatch.delitem(sys.modules, "filelock", raising=False)
    assert locks_of_files() == []


def test_locks_that_ask_nobody() -> None:
    """Locks of older versions know no creator, and are left as they are."""
    old, new = SimpleNamespace(), SimpleNamespace(_creator_pid=1)
    take_over([old, new])
    assert (vars(old), vars(new)) == ({}, {"_creator_pid": os.getpid()})


def test_a_transformer_that_is_not_installed() -> None:
    """The configuration for it is refused, with the near name."""
    setup = Setup(("a.b",), transformers=("ovos-utterance-normaliser",))
    with pytest.raises(AssistantError) as error:
        configuration(setup)
    assert str(error.value) == (
        'the transformer "ovos-utterance-normaliser" is not installed (did you mean '
        '"ovos-utterance-normalizer"?)\n'
        "  pip install ovos-utterance-normaliser"
    )


def test_an_engine_that_brings_no_stage() -> None:
    """A service without it is no assistant, and the error names what brings it."""
    generation = generation_of("2.1.1")
    with pytest.raises(EngineMissingError) as error:
        _require_stages(Setup(("a.b",), engine="adapt"), generation, frozenset())
    assert str(error.value) == (
        'the engine "adapt" is not installed, or ovos-core could not load it\n'
        "  pip install ovos-adapt-parser"
    )


def test_a_stage_whose_plugin_is_not_installed() -> None:
    """It is an error that names what brings it."""
    setup = Setup(("a.b",), stages=("ocp_high",))
    generation = generation_of("2.1.1")
    with pytest.raises(AssistantError) as error:
        _require_stages(setup, generation, frozenset({"padacioso"}))
    assert str(error.value) == (
        'the pipeline stage "ocp_high" is not installed\n'
        "  pip install ovos-ocp-pipeline-plugin"
    )


def test_training_that_takes_too_long() -> None:
    """The limit is named, and how to raise it."""
    setup = Setup(("a.b",), limits=Limits(training=2.5))
    asked: list[float] = []

    def settle(done: Callable[[], bool], seconds: float) -> bool:
        asked.append(seconds)
        return done()

    _await_training(setup, lambda: True, settle)
    with pytest.raises(AssistantError) as error:
        _await_training(setup, lambda: False, settle)
    assert asked == [2.5, 2.5]
    assert str(error.value) == (
        "the intent engines were not trained within 2.5 s\n"
        "  raise the limit with --training-timeout (in pytest: --kit-training-timeout)"
    )


def test_a_skill_that_does_not_load_without_a_reason() -> None:
    """If OVOS logs no exception, there is nothing more to tell."""
    error = _not_loaded("a.b", None, Raised(SkillCode()))
    assert str(error) == 'the skill "a.b" did not load'


def test_an_error_over_the_exit_of_a_skill() -> None:
    """The exit is told, not what ovos-core stumbles over when it is on its way."""
    late = UnboundLocalError("load_status")
    late.__context__ = SystemExit("no key")
    error = _not_loaded("a.b", late, Raised(SkillCode()))
    assert str(error) == 'the skill "a.b" did not load: SystemExit: no key'


def test_a_full_disk_is_no_fault_of_a_skill() -> None:
    """A hint says what helps."""
    full = OSError(errno.ENOSPC, "No space left on device")
    assert str(_not_loaded("a.b", full, Raised(SkillCode()))).splitlines() == [
        'the skill "a.b" did not load: OSError: [Errno 28] No space left on device',
        "  make room for temporary files, or set TMPDIR to another folder",
    ]
