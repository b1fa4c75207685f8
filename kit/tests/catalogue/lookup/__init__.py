"""Skills that ask a service on the bus, and skills that share something that breaks."""

from __future__ import annotations

import time

from ovos_bus_client.message import Message
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class Encyclopedia(OVOSSkill):
    """Looks things up at a service, which takes its time for each."""

    def initialize(self) -> None:
        self.add_event("catalogue.look_up", self.serve, speak_errors=False)

    def serve(self, message: Message) -> None:
        """Be the service: answer a request with what it was about."""
        time.sleep(1)
        self.bus.emit(message.response(message.data))

    def look_up(self, message: Message, thing: str) -> str | None:
        """Ask the service."""
        raise NotImplementedError

    @intent_handler("look.up.intent")
    def handle_look_up(self, message: Message) -> None:
        """Tell what the service knows."""
        thing = self.look_up(message, message.data["thing"])
        if thing is None:
            self.speak_dialog("no.result")
        else:
            self.speak_dialog("result", {"thing": thing})
