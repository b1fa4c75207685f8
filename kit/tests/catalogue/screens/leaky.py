"""Boards that show, play or send to one session what is another's."""

from __future__ import annotations

import random

from catalogue.screens import Board, Reader, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class ShowsTheLatest(Board):
    """Sends the latest note of anybody to the screen of the session."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        values = {"__from": self.skill_id, "note": thing}
        self.bus.emit(message.forward("gui.value.set", values))


class ShowsItOnTheDevice(Board):
    """Shows the latest note of anybody on the screen of the device."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        self.gui["note"] = thing
        self.gui.show_page("note")


class PlaysTheLatest(Board):
    """Plays the latest note of anybody."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        tracks = {"tracks": [f"https://example.org/{thing}.mp3"]}
        self.bus.emit(message.forward("mycroft.audio.service.play", tracks))


class SendsItElsewhere(Board):
    """Answers in the right session, but sends the answer to who noted last."""

    guest: Message | None = None

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.guest = message
        super().handle_note(message)

    def show(self, message: Message, thing: str) -> None:
        shown = message.forward("gui.value.set", {"note": thing})
        guest = self.guest or message
        shown.context["destination"] = guest.context["destination"]
        self.bus.emit(shown)


class SpeaksForAnother(Board):
    """Adds to what it says the site of who noted first."""

    site: str | None = None

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.site = self.site or SessionManager.get(message).site_id
        super().handle_note(message)

    @intent_handler("show.intent")
    def handle_show(self, message: Message) -> None:
        self.speak("here you are", meta={"from": self.site})


class SendsItToTheDevice(Board):
    """Sends the latest note of anybody in a message that belongs to no session."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        self.bus.emit(Message("screens.shown", {"note": thing}))


class CountsOneGuest(Board):
    """Counts in a listener that says nothing, and raises if another session comes."""

    guest = ""

    def initialize(self) -> None:
        super().initialize()
        self.add_event("screens.count", self.count, speak_errors=False)

    def count(self, message: Message) -> None:
        """Count the notes of the one guest."""
        self.guest = self.guest or session_id(message)
        if self.guest != session_id(message):
            raise LookupError("there is another guest")

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.bus.emit(message.forward("screens.count"))
        super().handle_note(message)

    def show(self, message: Message, thing: str) -> None:
        pass


class ReadsInAnyOrder(Reader):
    """Reads to everybody in the order that anybody has chosen."""

    def reader(self, message: Message) -> str:
        return "everybody"


class TellsTheLatestNumber(OVOSSkill):
    """Draws a random number for each session, and tells anybody the latest."""

    number: int | None = None

    @intent_handler("draw.intent")
    def handle_draw(self, message: Message) -> None:
        """Draw a number."""
        self.number = random.randrange(1_000_000)  # noqa: S311  # not secret
        self.speak_dialog("number", {"number": self.number})

    @intent_handler("number.intent")
    def handle_number(self, message: Message) -> None:
        """Tell it again."""
        if self.number is None:
            self.speak_dialog("none")
        else:
            self.speak_dialog("number", {"number": self.number})


class WritesItOnTheFace(Board):
    """Writes the latest note of anybody on the faceplate."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        self.enclosure.mouth_text(thing)


class PlaysItsFile(Board):
    """Plays the latest note of anybody with ``play_audio``."""

    def owner(self, message: Message) -> str:
        return "everybody"

    def show(self, message: Message, thing: str) -> None:
        self.play_audio(f"/notes/{thing}.mp3")


class ShowsThePage(Board):
    """Shows a page with what the settings of the skill say was noted last."""

    def initialize(self) -> None:
        super().initialize()
        self.settings.setdefault("notes", [])

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.settings["notes"].append(message.data["thing"])
        self.speak_dialog("noted")

    def show(self, message: Message, thing: str) -> None:
        self.gui.show_text("; ".join(self.settings["notes"][-1:]))
