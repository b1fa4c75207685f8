"""Where a fixture meets an assistant: the kit plays every session's remote client.

It does what a good client does: sends with ``source`` and ``destination``, carries on
the session of the last message that concerned it (active skills, response mode and
context live there, not in ovos-core), and plays what is spoken, so that a skill that
waits for the end of its speech goes on. Nothing here knows what was expected; that is
the work of ``compare``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import Bus, BusLostError, Heard, moment
from ovos_dialogue_kit.replayer.client import Client, LiveTurn, reply_of
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.options import Step
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

__all__ = [
    "REAL_DEADLINE",
    "VIRTUAL_DEADLINE",
    "Replayer",
    "Rules",
    "Tell",
    "replay_case",
]

Tell: TypeAlias = Callable[[Sequence[TurnTranscript]], None]

_SYNC = "ovos.session.sync"

VIRTUAL_DEADLINE = 300.0
"""Seconds of virtual time after which a turn must have ended."""

REAL_DEADLINE = 30.0
"""Seconds of real time after which a turn must have ended."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a case is replayed.

    Args:
        dialect: how the assistant's messages are read.
        skills: ids of the skills under test.
        pipeline: makes the stage ids of a session from the stages in the fixture.
        deadline: seconds of the assistant's time that a turn may take.
        is_traced: whether all bus messages are kept.

    """

    dialect: Dialect
    skills: tuple[str, ...]
    pipeline: Callable[[list[str] | None], list[str]]
    deadline: float = VIRTUAL_DEADLINE
    is_traced: bool = False


class Replayer:
    """Takes the turns of one case, one after another.

    Args:
        case: whose sessions take part.
        bus: where the assistant is.
        rules: how it is done.
        tell: is told, whenever a turn begins, what has become of those before it since
            it was told last, and that this one is open.

    ``turns`` are those taken so far; ``strays`` is what was heard at no turn's time.
    """

    def __init__(
        self, case: Case, bus: Bus, rules: Rules, tell: Tell = lambda _: None
    ) -> None:
        self.turns: list[tuple[Client, LiveTurn]] = []
        self._tell = tell
        self._untold: list[tuple[Client, LiveTurn]] = []
        self._open: list[tuple[Client, LiveTurn]] = []
        self._case = case
        self._bus = bus
        self._rules = rules
        self._reads_all = rules.is_traced or any(map(_wants_messages, case.turns))
        self._others: list[Reply] = []
        self._clients = {
            str(wire["session_id"]): Client(
                name,
                wire,
                pipeline=rules.pipeline(_stages(wire)),
                dialect=rules.dialect,
                skills=rules.skills,
                traceback_of=bus.traceback_of,
            )
            for name, wire in case.sessions.items()
        }
        self._by_name = {client.name: client for client in self._clients.values()}

    @property
    def strays(self) -> tuple[Reply, ...]:
        """What was heard by sessions that had no turn open, in order of time."""
        heard = [stray for client in self._clients.values() for stray in client.strays]
        return tuple(sorted([*heard, *self._others], key=lambda stray: stray.at))

    # -- taking turns ---------------------------------------------------------------

    def take(self, index: int, fixture: FixtureTurn, *, overlap: bool) -> None:
        """Take a turn, and wait for its end unless it overlaps the next."""
        client = self._by_name[fixture.session]
        now = self._bus.now
        is_traced = self._rules.is_traced or _wants_messages(fixture)
        turn = client.begin(index, fixture, now, is_traced=is_traced)
        self.turns.append((client, turn))
        self._open.append((client, turn))
        self._untold.append((client, turn))
        self._tell([client.transcript_of(turn) for client, turn in self._untold])
        self._untold = [pair for pair in self._untold if not pair[1].end]
        if fixture.message is not None:
            self._bus.send(client.message(fixture.message))
        if fixture.silence is not None:
            self._pass(turn, now + fixture.silence)
        elif not overlap:
            limit = fixture.within
            self._await(turn, now + (self._rules.deadline if limit is None else limit))

    def settle(self, index: int) -> None:
        """Wait for what a session began before it takes its next turn, with no race.

        Its open turns end first, but for one that the script overlaps with the next. If
        no turn is open then, the assistant comes to rest without time passing.
        """
        if not self.turns:
            return
        turns = self._case.turns
        before = turns[index - 1] if index else None
        if not (before and before.overlap and before.session == turns[index].session):
            until = self._bus.now + self._rules.deadline
            for client, turn in self.turns:
                if client.name == turns[index].session:
                    self._await(turn, until)
            self.rest()

    def rest(self) -> None:
        """Let the assistant come to rest, if no turn is open; no time passes."""
        while self.turns and all(turn.end for _, turn in self.turns):
            heard = self._bus.advance(self._bus.now)
            if not heard:
                return
            self._hear(heard)

    def finish(self) -> None:
        """Wait for the end of the turns that are still open."""
        until = self._bus.now + self._rules.deadline
        for _, turn in self.turns:
            self._await(turn, until)

    def _pass(self, turn: LiveTurn, until: float) -> None:
        """Let time pass, and hear what there is to hear."""
        until = moment(until)
        while self._bus.now < until:
            self._hear(self._bus.advance(until))
        turn.close("silence", self._bus.now)

    def _await(self, turn: LiveTurn, until: float) -> None:
        until = moment(until)
        while not turn.end:
            heard = self._bus.advance(until)
            self._hear(heard)
            if not (heard or turn.end) and self._bus.now >= until:
                turn.close("deadline", None)

    # -- hearing --------------------------------------------------------------------

    def _hear(self, heard: Sequence[Heard]) -> None:
        rules = self._rules
        for caught in self._bus.faults():
            self._turn_of(caught.session_id).add_fault(caught.fault)
        for item in heard:
            topic = rules.dialect.canonical(item.topic)
            if self._reads_all or rules.dialect.matters(topic, rules.skills):
                self._notice(item.at, topic, item.message)
        self._carry_on(heard)
        if heard and not self._play():
            self._open = [pair for pair in self._open if not pair[1].end]
            for client, _ in self._open:
                client.come_to_rest(self._bus.now)

    def _notice(self, at: float, topic: str, message: Mapping[str, Json]) -> None:
        context = mapping_in(message, "context")
        session = mapping_in(context, "session")
        session_id = str(session.get("session_id", "default"))
        client = self._clients.get(session_id)
        if client:
            known = len(client.strays)
            client.hear(at, topic, message)
            client.strays[known:] = map(self._dated, client.strays[known:])
        elif topic == "speak" and not self._bus.is_shared:
            if self._rules.dialect.is_twin(context):
                return
            stray = reply_of(at, mapping_in(message, "data"), session_id)
            self._others.append(self._dated(stray))

    def _turn_of(self, session_id: str | None) -> LiveTurn:
        """Return the turn that a session is in, or else the last one of all."""
        client = self._clients.get(session_id or "")
        found = client.current_turn() if client else None
        return found or self.turns[-1][1]

    def _dated(self, stray: Reply) -> Reply:
        """Return a stray with the turn during which it was heard."""
        return replace(stray, turn=self.turns[-1][1].index)

    def _carry_on(self, heard: Sequence[Heard]) -> None:
        """Take over each session from the last message that concerned it.

        What an ``ovos.session.sync`` says is merged into what came before it.
        """
        waiting = dict(self._clients)
        merges: list[tuple[Client, Mapping[str, Json]]] = []
        for item in reversed(heard):
            if item.is_own or waiting.keys().isdisjoint(item.session_ids):
                continue
            message = item.message
            if item.topic == _SYNC:
                changes = mapping_in(mapping_in(message, "data"), "session")
                client = waiting.get(str(changes.get("session_id")))
                if client:
                    merges.append((client, changes))
            context = mapping_in(message, "context")
            session_id = str(mapping_in(context, "session").get("session_id"))
            if session_id in waiting and waiting[session_id].carry_on(context):
                del waiting[session_id]
        for client, changes in reversed(merges):
            client.merge(changes)

    def _play(self) -> bool:
        """Play what was spoken; false if there was nothing."""
        contexts = [
            each for client in self._clients.values() for each in client.audio()
        ]
        for context in contexts:
            message: dict[str, Json] = {"data": {}, "context": context}
            self._bus.send({"type": "recognizer_loop:audio_output_start", **message})
            self._bus.speak()
            self._bus.send({"type": "recognizer_loop:audio_output_end", **message})
        return bool(contexts)


def replay_case(
    fixture: Fixture,
    case: Case,
    replayer: Replayer,
    schedule: Sequence[Step] | None = None,
) -> Transcript:
    """Replay a case and return what happened, without what only its bus can say.

    ``schedule`` gives another order of the turns than the fixture's, or a part of them;
    each session's own order should be kept. To judge it by the order alone, a session
    then takes a turn only after its earlier ones have ended, and, where turns do not
    overlap, after the assistant has come to rest. A bus that is lost in the middle ends
    the transcript early.
    """
    steps = schedule
    if steps is None:
        steps = [Step(index, turn.overlap) for index, turn in enumerate(case.turns)]
    crash = None
    try:
        for step in steps:
            if schedule is not None:
                replayer.settle(step.turn)
            replayer.take(step.turn, case.turns[step.turn], overlap=step.overlap)
        replayer.finish()
        if schedule is not None:
            replayer.rest()
    except BusLostError as error:
        crash = Fault("crash", str(error))
    turns = [client.transcript_of(turn) for client, turn in replayer.turns]
    return Transcript(
        script=fixture.script,
        dialogue=fixture.dialogue,
        case=case.name,
        engine="",
        bus="",
        turns=tuple(sorted(turns, key=lambda turn: turn.index)),
        strays=replayer.strays,
        crash=crash,
    )


def _stages(wire: Mapping[str, Json]) -> list[str] | None:
    stages = wire.get("pipeline")
    return [str(stage) for stage in stages] if isinstance(stages, list) else None


def _wants_messages(turn: FixtureTurn) -> bool:
    expect = turn.expect
    return expect is not None and any(
        conditions.messages is not None for conditions in (expect.holds, expect.denied)
    )
