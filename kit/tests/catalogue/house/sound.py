"""Skills of a house that know their guests."""

from __future__ import annotations

from datetime import timedelta

from catalogue.house import Guide, Painter, Porter, Shopper, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_utils.time import now_local


class KnowsTheUnits(Guide):
    """Keeps the last session of each guest."""

    def initialize(self) -> None:
        self.guests: dict[str, Session] = {}

    def guest(self, message: Message) -> Session:
        guest = super().guest(message)
        self.guests[guest.session_id] = guest
        return self.guests[session_id(message)]


class GreetsByTheClock(Porter):
    """Greets by the time of day, which is the same for all, and wakes each guest."""

    def initialize(self) -> None:
        self.asked: dict[str, Message] = {}

    def wake(self, message: Message) -> None:
        guest = session_id(message)
        self.asked[guest] = message
        when = now_local() + timedelta(hours=2)
        self.schedule_event(self.ring, when, {"guest": guest}, name=guest)

    def ring(self, message: Message) -> None:
        """Wake a guest."""
        asked = self.asked.pop(message.data["guest"])
        text = self.resources.render_dialog("wake")
        self.bus.emit(asked.forward("speak", {"utterance": text}))


class PaintsEachHouse(Painter):
    """The base class, unchanged."""


class HasManyLists(Shopper):
    """Counts all calls, and tells nobody."""

    calls = 0

    def owner(self, message: Message) -> str:
        self.calls += 1
        return super().owner(message)
