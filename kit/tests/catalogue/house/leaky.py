"""Skills of a house that take one guest for another, late or among many."""

from __future__ import annotations

from datetime import timedelta

from catalogue.house import Guide, Painter, Porter, Shopper
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_utils.time import now_local


class KeepsTheFirstUnits(Guide):
    """Uses the units and the place of the first session for everybody."""

    first: Session | None = None

    def guest(self, message: Message) -> Session:
        self.first = self.first or super().guest(message)
        return self.first


class GreetsAsBefore(Porter):
    """Decides once what time of day it is."""

    part: str | None = None

    def greeting(self, message: Message) -> str:
        self.part = self.part or super().greeting(message)
        return self.part


class WakesTheLatest(Porter):
    """Wakes whoever asked last, two hours later."""

    asked: Message | None = None

    def wake(self, message: Message) -> None:
        self.asked = message
        when = now_local() + timedelta(hours=2)
        name = message.context["session"]["session_id"]
        self.schedule_event(self.ring, when, name=name)

    def ring(self) -> None:
        """Wake a guest."""
        if self.asked:
            text = self.resources.render_dialog("wake")
            self.bus.emit(self.asked.forward("speak", {"utterance": text}))


class PaintsOneHouse(Painter):
    """Has only one house to paint."""

    def house(self, message: Message) -> str:
        return "the house"


class HasFourLists(Shopper):
    """Has four lists; a fifth owner gets one that another has."""

    def initialize(self) -> None:
        super().initialize()
        self.numbers: dict[str, int] = {}

    def owner(self, message: Message) -> str:
        session = super().owner(message)
        number = self.numbers.setdefault(session, len(self.numbers))
        return f"list {number % 4}"


class MixesUpTheTenth(Shopper):
    """Gives the tenth who asks somebody else's list."""

    calls = 0

    def owner(self, message: Message) -> str:
        self.calls += 1
        own = super().owner(message)
        others = [each for each in self.lists if each != own]
        return others[0] if self.calls >= 10 and others else own
