"""Converse only when in the mood for it."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler

try:
    from ovos_workshop.skills.converse import ConversationalSkill
except ImportError:  # before ovos-workshop 5, every skill could converse
    from ovos_workshop.skills import OVOSSkill as ConversationalSkill


class MoodySkill(ConversationalSkill):
    """Always say that it can converse, and decline when it comes to that."""

    def initialize(self) -> None:
        """Begin in a bad mood."""
        self.talkative = False

    @intent_handler("be.talkative.intent")
    def handle_be_talkative(self, message: Message) -> None:
        """Take what is said from now on."""
        self.talkative = True
        self.speak("i am all ears")

    @intent_handler("be.silent.intent")
    def handle_be_silent(self, message: Message) -> None:
        """Decline what is said from now on."""
        self.talkative = False
        self.speak("leave me alone")

    def can_converse(self, message: Message) -> bool:
        """Promise what the mood may not keep."""
        return True

    def converse(self, message: Message) -> bool:
        """Keep the promise or not."""
        return self.talkative
