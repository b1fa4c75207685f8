"""Let several schedules of a case share one copy of the assistant, one after another.

Each has sessions of its own there: the same speakers, with other session ids. Its part
of the transcript is that of the schedule alone in a copy, unless the skills keep
something from one session to the next, tell the time, or use chance.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import TypeVar

from ovos_dialogue_kit.fixture.model import DEVICE, Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.replay_options import Step
from ovos_dialogue_kit.replayer.transcript import Transcript, TurnTranscript

__all__ = ["SharedCopy", "can_share"]

T = TypeVar("T")


def can_share(case: Case) -> bool:
    """Return True if the sessions of a case can have other ids.

    The device has one session, and a client without a session takes part in that.
    """
    ids = {wire["session_id"] for wire in case.sessions.values()}
    return DEVICE not in ids and not case.clients


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """Schedules of a case that share one copy of the assistant.

    Args:
        original: the case; see ``can_share``.
        schedules: the schedules.

    """

    original: Case
    schedules: Sequence[Schedule]

    @property
    def case(self) -> Case:
        """The case with all turns once for each schedule."""
        wires: dict[str, Mapping[str, Json]] = {}
        turns: list[FixtureTurn] = []
        for number in range(len(self.schedules)):
            own = self._wires(number)
            wires |= {_again(name, number): wire for name, wire in own.items()}
            turns += (_said_again(t, number, own) for t in self.original.turns)
        return replace(self.original, sessions=wires, turns=tuple(turns))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all schedules, one after another."""
        size = len(self.original.turns)
        return tuple(
            replace(step, turn=step.turn + number * size)
            for number, schedule in enumerate(self.schedules)
            for step in schedule.steps
        )

    def _wires(self, number: int) -> dict[str, Mapping[str, Json]]:
        return {
            name: {**wire, "session_id": _id_again(str(wire["session_id"]), number)}
            for name, wire in self.original.sessions.items()
        }

    def parts(self, transcript: Transcript) -> Iterator[Transcript]:
        """Yield each schedule's part of the transcript of all.

        What is said to somebody else belongs to the schedule during which it is heard.
        """
        for number in range(len(self.schedules)):
            yield self._part(transcript, number)

    def _part(self, transcript: Transcript, number: int) -> Transcript:
        size = len(self.original.turns)
        first, names = number * size, self.original.sessions
        own = {_again(name, number): name for name in names}
        known = {_again(n, k) for k in range(len(self.schedules)) for n in names}
        changes = {
            wire["session_id"]: str(names[name]["session_id"])
            for name, wire in self._wires(number).items()
        } | own
        mine = partial(_renamed, names={str(k): v for k, v in changes.items()})
        turns = [t for t in transcript.turns if first <= t.index < first + size]
        strays = [
            stray
            for stray in transcript.strays
            if (
                stray.session in own
                if stray.session in known
                else first <= stray.turn < first + size
            )
        ]
        return replace(
            transcript,
            turns=tuple(_at(mine(turn), -first) for turn in turns),
            strays=tuple(replace(mine(stray), turn=0) for stray in strays),
        )


def _again(name: str, number: int) -> str:
    return f"{name} ({number})"


def _id_again(session_id: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{session_id} ({number})"))


def _said_again(
    turn: FixtureTurn, number: int, wires: Mapping[str, Mapping[str, Json]]
) -> FixtureTurn:
    """Return a turn of another speaker, whose client has the same address."""
    again = replace(turn, session=_again(turn.session, number))
    if turn.message is None:
        return again
    context: dict[str, Json] = {
        **mapping_in(turn.message, "context"),
        "session": dict(wires[turn.session]),
    }
    return replace(again, message={**turn.message, "context": context})


def _at(turn: TurnTranscript, offset: int) -> TurnTranscript:
    replies = (replace(r, turn=r.turn + offset) for r in turn.replies)
    return replace(turn, index=turn.index + offset, replies=tuple(replies))


def _renamed(value: T, names: Mapping[str, str]) -> T:
    """Return a value in whose texts some names are replaced by others."""
    return _with_names(value, [*names.items()])  # type: ignore[return-value]  # alike


def _with_names(value: object, names: Iterable[tuple[str, str]]) -> object:
    if isinstance(value, str):
        for old, new in names:
            if old in value:
                value = value.replace(old, new)
        return value
    if isinstance(value, Mapping):
        return {key: _with_names(part, names) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_with_names(part, names) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {
            f.name: _with_names(getattr(value, f.name), names) for f in fields(value)
        }
        return replace(value, **parts)
    return value
