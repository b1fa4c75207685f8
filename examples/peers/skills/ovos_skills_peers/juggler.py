"""Start an activity that each session can stop for itself."""

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class JugglerSkill(OVOSSkill):
    """Tell whether one session or everybody was stopped."""

    def initialize(self) -> None:
        """Begin without any activity."""
        self.juggling = set()

    @intent_handler(IntentBuilder("JuggleIntent").require("Juggle"))
    def handle_juggle(self, message: Message) -> None:
        """Start juggling for a session."""
        self.juggling.add(SessionManager.get(message).session_id)
        self.speak("three balls are in the air")

    def can_stop(self, message: Message) -> bool:
        """Return True, whether or not there is something to stop."""
        return True

    def stop_session(self, session: Session) -> bool:
        """Stop for one session; return True if there was something to stop."""
        if session.session_id not in self.juggling:
            return False
        self.juggling.remove(session.session_id)
        self.speak("your balls are down")
        return True

    def stop(self) -> None:
        """Stop for everybody."""
        self.speak("all balls are down")
