"""What the catalogue holds: each skill, the dialogue it is used in, what must be found.

A skill's id is made from its class, its family (a folder beside this file) and whether
it leaks: ``kept-on-self.notes.leaky`` is ``KeptOnSelf`` of ``notes/leaky.py``.
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from support.skills import GROUPS

__all__ = [
    "FOLDER",
    "LEAKY",
    "SOUND",
    "Leaky",
    "Sound",
    "install",
    "twin_of",
]

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sound:
    """A skill that keeps its sessions apart, or shares what it may share.

    ``fails`` is true if its dialogue need not pass, although there is no leak: it may
    raise an error, or end the process.
    """

    family: str
    name: str
    dialogue: str
    _: KW_ONLY
    fails: bool = False

    @property
    def module(self) -> str:
        """The module of its class."""
        return f"catalogue.{self.family}.{self.kind}"

    @property
    def kind(self) -> str:
        """What it is, in its id."""
        return "sound"

    @property
    def skill_id(self) -> str:
        """The id that it is installed by."""
        words = re.sub("(?<!^)(?=[A-Z])", "-", self.name).lower()
        return f"{words}.{self.family}.{self.kind}"

    @property
    def script(self) -> Path:
        """The script that its dialogue stands in."""
        return FOLDER / self.family / f"{self.family}.dialogue.yaml"


@dataclass(frozen=True)
class Leaky(Sound):
    """A skill with a leak.

    ``oracles`` are those of which each finds it without the others. ``sessions`` and
    ``turns`` are how few of its dialogue are enough to show it. ``is_replayed`` is
    False if no script can say what is wrong, so that ``kit replay`` cannot show it.
    """

    oracles: tuple[str, ...]
    sessions: int
    turns: int
    is_replayed: bool = True

    @property
    def kind(self) -> str:
        """What it is, in its id."""
        return "leaky"


def twin_of(skill: Leaky) -> str | None:
    """Return the id of a sound skill that does what a leaky one is meant to do.

    There is none where OVOS itself leaks.
    """
    if skill.family == "repeater":
        return "ovos-skill-repeater.kit"
    name = _TWINS.get(skill.name, _TWINS.get(f"{skill.family}, {skill.dialogue}"))
    return name and Sound(skill.family, name, skill.dialogue).skill_id


_TWINS = {
    "notes, a note each": "ByLock",
    "notes, two in the hall": "ByLock",
    "notes, three of them": "ByLock",
    "notes, one has enough": "StopsItsOwn",
    "notes, plans": "Diary",
    "notes, tickets": "TicketMachine",
    "notes, a story": "StoryTeller",
    "notes, jokes": "JokeBox",
    "parrot, their own words": "BySession",
    "parrot, what they were told": "RepeatsItself",
    "timers, a reminder each": "ByTimer",
    "asking, both register": "Register",
    "asking, one registers and another wants silence": "Register",
    "asking, a greeting": "Greeter",
    "asking, one plays": "OneGameEach",
    "asking, both play": "OneGameEach",
    "asking, one has played enough": "OneGameEach",
    "ChangesItsWords": "ChangesItsWords",
    "PlaysWithTheCore": None,
    "AsksWithTheCore": None,
    "rooms, where they are": "Concierge",
    "rooms, two languages": "Interpreter",
    "rooms, one learns a language": "Interpreter",
    "rooms, the hall and a room": "Host",
    "rooms, one wants to be alone": "Host",
    "rooms, tigers": "Keeper",
    "lookup, two questions": "ByNumber",
    "lookup, apples": "Basket",
    "moods, two begin": "ForgetsItsTimers",
    "SparesAnError": "RaisesUntilItBegins",
    "races, at once": "KeepsItApart",
    "house, heights": "KnowsTheUnits",
    "house, greetings": "GreetsByTheClock",
    "house, later": "GreetsByTheClock",
    "house, a house": "PaintsEachHouse",
    "house, lists": "HasManyLists",
    "ShowsTheLatest": "ShowsToTheSession",
    "ShowsItOnTheDevice": "ShowsOnTheDevice",
    "PlaysTheLatest": "PlaysToTheSession",
    "WritesItOnTheFace": "WritesOnTheFace",
    "PlaysItsFile": "PlaysFilesOfSessions",
    "ShowsThePage": "ShowsPagesOfSessions",
    "SendsItElsewhere": "SendsItHere",
    "SpeaksForAnother": "SpeaksForItself",
    "SendsItToTheDevice": "ReportsToTheDevice",
    "CountsOneGuest": "ShowsToTheSession",
    "screens, two lines": "ReadsInOrder",
}
"""The names of sound skills, by the name of a leaky one, or by family and dialogue."""


def install(folder: Path) -> None:
    """Let ovos-core find the catalogue's skills, if ``folder`` is on ``sys.path``."""
    about = folder / "catalogue-1.0.dist-info"
    about.mkdir()
    name = "Metadata-Version: 2.1\nName: catalogue\nVersion: 1.0\n"
    (about / "METADATA").write_text(name, encoding="utf-8")
    skills = sorted({f"{each.skill_id} = {each.module}:{each.name}" for each in _all()})
    text = "".join("\n".join([f"[{group}]", *skills, ""]) for group in GROUPS)
    (about / "entry_points.txt").write_text(text, encoding="utf-8")


