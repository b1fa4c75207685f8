"""One turn as ``compare`` looks at it: what was sent beside what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript, TurnTranscript
from ovos_dialogue_kit.verdict.mismatch import Mismatch, act
from ovos_dialogue_kit.verdict.reply_parts import Circumstances

__all__ = ["Exchange", "blank_mismatch", "is_allowed"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn of a case that was replayed; ``index`` counts from 0."""

    fixture: Fixture
    case: Case
    transcript: Transcript
    index: int

    @property
    def sent(self) -> FixtureTurn:
        """What the script does and expects."""
        return self.case.turns[self.index]

    @property
    def happened(self) -> TurnTranscript:
        """What came of it."""
        return self.transcript.turns[self.index]

    @property
    def around(self) -> Circumstances:
        """What is needed to judge replies of this turn."""
        session = self.case.sessions.get(self.sent.session, {})
        lang = session.get("lang") or self.fixture.langs[0]
        return Circumstances(self.transcript.dialogs, str(lang), self.happened.at)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that count, each once."""
        faults = list(self.happened.faults)
        if self.happened.end == "deadline" and not any(
            fault.kind == "no_end" for fault in faults
        ):
            within = self.sent.within
            detail = "" if within is None else f"its deadline is {within:g} s"
            faults.append(Fault("no_end", detail))
        counted = {
            (fault.kind, fault.detail): fault
            for fault in reversed(faults)
            if not is_allowed(fault.kind, self.fixture, self.sent)
        }
        return tuple(reversed(counted.values()))

    @property
    def is_cut_short(self) -> bool:
        """Whether more might have been heard: its end is missing, and that counts."""
        if self.happened.end == "lost":
            return not is_allowed("crash", self.fixture, self.sent)
        return any(fault.kind == "no_end" for fault in self.faults)

    def mismatch(self, kind: str, problem: str) -> Mismatch:
        """Return a mismatch at this turn, with nothing but its place and problem."""
        return blank_mismatch(self.fixture, self.case, self.index, kind, problem)


def is_allowed(kind: str, fixture: Fixture, turn: FixtureTurn) -> bool:
    """Say whether a kind of fault is switched off for a turn or its whole dialogue."""
    return kind in turn.marks.allow or kind in fixture.marks.allow


def blank_mismatch(
    fixture: Fixture, case: Case, index: int, kind: str, problem: str
) -> Mismatch:
    """Return a mismatch at a turn, with nothing but its place and its problem."""
    turn = case.turns[index]
    mark = Mark(fixture.script, turn.line, turn.column)
    return Mismatch(mark, index, turn.session, act(turn), kind, problem)
