"""What a session hears alone, to be compared with what it hears in company.

Alone means: the others never speak, but the time that they take passes. So a session's
turns come at the same moments as in company, and what a clock or a timer says is no
difference. What chance decides is found by replaying with other seeds of chance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.observation import ValueKey, differing, observe
from ovos_dialogue_kit.isolate.schedules import Schedule
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import moment
from ovos_dialogue_kit.replayer.options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["CHANCES", "Company", "Play", "Solos", "timeline_of"]

Play: TypeAlias = "Callable[[Case, Options], Transcript]"
"""Replays a case on an assistant as it was just after boot."""

CHANCES = 8
"""Seeds of chance that are tried before a difference counts as a leak."""

_NOBODY = "(nobody)"
_NOBODYS: Mapping[str, Json] = {
    "session_id": "8b2f2b6e-6f0a-5c0e-9f0e-000000000000",
    "lang": "en-US",
}


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """One turn of a session: whether its next one overlaps it, and the time before it.

    ``before`` is in seconds of the assistant's time, since the session's turn before it
    ended (began, if the two overlap).
    """

    turn: int
    overlap: bool = False
    before: float = 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """When one session did what; ``after`` are the seconds until all came to an end."""

    gaps: tuple[TimedTurn, ...]
    after: float


def timeline_of(
    case: Case, company: Transcript, session: str, taken: Sequence[int]
) -> Timeline:
    """Return at which moments a session took its turns.

    After a crash the transcript ends early; only ``taken`` says which there were.
    """
    if company.crash:
        own_turns = (i for i in taken if case.turns[i].session == session)
        return Timeline(tuple(TimedTurn(i) for i in own_turns), 0.0)
    own = [turn for turn in company.turns if turn.session == session]
    gaps, since = [], 0.0
    for turn in sorted(own, key=lambda turn: turn.at):
        follows = turn.index + 1 < len(case.turns)
        overlap = (
            case.turns[turn.index].overlap
            and follows
            and case.turns[turn.index + 1].session == session
        )
        gaps.append(TimedTurn(turn.index, overlap, _seconds(turn.at - since)))
        since = turn.at if overlap or turn.ended is None else turn.ended
    end = max((turn.ended or turn.at for turn in company.turns), default=0.0)
    return Timeline(tuple(gaps), _seconds(end - since))


def _seconds(length: float) -> float:
    return moment(max(0.0, length))


@dataclass(frozen=True, slots=True)
class Company:
    """A schedule that was replayed."""

    schedule: Schedule
    transcript: Transcript


class Solos:
    """Replays sessions alone, each timeline of events once.

    Args:
        case: whose sessions.

    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self._known: dict[tuple[str, Timeline, int, int | None], Transcript] = {}

    def alone(
        self,
        company: Company,
        session: str,
        play: Play,
        chance: int = 0,
        order_seed: int | None = None,
    ) -> Transcript:
        """Return what happens to a session without the others."""
        taken = company.schedule.turns
        timeline = timeline_of(self.case, company.transcript, session, taken)
        key = (session, timeline, chance, order_seed)
        if key not in self._known:
            self._known[key] = self._play(timeline, play, chance, order_seed)
        return self._known[key]

    def _play(
        self, timeline: Timeline, play: Play, chance: int, order_seed: int | None
    ) -> Transcript:
        case, steps = with_silences(self.case, timeline)
        options = Options(schedule=steps, chance_seed=chance, order_seed=order_seed)
        transcript = play(case, options)
        turns = tuple(turn for turn in transcript.turns if turn.session != _NOBODY)
        return replace(transcript, turns=turns)

    def by_chance(
        self,
        company: Company,
        session: str,
        play: Play,
        keys: Collection[ValueKey],
        chances: int = CHANCES,
    ) -> frozenset[ValueKey]:
        """Return which values differ although the session is alone.

        They depend on chance or, if they were shuffled, on the order of listeners.
        Seeds are tried until all of ``keys`` are known to differ, at most ``chances``.
        """
        is_shuffled = company.schedule.order_seed is not None
        first = observe(self.alone(company, session, play), session)
        varying: set[ValueKey] = set()
        for chance in range(1, chances + 1):
            seed = chance if is_shuffled else None
            alone = self.alone(company, session, play, chance, seed)
            varying.update(differing(first, observe(alone, session)))
            if varying.issuperset(keys):
                break
        return frozenset(varying.intersection(keys))


def with_silences(case: Case, timeline: Timeline) -> tuple[Case, tuple[Step, ...]]:
    """Return a session's turns at their moments: what is between them is silence."""
    turns, steps = list(case.turns), []
    lengths = [*(gap.before for gap in timeline.gaps), timeline.after]
    for gap, length in zip((*timeline.gaps, None), lengths, strict=True):
        if length:
            steps.append(Step(len(turns)))
            said = f"{length:g}s"
            turns.append(FixtureTurn(_NOBODY, 1, 1, said, silence=length))
        if gap:
            steps.append(Step(gap.turn, gap.overlap))
    sessions = {**case.sessions, _NOBODY: _NOBODYS}
    return replace(case, sessions=sessions, turns=tuple(turns)), tuple(steps)
