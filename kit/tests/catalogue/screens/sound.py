"""Boards that show, play and send to each session its own."""

from __future__ import annotations

import random

from catalogue.screens import Board, Reader, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class ShowsToTheSession(Board):
    """Sends a session's note to its screen, with a number that nobody hears."""

    count = 0

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.count += 1  # of all notes
        super().handle_note(message)

    def show(self, message: Message, thing: str) -> None:
        values = {"__from": self.skill_id, "note": thing}
        self.bus.emit(message.forward("gui.value.set", values))


class ReportsToTheDevice(Board):
    """Sends the number of all notes to whoever on the device counts them."""

    count = 0

    def show(self, message: Message, thing: str) -> None:
        self.count += 1
        self.bus.emit(Message("screens.metrics", {"shown": self.count}))


class ShowsOnTheDevice(Board):
    """Shows a session's note on the screen of the device, which all share."""

    def show(self, message: Message, thing: str) -> None:
        self.gui["note"] = thing
        self.gui["length"] = len(thing)
        self.gui.show_page("note")


class PlaysToTheSession(Board):
    """Plays a session's note, and asks a part of itself for the file first."""

    def initialize(self) -> None:
        super().initialize()
        self.count = 0
        self.add_event("screens.find", self.find, speak_errors=False)

    def find(self, message: Message) -> None:
        """Find a file."""
        uri = f"https://example.org/{message.data['thing']}.mp3"
        self.bus.emit(message.forward("mycroft.audio.service.play", {"tracks": [uri]}))

    def show(self, message: Message, thing: str) -> None:
        self.count += 1
        request = {"thing": thing, "number": self.count}
        self.bus.emit(message.forward("screens.find", request))


class SendsItHere(Board):
    """Answers the client that asks."""

    def show(self, message: Message, thing: str) -> None:
        shown = message.forward("gui.value.set", {"note": thing})
        shown.context["destination"] = message.context["destination"]
        self.bus.emit(shown)


class SpeaksForItself(Board):
    """Adds to what it says the site where the session noted something."""

    def initialize(self) -> None:
        super().initialize()
        self.sites: dict[str, str] = {}

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        session = SessionManager.get(message)
        self.sites.setdefault(session.session_id, session.site_id)
        super().handle_note(message)

    @intent_handler("show.intent")
    def handle_show(self, message: Message) -> None:
        site = self.sites.get(SessionManager.get(message).session_id)
        self.speak("here you are", meta={"from": site, "dialog": "here"})


class ReadsInOrder(Reader):
    """Reads to each session in the order that it has chosen."""


class TellsItsNumber(OVOSSkill):
    """Draws a random number for each session, and tells it its own."""

    def initialize(self) -> None:
        self.numbers: dict[str, int] = {}

    @intent_handler("draw.intent")
    def handle_draw(self, message: Message) -> None:
        """Draw a number."""
        number = self.numbers[session_id(message)] = random.randrange(1_000_000)  # noqa: S311  # not secret
        self.speak_dialog("number", {"number": number})

    @intent_handler("number.intent")
    def handle_number(self, message: Message) -> None:
        """Tell it again."""
        number = self.numbers.get(session_id(message))
        if number is None:
            self.speak_dialog("none")
        else:
            self.speak_dialog("number", {"number": number})


class DrawsFromOneBag(TellsItsNumber):
    """Draws from one bag of three numbers, which may be another session's, too."""

    @intent_handler("draw.intent")
    def handle_draw(self, message: Message) -> None:
        number = self.numbers[session_id(message)] = random.SystemRandom().randrange(3)
        self.speak_dialog("number", {"number": number})


class WritesOnTheFace(Board):
    """Writes a session's note on the faceplate, and takes it off again."""

    def show(self, message: Message, thing: str) -> None:
        self.enclosure.mouth_text(thing)
        self.enclosure.reset()


class PlaysFilesOfSessions(Board):
    """Plays a session's note with ``play_audio``, and a jingle before it."""

    def show(self, message: Message, thing: str) -> None:
        self.play_audio("/notes/jingle.mp3")
        self.play_audio(f"/notes/{thing}.mp3")


class ShowsPagesOfSessions(Board):
    """Shows a page with what its settings say that the session noted last."""

    @intent_handler("note.intent")
    def handle_note(self, message: Message) -> None:
        self.settings[session_id(message)] = message.data["thing"]
        self.speak_dialog("noted")

    def show(self, message: Message, thing: str) -> None:
        self.gui.show_text(self.settings.get(session_id(message), ""))
