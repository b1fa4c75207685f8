"""Reminders: skills that speak later, when the session that asked is silent."""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill

SECONDS = 10
"""After how many seconds a session is reminded."""


class Reminder(OVOSSkill):
    """Confirms a reminder; how it comes is what its variants are about."""

    def set_up(self, message: Message, thing: str) -> None:
        """See to it that the session is reminded."""
        raise NotImplementedError

    def remind(self, message: Message, thing: str) -> None:
        """Speak to the session that a message belongs to; OVOS digs for it."""
        self.speak_dialog("reminder", {"thing": thing})

    @intent_handler("remind.intent")
    def handle_remind(self, message: Message) -> None:
        """Confirm a reminder."""
        self.set_up(message, message.data["thing"])
        self.speak_dialog("will.do")


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
