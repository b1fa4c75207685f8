"""Share assistants and a count among the dialogues of a pytest run."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.pytest_plugin.options import runs_in_process, settings_of
from ovos_dialogue_kit.render.left_out import left_out_notes
from ovos_dialogue_kit.render.lines import AS_ABOVE, render_dialogue
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.terminal import skip_line

__all__ = ["REASON", "Run", "run_of"]

_NAME = "ovos-dialogue-kit-run"

_KEPT = 4
"""Number of assistants that stay booted from one test to the next."""

REASON: pytest.StashKey[str] = pytest.StashKey()
"""The key of an item's stash for the reason why it was skipped as it ran."""


@dataclass(slots=True)
class Tally:
    """The number of replays, their engines, and their versions of ovos-core.

    ``lacking`` counts the dialogues whose engine is not installed, by reason; ``notes``
    are what is left out.
    """

    dialogues: int = 0
    turns: int = 0
    engines: list[str] = field(default_factory=list)
    cores: list[str] = field(default_factory=list)
    lacking: dict[str, int] = field(default_factory=dict)
    notes: list[LeftOut] = field(default_factory=list)

    def count(self, transcript: Transcript) -> None:
        """Count a replay."""
        core = transcript.versions.get("ovos-core")
        self.dialogues += 1
        self.turns += len(transcript.turns)
        self.engines = sorted({*self.engines, transcript.engine})
        self.cores = sorted({*self.cores, *([core] if core else [])})

    def count_lacking(self, reason: str, number: int) -> None:
        """Count dialogues whose engine is not installed."""
        self.lacking[reason] = self.lacking.get(reason, 0) + number

    def note(self, notes: Iterable[LeftOut]) -> None:
        """Add what is left out, each once."""
        self.notes = [*dict.fromkeys((*self.notes, *notes))]

    def lines(self) -> Iterator[str]:
        """Yield the lines that a terminal shows."""
        yield from (f"note: {note}" for note in left_out_notes(self.notes))
        for reason, number in self.lacking.items():
            yield skip_line(number, reason, "--kit-strict-engines")
        if self.dialogues:
            yield str(self)

    def add(self, other: Mapping[str, Any]) -> None:  # the fields of a Tally
        """Add the count of another process."""
        self.note(LeftOut(**each) for each in other["notes"])
        for reason, number in other["lacking"].items():
            self.count_lacking(reason, number)
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
        self.assistants = _assistants(in_process=runs_in_process(config))
        self.tally = Tally()
        self._shown: set[str] = set()
        self._talks: dict[object, tuple[Case, Transcript]] = {}

    def placed(self, fixture: Fixture, error: KitError) -> KitError:
        """Return why there was no assistant, with the place of a dialogue.

        A long hint is shown only the first time.
        """
        hint = AS_ABOVE if error.hint and error.problem in self._shown else error.hint
        self._shown.add(error.problem)
        problem = f'"{fixture.dialogue}": {error.problem}'
        return KitError(problem, Mark(fixture.script, fixture.line), hint)

    def keep(self, key: object, fixture: Fixture, transcript: Transcript) -> None:
        """Keep what a conversation has come to, for the report of a test that fails."""
        self._talks.pop(key, None)  # the last one that went on is shown last
        (case,) = fixture.cases
        self._talks[key] = case, transcript

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget the conversations of the test before this one."""
        self._talks.clear()
        self.assistants.keep_latest(_KEPT)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, Any, None]:  # pluggy's result
        """Report a skip during the replay at the place of its dialogue.

        A test that fails shows its conversations so far.
        """
        outcome = yield
        report = outcome.get_result()
        if report.failed:
            for case, transcript in self._talks.values():
                turns = [turn.index for turn in transcript.turns]
                text = render_dialogue(case, transcript, wrong=turns)
                report.sections.append(("conversation", text))
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
        """Print what is left out, what was skipped for it, and the count."""
        if config.getoption("verbose") >= 0:
            for line in self.tally.lines():
                terminalreporter.write_line(line)

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


def _assistants(*, in_process: bool) -> Assistants:
    if not in_process:
        return Assistants()
    from ovos_dialogue_kit.assistant.process.in_process import InProcessAssistant  # noqa: PLC0415  # seldom needed

    return Assistants(InProcessAssistant)
