"""Do something that can be stopped, for each session by itself."""

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class JugglerSkill(OVOSSkill):
    """Say which way of stopping was taken: the session's own, or everybody's."""

    def initialize(self) -> None:
        """Begin with no session for which anything is in the air."""
        self.juggling = set()

    @intent_handler(IntentBuilder("JuggleIntent").require("Juggle"))
    def handle_juggle(self, message: Message) -> None:
        """Begin to juggle for a session."""
        self.juggling.add(SessionManager.get(message).session_id)
        self.speak("three balls are in the air")

    def can_stop(self, message: Message) -> bool:
        """Be there to be stopped, whether there is something to stop or not."""
        return True

    def stop_session(self, session: Session) -> bool:
        """Stop for one session; true if there was something to stop."""
        if session.session_id not in self.juggling:
            return False
        self.juggling.remove(session.session_id)
        self.speak("your balls are down")
        return True

    def stop(self) -> None:
        """Stop for everybody."""
        self.speak("all balls are down")
