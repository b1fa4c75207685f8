"""Notebooks that keep the notes of their sessions apart, each in another way."""

from __future__ import annotations

import json
import queue
import random
import sqlite3
import threading
import time
import uuid
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from weakref import WeakValueDictionary

from catalogue.notes import Notebook, session_id
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_workshop.decorators import intent_handler
from ovos_workshop.skills import OVOSSkill


class ByLock(Notebook):
    """Keeps notes in a dict by session, with a lock."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}
        self.lock = threading.Lock()

    def write(self, message: Message, thing: str) -> None:
        with self.lock:
            self.notes[session_id(message)] = thing

    def read(self, message: Message) -> str | None:
        with self.lock:
            return self.notes.get(session_id(message))


class ByDefaultDict(Notebook):
    """Keeps all notes of each session and tells the latest."""

    def initialize(self) -> None:
        self.notes: defaultdict[str, list[str]] = defaultdict(list)

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)].append(thing)

    def read(self, message: Message) -> str | None:
        notes = self.notes[session_id(message)]
        return notes[-1] if notes else None


class BySettings(Notebook):
    """Keeps notes in the settings, under the id of the session."""

    def write(self, message: Message, thing: str) -> None:
        self.settings.setdefault("notes", {})[session_id(message)] = thing
        self.settings.store()

    def read(self, message: Message) -> str | None:
        note: str | None = self.settings.get("notes", {}).get(session_id(message))
        return note


class ByFile(Notebook):
    """Keeps each session's notes in a file of its own."""

    def write(self, message: Message, thing: str) -> None:
        with self.file_system.open(f"{session_id(message)}.json", "w") as file:
            json.dump({"note": thing}, file)

    def read(self, message: Message) -> str | None:
        name = f"{session_id(message)}.json"
        if not self.file_system.exists(name):
            return None
        with self.file_system.open(name, "r") as file:
            note: str = json.load(file)["note"]
        return note


class ByDatabase(Notebook):
    """Keeps notes in an in-memory database, with a row per session."""

    def initialize(self) -> None:
        self.lock = threading.Lock()
        self.db = sqlite3.connect(":memory:", check_same_thread=False)
        self.db.execute("CREATE TABLE notes (owner TEXT PRIMARY KEY, thing TEXT)")

    def write(self, message: Message, thing: str) -> None:
        row = (session_id(message), thing)
        with self.lock, self.db:
            self.db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", row)

    def read(self, message: Message) -> str | None:
        query = "SELECT thing FROM notes WHERE owner = ?"
        with self.lock:
            row = self.db.execute(query, (session_id(message),)).fetchone()
        return row[0] if row else None


@dataclass(frozen=True)
class Page:
    """What is known of a session; it cannot change."""

    thing: str | None = None


class ByFrozenPages(Notebook):
    """Creates a new mapping for each note, so that readers see no changes."""

    def initialize(self) -> None:
        self.pages: MappingProxyType[str, Page] = MappingProxyType({})

    def write(self, message: Message, thing: str) -> None:
        owner = session_id(message)
        page = replace(self.pages.get(owner, Page()), thing=thing)
        self.pages = MappingProxyType({**self.pages, owner: page})

    def read(self, message: Message) -> str | None:
        return self.pages.get(session_id(message), Page()).thing


class Slip:
    """A note that can be referred to weakly."""

    def __init__(self, thing: str) -> None:
        self.thing = thing


class ByWeakValues(Notebook):
    """Keeps notes in a list by session, and weak references in a cache."""

    def initialize(self) -> None:
        self.slips: dict[str, Slip] = {}
        self.cache: WeakValueDictionary[str, Slip] = WeakValueDictionary()

    def write(self, message: Message, thing: str) -> None:
        self.slips[session_id(message)] = self.cache[session_id(message)] = Slip(thing)

    def read(self, message: Message) -> str | None:
        slip = self.cache.get(session_id(message))
        return slip.thing if slip else None


class WithRoomForMany(Notebook):
    """Has room for more sessions than there are."""

    def initialize(self) -> None:
        self.notes: OrderedDict[str, str] = OrderedDict()

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)] = thing
        self.notes.move_to_end(session_id(message))
        while len(self.notes) > 1000:
            self.notes.popitem(last=False)

    def read(self, message: Message) -> str | None:
        return self.notes.get(session_id(message))


class ForAnHour(Notebook):
    """Forgets notes after an hour."""

    def initialize(self) -> None:
        self.notes: dict[str, tuple[str, float]] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)] = thing, time.monotonic()

    def read(self, message: Message) -> str | None:
        thing, written = self.notes.get(session_id(message), (None, 0.0))
        return thing if time.monotonic() - written < 3600 else None


class WithACache(Notebook):
    """Caches answers by session and note."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}
        self.shorten = lru_cache(self.shorten_anew)

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)] = thing

    def read(self, message: Message) -> str | None:
        return self.shorten(self.notes.get(session_id(message)))

    def shorten_anew(self, thing: str | None) -> str | None:
        """Return the beginning of a note."""
        return thing[:80] if thing else None


class ByMailbox(Notebook):
    """Keeps a queue for each session, and empties it when asked."""

    def initialize(self) -> None:
        self.boxes: dict[str, queue.Queue[str]] = {}
        self.latest: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.boxes.setdefault(session_id(message), queue.Queue()).put(thing)

    def read(self, message: Message) -> str | None:
        owner = session_id(message)
        box = self.boxes.setdefault(owner, queue.Queue())
        while not box.empty():
            self.latest[owner] = box.get()
        return self.latest.get(owner)


class InItsOwnTime(Notebook):
    """Looks for notes slowly, while other sessions come and go."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        time.sleep(0.2)
        self.notes[session_id(message)] = thing

    def read(self, message: Message) -> str | None:
        for owner in tuple(self.notes):
            time.sleep(0.05)
            if owner == session_id(message):
                return self.notes[owner]
        return None


