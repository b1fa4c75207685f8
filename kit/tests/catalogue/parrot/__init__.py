"""Parrots: skills that hear what is said, by anybody, and repeat it when asked."""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Parrot(OVOSSkill):
    """Keeps what each session said last, apart from what it asks."""

    def initialize(self) -> None:
        self.words: dict[str, str] = {}
        self.add_event("recognizer_loop:utterance", self.hear, speak_errors=False)

    def hear(self, message: Message) -> None:
        """Remember what was said."""
        utterance = message.data["utterances"][0]
        if not self.voc_match(utterance, "again"):
            self.words[session_id(message)] = utterance

    @intent_handler("again.intent")
    def handle_again(self, message: Message) -> None:
        """Repeat it."""
        words = self.words.get(session_id(message))
        if words is None:
            self.speak_dialog("nothing")
        else:
            self.speak_dialog("again", {"words": words})


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
