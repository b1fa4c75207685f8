"""Skills that do not wait while they work, so that only threads can disturb them."""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Echo(OVOSSkill):
    """Repeats what is said."""

    def repeated(self, words: str) -> str:
        """Return the words to say."""
        return words

    @intent_handler("repeat.intent")
    def handle_repeat(self, message: Message) -> None:
        """Repeat it."""
        self.speak_dialog("repeat", {"words": self.repeated(message.data["words"])})


class Waiter(OVOSSkill):
    """Adds things to the bill of a session, and reads it."""

    def initialize(self) -> None:
        self.bills: dict[str, tuple[str, ...]] = {}

    def add(self, session: str, thing: str) -> None:
        """Add something to a bill."""
        raise NotImplementedError

    @intent_handler("add.intent")
    def handle_add(self, message: Message) -> None:
        """Add something, and read the bill."""
        session = SessionManager.get(message).session_id
        self.add(session, message.data["thing"])
        self.speak_dialog("bill", {"things": " and ".join(self.bills[session])})
