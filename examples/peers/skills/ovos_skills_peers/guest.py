"""Join a conversation on a bus event, and leave it at the first utterance."""

from ovos_bus_client.message import Message

from ovos_skills_peers.conversational import ConversationalSkill


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
        """Accept every utterance while the skill is active."""
        return True

    def converse(self, message: Message) -> bool:
        """Become inactive during a conversation."""
        self.deactivate()
        return True