def _all() -> tuple[Sound, ...]:
    return (*LEAKY, *SOUND)


_NOTE = ("taint", "solo")
_SENT = ("taint", "sent")

LEAKY = (
    Leaky("notes", "KeptOnSelf", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptOnTheClass", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptInTheModule", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptInADefault", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptInTheSettings", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptInAFile", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptByLanguage", "a note each", _NOTE, 2, 2),
    Leaky("notes", "KeptBySite", "two in the hall", _NOTE, 2, 2),
    Leaky("notes", "KeptByThread", "a note each", _NOTE, 2, 2),
    Leaky("notes", "FallsBackToAnybody", "a note each", _NOTE, 2, 2),
    Leaky("notes", "RemembersTwo", "three of them", ("solo",), 3, 4),
    Leaky("notes", "AnswersFromACache", "a note each", ("solo",), 2, 3),
    Leaky("notes", "StopsEverybody", "one has enough", ("solo",), 2, 3),
    Leaky("notes", "StopsTheLatest", "one has enough", ("solo",), 2, 3),
    Leaky("notes", "WalksOverAll", "a note each", ("crash", "solo"), 2, 4),
    Leaky("notes", "Diary", "plans", ("taint", "solo"), 2, 2),
    Leaky("notes", "TicketMachine", "tickets", ("solo",), 2, 2),
    Leaky("notes", "ChangesItsWords", "tickets", ("solo",), 2, 2),
    Leaky("notes", "StoryTeller", "a story", ("solo",), 2, 2),
    Leaky("notes", "JokeBox", "jokes", ("crash",), 2, 3),
    Leaky("parrot", "AnswersTheLastSpeaker", "their own words", ("solo",), 2, 2),
    Leaky("parrot", "AsksWhoSpokeLast", "their own words", ("taint", "solo"), 2, 3),
    Leaky("parrot", "SharesAQueue", "their own words", ("taint", "solo"), 2, 2),
    Leaky("parrot", "HearsInAThread", "their own words", ("solo",), 2, 4),
    Leaky("parrot", "RepeatsItself", "what they were told", ("taint", "solo"), 2, 2),
    Leaky("timers", "RemindsTheLatest", "a reminder each", ("stray", "solo"), 2, 3),
    Leaky(
        "timers", "RemindsTheFirst", "a reminder each", ("stray", "taint", "solo"), 2, 3
    ),
    Leaky("timers", "RemindsNobody", "a reminder each", ("stray", "taint"), 1, 2),
    Leaky("timers", "RingsForNobody", "a reminder each", ("stray",), 1, 2),
    Leaky(
        "timers", "DigsInItsThread", "a reminder each", ("stray", "taint", "solo"), 2, 3
    ),
    Leaky("timers", "HasOneAlarm", "a reminder each", ("stray", "solo"), 2, 3),
    Leaky(
        "timers", "UsesOneContext", "a reminder each", ("stray", "taint", "solo"), 2, 3
    ),
    Leaky("timers", "SchedulesByMethod", "a reminder each", ("stray", "solo"), 2, 3),
    Leaky(
        "timers",
        "SchedulesForTheFirst",
        "a reminder each",
        ("stray", "taint", "solo"),
        2,
        3,
    ),
    Leaky("asking", "KeepsTheAnswerOnSelf", "both register", ("taint", "solo"), 2, 5),
    Leaky("asking", "AsksOneAtATime", "both register", ("solo",), 2, 2),
    Leaky(
        "asking",
        "AbortsAllQuestions",
        "one registers and another wants silence",
        ("solo",),
        2,
        3,
    ),
    Leaky("asking", "HearsTheNextSpeaker", "a greeting", ("stray",), 2, 2),
    Leaky("asking", "PlaysWithEverybody", "one plays", ("solo",), 2, 3),
    Leaky("asking", "HasOnePlayer", "both play", ("solo",), 2, 3),
    Leaky("asking", "StopsAllGames", "one has played enough", ("solo",), 2, 3),
    Leaky("asking", "PlaysWithTheCore", "one plays", ("solo",), 2, 4),
    Leaky("asking", "AsksWithTheCore", "one has registered enough", ("solo",), 2, 4),
    Leaky("rooms", "KeepsTheFirstSession", "where they are", ("solo",), 2, 2),
    Leaky("rooms", "KeepsTheFirstLanguage", "two languages", ("solo",), 2, 2),
    Leaky(
        "rooms", "SpeaksTheDefaultLanguage", "one learns a language", ("solo",), 2, 2
    ),
    Leaky("rooms", "IsQuietForAll", "the hall and a room", ("solo", "state"), 2, 2),
    Leaky("rooms", "TakesLeaveOfAll", "one wants to be alone", ("state",), 2, 2),
    Leaky("rooms", "MentionsToNobody", "tigers", ("solo", "state"), 2, 2),
    Leaky("lookup", "TakesAnyAnswer", "two questions", ("taint", "solo"), 2, 2),
    Leaky("lookup", "KeepsOneAnswer", "two questions", ("taint", "solo"), 2, 2),
    Leaky("lookup", "AnswersWithoutContext", "two questions", ("stray",), 1, 1),
    Leaky("lookup", "LosesTheContext", "two questions", ("stray",), 1, 1),
    Leaky("lookup", "KeepsItsLock", "apples", ("solo",), 2, 2),
    Leaky("screens", "ShowsTheLatest", "a note to see", _SENT, 2, 2),
    Leaky("screens", "ShowsItOnTheDevice", "a note to see", _SENT, 2, 2),
    Leaky("screens", "PlaysTheLatest", "a note to see", _SENT, 2, 2),
    Leaky("screens", "WritesItOnTheFace", "a note to see", _SENT, 2, 2),
    Leaky("screens", "PlaysItsFile", "a note to see", _SENT, 2, 2),
    Leaky("screens", "ShowsThePage", "a note to see", _SENT, 2, 2),
    Leaky("screens", "SendsItElsewhere", "a note to see", ("sent",), 2, 2),
    Leaky("screens", "SpeaksForAnother", "a note to see", ("sent",), 2, 2),
    Leaky("screens", "SendsItToTheDevice", "a note to see", ("taint",), 2, 2),
    Leaky("screens", "CountsOneGuest", "a note to see", ("crash",), 2, 2),
    Leaky("screens", "ReadsInAnyOrder", "two lines", ("solo",), 2, 2),
    Leaky(
        "screens", "TellsTheLatestNumber", "numbers", ("echo",), 2, 2, is_replayed=False
    ),
    Leaky("moods", "SparesAnError", "two begin", ("crash", "solo"), 2, 2),
    Leaky("moods", "HasOneTimer", "two begin", ("crash",), 2, 3),
    Leaky("moods", "ChimesForGuests", "two begin", ("stray",), 1, 2, is_replayed=False),
    Leaky("races", "KeepsItWhileItWorks", "at once", ("taint",), 2, 2),
    Leaky("house", "KeepsTheFirstUnits", "heights", ("solo",), 2, 2),
    Leaky("house", "GreetsAsBefore", "greetings", ("solo",), 2, 3),
    Leaky("house", "WakesTheLatest", "later", ("stray",), 2, 3),
    Leaky("house", "PaintsOneHouse", "a house", ("solo",), 2, 2),
    Leaky("house", "HasFourLists", "lists", ("taint",), 5, 5),
    Leaky("house", "MixesUpTheTenth", "lists", ("taint",), 3, 10),
    Leaky("repeater", "WithRoomForTwo", "their own words", ("solo",), 3, 4),
    Leaky("repeater", "ForgetsEverybody", "one has heard enough", ("solo",), 2, 3),
    Leaky("repeater", "ToldAnybody", "what they were told", ("taint", "solo"), 2, 2),
)

