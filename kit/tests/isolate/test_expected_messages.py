"""What a script expects that is sent, of a turn in which that differs."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from support.scenes import happened, message

from ovos_dialogue_kit.isolate.expected_messages import expected_messages
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import ValueKey
from ovos_dialogue_kit.jsondata import Json

TURN = 2
SOURCE: Json = {"source": "skills"}


def leak(*key: str | int, **parts: Any) -> Leak:
    return Leak("sent", "b", TURN, (TURN, *key), **parts)


def expected(
    company: Sequence[Mapping[str, Json]],
    alone: Sequence[Mapping[str, Json]],
    *leaks: Leak,
    random: Collection[ValueKey] = (),
) -> dict[str, Json]:
    here, there = (
        happened(TURN, "b", messages=tuple(each)) for each in (company, alone)
    )
    return expected_messages(leaks or (DIFFERENT,), random, here, there)


DIFFERENT = leak("message", 1, "type")
LAMP = message("lamp.on", room="hall", colour="red")
DIM = message("lamp.on", room="hall", colour="blue", level=3)
DOOR = message("door.open", room="hall")


def test_a_message_of_the_same_type_is_told_by_what_differs() -> None:
    """What is sent alone is expected; what both have in common is not."""
    assert expected([DOOR, LAMP], [DOOR, DIM]) == {
        "messages": [{"type": "lamp.on", "data": {"colour": "blue", "level": 3}}]
    }
    assert expected([DOOR, DIM], [DOOR, LAMP]) == {
        "messages": [{"type": "lamp.on", "data": {"colour": "red"}}]
    }


def test_a_message_of_another_type_is_told_as_a_whole() -> None:
    """Each that is missing, in the order in which they are sent alone."""
    door = {"type": "door.open", "data": {"room": "hall"}, "context": SOURCE}
    lamp = {"type": "lamp.on", "data": {"colour": "red", "room": "hall"}}
    assert expected([], [DOOR, LAMP]) == {
        "messages": [door, {**lamp, "context": SOURCE}]
    }
    assert expected([DIM], [DOOR, LAMP]) == {
        "messages": [door, {"type": "lamp.on", "data": {"colour": "red"}}]
    }


def test_a_message_too_many_is_forbidden() -> None:
    """The first of them, if none is missing."""
    door = {"type": "door.open", "data": {"room": "hall"}, "context": SOURCE}
    assert expected([LAMP, DOOR, DIM], [LAMP]) == {"not": {"messages": door}}
    assert expected([LAMP, LAMP], [LAMP]) == {}


def test_messages_that_do_not_differ_are_not_expected() -> None:
    """Neither are those of a turn that leaks something else."""
    assert expected([LAMP], [DOOR], leak("reply", 0, "text")) == {}
    assert expected([LAMP], [DOOR], leak("reply", 0, "text"), DIFFERENT) != {}


def test_what_chance_decides_is_left_out() -> None:
    """By the place of the message among those of the turn."""
    at: ValueKey = (TURN, "message", 1, "data")
    assert expected([DOOR], [DOOR, LAMP], random=[(*at, "colour")]) == {
        "messages": [{"type": "lamp.on", "data": {"room": "hall"}, "context": SOURCE}]
    }
    both = [(*at, "colour"), (*at, "level")]
    assert expected([DOOR, DIM], [DOOR, LAMP], random=both) == {}


def test_times_and_folders_are_left_out() -> None:
    """A script cannot say them."""
    home = f"{tempfile.gettempdir()}/ovos-kit-1234/x"
    sent = message("a.b", path=home, note="x", at=2e9)
    assert expected([], [sent]) == {
        "messages": [{"type": "a.b", "data": {"note": "x"}, "context": SOURCE}]
    }
    bare = {"type": "a.b", "data": {"path": home}, "context": {}}
    assert expected([], [bare]) == {"messages": [{"type": "a.b"}]}


def test_a_reply_is_told_by_what_its_words_leave() -> None:
    """The rest of its ``meta``, and whom it is routed to."""
    spoken = {
        "type": "speak",
        "data": {"utterance": "hi", "meta": {"skill": "x", "dialog": "y"}},
        "context": {"destination": "kit.b", "lang": "en-US"},
    }
    assert expected([], [spoken]) == {
        "messages": [
            {
                "type": "speak",
                "data": {"meta": {"skill": "x"}},
                "context": {"destination": "kit.b"},
            }
        ]
    }


def test_the_screen_of_the_device() -> None:
    """The last value that is shown alone, or else must not be shown."""
    place = ("screen", "gui.value.set", "note")
    shown = leak(*place, company=["a", "b"], alone=["c", "d"])
    assert expected([], [], shown) == {
        "messages": [{"type": "gui.value.set", "data": {"note": "d"}}]
    }
    added = leak(*place, company=["a", "b"])
    denied = {"type": "gui.value.set", "data": {"note": "b"}}
    assert expected([], [], added) == {"not": {"messages": denied}}
    page = leak("screen", "gui.page.show", "", company=[{"page": "x"}])
    assert expected([], [], page) == {
        "not": {"messages": {"type": "gui.page.show", "data": {"page": "x"}}}
    }
    assert expected([DOOR], [], DIFFERENT, added)["not"] != {"messages": denied}
    assert expected([], [DOOR], DIFFERENT, shown)["messages"] == [
        {"type": "door.open", "data": {"room": "hall"}, "context": SOURCE},
        {"type": "gui.value.set", "data": {"note": "d"}},
    ]
    assert expected([], [], leak(*place, alone=["~/x"])) == {}
