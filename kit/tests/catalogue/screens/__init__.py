"""Skills that show, play and send what they keep, and say no more than "here you are".

What differs between them is seen in messages, in their routing or in an order.
"""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Board(OVOSSkill):
    """Takes a note, and shows the latest one of the session."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def owner(self, message: Message) -> str:
        """Return whose note to show."""
        return session_id(message)

    def show(self, message: Message, thing: str) -> None:
        """Show a note."""
        raise NotImplementedError

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        """Take a note."""
        self.notes[self.owner(message)] = message.data["thing"]
        self.speak_dialog("noted")

    @intent_handler("show.intent")
    def handle_show(self, message: Message) -> None:
        """Show it."""
        self.show(message, self.notes.get(self.owner(message), ""))
        self.speak_dialog("here")


class Reader(OVOSSkill):
    """Reads two lines, in the order that a session has chosen."""

    def initialize(self) -> None:
        self.reversed: set[str] = set()

    def reader(self, message: Message) -> str:
        """Return who has chosen."""
        return session_id(message)

    @intent_handler("reverse.intent")
    def handle_reverse(self, message: Message) -> None:
        """Reverse the order."""
        self.reversed.add(self.reader(message))
        self.speak_dialog("reversed")

    @intent_handler("lines.intent")
    def handle_lines(self, message: Message) -> None:
        """Read the lines."""
        lines = ["roses", "violets"]
        if self.reader(message) in self.reversed:
            lines.reverse()
        for line in lines:
            self.speak_dialog(line)


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
