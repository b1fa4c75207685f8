"""Notebooks that mix up the notes of their sessions, each in another way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import lru_cache

from catalogue.notes import Notebook, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill

_latest: str | None = None


class KeptOnSelf(Notebook):
    """Keeps the note on the skill, which is one object for all sessions."""

    note: str | None = None

    def write(self, message: Message, thing: str) -> None:
        self.note = thing

    def read(self, message: Message) -> str | None:
        return self.note


class KeptOnTheClass(Notebook):
    """Keeps notes in a list of the class, which all instances share."""

    notes: list[str] = []  # noqa: RUF012  # that is the leak

    def write(self, message: Message, thing: str) -> None:
        self.notes.append(thing)

    def read(self, message: Message) -> str | None:
        return self.notes[-1] if self.notes else None


class KeptInTheModule(Notebook):
    """Keeps the note in a global of the module."""

    def write(self, message: Message, thing: str) -> None:
        global _latest  # noqa: PLW0603  # that is the leak
        _latest = thing

    def read(self, message: Message) -> str | None:
        return _latest


class KeptInADefault(Notebook):
    """Keeps the note in a mutable default, which is created only once."""

    def write(self, message: Message, thing: str) -> None:
        self.page(thing)

    def read(self, message: Message) -> str | None:
        page = self.page()
        return page[-1] if page else None

    def page(self, thing: str | None = None, lines: list[str] = []) -> list[str]:  # noqa: B006  # that is the leak
        """Add a line and return all lines."""
        if thing is not None:
            lines.append(thing)
        return lines


class KeptInTheSettings(Notebook):
    """Keeps the note in the settings, which belong to the skill."""

    def write(self, message: Message, thing: str) -> None:
        self.settings["note"] = thing
        self.settings.store()

    def read(self, message: Message) -> str | None:
        note: str | None = self.settings.get("note")
        return note


class KeptInAFile(Notebook):
    """Keeps the note in a file of the skill's folder."""

    def write(self, message: Message, thing: str) -> None:
        with self.file_system.open("note.txt", "w") as file:
            file.write(thing)

    def read(self, message: Message) -> str | None:
        if not self.file_system.exists("note.txt"):
            return None
        with self.file_system.open("note.txt", "r") as file:
            note: str = file.read()
        return note


class KeptByLanguage(Notebook):
    """Keeps one note per language, which several sessions may speak."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[self.lang] = thing

    def read(self, message: Message) -> str | None:
        return self.notes.get(self.lang)


class KeptBySite(Notebook):
    """Keeps one note per site, where several sessions may be."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[SessionManager.get(message).site_id] = thing

    def read(self, message: Message) -> str | None:
        return self.notes.get(SessionManager.get(message).site_id)


class KeptByThread(Notebook):
    """Keeps the note by thread, but threads of the bus serve any session."""

    def initialize(self) -> None:
        self.mine = threading.local()

    def write(self, message: Message, thing: str) -> None:
        self.mine.note = thing

    def read(self, message: Message) -> str | None:
        return getattr(self.mine, "note", None)


class KeptBySession(Notebook):
    """Keeps notes as it should; those below spoil it."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)] = thing

    def read(self, message: Message) -> str | None:
        return self.notes.get(session_id(message))


class FallsBackToAnybody(KeptBySession):
    """Tells a session without a note the latest note of anybody."""

    def read(self, message: Message) -> str | None:
        note = super().read(message)
        return note or next(reversed(self.notes.values()), None)


class RemembersTwo(KeptBySession):
    """Has room for two notes: that of a third session replaces the first."""

    def write(self, message: Message, thing: str) -> None:
        super().write(message, thing)
        while len(self.notes) > 2:
            del self.notes[next(iter(self.notes))]


class AnswersFromACache(KeptBySession):
    """Caches answers by question, not by session."""

    def initialize(self) -> None:
        super().initialize()
        self.look_up = lru_cache(self.look_up_anew)

    def read(self, message: Message) -> str | None:
        return self.look_up(message.data["utterance"])

    def look_up_anew(self, question: str) -> str | None:
        return self.notes.get(SessionManager.get().session_id)


class StopsEverybody(KeptBySession):
    """Deletes the notes of all sessions when one says stop."""

    def can_stop(self, message: Message) -> bool:
        return session_id(message) in self.notes

    def stop(self) -> bool:
        self.notes.clear()
        return True


class StopsTheLatest(KeptBySession):
    """Deletes the latest note when anybody says stop."""

    def can_stop(self, message: Message) -> bool:
        return bool(self.notes)

    def stop_session(self, session: Session) -> bool:
        if not self.notes:
            return False
        self.notes.popitem()
        return True


class WalksOverAll(KeptBySession):
    """Iterates over a dict of notes while other sessions change it."""

    def read(self, message: Message) -> str | None:
        for owner in self.notes:
            self.check_age(owner)
        return super().read(message)

    def check_age(self, owner: str) -> None:
        """Ask a database for the age of a note, which takes its time."""
        time.sleep(0.05)


class Diary(OVOSSkill):
    """Adds missing slots to one dict for all sessions."""

    def initialize(self) -> None:
        self.slots = {"day": "today"}

    @intent_handler("plan.intent")
    def handle_plan(self, message: Message) -> None:
        """Confirm a plan."""
        self.slots.update({k: message.data[k] for k in self.slots if k in message.data})
        self.speak_dialog("planned", {"thing": message.data["thing"], **self.slots})


class TicketMachine(OVOSSkill):
    """Counts up for all sessions together."""

    issued = 0

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the next number."""
        self.issued += 1
        self.speak_dialog("ticket", {"number": self.issued})


class ChangesItsWords(OVOSSkill):
    """Chooses the line of a dialog by whether anybody has asked before."""

    has_been_asked = False

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the same number, in one line or the other."""
        still = "still " if self.has_been_asked else ""
        self.has_been_asked = True
        meta = {"dialog": "ticket", "data": {"number": 7}}
        self.speak(f"your number is {still}7", meta=meta)


class StoryTeller(OVOSSkill):
    """Tells one story, and gives its next part to whoever asks."""

    def initialize(self) -> None:
        self.story = self.parts()

    def parts(self) -> Iterator[str]:
        """Yield the dialogs of the story."""
        while True:
            yield from ("story.begins", "story.goes.on", "story.ends")

    @intent_handler("story.intent")
    def handle_story(self, message: Message) -> None:
        """Tell a part."""
        self.speak_dialog(next(self.story))


class JokeBox(OVOSSkill):
    """Has two jokes for everybody, and raises when both have been told."""

    def initialize(self) -> None:
        self.jokes = ["joke", "joke"]

    @intent_handler("joke.intent")
    def handle_joke(self, message: Message) -> None:
        """Tell a joke."""
        self.speak_dialog(self.jokes.pop())
