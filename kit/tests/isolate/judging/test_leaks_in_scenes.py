"""What each oracle yields for what happened in company and alone, exactly."""

from __future__ import annotations

import pytest
from support.scenes import happened, message, scene, transcript

from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle, ValueKey
from ovos_dialogue_kit.isolate.judging.oracles import leaks_in, observations
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript

WORDS = {"vubosuk": 0, "élan": 1}


def places(seen: Scene, oracle: Oracle) -> list[tuple[str, ValueKey]]:
    """Return session and place of what an oracle yields."""
    return [(leak.session, leak.key) for leak in leaks_in(seen, (oracle,))]


@pytest.mark.parametrize(
    ("parts", "place", "value"),
    [
        ({"slots": {"x": ["an Élan!"]}}, ("slot",), {"x": ["an Élan!"]}),
        ({"session_after": {"y": "élan"}}, ("session",), {"y": "élan"}),
        (
            {"messages": (message("a"), message("b", note="ÉLAN"))},
            ("message", 1),
            {"type": "b", "data.note": "ÉLAN", "context.source": "skills"},
        ),
        (
            {"messages": (message("gui.x", to_device=True, note="élan"),)},
            ("screen", "gui.x", ""),
            [{"note": "élan"}],
        ),
    ],
)
def test_a_word_of_another_session_is_found_in_each_part(
    parts: dict[str, object], place: ValueKey, value: Json
) -> None:
    """Of the second of two words and turns, whatever the case of its letters."""
    turns = [happened(n, name) for n, name in enumerate("abba")]
    turns[3] = happened(3, "a", **parts)
    seen = scene(transcript(*turns), canaries=WORDS)
    assert [*leaks_in(seen, ["taint"])] == [
        Leak("taint", "a", 3, (3, *place), value, source=1)
    ]
    turns[3] = happened(3, "b", **parts)
    script = [f"{name}: hi" for name in "abbb"]
    own = scene(transcript(*turns), None, *script, canaries=WORDS)
    assert [*leaks_in(own, ["taint"])] == []


def test_a_word_of_another_session_is_found_in_each_reply() -> None:
    """In its text and in its data, in a turn and outside; not in its own session."""
    replies = [
        Reply("b", "VUBOSUK", 0.0, 2),
        Reply("b", "hello", 0.0, 2, data={"name": "vubosuk"}),
        Reply("b", "vubosuk", 0.0, 2, data={"name": "eve"}),
        Reply("b", "élan", 0.0, 2, data={"name": "élan"}),
    ]
    strays = [Reply("a", "vubosuk", 0.0, 2), Reply("b", "vubosuk", 0.0, 2)]
    turns = [happened(0, "a"), happened(1, "b"), happened(2, "b", *replies)]
    seen = scene(transcript(*turns, strays=strays), canaries=WORDS)
    assert [*leaks_in(seen, ["taint"])] == [
        Leak("taint", "b", 2, (2, "reply", 0), "VUBOSUK", source=0),
        Leak(
            "taint", "b", 2, (2, "reply", 1), ["hello", {"name": "vubosuk"}], source=0
        ),
        Leak("taint", "b", 2, (2, "reply", 2), ["vubosuk", {"name": "eve"}], source=0),
        Leak("taint", "b", None, (-1, "stray", 1), "vubosuk", source=0),
    ]


def test_what_comes_alone_only_may_be_no_leak() -> None:
    """An echo, or what is shown: it tells nothing of who speaks in company."""
    shown = (message("gui.x", to_device=True, note="milk"),)
    company = transcript(happened(0, "a", "77"), happened(1, "b", "hello"))
    alone = {
        "a": transcript(happened(0, "a", "0")),
        "b": transcript(happened(1, "b", "hello", "77", messages=shown)),
    }
    assert places(scene(company, alone), "echo") == []
    assert places(scene(company, alone), "sent") == []


def failing(turn: int, *faults: Fault, **parts: object) -> Transcript:
    """Return two turns of a session, of which one has faults and other parts."""
    of = {0: {}, 2: {}, turn: {"faults": faults, **parts}}
    return transcript(*(happened(n, "b", **of[n]) for n in (0, 2)))


ERROR, OTHER, LANG = Fault("raised", "x"), Fault("raised", "y"), Fault("lang", "x")


