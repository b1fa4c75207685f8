"""Pair each turn that was sent with what came of it, for ``compare``."""

from __future__ import annotations

from dataclasses import dataclass

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.replayer.transcript import Fault, Transcript, TurnTranscript
from ovos_dialogue_kit.script.model import ANY_HOST
from ovos_dialogue_kit.verdict.mismatch import Mismatch, MismatchKind, action_words
from ovos_dialogue_kit.verdict.one_reply import ReplyContext

__all__ = ["Exchange", "is_allowed", "mismatch_at"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn of a case that was replayed; ``happened`` is what came of it."""

    fixture: Fixture
    case: Case
    transcript: Transcript
    happened: TurnTranscript

    @property
    def sent(self) -> FixtureTurn:
        """The turn of the script: what it does and expects."""
        return self.case.turns[self.happened.index]

    @property
    def context(self) -> ReplyContext:
        """The context in which replies of this turn are checked."""
        return ReplyContext(self.transcript.dialogs, self._lang, self.happened.at)

    @property
    def _lang(self) -> str:
        """The language of the utterance, if OVOS is set up for it, or the session's."""
        known = {lang.casefold() for lang in self.fixture.langs}
        for lang in self.sent.langs:
            if lang.casefold() in known:
                return lang
        session = self.case.sessions.get(self.sent.session, {})
        return str(session.get("lang") or self.case.lang or self.fixture.langs[0])

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that the script does not allow, each once."""
        faults = list(self.happened.faults)
        if self.happened.end == "deadline" and not any(
            fault.kind == "no_end" for fault in faults
        ):
            within = self.sent.within
            detail = "" if within is None else f"its deadline is {within:g} s"
            faults.append(Fault("no_end", detail))
        counted: dict[tuple[str, str], Fault] = {}
        for fault in faults:
            if not is_allowed(fault.kind, self.fixture, self.sent):
                counted.setdefault((fault.kind, fault.detail), fault)
        return tuple(counted.values())

    @property
    def is_cut_short(self) -> bool:
        """True if the turn has no end but should have one: more might have come."""
        if self.happened.end == "lost":
            return not is_allowed("crash", self.fixture, self.sent)
        return any(fault.kind == "no_end" for fault in self.faults)

    def mismatch(self, kind: MismatchKind, problem: str) -> Mismatch:
        """Return a mismatch at this turn, with only its place and problem."""
        index = self.happened.index
        return mismatch_at(self.fixture, self.case, index, kind, problem)


def is_allowed(kind: str, fixture: Fixture, turn: FixtureTurn) -> bool:
    """Return True if ``allow`` of a turn or its dialogue names a kind of fault.

    A network of which only some hosts may be reached is not allowed as such.
    """
    marks = [each for each in (turn.marks, fixture.marks) if kind in each.allow]
    if kind == "network":
        return any(ANY_HOST in each.hosts for each in marks)
    return bool(marks)


def mismatch_at(
    fixture: Fixture, case: Case, index: int, kind: MismatchKind, problem: str
) -> Mismatch:
    """Return a mismatch at a turn, with only its place and problem."""
    turn = case.turns[index]
    mark = Mark(fixture.script, turn.line, turn.column)
    return Mismatch(mark, index, turn.session, action_words(turn), kind, problem)
