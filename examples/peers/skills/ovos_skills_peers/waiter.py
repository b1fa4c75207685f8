"""Schedule an event."""

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class WaiterSkill(OVOSSkill):
    """Speak again after three seconds."""

    @intent_handler(IntentBuilder("LaterIntent").require("Later"))
    def handle_later(self, message: Message) -> None:
        """Schedule the event."""
        self.speak("in a moment")
        self.schedule_event(self.handle_back, 3, name="back")

    def handle_back(self, message: Message) -> None:
        """Speak in the session that asked for it."""
        self.speak("here i am")
