"""Other settings of sessions, and hours of silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.scenes import happened, transcript
from support.toys import dialogue

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.worlds import (
    with_fewer_settings,
    with_other_settings,
    with_pauses,
)
from ovos_dialogue_kit.jsondata import mapping_in
from ovos_dialogue_kit.replayer.transcript import Reply

LISBON = {
    "city": {"code": "Lisbon", "name": "Lisbon"},
    "coordinate": {"latitude": 38.72, "longitude": -9.14},
    "timezone": {"code": "Europe/Lisbon", "name": "Western European Time"},
}
SYDNEY = {
    "city": {"code": "Sydney", "name": "Sydney"},
    "coordinate": {"latitude": -33.87, "longitude": 151.21},
    "timezone": {"code": "Australia/Sydney", "name": "Australian Eastern Time"},
}


def settings_of(case: Case, name: str) -> list[object]:
    return [wire.get(name) for wire in case.sessions.values()]


def test_settings_differ() -> None:
    """Sessions have different units, formats, places and sites.

    There are two of each, but for the sites; who takes no part has none.
    """
    [case] = dialogue("a: x", "b: x", "c: x").cases
    sessions = {"away": {"session_id": "1", "lang": "en-US"}, **case.sessions}
    case = with_other_settings(replace(case, sessions=sessions))
    assert sessions["away"] == case.sessions["away"]
    found = {
        "system_unit": ("metric", "imperial"),
        "time_format": ("full", "half"),
        "date_format": ("DMY", "MDY"),
        "location": (LISBON, SYDNEY),
    }
    for name, (first, second) in found.items():
        assert [None, first, second, first] == settings_of(case, name)
    assert [None, "a_site", "b_site", "c_site"] == settings_of(case, "site_id")
    context = mapping_in(case.turns[1].message or {}, "context")
    assert case.sessions["b"] == mapping_in(context, "session")


def test_settings_are_taken_away_again() -> None:
    """All of them, or each one alone; those of the script stay, and others do."""
    head = "sessions: {a: {site_id: attic}, b: {prefs: {date_format: YMD}}}\n"
    [case] = dialogue("a: x", "b: x", head=head).cases
    rich = with_other_settings(case)
    plain, *others = [change(rich) for change in with_fewer_settings(rich)]
    assert plain == case
    lacking = [
        {
            (speaker, name)
            for speaker, wire in rich.sessions.items()
            for name in wire.keys() - each.sessions[speaker].keys()
        }
        for each in others
    ]
    assert lacking == [
        {("b", "site_id")},
        {("a", "system_unit"), ("b", "system_unit")},
        {("a", "time_format"), ("b", "time_format")},
        {("a", "date_format")},
        {("a", "location"), ("b", "location")},
    ]
    for each in others:
        context = mapping_in(each.turns[1].message or {}, "context")
        assert each.sessions["b"] == context["session"]


def test_settings_of_the_script_stay() -> None:
    """What the script sets stays, and so does the device's own session."""
    head = "sessions: {a: {prefs: {system_unit: imperial}}, b: {session_id: default}}\n"
    case = with_other_settings(dialogue("a: x", "b: x", head=head).cases[0])
    assert ["imperial", None] == settings_of(case, "system_unit")


@pytest.mark.parametrize(("strays", "pauses"), [(25, {"6h"}), (26, set())])
def test_fifty_replies_beside_those_of_the_turns_are_too_many(
    strays: int, pauses: set[str]
) -> None:
    """Each turn may have one more, and what nobody asked for counts."""
    [case] = dialogue("a: x", "b: y").cases  # with pauses, five turns
    heard = transcript(
        *(happened(turn, "a", *["bim"] * 6) for turn in range(5)),
        strays=[Reply("b", "bim", 0.0, 0)] * strays,
    )
    longer = with_pauses(case, lambda *_: heard)
    assert pauses == {turn.said for turn in longer.turns if turn.silence}
