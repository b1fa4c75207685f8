"""Replay a session alone, to compare what it hears with what it hears in company.

Alone means that the others never speak, but the time that they take passes. So the
session's turns come at the same moments as in company, and clocks and timers make no
difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, own_overlaps
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import moment
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Play", "PlayedSchedule", "SoloReplays"]

Play: TypeAlias = "Callable[[Case, Options], Transcript]"
"""Replays a case on an assistant as it was just after boot."""

_NOBODY = "(nobody)"
_NOBODYS: Mapping[str, Json] = {
    "session_id": "8b2f2b6e-6f0a-5c0e-9f0e-000000000000",
    "lang": "en-US",
}


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """One turn of a session and the silence before it.

    ``overlap`` is true if the session's next turn begins before this one ends.
    ``before`` is in seconds of the assistant's clock, since the end of the session's
    turn before it (since its beginning, if that one overlaps).
    """

    turn: int
    overlap: bool = False
    before: float = 0.0


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """The turns of one session; ``after`` are the seconds from the last to the end."""

    turns: tuple[TimedTurn, ...]
    after: float


def turn_times_of(
    case: Case, company: Transcript, session: str, taken: Sequence[int]
) -> TurnTimes:
    """Return when a session took its turns.

    Args:
        case: the session's case.
        company: what happened in company.
        session: the session, by the name of its first speaker.
        taken: the indices of the turns that were taken; after a crash the transcript
            does not have all of them.

    """
    names = sessions_by_speaker(case)
    if company.crash:
        own_turns = (i for i in taken if names[case.turns[i].session] == session)
        return TurnTimes(tuple(TimedTurn(i) for i in own_turns), 0.0)
    own = [turn for turn in company.turns if names[turn.session] == session]
    turns, since, overlaps = [], 0.0, own_overlaps(case)
    for turn in sorted(own, key=lambda turn: turn.at):
        overlap = turn.index in overlaps
        turns.append(TimedTurn(turn.index, overlap, _seconds(turn.at - since)))
        since = turn.at if overlap or turn.ended is None else turn.ended
    ends = (t.at if t.ended is None else t.ended for t in company.turns)
    return TurnTimes(tuple(turns), _seconds(max(ends, default=since) - since))


def _seconds(length: float) -> float:
    return moment(max(0.0, length))


@dataclass(frozen=True, slots=True)
class PlayedSchedule:
    """A schedule and its transcript: what happened to all sessions together."""

    schedule: Schedule
    transcript: Transcript


class SoloReplays:
    """Replays sessions of a case alone, once for each timeline."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._known: dict[tuple[TurnTimes, int, int | None], Transcript] = {}

    def alone(
        self,
        played: PlayedSchedule,
        session: str,
        play: Play,
        chance: int = 0,
        order_seed: int | None = None,
    ) -> Transcript:
        """Return the transcript of a session without the others."""
        taken = played.schedule.turns
        timeline = turn_times_of(self.case, played.transcript, session, taken)
        key = (timeline, chance, order_seed)
        if key not in self._known:
            self._known[key] = self._play(timeline, play, chance, order_seed)
        return self._known[key]

    def _play(
        self, timeline: TurnTimes, play: Play, chance: int, order_seed: int | None
    ) -> Transcript:
        case, steps = with_silences(self.case, timeline)
        options = Options(
            schedule=steps, chance_seed=chance, order_seed=order_seed, outgoing=True
        )
        transcript = play(case, options)
        turns = tuple(turn for turn in transcript.turns if turn.session != _NOBODY)
        return replace(transcript, turns=turns)


def with_silences(case: Case, timeline: TurnTimes) -> tuple[Case, tuple[Step, ...]]:
    """Return a case with silences added, and the steps that take the session's turns.

    The turns come at the moments of the timeline; between them is silence.
    """
    turns, steps = list(case.turns), []
    lengths = [*(timed.before for timed in timeline.turns), timeline.after]
    for timed, length in zip((*timeline.turns, None), lengths, strict=True):
        if length:
            steps.append(Step(len(turns)))
            said = f"{length:g}s"
            turns.append(FixtureTurn(_NOBODY, 1, 1, said, silence=length))
        if timed:
            steps.append(Step(timed.turn, timed.overlap))
    sessions = {**case.sessions, _NOBODY: _NOBODYS}
    return replace(case, sessions=sessions, turns=tuple(turns)), tuple(steps)
