"""Never come to an end, unless somebody ends it."""

import time

from ovos_bus_client.message import Message
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:  # before ovos-workshop 5, every skill could converse
    from ovos_workshop.skills import OVOSSkill as ConversationalSkill


class StubbornFallbackSkill(FallbackSkill):
    """Answer whatever nobody else understands, and never be done with it."""

    @fallback_handler(priority=20)
    def handle_fallback(self, message: Message) -> None:
        """Hang."""
        while True:
            time.sleep(0.1)

    def can_answer(self, *args: object) -> bool:
        """Be the first to try."""
        return True


class StubbornGuestSkill(ConversationalSkill):
    """Join a conversation on an event of the bus, and hang at the first word."""

    def initialize(self) -> None:
        """Listen to the event."""
        self.add_event("peers.join", self.handle_join)

    def handle_join(self, message: Message) -> None:
        """Become active."""
        self.activate()

    def can_converse(self, message: Message) -> bool:
        """Take whatever is said while the skill is active."""
        return True

    def converse(self, message: Message) -> None:
        """Hang."""
        while True:
            time.sleep(0.1)
