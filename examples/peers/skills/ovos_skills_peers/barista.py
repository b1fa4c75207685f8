"""Take an order that needs a second answer."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class BaristaSkill(OVOSSkill):
    """Keep in the session's context that the kind of milk is still open."""

    @intent_handler(IntentBuilder("OrderIntent").require("Coffee"))
    def handle_order(self, message: Message) -> None:
        """Take an order and wait for the milk."""
        self.set_context("MilkIsOpen", "open")
        self.speak("with which milk")

    @intent_handler(IntentBuilder("MilkIntent").require("Milk").require("MilkIsOpen"))
    def handle_milk(self, message: Message) -> None:
        """Complete the order; a second time needs a new one."""
        self.remove_context("MilkIsOpen")
        self.speak("here you are")
