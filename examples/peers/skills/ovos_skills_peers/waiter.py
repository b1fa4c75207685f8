"""Do something later."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class WaiterSkill(OVOSSkill):
    """Come back after three seconds."""

    @intent_handler(IntentBuilder("LaterIntent").require("Later"))
    def handle_later(self, message: Message) -> None:
        """Schedule an event."""
        self.speak("in a moment")
        self.schedule_event(self.handle_back, 3, name="back")

    def handle_back(self, message: Message) -> None:
        """Speak in the session that asked for it."""
        self.speak("here i am")
