"""Where a fixture meets an assistant: the kit plays every session's remote client.

It does what a good client does: sends with ``source`` and ``destination``, carries on
the session of the last message that concerned it (active skills, response mode and
context live there, not in ovos-core), and plays what is spoken, so that a skill that
waits for the end of its speech goes on. What a session hears belongs to the turn that
it took last. Nothing here knows what was expected; that is the work of ``compare``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ovos_dialogue_kit.dialect import Dialect, Match
from ovos_dialogue_kit.fixture import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.script import Json
from ovos_dialogue_kit.transcript import End, Fault, Reply, Transcript, TurnTranscript

__all__ = [
    "DEADLINE",
    "REAL_DEADLINE",
    "Bus",
    "BusLost",
    "Client",
    "Heard",
    "Replayer",
    "Step",
    "replay",
]

DEADLINE = 300.0
"""Seconds of virtual time after which a turn must have ended."""

REAL_DEADLINE = 30.0
"""Seconds of real time after which a turn must have ended."""

_HANDLED = "ovos.utterance.handled"
_KEPT = ("site_id", "lang", "location")
_TOPIC = re.compile(r'\{"type": ?"([^"\\]+)"')
_PROBE = "kit_session"
_AUDIO = "kit:audio"
_SOURCES = ("kit.", "kit:")


class BusLost(ConnectionError):
    """The bus went away."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A serialised message seen on the bus, at so many seconds of the dialogue.

    It is parsed only by those who care for its topic: most of a turn's work would be
    reading sessions that nobody looks at.
    """

    at: float
    payload: str

    @property
    def topic(self) -> str:
        """The message's ``type``."""
        found = _TOPIC.match(self.payload)
        return found[1] if found else str(self.message["type"])

    @property
    def message(self) -> Mapping[str, Json]:
        """The message: ``type``, ``data``, ``context``."""
        parsed: dict[str, Json] = json.loads(self.payload)
        return parsed


class Bus(Protocol):
    """What the replayer needs of a bus with an assistant on it."""

    is_shared: bool
    """Whether others than the kit may be talking on it."""

    @property
    def now(self) -> float:
        """Seconds of the assistant's time since the dialogue began."""
        ...

    def send(self, message: Mapping[str, Json]) -> None:
        """Put a message on the bus."""
        ...

    def advance(self, until: float) -> list[Heard]:
        """Let the assistant work until it rests and something was heard.

        Returns nothing when ``until`` came first.

        Raises:
            BusLost: if the connection broke.

        """
        ...

    def speak(self) -> None:
        """Let as much time pass as something spoken takes."""
        ...

    def faults(self) -> list[Fault]:
        """Return what went wrong since the last call outside of any message."""
        ...

    def traceback_of(self, error: str) -> str | None:
        """Return the traceback of the last exception with this ``repr``, if known."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule: a turn, and whether the next one waits for its end."""

    turn: int
    overlap: bool = False


