"""What leaves the assistant besides speech."""

from __future__ import annotations

import tempfile

from support.scenes import happened, message, transcript

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.isolate.judging.outgoing import (
    listed,
    message_values,
    news_on_screen,
    sent_to_session,
    time_of,
)
from ovos_dialogue_kit.jsondata import Json

NOW = 1_700_000_000


def test_a_message_is_compared_by_its_parts() -> None:
    """Its type, its data and its context, without times, places and what OVOS sets."""
    home = f"{tempfile.gettempdir()}/{HOME_PREFIX}x"
    sent: dict[str, Json] = {
        "type": "lamp.on",
        "data": {"room": "hall", "at": NOW, "image": f"{home}/a.png", "meta": {"x": 1}},
        "context": {"source": "a", "skill_id": "b", "lang": "pt", "ident": NOW},
    }
    assert [*message_values(sent)] == [
        (("type",), "lamp.on"),
        (("data", "room"), "hall"),
        (("data", "image"), "~/a.png"),
        (("data", "meta"), {"x": 1}),
        (("context", "source"), "a"),
    ]


def test_what_a_reply_says_is_compared_as_a_reply() -> None:
    """Of its message, the rest of its ``meta`` and its route are."""
    meta: Json = {"dialog": "hi", "data": {"x": 1}, "skill": "a.skill", "mood": "sad"}
    sent: dict[str, Json] = {
        "type": "speak",
        "data": {"utterance": "hello", "meta": meta},
        "context": {"destination": "kit", "lang": "pt"},
    }
    assert [*message_values(sent)] == [
        (("type",), "speak"),
        (("meta", "skill"), "a.skill"),
        (("meta", "mood"), "sad"),
        (("context", "destination"), "kit"),
    ]


def test_a_message_that_is_hardly_one() -> None:
    """A type is compared even if there is nothing else."""
    assert [*message_values({})] == [(("type",), "None")]


def test_messages_are_for_the_session_or_for_the_device() -> None:
    """One with a session is for the device's."""
    own, device = message("a"), message("b", to_device=True)
    turn = happened(0, "kitchen", messages=(own, device, own))
    assert sent_to_session(turn) == [own, own]


def show(at: float, skill: str = "a.skill", **values: Json) -> object:
    return message("gui.value.set", at, to_device=True, __from=skill, **values)


def test_only_what_is_new_on_the_screen_counts() -> None:
    """By skill, type and name, in the order of time, whoever has shown it before."""
    turns = [
        happened(0, "kitchen", messages=(show(2.0, x=2, y=2), show(1.0, x=1, y=1))),
        happened(0, "kitchen", messages=(message("gui.value.set", 1.5, x=9),)),
        happened(1, "bedroom", messages=(show(3.0, x=2, y=3), show(3.5, "b", x=2))),
        happened(2, "kitchen", messages=(show(4.0, x=2, y=3, z=NOW), show(5.0, x=3))),
    ]
    kitchen = news_on_screen(transcript(*turns), ["kitchen"])
    topic = "gui.value.set"
    assert kitchen == {
        (0, topic, "x"): [1, 2],
        (0, topic, "y"): [1, 2],
        (2, topic, "z"): [NOW],
        (2, topic, "x"): [3],
    }
    assert news_on_screen(transcript(*turns), ["bedroom", "hall"]) == {
        (1, topic, "y"): [3],
        (1, topic, "x"): [2],
    }


def test_a_message_that_sets_no_values_is_one_value() -> None:
    """As a whole, without times."""
    page = message("gui.page.show", 1.0, to_device=True, page="clock", since=NOW)
    other = message("gui.page.delete", 1.0, to_device=True, page="clock")
    turn = happened(3, "kitchen", messages=(page, page, other))
    assert news_on_screen(transcript(turn), ["kitchen"]) == {
        (3, "gui.page.show", ""): [{"page": "clock"}],
        (3, "gui.page.delete", ""): [{"page": "clock"}],
    }


def test_a_time_and_a_list_may_be_missing() -> None:
    """Then it is the beginning, and empty."""
    assert [time_of(message("x", 2.5)), time_of({"at": None})] == [2.5, 0.0]
    assert [listed([1]), listed("ab"), listed(None)] == [[1], [], []]
