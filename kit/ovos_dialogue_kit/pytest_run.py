"""What a run of pytest shares among its dialogues: assistants, and the count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from ovos_dialogue_kit.plugin import RUN, TALLIES
from ovos_dialogue_kit.pytest_options import is_shared, settings_of
from ovos_dialogue_kit.runner import Assistants, Settings
from ovos_dialogue_kit.transcript import Transcript

__all__ = ["Run", "Tally", "run_of", "summary"]


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
        self.add(
            Tally(
                dialogues=1,
                turns=len(transcript.turns),
                engines=[transcript.engine],
                cores=[core] if core else [],
            )
        )

    def add(self, other: Tally) -> None:
        """Count what another has counted."""
        self.dialogues += other.dialogues
        self.turns += other.turns
        self.engines = sorted({*self.engines, *other.engines})
        self.cores = sorted({*self.cores, *other.cores})

    def as_json(self) -> dict[str, Any]:  # one key for each field
        """Return it as what xdist takes from one process to another."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the count in a line."""
        on = f" on ovos-core {', '.join(self.cores)}" if self.cores else ""
        dialogues = _number(self.dialogues, "dialogue")
        turns = _number(self.turns, "turn")
        return f"{dialogues} replayed, {turns},{on} with {', '.join(self.engines)}"


@dataclass(slots=True)
class Run:
    """One run of pytest, or of one worker of pytest-xdist."""

    settings: Settings
    assistants: Assistants
    tally: Tally = field(default_factory=Tally)

    def close(self) -> None:
        """End the assistants."""
        self.assistants.close()


def run_of(config: pytest.Config) -> Run:
    """Return the run that a config belongs to; begin it the first time."""
    if RUN not in config.stash:
        settings = settings_of(config)
        config.stash[RUN] = Run(settings, _assistants(shared=is_shared(config)))
    return config.stash[RUN]


def _assistants(*, shared: bool) -> Assistants:
    if not shared:
        return Assistants()
    from ovos_dialogue_kit.assistant.shared import Shared  # noqa: PLC0415  # seldom

    return Assistants(Shared)


def summary(config: pytest.Config) -> str | None:
    """Return the line that says what was replayed, ``None`` if nothing was."""
    tally = Tally()
    for told in _tallies(config):
        tally.add(told)
    return str(tally) if tally.dialogues else None


def _tallies(config: pytest.Config) -> Iterable[Tally]:
    if RUN in config.stash:
        yield config.stash[RUN].tally
    for told in config.stash.get(TALLIES, []):
        yield Tally(**told)


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" + "s" * (count != 1)
