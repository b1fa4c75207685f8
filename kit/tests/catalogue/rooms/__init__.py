"""Skills that know of a session where it is and which language it speaks."""

from __future__ import annotations

from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.intents import IntentBuilder
from ovos_workshop.skills import OVOSSkill


class Guide(OVOSSkill):
    """Greets, and tells a session where it is."""

    @intent_handler("hello.intent")
    def handle_hello(self, message: Message) -> None:
        """Greet."""
        self.speak_dialog("hello")

    @intent_handler("where.intent")
    def handle_where(self, message: Message) -> None:
        """Tell the room."""
        self.speak_dialog("where", {"site": SessionManager.get(message).site_id})


class Zoo(OVOSSkill):
    """Tells of tigers, and then how old they get: the second needs the first."""

    def mention(self, message: Message) -> None:
        """Let "they" be tigers from now on."""
        raise NotImplementedError

    @intent_handler(IntentBuilder("TigerIntent").require("About").require("Tiger"))
    def handle_tiger(self, message: Message) -> None:
        """Tell of tigers."""
        self.mention(message)
        self.speak_dialog("tiger")

    @intent_handler(IntentBuilder("AgeIntent").require("Age").require("TigerContext"))
    def handle_age(self, message: Message) -> None:
        """Tell their age."""
        self.speak_dialog("tiger.age")
