"""Converse only when in the mood for it."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler

from ovos_skills_peers.conversational import ConversationalSkill


class MoodySkill(ConversationalSkill):
    """Claim that it can converse, and decline when asked to."""

    def initialize(self) -> None:
        """Begin in a bad mood."""
        self.talkative = False

    @intent_handler("be.talkative.intent")
    def handle_be_talkative(self, message: Message) -> None:
        """Accept utterances from now on."""
        self.talkative = True
        self.speak("i am all ears")

    @intent_handler("be.silent.intent")
    def handle_be_silent(self, message: Message) -> None:
        """Decline utterances from now on."""
        self.talkative = False
        self.speak("leave me alone")

    def can_converse(self, message: Message) -> bool:
        """Return True, whatever the mood."""
        return True

    def converse(self, message: Message) -> bool:
        """Accept or decline an utterance, depending on the mood."""
        return self.talkative
