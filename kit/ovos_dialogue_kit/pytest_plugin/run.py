"""What a run of pytest shares among its dialogues: assistants, and the count."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.pytest_plugin.options import is_shared, settings_of
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants

__all__ = ["REASON", "Run", "Tally", "run_of"]

_NAME = "ovos-dialogue-kit-run"

REASON: pytest.StashKey[str] = pytest.StashKey()
"""In an item: why it was skipped while it ran."""


@dataclass(slots=True)
class Tally:
    """How much was replayed, with which engines, on which versions of ovos-core."""

    dialogues: int = 0
    turns: int = 0
    engines: list[str] = field(default_factory=list)
    cores: list[str] = field(default_factory=list)

    def count(self, transcript: Transcript) -> None:
        """Count a replay."""
        core = transcript.versions.get("ovos-core")
        self.dialogues += 1
        self.turns += len(transcript.turns)
        self.engines = sorted({*self.engines, transcript.engine})
        self.cores = sorted({*self.cores, *([core] if core else [])})

    def add(self, told: Mapping[str, Any]) -> None:  # the fields of a Tally
        """Count what another process has counted."""
        self.dialogues += told["dialogues"]
        self.turns += told["turns"]
        self.engines = sorted({*self.engines, *told["engines"]})
        self.cores = sorted({*self.cores, *told["cores"]})

    def __str__(self) -> str:
        """Return the count in a line."""
        on = f" on ovos-core {', '.join(self.cores)}" if self.cores else ""
        dialogues = counted(self.dialogues, "dialogue")
        turns = counted(self.turns, "turn")
        return f"{dialogues} replayed, {turns},{on} with {', '.join(self.engines)}"


class Run:
    """One run of pytest, or of one worker of xdist: a plugin of pytest, too.

    It is registered when the first script is met, so that runs without any have no
    hooks of it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.settings = settings_of(config)
        self.assistants = _assistants(shared=is_shared(config))
        self.tally = Tally()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, Any, None]:  # pluggy's result
        """Place a skip that only the replay showed where its dialogue stands."""
        outcome = yield
        report = outcome.get_result()
        if REASON in item.stash and report.when == "call":
            path, line, _ = item.reportinfo()
            words = f"Skipped: {item.stash[REASON]}"
            report.longrepr = (str(path), (line or 0) + 1, words)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell xdist's controller what this worker replayed."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["ovos_dialogue_kit"] = asdict(self.tally)

    def pytest_terminal_summary(
        self,
        terminalreporter: Any,  # pytest.TerminalReporter, which pytest 7 has not
        config: pytest.Config,
    ) -> None:
        """Say in a line what was replayed."""
        if self.tally.dialogues and config.getoption("verbose") >= 0:
            terminalreporter.write_line(str(self.tally))

    def pytest_unconfigure(self) -> None:
        """End the assistants."""
        self.assistants.close()


def run_of(config: pytest.Config) -> Run:
    """Return the run that a config belongs to; begin it the first time."""
    run = config.pluginmanager.get_plugin(_NAME)
    if not isinstance(run, Run):
        run = Run(config)
        config.pluginmanager.register(run, _NAME)
    return run


def _assistants(*, shared: bool) -> Assistants:
    if not shared:
        return Assistants()
    from ovos_dialogue_kit.assistant.process.in_process import Shared  # noqa: PLC0415  # seldom

    return Assistants(Shared)
