"""Hang until killed."""

import time

from ovos_bus_client.message import Message
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill

from ovos_skills_peers.conversational import ConversationalSkill


class StubbornFallbackSkill(FallbackSkill):
    """Hang in a fallback."""

    @fallback_handler(priority=20)
    def handle_fallback(self, message: Message) -> None:
        """Hang."""
        while True:
            time.sleep(0.1)

    def can_answer(self, *args: object) -> bool:
        """Return True; the arguments depend on the version of ovos-workshop."""
        return True


class StubbornGuestSkill(ConversationalSkill):
    """Join a conversation on a bus event, and hang at the first utterance."""

    def initialize(self) -> None:
        """Listen to the event."""
        self.add_event("peers.join", self.handle_join)

    def handle_join(self, message: Message) -> None:
        """Become active."""
        self.activate()

    def can_converse(self, message: Message) -> bool:
        """Accept every utterance while the skill is active."""
        return True

    def converse(self, message: Message) -> None:
        """Hang."""
        while True:
            time.sleep(0.1)
