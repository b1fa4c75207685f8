"""Skills that take one session for another, or change it behind its back."""

from __future__ import annotations

from catalogue.rooms import Guide, Zoo
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler


class KeepsTheFirstSession(Guide):
    """Reads the session once, and keeps it for all others."""

    session: Session | None = None

    @intent_handler("where.intent")
    def handle_where(self, message: Message) -> None:
        self.session = self.session or SessionManager.get(message)
        self.speak_dialog("where", {"site": self.session.site_id})


class KeepsTheFirstLanguage(Guide):
    """Uses the first speaker's language resources for everybody."""

    def initialize(self) -> None:
        self.texts = None

    @intent_handler("hello.intent")
    def handle_hello(self, message: Message) -> None:
        self.texts = self.texts or self.resources
        self.speak(self.texts.render_dialog("hello"))


class SpeaksTheDefaultLanguage(Guide):
    """Speaks the default session's language, which anybody may change."""

    @intent_handler("speak.intent")
    def handle_speak(self, message: Message) -> None:
        """Change the language."""
        SessionManager.default_session.lang = "pt-PT"
        self.speak_dialog("speak")

    @intent_handler("hello.intent")
    def handle_hello(self, message: Message) -> None:
        texts = self.load_lang(lang=SessionManager.default_session.lang)
        self.speak(texts.render_dialog("hello"))


class IsQuietForAll(Guide):
    """Blacklists itself in the default session when one session wants quiet."""

    @intent_handler("quiet.intent")
    def handle_quiet(self, message: Message) -> None:
        """Be quiet."""
        for session in (SessionManager.default_session, SessionManager.get(message)):
            session.blacklisted_skills.append(self.skill_id)
        self.speak_dialog("quiet")


class TakesLeaveOfAll(Guide):
    """Announces to all sessions that it is inactive when one wants quiet."""

    def initialize(self) -> None:
        self.guests: dict[str, Message] = {}

    @intent_handler("where.intent")
    def handle_where(self, message: Message) -> None:
        self.guests[SessionManager.get(message).session_id] = message
        super().handle_where(message)

    @intent_handler("quiet.intent")
    def handle_quiet(self, message: Message) -> None:
        """Leave the list of active skills."""
        self.speak_dialog("quiet")
        leave = "intent.service.skills.deactivate"
        for guest in self.guests.values():
            self.bus.emit(guest.forward(leave, {"skill_id": self.skill_id}))


class MentionsToNobody(Zoo):
    """Sets a context without a session, so in the default session."""

    def mention(self, message: Message) -> None:
        context = f"{self.alphanumeric_skill_id}TigerContext"
        self.bus.emit(Message("add_context", {"context": context, "word": "tigers"}))
