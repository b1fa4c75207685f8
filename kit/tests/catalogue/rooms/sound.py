"""Skills that look at the session that speaks, each time."""

from __future__ import annotations

from catalogue.rooms import Guide, Zoo
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler


class Concierge(Guide):
    """The base class, unchanged."""


class Interpreter(Guide):
    """Keeps resources per language, which belong to no session."""

    def initialize(self) -> None:
        self.texts: dict[str, object] = {}

    @intent_handler("hello.intent")
    def handle_hello(self, message: Message) -> None:
        texts = self.texts.setdefault(self.lang, self.resources)
        self.speak(texts.render_dialog("hello"))


class Keeper(Zoo):
    """Sets the context in the session that asks."""

    def mention(self, message: Message) -> None:
        self.set_context("TigerContext", "tigers")


class Host(Guide):
    """Deactivates itself in the session that wants quiet."""

    @intent_handler("quiet.intent")
    def handle_quiet(self, message: Message) -> None:
        """Leave the list of active skills."""
        self.speak_dialog("quiet")
        leave = "intent.service.skills.deactivate"
        self.bus.emit(message.forward(leave, {"skill_id": self.skill_id}))


class Butler(Guide):
    """Remembers preferences by the id of the session."""

    def initialize(self) -> None:
        self.silent: set[str] = set()

    @intent_handler("quiet.intent")
    def handle_quiet(self, message: Message) -> None:
        """Do not greet any more."""
        self.silent.add(SessionManager.get(message).session_id)
        self.speak_dialog("quiet")

    @intent_handler("hello.intent")
    def handle_hello(self, message: Message) -> None:
        if SessionManager.get(message).session_id not in self.silent:
            super().handle_hello(message)
