"""Share assistants and a count among the dialogues of a pytest run."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.pytest_plugin.options import is_shared, settings_of
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants

__all__ = ["REASON", "Run", "run_of"]

_NAME = "ovos-dialogue-kit-run"

REASON: pytest.StashKey[str] = pytest.StashKey()
"""The key of an item's stash for the reason why it was skipped as it ran."""


@dataclass(slots=True)
class Tally:
    """The number of replays, their engines, and their versions of ovos-core."""

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

    def add(self, other: Mapping[str, Any]) -> None:  # the fields of a Tally
        """Add the count of another process."""
        self.dialogues += other["dialogues"]
        self.turns += other["turns"]
        self.engines = sorted({*self.engines, *other["engines"]})
        self.cores = sorted({*self.cores, *other["cores"]})

    def __str__(self) -> str:
        """Return the count in a line."""
        on = f" on ovos-core {', '.join(self.cores)}" if self.cores else ""
        dialogues = counted(self.dialogues, "dialogue")
        turns = counted(self.turns, "turn")
        return f"{dialogues} replayed, {turns},{on} with {', '.join(self.engines)}"


class Run:
    """One run of pytest, or of one xdist worker, as a plugin of its own.

    It is registered when the first script is collected, so runs without scripts have
    none of its hooks.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.settings = settings_of(config)
        self.assistants = _assistants(shared=is_shared(config))
        self.tally = Tally()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, Any, None]:  # pluggy's result
        """Report a skip during the replay at the place of its dialogue."""
        outcome = yield
        report = outcome.get_result()
        if REASON in item.stash and report.when == "call":
            path, line, _ = item.reportinfo()
            words = f"Skipped: {item.stash[REASON]}"
            report.longrepr = (str(path), (line or 0) + 1, words)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the count of this worker to the controller of xdist."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["ovos_dialogue_kit"] = asdict(self.tally)

    def pytest_terminal_summary(
        self,
        terminalreporter: Any,  # pytest.TerminalReporter, missing in pytest 7
        config: pytest.Config,
    ) -> None:
        """Print the count in one line."""
        if self.tally.dialogues and config.getoption("verbose") >= 0:
            terminalreporter.write_line(str(self.tally))

    def pytest_unconfigure(self) -> None:
        """Close the assistants."""
        self.assistants.close()


def run_of(config: pytest.Config) -> Run:
    """Return the run of a config, which the first call creates."""
    run = config.pluginmanager.get_plugin(_NAME)
    if not isinstance(run, Run):
        run = Run(config)
        config.pluginmanager.register(run, _NAME)
    return run


def _assistants(*, shared: bool) -> Assistants:
    if not shared:
        return Assistants()
    from ovos_dialogue_kit.assistant.process.in_process import Shared  # noqa: PLC0415  # seldom needed

    return Assistants(Shared)
