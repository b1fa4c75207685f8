"""Skills that ask back, and hear the session that they asked."""

from __future__ import annotations

import threading

from catalogue.asking import Game, Registry, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Register(Registry):
    """The base class, unchanged."""


class RegisterWithALock(Registry):
    """Holds a lock while it counts, not while it waits."""

    def initialize(self) -> None:
        self.lock = threading.Lock()
        self.asked: dict[str, int] = {}

    @intent_handler("register.intent")
    def handle_register(self, message: Message) -> None:
        with self.lock:
            times = self.asked.get(session_id(message), 0) + 1
            self.asked[session_id(message)] = times
        super().handle_register(message)


class Greeter(OVOSSkill):
    """Asks once and greets."""

    @intent_handler("greet.intent")
    def handle_greet(self, message: Message) -> None:
        """Ask for a name."""
        name = self.get_response("ask.name", num_retries=0)
        if name:
            self.speak_dialog("hello", {"name": name})


class OneGameEach(Game):
    """Keeps a game per session, and stops that of the session that says stop."""

    def initialize(self) -> None:
        self.players: set[str] = set()

    def begin(self, message: Message) -> None:
        self.players.add(session_id(message))

    def end(self, message: Message) -> None:
        self.players.discard(session_id(message))

    def is_playing(self, message: Message) -> bool:
        return session_id(message) in self.players

    def can_stop(self, message: Message) -> bool:
        return session_id(message) in self.players

    def stop_session(self, session: Session) -> bool:
        was_playing = session.session_id in self.players
        self.players.discard(session.session_id)
        return was_playing