class StopsItsOwn(Notebook):
    """Deletes the note of the session that says stop."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[session_id(message)] = thing

    def read(self, message: Message) -> str | None:
        return self.notes.get(session_id(message))

    def can_stop(self, message: Message) -> bool:
        return session_id(message) in self.notes

    def stop_session(self, session: Session) -> bool:
        return self.notes.pop(session.session_id, None) is not None


class Diary(OVOSSkill):
    """Adds missing slots to a copy."""

    DEFAULTS = MappingProxyType({"day": "today"})

    @intent_handler("plan.intent")
    def handle_plan(self, message: Message) -> None:
        """Confirm a plan."""
        data = {k: message.data.get(k, v) for k, v in self.DEFAULTS.items()}
        self.speak_dialog("planned", {"thing": message.data["thing"], **data})


class TicketMachine(OVOSSkill):
    """Counts up for each session."""

    def initialize(self) -> None:
        self.issued: defaultdict[str, count[int]] = defaultdict(lambda: count(1))

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the next number."""
        number = next(self.issued[session_id(message)])
        self.speak_dialog("ticket", {"number": number})


class OneQueue(OVOSSkill):
    """Counts up for everybody on purpose: there is one queue."""

    def initialize(self) -> None:
        self.numbers = count(1)

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the next number."""
        self.speak_dialog("ticket", {"number": next(self.numbers)})


class Pinboard(Notebook):
    """Keeps one note that the whole family shares on purpose."""

    def initialize(self) -> None:
        self.thing: str | None = None

    def write(self, message: Message, thing: str) -> None:
        self.thing = thing

    def read(self, message: Message) -> str | None:
        return self.thing


class RoomBoard(Notebook):
    """Keeps one note per room, for the sessions in it."""

    def initialize(self) -> None:
        self.notes: dict[str, str] = {}

    def write(self, message: Message, thing: str) -> None:
        self.notes[SessionManager.get(message).site_id] = thing

    def read(self, message: Message) -> str | None:
        return self.notes.get(SessionManager.get(message).site_id)


class TicketOffice(OVOSSkill):
    """Gives out numbers that nobody can guess."""

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell a number."""
        self.speak_dialog("ticket", {"number": str(uuid.uuid4())})


class Lottery(OVOSSkill):
    """Gives out random numbers."""

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell a number."""
        self.speak_dialog("ticket", {"number": random.randint(1, 1_000_000)})  # noqa: S311  # not secret


class Raffle(OVOSSkill):
    """Gives out one prize for eight tickets: something that chance does rarely."""

    def chance(self) -> float:
        """Return a random number below 1."""
        return random.random()  # noqa: S311  # not secret

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell a prize or a blank."""
        number = "a prize" if self.chance() < 1 / 8 else "a blank"
        self.speak_dialog("ticket", {"number": number})


class RaffleWithADrum(Raffle):
    """Draws prizes from a random generator of its own, for everybody."""

    def initialize(self) -> None:
        self.drum = random.Random()  # noqa: S311  # not secret

    def chance(self) -> float:
        return self.drum.random()


class RaffleOfTheSystem(Raffle):
    """Draws prizes with the random numbers of the operating system."""

    def chance(self) -> float:
        return random.SystemRandom().random()


class ChangesItsWords(OVOSSkill):
    """Chooses the line of a dialog by whether the session has asked before."""

    def initialize(self) -> None:
        self.have_asked: set[str] = set()

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the same number, in one line or the other."""
        still = "still " if session_id(message) in self.have_asked else ""
        self.have_asked.add(session_id(message))
        meta = {"dialog": "ticket", "data": {"number": 7}}
        self.speak(f"your number is {still}7", meta=meta)


class TimeStamp(OVOSSkill):
    """Gives out numbers from the clock."""

    @intent_handler("ticket.intent")
    def handle_ticket(self, message: Message) -> None:
        """Tell the time, as a number, after a while."""
        time.sleep(0.3)
        number = datetime.now(tz=timezone.utc).strftime("%H%M%S%f")
        self.speak_dialog("ticket", {"number": number})


class JokeBox(OVOSSkill):
    """Tells random jokes, never the same one twice in a row."""

    @intent_handler("joke.intent")
    def handle_joke(self, message: Message) -> None:
        """Tell a joke."""
        self.speak_dialog("joke")


class StoryTeller(OVOSSkill):
    """Tells each session its own story, part by part."""

    PARTS = ("story.begins", "story.goes.on", "story.ends")

    def initialize(self) -> None:
        self.told: defaultdict[str, int] = defaultdict(int)

    @intent_handler("story.intent")
    def handle_story(self, message: Message) -> None:
        """Tell a part."""
        part = self.told[session_id(message)] % len(self.PARTS)
        self.told[session_id(message)] += 1
        self.speak_dialog(self.PARTS[part])
