"""Act as the remote client of one session: keep its state, take turns, hear replies.

A reply belongs to the last turn of the session; once that has ended, to an earlier one
that is still open; if there is none, the reply is a stray.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ovos_dialogue_kit.fixture.model import DEVICE, FixtureTurn
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import SPEAKER_KEY, TURN_KEY
from ovos_dialogue_kit.replayer.client_session import ClientSession
from ovos_dialogue_kit.replayer.dialect import DENIED, Dialect
from ovos_dialogue_kit.replayer.kept_fields import KeptFields
from ovos_dialogue_kit.replayer.live_turn import LiveTurn
from ovos_dialogue_kit.replayer.session_times import without_times
from ovos_dialogue_kit.replayer.transcript import End, Fault, Reply, TurnTranscript
from ovos_dialogue_kit.script.model import ClientKind, FaultKind

__all__ = ["Client", "reply_of"]

_OF_KIT = frozenset({"session", SPEAKER_KEY, TURN_KEY})
_AUDIO = "kit:audio"
"""The source of the messages that say that a reply is being played."""
_ERRORS = ("mycroft.skill.handler.error", "ovos.intent.handler.error")
_GAVE_UP = re.compile("timed out")
"""A part of the error with which OVOS gives up waiting for a handler."""


class Client:
    """The client of one session.

    Args:
        speakers: the name of each speaker in the script, and the wire data of the
            session at the start of the dialogue. There is one speaker but for sessions
            that the script gives the same id.
        dialect: interprets the assistant's messages, also those of its skills.
        traceback_of: see ``Bus``.
        kinds: the kinds of the speakers' clients, if they are not stateful.

    ``is_connected`` is False while it has no connection to its hub. ``spoken`` are the
    contexts of replies to be played. ``strays`` are replies outside any turn.
    """

    def __init__(
        self,
        speakers: Mapping[str, Mapping[str, Json]],
        *,
        dialect: Dialect,
        traceback_of: Callable[[str], str | None],
        kinds: Mapping[str, ClientKind] | None = None,
    ) -> None:
        self.names = tuple(speakers)
        self.is_connected = True
        self.turns: list[LiveTurn] = []
        self.spoken: list[Mapping[str, Json]] = []
        self.strays: list[Reply] = []
        self._session = ClientSession(speakers, kinds or {})
        self.session_id = str(self.session["session_id"])
        self._kept = KeptFields(speakers)
        self._state: Mapping[str, Json] = {}
        self._dialect = dialect
        self._traceback_of = traceback_of
        self._asking: set[str] = set()
        self._has_asked = False
        self._owed_ends = 0
        self._listening: list[LiveTurn] = []

    @property
    def session(self) -> dict[str, Json]:
        """The wire data of the session in the next message."""
        return self._session.wire

    # -- speaking -------------------------------------------------------------------

    def begin(
        self,
        index: int,
        fixture: FixtureTurn,
        at: float,
        until: float,
        *,
        is_traced: bool,
    ) -> LiveTurn:
        """Begin a turn."""
        turn = LiveTurn(index, fixture, at, until, is_traced)
        self._kept.allow(fixture)
        turn.session_after = self._state
        self.turns.append(turn)
        self._listening.append(turn)
        self._has_asked = False
        return turn

    def message(
        self,
        wire: Mapping[str, Json],
        speaker: str,
        overrides: Mapping[str, Json] | None = None,
    ) -> dict[str, Json]:
        """Return a message of the fixture with the current session.

        ``overrides`` are wire data for this message alone: the next one has what was
        before, unless OVOS has changed it.

        The context also gets keys that OVOS does not know and must keep: they show from
        which speaker's message, and in which turn, another message was derived.
        """
        data = self._dialect.in_lang(mapping_in(wire, "data"))
        context = self._dialect.in_lang(mapping_in(wire, "context"))
        self._session.override(overrides or {})
        own: dict[str, Json] = {SPEAKER_KEY: speaker, TURN_KEY: self.turns[-1].index}
        context = self._session.put_into({**context, **own}, speaker)
        return {**wire, "data": data, "context": context}

    def audio(self) -> list[dict[str, Json]]:
        """Return the contexts of the replies to be played, and forget them."""
        spoken, self.spoken = self.spoken, []
        return [
            self._session.put_into(
                {**context, "source": _AUDIO, "destination": ["skills"]},
                self._speaker_in(context),
            )
            for context in spoken
        ]

    def _speaker_in(self, context: Mapping[str, Json]) -> str:
        """Return the speaker from whose message another one was derived."""
        probe = context.get(SPEAKER_KEY)
        return next((name for name in self.names if name == probe), self.names[0])

    # -- hearing --------------------------------------------------------------------

    def listen(self) -> None:
        """Begin to hear some messages: they change the session of all open turns."""
        self._listening = [turn for turn in self._listening if not turn.end]

    def carry_on(self, context: Mapping[str, Json]) -> bool:
        """Continue with the session of a message; return False for a twin.

        A twin repeats an earlier message, and may come late on a real bus. Any other
        message will do: the id of the session is the only key (OVOS-SESSION-2 §3.1).
        """
        if self._dialect.is_twin(context):
            return False
        self._session.wire = dict(mapping_in(context, "session"))
        self._share_state()
        return True

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Merge the changes of an ``ovos.session.sync`` into the session."""
        self._session.merge(changes)
        self._share_state()

    def _share_state(self) -> None:
        """Give the session, as it is now, to the turns that it is the result of."""
        state = without_times(self.session)
        if state != self._state:  # else keep the one: a dialogue may have many turns
            self._state = state
        for turn in (*self._listening, *self.turns[-1:]):
            turn.session_after = self._state

    def hear(
        self,
        at: float,
        topic: str,
        message: Mapping[str, Json],
        *,
        is_given: bool = True,
    ) -> None:
        """Update the turns of the session with a message.

        One that the client has missed shows what the assistant does, which also ends
        turns, but the client hears no reply and no question in it.
        """
        data, context = mapping_in(message, "data"), mapping_in(message, "context")
        own = self._open_turn_of(context)
        turn = own or (self.turns[-1] if self.turns else None)
        self.trace(at, message)
        is_question = topic.startswith("skill.converse.get_response.")
        is_lost = not is_given and (topic == "speak" or is_question)
        if self._dialect.is_twin(context) or is_lost:
            return
        if topic == "speak":
            self._hear_reply(at, data, context)
        elif topic == "ovos.utterance.handled":
            self._hear_handled(at, own)
        elif is_question:
            self._hear_question(topic, str(data.get("skill_id")))
        elif turn:
            self._hear_news(at, topic, data, turn)

    def trace(self, at: float, message: Mapping[str, Json]) -> None:
        """Keep a message with its turn, if that is asked for."""
        turn = self._open_turn_of(mapping_in(message, "context"))
        turn = turn or (self.turns[-1] if self.turns else None)
        if turn and turn.is_traced:
            turn.messages.append({**message, "at": at})

    def note_outgoing(
        self, at: float, topic: str, message: Mapping[str, Json], *, is_to_device: bool
    ) -> None:
        """Keep a message that leaves the assistant, without its session.

        Only one to the device, sent for another session, has a session.
        """
        context = mapping_in(message, "context")
        turn = self._open_turn_of(context) or (self.turns[-1] if self.turns else None)
        if turn is None or turn.is_traced or self._dialect.is_twin(context):
            return
        own: dict[str, Json] = {k: v for k, v in context.items() if k not in _OF_KIT}
        if is_to_device:
            own["session"] = {"session_id": DEVICE}
        data = dict(mapping_in(message, "data"))
        turn.messages.append({"type": topic, "data": data, "context": own, "at": at})

    def _open_turn_of(self, context: Mapping[str, Json]) -> LiveTurn | None:
        """Return the open turn from which a message was derived, if there is one."""
        index = context.get(TURN_KEY)
        open_turns = (turn for turn in self._listening if not turn.end)
        return next((turn for turn in open_turns if turn.index == index), None)

    def _hear_news(
        self, at: float, topic: str, data: Mapping[str, Json], turn: LiveTurn
    ) -> None:
        """Handle a message between an utterance and its end."""
        if topic == "complete_intent_failure":
            turn.matched = False
        elif topic == "mycroft.mic.listen":
            self._has_asked = True
            if turn.replies:
                turn.replies[-1] = replace(turn.replies[-1], asks=True)
        elif topic in _ERRORS:
            turn.add_fault(self._raised(data))
        elif topic == DENIED:
            self._hear_denial(at, data, turn)
        elif topic == "mycroft.skill.handler.complete":
            if self._is_late(turn) and data.get("handler") == "common_query":
                self._hear_end(at, "handled", turn)
        elif self._dialect.is_answer(topic):
            self._hear_answer(at, topic, data, turn)
        elif turn.is_utterance and not (turn.match and turn.match.is_sure):
            self._hear_match(topic, data, turn)

    def _hear_denial(self, at: float, data: Mapping[str, Json], turn: LiveTurn) -> None:
        """End a turn whose message was refused; that of speech is no turn's own."""
        topic, reason = data.get("denied_type"), data.get("reason") or data.get("code")
        turn.add_fault(Fault("refused", f'"{topic}": {reason}'))
        sent = turn.fixture.message
        if not turn.end and sent and sent["type"] == topic:
            turn.close("refused", at)

    def _hear_match(self, topic: str, data: Mapping[str, Json], turn: LiveTurn) -> None:
        """Note the match of an utterance; only messages that follow one count."""
        match = self._dialect.match(topic, data)
        if match:
            turn.match = match
            turn.matched = match.route != "cancelled"

    def _hear_answer(
        self, at: float, topic: str, data: Mapping[str, Json], turn: LiveTurn
    ) -> None:
        """Handle a skill's answer that it took an utterance or a stop, or failed."""
        error = data.get("error")
        if error and error != "killed":
            turn.add_fault(self._raised({"name": topic, "exception": error}))
        answer = self._dialect.answer(topic, data)
        if answer and turn.match and turn.match.route == answer[0]:
            took = answer[1] or turn.match.is_sure
            turn.match = replace(turn.match, is_sure=True) if took else None
            turn.matched = True if took else None
        is_stop = turn.match is not None and turn.match.route == "stop"
        if topic.endswith(".stop.response") and is_stop and not turn.end:
            self._hear_stopped(at, turn)

    def _hear_stopped(self, at: float, turn: LiveTurn) -> None:
        if self._dialect.stop_response_ends:
            self._hear_end(at, "stopped", turn)

    def _is_late(self, turn: LiveTurn) -> bool:
        """Return True if a turn ends with the skill's handler."""
        is_query = turn.match is not None and turn.match.route == "common_query"
        return self._dialect.answers_late and is_query and not turn.end

    def _hear_reply(
        self, at: float, data: Mapping[str, Json], context: Mapping[str, Json]
    ) -> None:
        self.spoken.append(context)
        turn = self._hearing_turn()
        if turn is None:
            speaker = self.turns[-1].speaker if self.turns else self.names[0]
            self.strays.append(reply_of(at, data, speaker))
            return
        reply = reply_of(at, data, turn.speaker)
        turn.replies.append(replace(reply, turn=turn.index))
        self._has_asked = self._has_asked or reply.asks
        for fault in self._kept.faults_of_reply(reply, context, turn.speaker):
            turn.add_fault(fault)

    def current_turn(self) -> LiveTurn | None:
        """Return the turn to which messages belong now, else the last one."""
        return self._hearing_turn() or (self.turns[-1] if self.turns else None)

    def _hearing_turn(self) -> LiveTurn | None:
        return next((turn for turn in reversed(self._listening) if not turn.end), None)

    def _hear_handled(self, at: float, own: LiveTurn | None) -> None:
        if not (own and self._is_late(own)):
            self._hear_end(at, "handled", own)

    def _hear_end(self, at: float, end: End, own: LiveTurn | None) -> None:
        """End a turn: its own, else the last one that is open.

        A silence has no end signal.
        """
        last = reversed(self._listening)
        spoken = (each for each in last if each.fixture.silence is None)
        turn = own or next((each for each in spoken if not each.end), None)
        if turn:
            turn.close(end, at)
            if turn.match and turn.match.route == "response":
                self._owed_ends = 0  # the skill's handler ended with the answer
        elif self._owed_ends:  # it ended without one, a moment after a stop
            self._owed_ends -= 1
        elif self.turns and self.turns[-1].ended is not None:
            first = self.turns[-1].ended
            self.turns[-1].add_fault(
                Fault("two_ends", f"at {at:g} s, after the end at {first:g} s")
            )

    def _hear_question(self, topic: str, skill: str) -> None:
        if topic.endswith(".enable"):
            self._asking.add(skill)
        else:
            self._asking.discard(skill)

    def _raised(self, data: Mapping[str, Json]) -> Fault:
        """Return a fault for a handler's error, with the traceback that was logged."""
        error = str(data.get("exception"))
        names = ("name", "handler", "intent_name", "skill_id")
        where = next((str(data[name]) for name in names if data.get(name)), "a handler")
        trace = self._traceback_of(error)
        if trace:
            error = trace.strip().splitlines()[-1]
        kind: FaultKind = "no_end" if _GAVE_UP.search(error) and not trace else "raised"
        return Fault(kind, f"{where}: {error}", trace)

    def come_to_rest(self, at: float) -> None:
        """End a turn without an end signal: a question, or no utterance at all."""
        if self._asking and self._has_asked:
            last = self.turns[-1]
            if last.fixture.silence is None and not last.end:
                last.close("asked", at)
                self._owed_ends += 1
        for turn in self._listening:
            if turn.ends_at_rest and not turn.end:
                turn.close("quiet", at)

    # -- the result -----------------------------------------------------------------

    def transcript_of(self, turn: LiveTurn) -> TurnTranscript:
        """Return the transcript of a turn so far."""
        return turn.transcript(self._kept.lost(turn.speaker, turn.session_after))


def reply_of(at: float, data: Mapping[str, Json], session: str) -> Reply:
    """Return the reply in the data of a ``speak`` message."""
    meta = mapping_in(data, "meta")
    dialog, skill, lang = meta.get("dialog"), meta.get("skill"), data.get("lang")
    return Reply(
        session=session,
        text=str(data.get("utterance", "")),
        at=at,
        turn=0,
        lang=str(lang) if lang else None,
        dialog=str(dialog) if dialog else None,
        data=mapping_in(meta, "data") if dialog else None,
        skill=str(skill) if skill else None,
        asks=data.get("expect_response") is True,
    )