@dataclass(slots=True)
class _Turn:
    """A turn in the making."""

    index: int
    fixture: FixtureTurn
    at: float
    traced: bool
    end: str | None = None
    ended: float | None = None
    replies: list[Reply] = field(default_factory=list)
    match: Match | None = None
    matched: bool | None = None
    faults: list[Fault] = field(default_factory=list)
    messages: list[Mapping[str, Json]] = field(default_factory=list)
    session_after: Mapping[str, Json] = field(default_factory=dict)

    def close(self, end: str, at: float) -> None:
        self.end, self.ended = end, at

    def add_fault(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


@dataclass(slots=True)
class Client:
    """One session's remote client and what it knows.

    ``session`` is the wire data that the next message carries. ``asking`` are the
    skills that wait for an answer of this session, ``asked`` is whether one opened the
    microphone since the session spoke last.
    """

    name: str
    session: dict[str, Json]
    start: Mapping[str, Json]
    turns: list[_Turn] = field(default_factory=list)
    asking: set[str] = field(default_factory=set)
    asked: bool = False
    owed_ends: int = 0

    @property
    def turn(self) -> _Turn | None:
        """The turn that it took last."""
        return self.turns[-1] if self.turns else None

    def carry_on(self, session: Mapping[str, Json]) -> None:
        """Take over what a message said of the session."""
        self.session = dict(session)
        if self.turn:
            self.turn.session_after = self.session

    def hearing_turn(self) -> _Turn | None:
        """Return the turn that a reply belongs to: the last, or one still open."""
        return self.turn if self.turn and not self.turn.end else self.open_turn()

    def open_turn(self) -> _Turn | None:
        """Return the last turn that has not ended."""
        return next((turn for turn in reversed(self.turns) if not turn.end), None)


class Replayer:
    """Takes the turns of one case, one after another.

    Args:
        case: whose sessions take part.
        bus: where the assistant is.
        dialect: how its messages are read.
        skills: ids of the skills under test.
        pipeline: makes the stage ids of a session from those in the fixture.
        deadline: seconds of the assistant's time that a turn may take.
        traced: whether all bus messages are kept.

    """

    def __init__(
        self,
        case: Case,
        bus: Bus,
        dialect: Dialect,
        skills: Iterable[str],
        pipeline: Callable[[list[str] | None], list[str]],
        *,
        deadline: float = DEADLINE,
        traced: bool = False,
    ) -> None:
        self._bus = bus
        self._dialect = dialect
        self._skills = tuple(skills)
        self._deadline = deadline
        self._traced = traced
        self._is_traced = traced or any(map(_wants_messages, case.turns))
        self._unplayed: list[Mapping[str, Json]] = []
        self._last: _Turn | None = None
        self.strays: list[Reply] = []
        self.turns: list[_Turn] = []
        self._clients: dict[str, Client] = {}
        for name, wire in case.sessions.items():
            client = Client(name, _with_pipeline(wire, pipeline), wire)
            self._clients[str(wire["session_id"])] = client
        self._by_name = {client.name: client for client in self._clients.values()}

    # -- taking turns ---------------------------------------------------------------

    def take(self, index: int, fixture: FixtureTurn, *, overlap: bool) -> None:
        """Take a turn, and wait for its end unless it overlaps the next."""
        client = self._by_name[fixture.session]
        turn = self._begin(client, index, fixture)
        until = self._bus.now + (fixture.within or self._deadline)
        if fixture.message is not None:
            self._bus.send(self._message(client, fixture.message))
        if fixture.silence is not None:
            self._pass(turn, self._bus.now + fixture.silence)
        elif not overlap:
            self._await(turn, until)

    def finish(self) -> None:
        """Wait for the end of the turns that are still open."""
        until = self._bus.now + self._deadline
        for turn in self.turns:
            self._await(turn, until)

    def _begin(self, client: Client, index: int, fixture: FixtureTurn) -> _Turn:
        traced = self._traced or _wants_messages(fixture)
        turn = _Turn(index, fixture, self._bus.now, traced)
        turn.session_after = client.session if client.turns else {}
        client.turns.append(turn)
        client.asked = False
        self.turns.append(turn)
        self._last = turn
        return turn

    def _message(self, client: Client, wire: Mapping[str, Json]) -> dict[str, Json]:
        context = wire["context"]
        assert isinstance(context, dict)  # noqa: S101  # fixtures are checked when read
        return {
            **wire,
            "context": {**context, "session": client.session, _PROBE: client.name},
        }

    def _pass(self, turn: _Turn, until: float) -> None:
        """Let time pass, and hear what there is to hear."""
        while self._bus.now < until:
            self._hear(self._bus.advance(until))
        turn.close(End.SILENCE, self._bus.now)

    def _await(self, turn: _Turn, until: float) -> None:
        while not turn.end:
            heard = self._bus.advance(until)
            self._hear(heard)
            if not heard and not turn.end and self._bus.now >= until:
                turn.end = End.DEADLINE

    # -- hearing --------------------------------------------------------------------

    def _hear(self, heard: Sequence[Heard]) -> None:
        for item in heard:
            topic = self._dialect.canonical(item.topic)
            if self._is_traced or self._dialect.matters(topic, self._skills):
                self._notice(item.at, topic, item.message)
        self._carry_on(heard)
        for fault in self._bus.faults():
            if self._last:
                self._last.add_fault(fault)
        if not self._play() and heard:
            self._come_to_rest()

    def _carry_on(self, heard: Sequence[Heard]) -> None:
        """Take over each session from the last message that concerned it."""
        waiting = dict(self._clients)
        for item in reversed(heard):
            for session_id in [each for each in waiting if each in item.payload]:
                context = _mapping(item.message, "context")
                session = _mapping(context, "session")
                client = waiting[session_id]
                if session.get("session_id") == session_id and not _is_own(context):
                    client.carry_on(session)
                    del waiting[session_id]
            if not waiting:
                return

    def _notice(self, at: float, topic: str, message: Mapping[str, Json]) -> None:
        data, context = _mapping(message, "data"), _mapping(message, "context")
        session_id = _mapping(context, "session").get("session_id", "default")
        client = self._clients.get(str(session_id))
        if client is None:
            if topic == "speak" and not self._bus.is_shared:
                self._hear_stray(at, data, str(session_id))
            return
        if client.turn and client.turn.traced:
            client.turn.messages.append({**message, "at": at})
        self._understand(at, topic, data, context, client)

    def _understand(
        self,
        at: float,
        topic: str,
        data: Mapping[str, Json],
        context: Mapping[str, Json],
        client: Client,
    ) -> None:
        """Take what a message says about a session into its turn."""
        turn = client.turn
        if topic == "speak":
            self._hear_reply(at, data, context, client)
        elif topic == _HANDLED:
            self._hear_end(at, client, End.HANDLED)
        elif topic.endswith(".stop.response") and self._dialect.stop_response_ends:
            if turn and turn.match and turn.match.route == "stop" and not turn.end:
                self._hear_end(at, client, End.STOPPED)
        elif topic == "complete_intent_failure":
            if turn:
                turn.matched = False
        elif topic == "skill.converse.get_response.enable":
            client.asking.add(str(data.get("skill_id")))
            client.asked = True
        elif topic == "skill.converse.get_response.disable":
            client.asking.discard(str(data.get("skill_id")))
        elif topic == "mycroft.mic.listen":
            self._open_microphone(client)
        elif topic == "mycroft.skill.handler.error" and turn:
            turn.add_fault(self._raised(data))
        elif turn and not turn.match:
            turn.match = self._dialect.match(topic, data, self._skills)
            turn.matched = True if turn.match else turn.matched

    def _hear_reply(
        self,
        at: float,
        data: Mapping[str, Json],
        context: Mapping[str, Json],
        client: Client,
    ) -> None:
        reply = _reply(at, data, client.name, self._last.index if self._last else 0)
        turn = client.hearing_turn()
        self._unplayed.append(context)
        if turn is None:
            self.strays.append(reply)
            return
        turn.replies.append(replace(reply, turn=turn.index))
        client.asked = client.asked or reply.asks
        probe = context.get(_PROBE)
        if probe != client.name:
            said = "is gone" if probe is None else f'is that of "{probe}"'
            detail = f'the context of "{reply.text}": the key of the utterance {said}'
            turn.add_fault(Fault("session", detail))
        wanted = str(client.start.get("lang"))
        if reply.lang and reply.lang.lower() != wanted.lower():
            detail = f'"{reply.text}" is in {reply.lang}, the session speaks {wanted}'
            turn.add_fault(Fault("lang", detail))

    def _hear_stray(self, at: float, data: Mapping[str, Json], session: str) -> None:
        turn = self._last.index if self._last else 0
        self.strays.append(_reply(at, data, session, turn))

    def _open_microphone(self, client: Client) -> None:
        client.asked = True
        turn = client.turn
        if turn and turn.replies:
            turn.replies[-1] = replace(turn.replies[-1], asks=True)

    def _hear_end(self, at: float, client: Client, end: str) -> None:
        turn = client.open_turn()
        if turn:
            if client.owed_ends and self._dialect.answers_end:
                client.owed_ends -= 1
                return
            turn.close(end, at)
        elif client.turn:
            detail = f"at {at:g} s, after the end at {client.turn.ended:g} s"
            client.turn.add_fault(Fault("two_ends", detail))

    def _raised(self, data: Mapping[str, Json]) -> Fault:
        """Make a fault of a handler's error, with the traceback that was logged."""
        error = str(data.get("exception"))
        where = str(data.get("name") or data.get("handler") or "a handler")
        trace = self._bus.traceback_of(error)
        if trace:
            error = trace.strip().splitlines()[-1]
        return Fault("raised", f"{where}: {error}", trace)

    # -- at rest --------------------------------------------------------------------

    def _play(self) -> bool:
        """Play what was spoken; false if there was nothing."""
        played, self._unplayed = self._unplayed, []
        for context in played:
            message = {"data": {}, "context": _from_audio(context)}
            self._bus.send({"type": "recognizer_loop:audio_output_start", **message})
            self._bus.speak()
            self._bus.send({"type": "recognizer_loop:audio_output_end", **message})
        return bool(played)

    def _come_to_rest(self) -> None:
        """End what ends without an end signal: questions and other messages."""
        for client in self._clients.values():
            turn = client.turn
            if turn is None or turn.end or turn.fixture.silence is not None:
                continue
            if client.asking and client.asked:
                turn.close(End.ASKED, self._bus.now)
                client.owed_ends += 1
            elif not _is_utterance(turn.fixture):
                turn.close(End.QUIET, self._bus.now)

    # -- the result -----------------------------------------------------------------

    def transcript_of(self, turn: _Turn) -> TurnTranscript:
        """Return what a turn has led to so far."""
        client = self._by_name[turn.fixture.session]
        match = turn.match
        faults = [*turn.faults, *_lost_fields(client.start, turn.session_after)]
        return TurnTranscript(
            index=turn.index,
            session=client.name,
            said=turn.fixture.said,
            at=turn.at,
            end=turn.end or End.LOST,
            ended=turn.ended,
            replies=tuple(turn.replies),
            route=match.route if match else None,
            intent=match.intent if match else None,
            skill=match.skill if match else None,
            slots=match.slots if match else {},
            matched=turn.matched,
            session_after=_summary(turn.session_after),
            faults=tuple(faults),
            messages=tuple(turn.messages),
        )


def replay(
    fixture: Fixture,
    case: Case,
    replayer: Replayer,
    schedule: Sequence[Step] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Transcript:
    """Replay a case and return what happened.

    ``schedule`` gives another order of the turns than the fixture's; each session's own
    order should be kept. ``progress`` is told the index of each turn that begins. A bus
    that is lost in the middle ends the transcript early.
    """
    steps = schedule or [
        Step(index, turn.overlap) for index, turn in enumerate(case.turns)
    ]
    crash = None
    try:
        for step in steps:
            progress(step.turn)
            replayer.take(step.turn, case.turns[step.turn], overlap=step.overlap)
        replayer.finish()
    except BusLost as error:
        crash = Fault("crash", str(error))
    done = [replayer.transcript_of(turn) for turn in replayer.turns]
    return Transcript(
        script=fixture.script,
        dialogue=fixture.dialogue,
        case=case.name,
        engine="",
        bus="",
        turns=tuple(done),
        strays=tuple(replayer.strays),
        crash=crash,
    )


def _with_pipeline(
    wire: Mapping[str, Json], pipeline: Callable[[list[str] | None], list[str]]
) -> dict[str, Json]:
    stages = wire.get("pipeline")
    names = [str(stage) for stage in stages] if isinstance(stages, list) else None
    return {**wire, "pipeline": list(pipeline(names))}


def _mapping(wire: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = wire.get(key)
    return value if isinstance(value, dict) else {}


def _is_own(context: Mapping[str, Json]) -> bool:
    """Return whether the kit itself sent a message: it tells a client nothing new."""
    return str(context.get("source")).startswith(_SOURCES)


def _from_audio(context: Mapping[str, Json]) -> dict[str, Json]:
    return {**context, "source": _AUDIO, "destination": ["skills"]}


def _is_utterance(turn: FixtureTurn) -> bool:
    return bool(turn.message) and turn.message["type"] == "recognizer_loop:utterance"


def _wants_messages(turn: FixtureTurn) -> bool:
    expect = turn.expect
    return expect is not None and any(
        conditions.messages is not None for conditions in (expect.holds, expect.denied)
    )


def _reply(at: float, data: Mapping[str, Json], session: str, turn: int) -> Reply:
    meta = _mapping(data, "meta")
    dialog, skill = meta.get("dialog"), meta.get("skill")
    return Reply(
        session=session,
        text=str(data.get("utterance", "")),
        at=at,
        turn=turn,
        lang=str(data["lang"]) if data.get("lang") else None,
        dialog=str(dialog) if dialog else None,
        data=_mapping(meta, "data") if dialog else None,
        skill=str(skill) if skill else None,
        asks=data.get("expect_response") is True,
    )


def _lost_fields(
    start: Mapping[str, Json], after: Mapping[str, Json]
) -> Iterable[Fault]:
    """Return a fault for each field of the session that did not survive."""
    for key in _KEPT if after else ():
        if key in start and _folded(start[key]) != _folded(after.get(key)):
            detail = f"{key} was {start[key]}, is {after.get(key)}"
            yield Fault("session", detail)


def _folded(value: Json) -> Json:
    return value.lower() if isinstance(value, str) else value


def _summary(session: Mapping[str, Json]) -> dict[str, Json]:
    """Return a session's wire data without times: active skills by id only."""
    if not session:
        return {}
    active = session.get("active_skills")
    ids = [
        entry[0] if isinstance(entry, list) else entry
        for entry in (active if isinstance(active, list) else [])
    ]
    return {**session, "active_skills": list(ids)}
