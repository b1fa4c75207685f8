"""A turn in progress, of which the client writes down what it hears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ovos_dialogue_kit.fixture.model import FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.dialect import Match
from ovos_dialogue_kit.replayer.transcript import End, Fault, Reply, TurnTranscript

__all__ = ["LiveTurn"]


@dataclass(slots=True)
class LiveTurn:
    """A turn in progress; see ``TurnTranscript`` for the meaning of its fields.

    ``until`` is the time when a silence is over, or when another turn must have ended.
    """

    index: int
    fixture: FixtureTurn
    at: float
    until: float
    is_traced: bool
    end: End | None = None
    ended: float | None = None
    replies: list[Reply] = field(default_factory=list)
    match: Match | None = None
    matched: bool | None = None
    faults: list[Fault] = field(default_factory=list)
    messages: list[Mapping[str, Json]] = field(default_factory=list)
    session_after: Mapping[str, Json] = field(default_factory=dict)

    @property
    def speaker(self) -> str:
        """The name of the speaker whose turn it is."""
        return self.fixture.session

    @property
    def is_utterance(self) -> bool:
        """True if something is said: the assistant reports the end of such a turn."""
        message = self.fixture.message
        return message is not None and message["type"] == "recognizer_loop:utterance"

    @property
    def ends_at_rest(self) -> bool:
        """True if the turn ends when the assistant has nothing left to do."""
        is_message = self.fixture.silence is None and not self.is_utterance
        return is_message and self.fixture.until is None

    def expire(self, now: float, *, is_quiet: bool) -> None:
        """End the turn if its time is over and no more messages can arrive before."""
        if self.end or now < self.until:
            return
        if self.fixture.silence is not None:
            self.close("silence", now)
        elif is_quiet:
            self.close("deadline", None)

    def close(self, end: End, at: float | None) -> None:
        """End the turn."""
        self.end, self.ended = end, at

    def add_fault(self, fault: Fault) -> None:
        """Add a fault, unless it is known already."""
        known = [(each.kind, each.trace or each.detail) for each in self.faults]
        if (fault.kind, fault.trace or fault.detail) not in known:
            self.faults.append(fault)

    def transcript(self, lost: Iterable[Fault]) -> TurnTranscript:
        """Return the transcript of the turn so far.

        Args:
            lost: faults of the session as it is after the turn.

        """
        match = self.match
        return TurnTranscript(
            index=self.index,
            session=self.speaker,
            said=self.fixture.said,
            at=self.at,
            end=self.end or "lost",
            ended=self.ended,
            replies=tuple(self.replies),
            route=match.route if match else None,
            intent=match.intent if match else None,
            skill=match.skill if match else None,
            slots=match.slots if match else {},
            matched=self.matched,
            session_after=self.session_after,
            faults=(*self.faults, *lost),
            messages=tuple(self.messages),
        )
