"""Define the cells of a matrix and the replays in them, as plain data.

A cell is one run of ``kit replay -o`` somewhere: one ovos-core on one Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from packaging.version import Version

from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript
from ovos_dialogue_kit.verdict.outcome import Outcome

__all__ = ["CORE", "Cell", "ReplayKey", "Replayed"]

ReplayKey: TypeAlias = "tuple[str, str, str, str]"
"""Script, dialogue, case and engine."""

CORE = "ovos-core"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay as ``result_json`` wrote it.

    ``why`` explains the outcome: the reason of a skip or an xfail, the error that left
    no assistant, or the mismatches in words. ``failures`` are the turns (``None``: the
    whole dialogue) and kinds of the mismatches. ``fixture`` is the digest of the bytes
    that were replayed. ``skipped_turns`` maps the index of each skipped turn to the
    reason.
    """

    key: ReplayKey
    outcome: Outcome
    why: str | None = None
    transcript: Transcript | None = None
    fixture: str | None = None
    skills: tuple[str, ...] = ()
    failures: tuple[tuple[int | None, str], ...] = ()
    skipped_turns: Mapping[int, str] = field(default_factory=dict)

    @property
    def turns(self) -> tuple[TurnTranscript, ...]:
        """The turns that were replayed."""
        return self.transcript.turns if self.transcript else ()

    @property
    def known_turns(self) -> frozenset[int]:
        """The indices of the turns that were replayed or skipped."""
        return frozenset({turn.index for turn in self.turns} | {*self.skipped_turns})

    @property
    def turn_count(self) -> int:
        """The number of turns that were replayed or skipped."""
        return len(self.known_turns)

    @property
    def has_stopped(self) -> bool:
        """True if a crash ended the replay."""
        return self.transcript is not None and self.transcript.crash is not None

    @property
    def core(self) -> str:
        """The version of ovos-core; empty if it was not replayed."""
        return self.transcript.versions.get(CORE, "") if self.transcript else ""

    @property
    def reason(self) -> str:
        """The explanation of the outcome, or the outcome itself."""
        return self.why or self.outcome


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: the replays of a set of installed versions.

    ``problem`` is why there are none, in the words of the command that failed.
    ``trouble`` is what went wrong beside the replays that there are: an interrupt, or
    another command that failed. ``written`` is when its file was.
    """

    name: str
    replays: Mapping[ReplayKey, Replayed] = field(default_factory=dict)
    problem: str | None = None
    trouble: str | None = None
    is_complete: bool = True
    written: datetime | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """The installed versions of the distributions that matter."""
        found = (each.transcript for each in self.replays.values() if each.transcript)
        return next((transcript.versions for transcript in found), {})

    @property
    def core(self) -> str:
        """The version of ovos-core; empty if nothing was replayed, or on no known."""
        return self.versions.get(CORE, "")

    @property
    def age(self) -> tuple[bool, bool, Version, str]:
        """The sort key: oldest ovos-core first, cells that did not run last."""
        return not self.has_run, not self.core, Version(self.core or "0"), self.name

    @property
    def has_run(self) -> bool:
        """True if at least one dialogue was replayed."""
        return any(self.has(key) for key in self.replays)

    def has(self, key: ReplayKey) -> bool:
        """Return True if a dialogue was replayed, whatever its outcome."""
        found = self.replays.get(key)
        return found is not None and found.transcript is not None

    @property
    def is_broken(self) -> bool:
        """True if the cell did not run, not to its end, or not with all assistants."""
        broken = any(each.outcome == "broken" for each in self.replays.values())
        return not self.has_run or broken or bool(self.problem or self.trouble)

    @property
    def standing(self) -> str | None:
        """The word for a cell that did not run, or not to its end."""
        if self.problem is not None:
            return "did not run"
        if not self.replays and self.is_complete:
            return "no results"
        if not self.is_complete:
            return "incomplete"
        if all(each.outcome == "skipped" for each in self.replays.values()):
            return "only skips"
        if not self.has_run:
            return "did not boot"
        return "a command failed" if self.trouble else None
