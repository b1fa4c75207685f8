"""Answer what nobody else understands, and leave the conversation on demand."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill


class HelperSkill(FallbackSkill):
    """Be the last to answer, and inactive afterwards if an event says so.

    Since ovos-core 2.0 a fallback cannot leave a conversation, as it is in none.
    """

    def initialize(self) -> None:
        """Stay in the conversation, and listen to the event."""
        self.leaves = False
        self.add_event("peers.help", self.handle_help)

    def handle_help(self, message: Message) -> None:
        """Become active now, and inactive with the next answer."""
        self.activate()
        self.leaves = True

    def can_answer(self, *args: object) -> bool:
        """Always have an answer; what it is asked depends on ovos-workshop."""
        return True

    @fallback_handler(priority=100)
    def handle_fallback(self, message: Message) -> bool:
        """Answer, and leave."""
        self.speak("i am no help")
        if self.leaves:
            self.deactivate()
        return True
