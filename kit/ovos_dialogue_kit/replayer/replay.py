"""Replay a fixture on an assistant, as the remote client of each of its sessions.

The kit does what a good client does: it sets ``source`` and ``destination``, continues
the session of the last message that concerned it (active skills, response mode and
context are there, not in ovos-core), and plays what is spoken, so that a skill that
waits for the end of its speech goes on. Nothing here knows what is expected; that is
the task of ``compare``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from ovos_dialogue_kit.fixture.clients import client_ids, connections
from ovos_dialogue_kit.fixture.model import (
    DEVICE,
    Case,
    Fixture,
    FixtureTurn,
    session_id_of,
)
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import (
    SPEAKER_KEY,
    Bus,
    BusLostError,
    Heard,
    moment,
)
from ovos_dialogue_kit.replayer.client import Client, reply_of
from ovos_dialogue_kit.replayer.dialect import canonical
from ovos_dialogue_kit.replayer.live_turn import LiveTurn
from ovos_dialogue_kit.replayer.replay_options import Step
from ovos_dialogue_kit.replayer.rules import Rules
from ovos_dialogue_kit.replayer.transcript import (
    FOREIGN,
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

__all__ = ["Replayer", "Tell", "replay_case"]

Tell: TypeAlias = Callable[[Sequence[TurnTranscript]], None]

_SYNC = "ovos.session.sync"


class Replayer:
    """A player of the turns of one case.

    Args:
        case: the case with its sessions.
        bus: the bus with the assistant.
        rules: the rules of the replay.
        tell: is called whenever a turn begins, with the turns that have changed since
            the last call and the new one.

    ``turns`` are those taken so far; ``strays`` are replies outside any turn.
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
            client_id: Client(
                {name: rules.start_of(wire) for name, wire in speakers},
                dialect=rules.dialect,
                traceback_of=bus.traceback_of,
                kinds=case.clients,
            )
            for client_id, speakers in _by_client_id(case)
        }
        self._by_name = {
            name: client for client in self._clients.values() for name in client.names
        }

    @property
    def strays(self) -> tuple[Reply, ...]:
        """Replies to sessions that had no open turn, in order of time."""
        heard = [stray for client in self._clients.values() for stray in client.strays]
        return tuple(sorted([*heard, *self._others], key=lambda stray: stray.at))

    # -- taking turns ---------------------------------------------------------------

    def take(self, index: int, fixture: FixtureTurn, *, overlap: bool) -> None:
        """Take a turn, and wait for its end unless it overlaps the next."""
        client = self._by_name[fixture.session]
        now = self._bus.now
        is_traced = self._rules.is_traced or _wants_messages(fixture)
        until = moment(now + self._seconds_for(fixture))
        turn = client.begin(index, fixture, now, until, is_traced=is_traced)
        self.turns.append((client, turn))
        self._open.append((client, turn))
        self._untold.append((client, turn))
        self._tell([client.transcript_of(turn) for client, turn in self._untold])
        self._untold = [pair for pair in self._untold if not pair[1].end]
        if fixture.connects is not None:
            self._connect(fixture, client)
            turn.close("connection", now)
        elif fixture.message is not None and not client.is_connected:
            turn.add_fault(Fault("refused", "the satellite is not connected"))
            turn.close("refused", now)
        elif fixture.message is not None:
            overrides = self._rules.wire_of(fixture.overrides, now)
            self._bus.send(client.message(fixture.message, fixture.session, overrides))
        if not overlap:
            self._await(turn)

    def _connect(self, fixture: FixtureTurn, client: Client) -> None:
        """Connect the satellite of a speaker, and of who shares its connection."""
        ids, known = client_ids(self._case), connections(self._case)
        for name, each in self._by_name.items():
            if known[name] == known[fixture.session]:
                each.is_connected = bool(fixture.connects)
        if fixture.connects:
            self._bus.connect(ids[fixture.session], client.session)
            return
        self._bus.disconnect(ids[fixture.session])
        if self._bus.is_shared:  # nobody sees what the satellite misses
            for each, turn in self._open:
                if not each.is_connected and not turn.end:
                    turn.close("connection", self._bus.now)

    def _seconds_for(self, fixture: FixtureTurn) -> float:
        """Return the time that a turn may take or, if it is a silence, takes."""
        if fixture.silence is not None:
            return fixture.silence
        return self._rules.deadline if fixture.within is None else fixture.within

    def settle(self, index: int) -> None:
        """Wait for a session's earlier turns, so that its next turn cannot race them.

        Its open turns end first, except one that the script overlaps with the next. If
        no turn is open then, the assistant comes to rest without time passing.
        """
        if not self.turns:
            return
        turns = self._case.turns
        before = turns[index - 1] if index else None
        if not (before and before.overlap and before.session == turns[index].session):
            for client, turn in [*self._open]:
                if turns[index].session in client.names:
                    self._await(turn)
            self.rest()

    def rest(self) -> None:
        """Let the assistant come to rest, if no turn is open; no time passes."""
        while self.turns and all(turn.end for _, turn in self._open):
            heard = self._bus.advance(self._bus.now)
            if not heard:
                return
            self._hear(heard)

    def finish(self) -> None:
        """Wait for the end of the turns that are still open."""
        for _, turn in [*self._open]:
            self._await(turn)

    def _await(self, turn: LiveTurn) -> None:
        """Let time pass until a turn ends; other turns may end meanwhile."""
        while not turn.end:
            self._open = [pair for pair in self._open if not pair[1].end]
            until = min(each.until for _, each in self._open)
            heard = self._bus.advance(until, is_settling=self._is_settling())
            self._hear(heard)
            for _, each in self._open:
                each.expire(self._bus.now, is_quiet=not heard)

    def _is_settling(self) -> bool:
        """Return True if an open turn ends once the assistant is idle."""
        return any(turn.ends_at_rest for _, turn in self._open)

    # -- hearing --------------------------------------------------------------------

    def _hear(self, heard: Sequence[Heard]) -> None:
        rules = self._rules
        for client in self._clients.values():
            client.listen()
        for caught in self._bus.faults():
            is_of_nobody = caught.session_id not in self._clients
            fault = replace(caught.fault, is_of_nobody=is_of_nobody)
            self._turn_of(caught.session_id).add_fault(fault)
        for item in heard:
            own_topic = item.topic
            topic = canonical(own_topic)
            if self._reads_all or rules.dialect.matters(topic):
                self._notice(item, topic)
            if rules.is_watching and rules.dialect.leaves(
                topic, is_unheard=item.is_unheard
            ):
                self._note_outgoing(item, topic)
            self._end_where_awaited(item.at, own_topic, topic)
        self._carry_on(heard)
        if heard and not self._play():
            self._open = [pair for pair in self._open if not pair[1].end]
            for client, _ in self._open:
                client.come_to_rest(self._bus.now)

    def _end_where_awaited(self, at: float, *topics: str) -> None:
        """End the turns whose script waits for a message of this type."""
        for _, turn in self._open:
            if turn.fixture.until in topics and not turn.end:
                turn.close("until", at)

    def _notice(self, item: Heard, topic: str) -> None:
        at, message = item.at, item.message
        context = mapping_in(message, "context")
        session_id = session_id_of(message)
        client = self._client_of(item, session_id, context)
        if client is None:
            self._trace(at, message)
        else:
            self._share(at, message, client)
        if client and not item.is_given and not item.is_missed:
            client.trace(at, message)
        elif client:
            known = len(client.strays)
            client.hear(at, topic, message, is_given=item.is_given)
            client.strays[known:] = map(self._dated, client.strays[known:])
        elif topic == "speak" and not self._bus.is_shared:
            if self._rules.dialect.is_twin(context):
                return
            stray = reply_of(at, mapping_in(message, "data"), session_id)
            self._others.append(self._dated(stray))

    def _client_of(
        self, item: Heard, session_id: str, context: Mapping[str, Json]
    ) -> Client | None:
        """Return the client that was given a message, else the one of its session.

        Of two clients with one session id, it is that of the speaker who caused it.
        """
        speaker = self._by_name.get(str(context.get(SPEAKER_KEY)))
        if not item.is_given and speaker and speaker.session_id == session_id:
            return speaker
        return self._clients.get(item.given_to or session_id)

    def _trace(self, at: float, message: Mapping[str, Json]) -> None:
        """Keep a message that carries no session of the dialogue with the last turn."""
        _, turn = self.turns[-1]
        if turn.is_traced:
            turn.messages.append({**message, "at": at})

    def _note_outgoing(self, item: Heard, topic: str) -> None:
        """Keep a message that leaves the assistant with a turn of its session.

        One to the device belongs to the session that its sender worked for, if known.
        """
        message = item.message
        session_id = session_id_of(message)
        sender = self._clients.get(item.sender or "")
        client = self._clients.get(session_id) if sender is None else sender
        is_to_device = sender is not None and item.sender != session_id == DEVICE
        if client and not (is_to_device and topic == "speak"):
            client.note_outgoing(item.at, topic, message, is_to_device=is_to_device)

    def _share(self, at: float, message: Mapping[str, Json], client: Client) -> None:
        """Keep a message with the turns of other sessions that expect such."""
        watching = {id(pair[1]): pair for pair in (*self._open, *self.turns[-1:])}
        for other, turn in watching.values():
            if other is not client and _wants_others(turn.fixture):
                turn.messages.append({**message, "at": at, FOREIGN: True})

    def _turn_of(self, session_id: str | None) -> LiveTurn:
        """Return the turn of a session, else the last turn of all."""
        client = self._clients.get(session_id or "")
        found = client.current_turn() if client else None
        return found or self.turns[-1][1]

    def _dated(self, stray: Reply) -> Reply:
        """Return a stray with the turn during which it was heard."""
        return replace(stray, turn=self.turns[-1][1].index)

    def _carry_on(self, heard: Sequence[Heard]) -> None:
        """Continue each session from the last message that concerned it.

        The changes in an ``ovos.session.sync`` are merged into the session before it.
        """
        waiting = dict(self._clients)
        merges: list[tuple[Client, Mapping[str, Json]]] = []
        for item in reversed(heard):
            given = [item.given_to] if item.given_to else None
            if item.is_own or waiting.keys().isdisjoint(given or item.session_ids):
                continue
            message = item.message
            if item.topic == _SYNC:
                changes = mapping_in(mapping_in(message, "data"), "session")
                client = _concerned(waiting, item, changes)
                if client:
                    merges.append((client, changes))
            context = mapping_in(message, "context")
            session = mapping_in(context, "session")
            client = _concerned(waiting, item, session)
            if client and client.carry_on(context):
                del waiting[item.given_to or client.session_id]
        for client, changes in reversed(merges):
            client.merge(changes)

    def _play(self) -> bool:
        """Play what was spoken; return False if there was nothing."""
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
    """Replay a case and return its transcript, without the facts that only a bus knows.

    ``schedule`` replaces the order of the turns, or selects some of them; it should
    keep each session's own order. So that only the order makes a difference, a session
    then takes a turn only after its earlier ones have ended and, if turns do not
    overlap, after the assistant has come to rest. If the bus is lost, the transcript
    ends early.
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


def _by_client_id(
    case: Case,
) -> Iterator[tuple[str, list[tuple[str, Mapping[str, Json]]]]]:
    """Yield each client's id, and its speakers with the wire data of their session."""
    speakers: dict[str, list[tuple[str, Mapping[str, Json]]]] = {}
    for name, client in client_ids(case).items():
        speakers.setdefault(client, []).append((name, case.sessions[name]))
    yield from speakers.items()


def _concerned(
    clients: Mapping[str, Client], item: Heard, session: Mapping[str, Json]
) -> Client | None:
    """Return the client that has heard a message about its session, if one has."""
    session_id = str(session.get("session_id"))
    client = clients.get(item.given_to or session_id) if item.is_given else None
    return client if client and client.session_id == session_id else None


def _wants_messages(turn: FixtureTurn) -> bool:
    return bool(_wanted_messages(turn))


def _wants_others(turn: FixtureTurn) -> bool:
    """Return True if a turn expects a message of a session that it names."""
    return any("session" in message for message in _wanted_messages(turn))


def _wanted_messages(turn: FixtureTurn) -> tuple[Mapping[str, Json], ...]:
    expect = turn.expect
    if expect is None:
        return ()
    return (*(expect.holds.messages or ()), *(expect.denied.messages or ()))
