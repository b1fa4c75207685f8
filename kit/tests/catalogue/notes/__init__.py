"""Notebooks: skills that keep one note and tell it when they are asked.

The base class has the handlers; how a note is kept is what its variants are about.
"""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Notebook(OVOSSkill):
    """Takes a note and tells the latest one."""

    def write(self, message: Message, thing: str) -> None:
        """Keep a note."""
        raise NotImplementedError

    def read(self, message: Message) -> str | None:
        """Return the note that is kept."""
        raise NotImplementedError

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        """Take a note."""
        self.write(message, message.data["thing"])
        self.speak_dialog("noted")

    @intent_handler("recall.intent")
    def handle_recall(self, message: Message) -> None:
        """Tell the note."""
        thing = self.read(message)
        if thing is None:
            self.speak_dialog("no.note")
        else:
            self.speak_dialog("note", {"thing": thing})


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
