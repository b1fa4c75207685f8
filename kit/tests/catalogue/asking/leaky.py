"""Skills that take one's words for the answer of another."""

from __future__ import annotations

import threading

from catalogue.asking import Game, Registry, session_id
from catalogue.asking.sound import OneGameEach
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class KeepsTheAnswerOnSelf(Registry):
    """Keeps the answer on the skill, where another session may replace it."""

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        self.name_told = self.get_response("ask.name", num_retries=0)
        age = self.name_told and self.get_response("ask.age", num_retries=0)
        if age:
            self.speak_dialog("registered", {"name": self.name_told, "age": age})
        else:
            self.speak_dialog("gave.up")


class AsksOneAtATime(Registry):
    """Holds a lock while it waits for an answer, and turns others away."""

    def initialize(self) -> None:
        self.lock = threading.Lock()

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        if not self.lock.acquire(timeout=5):
            self.speak_dialog("gave.up")
            return
        try:
            super().handle_register(message)
        finally:
            self.lock.release()


class AbortsAllQuestions(Registry):
    """Ends the questions to all sessions when one says stop."""

    def initialize(self) -> None:
        self.asked: dict[str, Message] = {}

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        self.asked[session_id(message)] = message
        super().handle_register(message)
        self.asked.pop(session_id(message), None)

    def can_stop(self, message: Message) -> bool:
        return bool(self.asked)

    def stop(self) -> bool:
        for message in tuple(self.asked.values()):
            about = {"skill_id": self.skill_id}
            self.bus.emit(message.forward("mycroft.skills.abort_question", about))
        return bool(self.asked)


class HearsTheNextSpeaker(OVOSSkill):
    """Takes the next thing that anybody says for the answer."""

    is_waiting = False

    def initialize(self) -> None:
        self.add_event("recognizer_loop:utterance", self.hear, speak_errors=False)

    @intent_handler("greet.intent")
    def handle_greet(self, message: Message) -> None:
        """Ask for a name."""
        self.speak_dialog("ask.name")
        self.is_waiting = True

    def hear(self, message: Message) -> None:
        """Greet whoever answers."""
        if self.is_waiting:
            self.is_waiting = False
            self.speak_dialog("hello", {"name": message.data["utterances"][0]})


class PlaysWithEverybody(Game):
    """Makes a game that one session started everybody's game."""

    is_on = False

    def begin(self, message: Message) -> None:
        self.is_on = True

    def end(self, message: Message) -> None:
        self.is_on = False

    def is_playing(self, message: Message) -> bool:
        return self.is_on


class HasOnePlayer(Game):
    """Has only one player: a new one replaces the old one."""

    player: str | None = None

    def begin(self, message: Message) -> None:
        self.player = session_id(message)

    def end(self, message: Message) -> None:
        self.player = None

    def is_playing(self, message: Message) -> bool:
        return self.player == session_id(message)


class StopsAllGames(Game):
    """Ends all games when one session says stop."""

    def initialize(self) -> None:
        self.players: set[str] = set()

    def begin(self, message: Message) -> None:
        self.players.add(session_id(message))

    def end(self, message: Message) -> None:
        self.players.discard(session_id(message))

    def is_playing(self, message: Message) -> bool:
        return session_id(message) in self.players

    def can_stop(self, message: Message) -> bool:
        return bool(self.players)

    def stop_session(self, session: Session) -> bool:
        has_stopped = bool(self.players)
        self.players.clear()
        return has_stopped


class PlaysWithTheCore(OneGameEach):
    """Does nothing wrong, but ovos-core 2.1 asks who wants to converse, and takes the
    answer for another session that it asks at the same time.
    """


class AsksWithTheCore(Registry):
    """Does nothing wrong, but at a stop ovos-workshop 7 ends all its questions."""

    def initialize(self) -> None:
        self.asked: set[str] = set()

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        self.asked.add(session_id(message))
        super().handle_register(message)
        self.asked.discard(session_id(message))

    def can_stop(self, message: Message) -> bool:
        return session_id(message) in self.asked

    def stop_session(self, session: Session) -> bool:
        return session.session_id in self.asked
