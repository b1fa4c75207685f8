"""Answer what nobody else understands, and leave the conversation on request."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill


class HelperSkill(FallbackSkill):
    """Answer last, and become inactive with the answer if an event asked for it.

    Before ovos-core 2.0 only: since then a fallback is never active.
    """

    def initialize(self) -> None:
        """Listen to the event."""
        self.leaves = False
        self.add_event("peers.help", self.handle_help)

    def handle_help(self, message: Message) -> None:
        """Become active now, and inactive with the next answer."""
        self.activate()
        self.leaves = True

    def can_answer(self, *args: object) -> bool:
        """Return True; the arguments depend on the version of ovos-workshop."""
        return True

    @fallback_handler(priority=100)
    def handle_fallback(self, message: Message) -> bool:
        """Answer, and become inactive if asked to."""
        self.speak("i am no help")
        if self.leaves:
            self.deactivate()
        return True
