"""What only a comparison of a session in company and alone can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from support.scenes import happened, message, scene, transcript

from ovos_dialogue_kit.isolate.judging.observation import ValueKey
from ovos_dialogue_kit.isolate.judging.oracles import observations
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript


def differ(seen: Scene, session: str, name: str) -> dict[ValueKey, tuple[Json, Json]]:
    """Return the places of a kind that differ, with both values."""
    company, alone = observations(seen, session)
    keys = [key for key in {**company, **alone} if key[1] == name]
    pairs = {key: (company.get(key), alone.get(key)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


# -- the screen -----------------------------------------------------------------------


def shown(index: int, session: str, *values: Json, at: float = 0.0) -> TurnTranscript:
    sent = [message("gui.value.set", at, to_device=True, note=each) for each in values]
    return happened(index, session, at=at, messages=tuple(sent))


NOTE = "gui.value.set", "note"


def test_only_news_are_left_of_the_screen() -> None:
    """What a session shows on one side only, at any turn and in any order."""
    company = transcript(
        shown(0, "a", "x", "y"), shown(1, "b", "z"), shown(2, "a", "w")
    )
    alone = {"a": transcript(shown(0, "a", "y", "v"), shown(2, "a", "x"))}
    assert differ(scene(company, alone), "a", "screen") == {
        (2, "screen", *NOTE): (["w"], None),
        (0, "screen", *NOTE): (None, ["v"]),
    }
    assert differ(scene(company, alone), "b", "screen") == {}


@pytest.mark.parametrize(
    ("has_overlaps", "shows_alone", "leaks"),
    [(True, True, False), (True, False, True), (False, True, True)],
)
def test_the_value_of_another_session_where_turns_overlap(
    *, has_overlaps: bool, shows_alone: bool, leaks: bool
) -> None:
    """Code for one may send what another one has set, and shows when it is alone."""
    company = transcript(shown(0, "a", "of b"), shown(1, "b", "of b", at=1.0))
    alone = {
        "a": transcript(shown(0, "a")),
        "b": transcript(shown(1, "b", "of b" if shows_alone else "other")),
    }
    seen = scene(company, alone, has_overlaps=has_overlaps)
    assert bool(differ(seen, "a", "screen")) == leaks


# -- the order of replies -------------------------------------------------------------


def spoken(first: Sequence[str], second: Sequence[str]) -> Transcript:
    return transcript(happened(0, "a", *first), happened(1, "a", *second))


def test_the_order_of_the_same_replies_is_compared() -> None:
    """In each turn, and only if they are the same."""
    here = spoken(["one", "two"], ["x", "y", "y"])
    seen = scene(here, {"a": spoken(["one", "two"], ["y", "x", "y"])})
    assert differ(seen, "a", "order") == {
        (1, "order"): (["x", "y", "y"], ["y", "x", "y"])
    }
    seen = scene(here, {"a": spoken(["one", "two"], ["y", "x", "x"])})
    assert differ(seen, "a", "order") == {}
    seen = scene(here, {"a": spoken(["two", "one"], ["y", "x", "y"])})
    assert list(differ(seen, "a", "order")) == [(0, "order"), (1, "order")]
    more, fewer = spoken(["one"], ["x"]), spoken(["one"], [])
    assert differ(scene(more, {"a": fewer}), "a", "order") == {}
    assert differ(scene(fewer, {"a": more}), "a", "order") == {}
    strays = [Reply("a", text, 0.0, 0) for text in ("one", "two")]
    here = transcript(happened(0, "a"), strays=strays)
    alone = {"a": transcript(happened(0, "a"), strays=strays[::-1])}
    assert differ(scene(here, alone), "a", "order") == {}


def test_where_turns_overlap_somebody_may_have_to_wait() -> None:
    """The order is not compared there."""
    here, there = spoken(["one", "two"], []), spoken(["two", "one"], [])
    assert differ(scene(here, {"a": there}, has_overlaps=True), "a", "order") == {}
    assert differ(scene(here, {"a": there}), "a", "order") != {}


# -- echoes ---------------------------------------------------------------------------


def heard(index: int, session: str, word: str, at: float = 0.0) -> TurnTranscript:
    return happened(index, session, f"your number is {word}", at=at)


def echoes(seen: Scene, session: str) -> dict[ValueKey, tuple[Json, Json]]:
    return differ(seen, session, "echo")


def told(*words: str, **options: bool) -> Scene:
    """Return a scene in which two sessions, and one of them again, are told words."""
    here = transcript(*(heard(n, "aba"[n], word) for n, word in enumerate(words)))
    alone: Mapping[str, Transcript] = {
        "a": transcript(heard(0, "a", "0"), heard(2, "a", "1")),
        "b": transcript(heard(1, "b", "2")),
    }
    return scene(here, alone, **options)


def test_an_echo_is_a_word_that_another_session_was_told_before() -> None:
    """It differs from the word that is heard alone, which is no echo."""
    place: ValueKey = (1, "echo", "reply", 0)
    assert echoes(told("77", "77", "99"), "b") == {place: (True, None)}
    assert echoes(told("77", "77", "99"), "a") == {}
    assert echoes(told("77", "88", "88"), "a") == {
        (2, "echo", "reply", 0): (True, None)
    }
    assert echoes(told("77", "88", "77"), "a") == {}  # its own
    assert echoes(told("77", "88", "99"), "a") == {}


def test_no_echo_where_chance_decides_who_comes_first() -> None:
    """Nor where nothing differs from the session alone."""
    assert echoes(told("77", "77", "99", is_shuffled=True), "b") == {}
    assert echoes(told("2", "2", "99"), "b") == {}
    assert echoes(told("77", "2", "77"), "b") == {}


def test_a_word_alone_that_others_are_told_in_company() -> None:
    """Chance makes that as often as an echo in company, so it counts alike."""
    here = transcript(heard(0, "a", "77"), heard(1, "b", "88"))
    alone = {"b": transcript(heard(1, "b", "77"))}
    assert echoes(scene(here, alone), "b") == {(1, "echo", "reply", 0): (None, True)}


@pytest.mark.parametrize(
    ("first", "second", "leaks"),
    [(1.0, 2.0, True), (1.0, 1.0, True), (2.0, 1.0, False)],
)
def test_where_turns_overlap_the_time_tells_who_was_first(
    first: float, second: float, *, leaks: bool
) -> None:
    """In whatever order the turns were taken."""
    here = transcript(heard(0, "b", "77", at=second), heard(1, "a", "77", at=first))
    alone = {"b": transcript(heard(0, "b", "0")), "a": transcript(heard(1, "a", "1"))}
    assert bool(echoes(scene(here, alone, has_overlaps=True), "b")) == leaks


def test_an_echo_among_strays_and_messages() -> None:
    """A word counts wherever it is heard or sent, in letters of either case."""
    strays = [Reply("b", "nothing", 0.5, 0), Reply("b", "a NUMBER", 1.0, 1)]
    sent = message("note", 2.0, text="a number")
    turns = [
        happened(0, "a", "a Number", at=0.5),
        happened(1, "b", messages=(message("note", 1.0), sent)),
    ]
    alone = {
        "b": transcript(
            happened(
                1, "b", messages=(message("note", 1.0), message("note", text="x"))
            ),
            strays=[Reply("b", "nothing", 0.5, 0), Reply("b", "a word", 1.0, 1)],
        ),
        "a": transcript(happened(0, "a", "a word")),
    }
    found = echoes(scene(transcript(*turns, strays=strays), alone), "b")
    assert found == {
        (-1, "echo", "stray", 1): (True, None),
        (1, "echo", "message", 1): (True, None),
    }


def second_hand(kind: str, turn: int, at: float) -> Transcript:
    """Return what the second of three sessions is told in a stray or a message.

    That is at some time, in its first or its last turn; the first session is told the
    same in the turn between these, at 1 s.
    """
    strays = [Reply("c", "hello", 0.0, 0), Reply("b", "hello", 0.0, 0)]
    strays += [Reply("b", "77", at, turn)] if kind == "stray" else []
    sent = message("note", 0.0), message("note", at, text="77")
    turns = [happened(n, name, at=1.0) for n, name in enumerate("bab")]
    turns[1] = heard(1, "a", "77", at=1.0)
    if kind == "message":
        turns[turn] = happened(turn, "b", messages=sent)
    return transcript(*turns, strays=strays)


@pytest.mark.parametrize("kind", ["stray", "message"])
@pytest.mark.parametrize(
    ("turn", "at", "has_overlaps", "sessions"),
    [
        (0, 1.0, False, "a"),  # by the order of turns
        (2, 1.0, False, "b"),
        (0, 0.5, True, "a"),  # by the time
        (0, 1.5, True, "b"),
        (0, 1.0, True, "ab"),
    ],
)
def test_when_a_stray_or_a_message_came_decides_who_was_first(
    kind: str, turn: int, at: float, sessions: str, *, has_overlaps: bool
) -> None:
    """As with replies; what came at the same time may be an echo of either."""
    here = second_hand(kind, turn, at)
    alone = {
        "a": transcript(heard(1, "a", "0")),
        "b": transcript(happened(0, "b"), happened(2, "b")),
    }
    seen = scene(here, alone, has_overlaps=has_overlaps)
    number = (-1, "echo", "stray", 1) if kind == "stray" else (turn, "echo", kind, 1)
    places = {"a": (1, "echo", "reply", 0), "b": number}
    for session in "ab":
        expected = {places[session]} if session in sessions else set()
        assert echoes(seen, session).keys() == expected


def test_only_what_is_heard_or_sent_is_an_echo() -> None:
    """Neither what is shown to all, nor how many replies and which parts they have."""
    shows = message("gui.x", to_device=True, note="1")
    here = [heard(0, "a", "1"), happened(1, "b", "hello", messages=(shows,))]
    alone = {
        "a": transcript(heard(0, "a", "0")),
        "b": transcript(happened(1, "b", "hello", "hello")),
    }
    assert echoes(scene(transcript(*here), alone), "b") == {}
    here = [happened(0, "a", "it is true"), happened(1, "b", "so true")]
    alone = {name: transcript(happened(n, name)) for n, name in enumerate("ab")}
    seen = scene(transcript(*here), alone)
    assert list(echoes(seen, "b")) == [(1, "echo", "reply", 0)]
    here = [
        happened(n, name, Reply(name, f"{name}?", 0.0, n, asks=True))
        for n, name in enumerate("ab")
    ]
    assert echoes(scene(transcript(*here), alone), "b") == {}
    strays = [Reply("b", "psst", 0.0, 1)]
    here = [happened(0, "a", "1"), happened(1, "b")]
    alone = {"b": transcript(happened(1, "b"), strays=strays * 2)}
    assert echoes(scene(transcript(*here, strays=strays), alone), "b") == {}


def test_what_is_heard_alone_only_comes_after_all_else() -> None:
    """It is an echo of whatever others were told, and of nothing else."""
    here = [happened(0, "a", "77"), happened(1, "b", "hello")]
    for word, expected in (("77", [(1, "echo", "reply", 1)]), ("88", [])):
        alone = {
            "a": transcript(happened(0, "a", "0")),
            "b": transcript(happened(1, "b", "hello", word)),
        }
        assert list(echoes(scene(transcript(*here), alone), "b")) == expected