SOUND = (
    *(
        Sound("notes", name, dialogue)
        for dialogue in ("a note each", "three of them")
        for name in (
            "ByLock",
            "ByDefaultDict",
            "BySettings",
            "ByFile",
            "ByDatabase",
            "ByFrozenPages",
            "ByWeakValues",
            "WithRoomForMany",
            "ForAnHour",
            "WithACache",
            "ByMailbox",
            "InItsOwnTime",
            "RoomBoard",
        )
        if (dialogue == "a note each") != (name in ("WithRoomForMany", "ByMailbox"))
    ),
    Sound("notes", "StopsItsOwn", "one has enough"),
    Sound("notes", "Diary", "plans"),
    Sound("notes", "TicketMachine", "tickets"),
    Sound("notes", "OneQueue", "tickets from one queue"),
    Sound("notes", "Pinboard", "the family's notes"),
    Sound("notes", "RoomBoard", "one note for the hall"),
    Sound("notes", "TicketOffice", "tickets"),
    Sound("notes", "Lottery", "tickets"),
    Sound("notes", "Raffle", "tickets"),
    Sound("notes", "RaffleWithADrum", "tickets"),
    Sound("notes", "RaffleOfTheSystem", "tickets"),
    Sound("notes", "ChangesItsWords", "tickets"),
    Sound("notes", "TimeStamp", "tickets"),
    Sound("notes", "JokeBox", "jokes"),
    Sound("notes", "StoryTeller", "a story"),
    Sound("parrot", "BySession", "their own words"),
    Sound("parrot", "HearsInAThread", "their own words"),
    Sound("parrot", "WithAWorker", "their own words"),
    Sound("parrot", "RepeatsItself", "what they were told"),
    Sound("timers", "ByTimer", "a reminder each"),
    Sound("timers", "ByThread", "a reminder each"),
    Sound("timers", "ByScheduler", "a reminder each"),
    Sound("timers", "ByClosure", "a reminder each"),
    Sound("timers", "ByPool", "at once"),
    Sound("timers", "ByWorker", "at once"),
    Sound("timers", "Crier", "announced to the house"),
    Sound("asking", "Register", "both register"),
    Sound("asking", "RegisterWithALock", "both register"),
    Sound("asking", "Greeter", "a greeting"),
    Sound("asking", "OneGameEach", "both play"),
    Sound("rooms", "Concierge", "where they are"),
    Sound("rooms", "Interpreter", "two languages"),
    Sound("rooms", "Keeper", "tigers"),
    Sound("rooms", "Host", "one wants to be alone"),
    Sound("rooms", "Butler", "one wants to be alone"),
    Sound("lookup", "ByNumber", "two questions"),
    Sound("lookup", "BySession", "two questions that take their time"),
    Sound("lookup", "Basket", "apples"),
    Sound("races", "KeepsItApart", "at once"),
    Sound("races", "KeepsItPerThread", "at once"),
    Sound("races", "AddsWithALock", "bills"),
    Sound("house", "KnowsTheUnits", "heights"),
    Sound("house", "GreetsByTheClock", "greetings"),
    Sound("house", "GreetsByTheClock", "later"),
    Sound("house", "PaintsEachHouse", "a house"),
    Sound("house", "HasManyLists", "lists"),
    Sound("screens", "ShowsToTheSession", "a note to see"),
    Sound("screens", "ShowsOnTheDevice", "a note to see"),
    Sound("screens", "ReportsToTheDevice", "a note to see"),
    Sound("screens", "PlaysToTheSession", "a note to see"),
    Sound("screens", "WritesOnTheFace", "a note to see"),
    Sound("screens", "PlaysFilesOfSessions", "a note to see"),
    Sound("screens", "ShowsPagesOfSessions", "a note to see"),
    Sound("screens", "SendsItHere", "a note to see"),
    Sound("screens", "SpeaksForItself", "a note to see"),
    Sound("screens", "ReadsInOrder", "two lines"),
    Sound("screens", "TellsItsNumber", "numbers"),
    Sound("screens", "DrawsFromOneBag", "numbers"),
    *(
        Sound("moods", name, "how it is")
        for name in (
            "SeldomBad",
            "VerySeldomBad",
            "OftenBad",
            "BadByTheSystem",
            "BadByTheClock",
            "BadByTheAddress",
            "TellsTheAddress",
            "OrdersBySet",
            "GivesUpInTime",
            "TakesItsTime",
            "OneAtATime",
            "RacesWithItself",
            "CountsSilently",
            "FirstTimeTakesLonger",
            "TiresByItself",
            "ShowsItsMood",
            "HasOneWorker",
        )
    ),
    *(
        Sound("moods", name, "both at once")
        for name in ("RacesWithItself", "GivesUpInTime", "TiresByItself")
    ),
    Sound("moods", "RaisesSeldom", "both at once", fails=True),
    Sound("moods", "SendsProgress", "two begin"),
    Sound("moods", "OneAtATimeByTheClock", "one after another"),
    Sound("moods", "RaisesAfterwards", "how it is", fails=True),
    Sound("moods", "RaisesSeldom", "how it is", fails=True),
    Sound("moods", "CannotStop", "how it is until it stops", fails=True),
    Sound("moods", "FailsToStop", "how it is until it stops", fails=True),
    Sound("moods", "RaisesLater", "two begin", fails=True),
    Sound("moods", "RaisesLaterForTheSession", "two begin", fails=True),
    Sound("moods", "RaisesInScheduledEvents", "two begin", fails=True),
    Sound("moods", "EndsTheProcess", "two begin", fails=True),
    Sound("moods", "RaisesUntilItBegins", "two begin", fails=True),
    Sound("moods", "SpeaksLate", "two begin", fails=True),
    Sound("moods", "ForgetsItsTimers", "two begin"),
    Sound("moods", "AsksInVain", "two begin"),
    Sound("moods", "Chimes", "two begin", fails=True),
)
