"""Join a conversation on an event of the bus, and leave it at the first word."""

from ovos_bus_client.message import Message

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:  # before ovos-workshop 5, every skill could converse
    from ovos_workshop.skills import OVOSSkill as ConversationalSkill


class GuestSkill(ConversationalSkill):
    """Become active and inactive without any intent."""

    def initialize(self) -> None:
        """Listen to the events."""
        self.add_event("peers.join", self.handle_join)
        self.add_event("peers.leave", self.handle_leave)

    def handle_join(self, message: Message) -> None:
        """Become active."""
        self.activate()

    def handle_leave(self, message: Message) -> None:
        """Become inactive."""
        self.deactivate()

    def can_converse(self, message: Message) -> bool:
        """Take whatever is said while the skill is active."""
        return True

    def converse(self, message: Message) -> bool:
        """Become inactive in the middle of a conversation."""
        self.deactivate()
        return True
