"""Skills with moods of their own: chance, errors, and answers that are slow or late.

Whoever else is there makes no difference to the sound ones.
"""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill

SECONDS = 5
"""After how many seconds something happens by itself."""


class Moody(OVOSSkill):
    """Tells its state, and begins something."""

    def state(self, message: Message) -> str:
        """Return what is told."""
        return "fine"

    def begin(self, message: Message) -> None:
        """Begin something."""

    @intent_handler("ask.intent")
    def handle_ask(self, message: Message) -> None:
        """Tell the state."""
        self.speak_dialog("state", {"state": self.state(message)})

    @intent_handler("begin.intent")
    def handle_begin(self, message: Message) -> None:
        """Begin, and say so."""
        self.begin(message)
        self.speak_dialog("begun")


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
