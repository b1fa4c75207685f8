"""What a session went through, as values that can be compared."""

from __future__ import annotations

import pytest
from support.scenes import happened, message, transcript

from ovos_dialogue_kit.isolate.judging.observation import (
    Observation,
    Oracle,
    ValueKey,
    differing,
    errors_of_nobody,
    moved,
    observe,
    oracle_of,
    turn_of,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Fault, Reply

NOW = 1_700_000_000


def test_every_part_of_a_turn_has_its_place() -> None:
    """Also of the second of two turns, replies and messages; none of other sessions."""
    first = Reply("sofa", "one", 1.0, 2, "en", "hi", {"name": "eve"}, "a.skill")
    second = Reply("sofa", "two at 0x7f0012ab", 2.0, 2, asks=True)
    state: dict[str, Json] = {"active": ["x"], "at": {"since": NOW, "n": 1}}
    volatile = ("expiration", "is_recording", "is_speaking", "timestamp", "touch_time")
    shown = message("gui.x", to_device=True, page="clock")
    counted = message("volume.x", to_device=True, percent=5)
    turn = happened(
        2,
        "sofa",
        first,
        second,
        route="intent",
        intent="greet",
        skill="a.skill",
        slots={"name": "0x7f0012ab"},
        messages=(message("a", n=1), shown, counted, message("b", n=2)),
        session_after={**state, **dict.fromkeys(volatile, 1)},
    )
    other = happened(1, "bedroom", "psst", slots={"x": 1}, messages=(message("z"),))
    assert observe(transcript(other, turn), ["sofa", "table"]) == {
        (2, "end"): "handled",
        (2, "route"): "intent",
        (2, "intent"): "greet",
        (2, "skill"): "a.skill",
        (2, "slot", "name"): "0x",
        (2, "replies"): 2,
        (2, "reply", 0, "dialog"): "hi",
        (2, "reply", 0, "text"): "one",
        (2, "reply", 0, "data", "name"): "eve",
        (2, "reply", 0, "lang"): "en",
        (2, "reply", 0, "asks"): False,
        (2, "reply", 1, "dialog"): None,
        (2, "reply", 1, "text"): "two at 0x",
        (2, "reply", 1, "lang"): None,
        (2, "reply", 1, "asks"): True,
        (2, "message", 0, "type"): "a",
        (2, "message", 0, "data", "n"): 1,
        (2, "message", 0, "context", "source"): "skills",
        (2, "message", 1, "type"): "b",
        (2, "message", 1, "data", "n"): 2,
        (2, "message", 1, "context", "source"): "skills",
        (2, "session", "active"): ["x"],
        (2, "session", "at"): {"n": 1},
        (2, "screen", "gui.x", ""): [{"page": "clock"}],
    }


@pytest.mark.parametrize(
    ("topic", "is_shown"),
    [
        ("gui.value.x", True),
        ("mycroft.gui.x", True),
        ("enclosure.x", True),
        ("mycroft.audio.x", True),
        ("home.gui.x", False),
    ],
)
def test_what_the_device_shows_or_plays(topic: str, *, is_shown: bool) -> None:
    """Other messages to it are about what all sessions share."""
    turn = happened(0, "a", messages=(message(topic, to_device=True),))
    assert any("screen" in key for key in observe(transcript(turn), "a")) == is_shown


def test_strays_and_a_crash_are_in_no_turn() -> None:
    """Strays have a number among those of the session, and there is how many."""
    strays = [Reply(name, name * 2, 0.0, 0, "en") for name in ("b", "a", "b", "b")]
    found = observe(transcript(strays=strays, crash=Fault("crash", "x")), ["b"])
    assert {key: found[key] for key in found if "text" in key or len(key) == 2} == {
        (-1, "stray", 0, "text"): "bb",
        (-1, "stray", 1, "text"): "bb",
        (-1, "stray", 2, "text"): "bb",
        (-1, "stray"): 3,
        (-1, "crash"): True,
    }
    assert observe(transcript(strays=strays), ["c"]) == {}


def test_faults_are_listed_by_their_kind() -> None:
    """In one order, without addresses; none of nobody, nor what is told twice."""
    faults = (
        Fault("raised", "b at 0x7f0012ab"),
        Fault("lang", "pt"),
        Fault("raised", "a", "of a thread"),
        Fault("raised", "of a thread", "of a thread", is_of_nobody=True),
        Fault("raised", "A", "own"),
        Fault("raised", "of nobody", is_of_nobody=True),
    )
    heard = transcript(
        happened(0, "a", faults=faults[3:]), happened(4, "b", faults=faults)
    )
    seen = observe(heard, ["b"])
    assert {key: value for key, value in seen.items() if key[1] == "fault"} == {
        (4, "fault", "raised"): ["A", "b at 0x"],
        (4, "fault", "lang"): ["pt"],
    }
    assert errors_of_nobody(heard) == {
        (-1, "fault", "raised", "of a thread"): 2,
        (-1, "fault", "raised", "of nobody"): 2,
    }


def test_where_two_differ() -> None:
    """Also where one of them has nothing, or has None."""
    one: Observation = {(0, "a"): 1, (0, "b"): None, (0, "c"): 1}
    other: Observation = {(0, "a"): 1, (0, "c"): 2, (0, "d"): None}
    assert differing(one, other) == [(0, "b"), (0, "c"), (0, "d")]


@pytest.mark.parametrize(
    ("key", "oracle", "turn"),
    [
        ((-1, "stray", 0, "text"), "stray", None),
        ((-1, "crash"), "crash", None),
        ((1, "session", "lang"), "state", 1),
        ((0, "message", 0, "type"), "sent", 0),
        ((2, "screen", "gui.x", ""), "sent", 2),
        ((2, "echo", "reply", 0), "echo", 2),
        ((1, "fault", "session"), "state", 1),
        ((1, "fault", "raised"), "crash", 1),
        ((1, "fault", "lang"), "solo", 1),
        ((1, "reply", 0, "text"), "solo", 1),
        ((1, "slot", "stray"), "solo", 1),
    ],
)
def test_each_place_has_its_oracle(
    key: ValueKey, oracle: Oracle, turn: int | None
) -> None:
    """By the name of the place, and by the kind of a fault."""
    assert (oracle_of(key), turn_of(key)) == (oracle, turn)


def heard(*replies: tuple[int, str], kind: str = "reply") -> Observation:
    """Return an observation of replies, or messages, each in a turn."""
    seen: Observation = {}
    for turn, text in replies:
        number = sum(key[:2] == (turn, kind) for key in seen)
        seen[turn, kind, number, "text"] = text
    if kind == "reply":
        turns = [turn for turn, _ in replies]
        seen |= {(turn, "replies"): turns.count(turn) for turn in turns}
    return seen


@pytest.mark.parametrize("kind", ["reply", "stray", "message"])
def test_what_both_hear_in_any_turn_has_moved(kind: str) -> None:
    """If no more is left on either side, all its places and numbers have."""
    one = heard((0, "a"), (0, "b"), (0, "a"), kind=kind)
    other = heard((0, "b"), (1, "a"), (2, "a"), kind=kind)
    assert moved(one, other) == one.keys() | other.keys()
    assert moved(one, one) == one.keys()


def test_what_only_one_of_them_hears_has_not_moved() -> None:
    """That is a reply too many, or another one; the number of replies counts, then."""
    one, other = heard((0, "a"), (1, "a"), (1, "b")), heard((0, "a"), (1, "b"))
    assert moved(one, other) == {(0, "reply", 0, "text"), (1, "reply", 1, "text")}
    twice, once = heard((0, "a"), (1, "a")), heard((2, "a"))
    assert moved(twice, once) == {(0, "reply", 0, "text"), (2, "reply", 0, "text")}


def test_replies_and_messages_move_on_their_own() -> None:
    """What else only one of them has keeps no reply in its place."""
    one = {**heard((0, "a")), **heard((0, "x"), kind="message"), (0, "end"): "quiet"}
    other = {**heard((1, "a")), **heard((0, "y"), kind="message")}
    other[0, "screen", "gui.x", ""] = ["clock"]
    assert moved(one, other) == heard((0, "a"), (1, "a")).keys()


def test_a_reply_moves_with_all_its_parts() -> None:
    """Two replies are the same only if they are in each part."""
    one: Observation = {(0, "reply", 0, "text"): "a", (0, "reply", 0, "lang"): "en"}
    other: Observation = {(1, "reply", 0, "text"): "a", (1, "reply", 0, "lang"): "pt"}
    assert moved(one, other) == frozenset()
    other = {(1, "reply", 0, "lang"): "en", (1, "reply", 0, "text"): "a"}
    assert moved(one, other) == one.keys() | other.keys()