@pytest.mark.parametrize(
    ("here", "there", "leaks"),
    [
        ((ERROR,), (ERROR,), []),
        ((ERROR, OTHER), (OTHER, ERROR), []),
        ((ERROR,), (OTHER,), ["raised"]),
        ((ERROR,), (LANG,), ["lang", "raised"]),
        ((ERROR,), (), ["raised"]),
    ],
)
def test_where_turns_overlap_a_fault_may_come_in_another_turn(
    here: tuple[Fault, ...], there: tuple[Fault, ...], leaks: list[str]
) -> None:
    """If all that goes wrong is the same; other differences count nevertheless."""
    script = "b: hi", "a: hi", "b: hi"
    company = failing(0, *here, intent="x", session_after={"x": ["y"]})
    alone = {"b": failing(2, *there, session_after={"x": ["z"]})}
    seen = scene(company, alone, *script, has_overlaps=True)
    found = [leak.key for leak in leaks_in(seen, ORACLES)]
    assert sorted({str(key[2]) for key in found if key[1] == "fault"}) == leaks
    assert (0, "intent") in found
    plain = leaks_in(scene(company, alone, *script), ORACLES)
    assert "fault" in {leak.key[1] for leak in plain}


def test_where_turns_overlap_session_data_count_after_the_last_turn() -> None:
    """That of the session itself; without overlaps, after each turn."""

    def settled(n: int) -> Transcript:
        return transcript(
            *(
                happened(index, name, session_after={"n": n if name == "b" else 0})
                for index, name in enumerate("bbabaa")
            )
        )

    alone = {"b": settled(2)}
    places_of_last = [("b", (3, "session", "n"))]
    assert (
        places(scene(settled(1), alone, has_overlaps=True), "state") == places_of_last
    )
    assert places(scene(settled(1), alone), "state") == [
        ("b", (turn, "session", "n")) for turn in (0, 1, 3)
    ]


def test_a_crash_leaves_nothing_else_to_compare() -> None:
    """It is one of each session, if it does not come alone."""
    gone = Fault("crash", "gone")
    company = transcript(
        happened(0, "a", "x"), happened(1, "b", "y", faults=(ERROR,)), crash=gone
    )
    alone = {"a": transcript(happened(0, "a", "other"))}
    assert places(scene(company, alone), "crash") == [
        ("a", (-1, "crash")),
        ("b", (-1, "crash")),
    ]
    assert places(scene(company, alone), "solo") == []
    alone["b"] = transcript(crash=gone)
    assert places(scene(company, alone), "crash") == []


def test_an_error_of_nobody_may_come_as_often_as_alone() -> None:
    """One more is a leak; what comes alone only is none."""

    def raising(*whats: str) -> Transcript:
        faults = tuple(Fault("raised", what, is_of_nobody=True) for what in whats)
        return transcript(happened(0, "a", faults=faults), happened(1, "b"))

    key: ValueKey = (-1, "fault", "raised", "x")
    alone = {"a": raising("x", "z"), "b": raising("x")}
    seen = scene(raising("x", "x", "x"), alone)
    assert observations(seen, NOBODY) == ({key: 3}, {key: 2})
    assert [*leaks_in(seen, ["crash"])] == [Leak("crash", NOBODY, None, key, 3, 2)]
    assert observations(scene(raising("x"), alone), NOBODY) == ({key: 1}, {key: 1})
    assert observations(scene(raising(), alone), NOBODY) == ({}, {})


def test_leaks_come_by_oracle_the_most_telling_first() -> None:
    """Of those that are asked, whatever their order; about one session, if given."""
    company = transcript(
        happened(0, "a", "x", session_after={"n": 1}),
        happened(1, "b", "vubosuk", session_after={"n": 1}),
    )
    alone = {name: transcript(happened(n, name)) for n, name in enumerate("ab")}
    seen = scene(company, alone, canaries=WORDS)
    asked: tuple[Oracle, ...] = ("state", "solo", "taint")
    found = [(leak.oracle, leak.session) for leak in leaks_in(seen, asked)]
    assert list(dict.fromkeys(found)) == [
        ("taint", "b"),
        ("solo", "a"),
        ("solo", "b"),
        ("state", "a"),
        ("state", "b"),
    ]
    about = leaks_in(seen, ["state", "taint"], about="a")
    assert [(leak.oracle, leak.session) for leak in about] == [("state", "a")]
