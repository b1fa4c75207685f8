"""Skills about a house: units, places, times of day, colours and lists of those in it.

A leak of theirs shows only if sessions differ in what they are or say, if hours pass,
or if there are more of them than a short dialogue has.
"""

from __future__ import annotations

from datetime import datetime

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill

_NOON, _EVENING = 12, 18


class Guide(OVOSSkill):
    """Tells a height in the session's units, and the city that it is in."""

    def guest(self, message: Message) -> Session:
        """Return the session to which to tell something."""
        return SessionManager.get(message)

    @intent_handler("tall.intent")
    def handle_tall(self, message: Message) -> None:
        """Tell a height."""
        is_metric = self.guest(message).system_unit == "metric"
        height = "eighty meters" if is_metric else "ninety yards"
        self.speak_dialog("tall", {"height": height})

    @intent_handler("city.intent")
    def handle_city(self, message: Message) -> None:
        """Tell the city."""
        city = self.guest(message).location_preferences["city"]["name"]
        self.speak_dialog("city", {"city": city})


class Porter(OVOSSkill):
    """Greets by the time of day, and wakes guests two hours later."""

    def greeting(self, message: Message) -> str:
        """Return what a guest is wished."""
        return part_of_day()

    def wake(self, message: Message) -> None:
        """Let a guest be woken two hours later."""
        raise NotImplementedError

    @intent_handler("greet.intent")
    def handle_greet(self, message: Message) -> None:
        """Greet."""
        self.speak_dialog("greeting", {"part": self.greeting(message)})

    @intent_handler("wake.intent")
    def handle_wake(self, message: Message) -> None:
        """Promise to wake a guest."""
        self.wake(message)
        self.speak_dialog("sleep")


class Painter(OVOSSkill):
    """Paints a house in one of three colours, and no other."""

    def initialize(self) -> None:
        self.colours: dict[str, str] = {}

    def house(self, message: Message) -> str:
        """Return whose house to paint."""
        return session_id(message)

    @intent_handler("paint.intent")
    def handle_paint(self, message: Message) -> None:
        """Paint it."""
        colour = message.data["colour"]
        if colour not in ("red", "green", "blue"):
            self.speak_dialog("no.colour")
            return
        self.colours[self.house(message)] = colour
        self.speak_dialog("painted")

    @intent_handler("colour.intent")
    def handle_colour(self, message: Message) -> None:
        """Tell its colour."""
        colour = self.colours.get(self.house(message), "white")
        self.speak_dialog("colour", {"colour": colour})


class Shopper(OVOSSkill):
    """Keeps a list for each session."""

    def initialize(self) -> None:
        self.lists: dict[str, list[str]] = {}

    def owner(self, message: Message) -> str:
        """Return whose list to use."""
        return session_id(message)

    @intent_handler("put.intent")
    def handle_put(self, message: Message) -> None:
        """Put something on a list."""
        owned = self.lists.setdefault(self.owner(message), [])
        owned.append(message.data["thing"])
        self.speak_dialog("put")

    @intent_handler("read.intent")
    def handle_read(self, message: Message) -> None:
        """Read a list."""
        things = self.lists.get(self.owner(message))
        if things:
            self.speak_dialog("list", {"things": " and ".join(things)})
        else:
            self.speak_dialog("empty")


def part_of_day() -> str:
    """Return the part of the day, in words."""
    hour = datetime.now().hour  # noqa: DTZ005  # the device's own time
    if hour < _NOON:
        return "morning"
    return "afternoon" if hour < _EVENING else "evening"


def session_id(message: Message) -> str:
    """Return the id of the session that a message belongs to."""
    found: str = SessionManager.get(message).session_id
    return found
