"""Repeat what was said: right for one speaker, wrong as soon as there are two."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class LeakySkill(OVOSSkill):
    """Remember what was said, but not by whom: that is the fault."""

    def initialize(self) -> None:
        """Listen to all utterances."""
        self.said = ["", ""]
        self.add_event("recognizer_loop:utterance", self.on_utterance)

    def on_utterance(self, message: Message) -> None:
        """Remember an utterance and the one before it."""
        self.said = [self.said[1], message.data["utterances"][0]]

    @intent_handler("repeat.stt.intent")
    def handle_repeat_stt(self, message: Message) -> None:
        """Answer with the utterance before this question."""
        self.speak_dialog("repeat.stt", {"stt": self.said[0]})
