"""Skills that know whose answer it is."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import Future

from catalogue.lookup import Encyclopedia
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class ByNumber(Encyclopedia):
    """Gives each request a number, which its answer repeats."""

    def initialize(self) -> None:
        super().initialize()
        self.open: dict[str, Future[str]] = {}
        self.add_event("catalogue.look_up.response", self.arrive, speak_errors=False)

    def arrive(self, message: Message) -> None:
        """Take an answer to whoever waits for it."""
        self.open.pop(message.data["number"]).set_result(message.data["thing"])

    def look_up(self, message: Message, thing: str) -> str | None:
        number = str(uuid.uuid4())
        answer = self.open[number] = Future()
        request = {"thing": thing, "number": number}
        self.bus.emit(message.forward("catalogue.look_up", request))
        return answer.result(timeout=5)


class BySession(Encyclopedia):
    """Answers in the session of the request."""

    def initialize(self) -> None:
        super().initialize()
        self.add_event("catalogue.look_up.response", self.arrive, speak_errors=False)

    def arrive(self, message: Message) -> None:
        """Tell an answer to the session it belongs to."""
        self.speak_dialog("result", {"thing": message.data["thing"]})

    @intent_handler("look.up.intent")
    def handle_look_up(self, message: Message) -> None:
        self.bus.emit(message.forward("catalogue.look_up", message.data))


class Basket(OVOSSkill):
    """Always releases its lock, and says what it could not read."""

    def initialize(self) -> None:
        self.lock = threading.Lock()
        self.baskets: dict[str, int] = {}

    @intent_handler("add.intent")
    def handle_add(self, message: Message) -> None:
        """Count apples."""
        owner = SessionManager.get(message).session_id
        with self.lock:
            if message.data["number"].isdigit():
                count = self.baskets.get(owner, 0) + int(message.data["number"])
                self.baskets[owner] = count
        self.speak_dialog("added", {"count": self.baskets.get(owner, 0)})
