"""Transcripts as JSON data and back."""

from __future__ import annotations

import json

import pytest

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.jsondata import as_json, from_json, parse_json
from ovos_dialogue_kit.replayer.transcript import (
    FOREIGN,
    UNKNOWN_ADDRESS,
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)

TRANSCRIPT = Transcript(
    script="a.dialogue.yaml",
    dialogue="d",
    case="",
    engine="padacioso",
    bus="memory",
    turns=(
        TurnTranscript(
            0,
            "a",
            "olá",
            0.0,
            "handled",
            ended=0.25,
            replies=(Reply("a", "hi", 0.1, 0, data={"n": None}, asks=True),),
            matched=False,
            slots={"n": 1},
            session_after={"active_skills": [["s", 1.5]]},
            faults=(Fault("raised", "KeyError", "Traceback"),),
            messages=({"type": "speak"},),
        ),
    ),
    strays=(Reply("b", "hi", 1.0, 0),),
    versions={"ovos-core": "2.1.1"},
    dialogs={"nothing/en-US": ("nothing",)},
    crash=Fault("crash", "killed"),
)


def read(text: str) -> Transcript:
    return from_json(Transcript, parse_json(text, "t.json"), text, "t.json")


def error_of(text: str) -> str:
    with pytest.raises(KitError) as caught:
        read(text)
    return str(caught.value).splitlines()[0]


def test_a_round_trip() -> None:
    """A transcript survives a trip through JSON unchanged."""
    assert TRANSCRIPT == read(json.dumps(as_json(TRANSCRIPT)))


def test_defaults_are_left_out() -> None:
    """A field that has its default needs no room."""
    assert as_json(Transcript("s", "d", "", "e", "b", ())) == {
        "script": "s",
        "dialogue": "d",
        "case": "",
        "engine": "e",
        "bus": "b",
        "turns": [],
    }


def test_what_is_left_out_is_not_so() -> None:
    """A reply asks nothing, and an error is somebody's, unless it says otherwise."""
    reply, crash = Reply("a", "hi", 0.0, 0), Fault("crash", "killed")
    least = Transcript("s", "d", "", "e", "b", (), (reply,), crash=crash)
    known = read(json.dumps(as_json(least)))
    assert (known.strays[0].asks, known.crash) == (False, crash)
    assert known.crash
    assert not known.crash.is_of_nobody


def test_what_others_read() -> None:
    """A key and a name in the JSON of results, which is written for other programs."""
    assert (FOREIGN, UNKNOWN_ADDRESS) == ("is_foreign", "an unknown address")


def test_an_unknown_end() -> None:
    """A value that the kit does not know is named at its place, with those it knows."""
    text = json.dumps(as_json(TRANSCRIPT)).replace('"handled"', '"handed"')
    place = text.index('"end"') + 1
    assert error_of(text) == (
        f"t.json:1:{place}: unknown "
        'value "handed"; known: handled, asked, stopped, refused, silence, '
        "quiet, until, connection, deadline, lost"
    )


def test_no_transcript() -> None:
    """Text that is no transcript is an error at its place."""
    assert error_of('{"turns": [], "buss": ""}') == (
        't.json:1:15: unknown key "buss" (did you mean "bus"?)'
    )
