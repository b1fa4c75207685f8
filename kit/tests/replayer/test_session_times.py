"""Session data without times, as each version of ovos-bus-client writes it."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.session_times import without_times

FRAME: Json = {"entities": [{"data": [["tiger", "Animal"]]}], "metadata": {}}


def session_1(time: float) -> dict[str, Json]:
    """Return a session of ovos-bus-client 0.1 to 1.5."""
    return {
        "lang": "en-US",
        "active_skills": [["a.b", time], ["c.d", time - 1]],
        "context": {"timeout": 120, "frame_stack": [[FRAME, time]]},
    }


def session_2(time: float) -> dict[str, Json]:
    """Return a session of ovos-bus-client 2.11, as ovos-core 3.7 has it."""
    handler: Json = {"skill_id": "a.b", "activated_at": time}
    return {
        **session_1(time),
        "active_handlers": [handler],
        "converse_handlers": [handler],
        "fallback_handlers": ["a.b", handler],
        "response_mode": {"skill_id": "a.b", "expires_at": time + 60},
        "intent_context": {
            "Animal": {"value": "tiger", "turns_remaining": 2, "expires_at": time},
            "Gone": None,
        },
    }


@pytest.mark.parametrize("session_at", [session_1, session_2])
def test_no_time_is_left(session_at: type[dict[str, Json]]) -> None:
    """Two sessions that differ only in times are the same."""
    assert without_times(session_at(1e9)) == without_times(session_at(1.5))


def test_all_else_stays() -> None:
    """Everything but times is kept, in its order."""
    assert {
        "lang": "en-US",
        "active_skills": ["a.b", "c.d"],
        "context": {"timeout": 120, "frame_stack": [FRAME]},
        "active_handlers": [{"skill_id": "a.b"}],
        "converse_handlers": [{"skill_id": "a.b"}],
        "fallback_handlers": ["a.b", {"skill_id": "a.b"}],
        "response_mode": {"skill_id": "a.b"},
        "intent_context": {
            "Animal": {"value": "tiger", "turns_remaining": 2},
            "Gone": None,
        },
    } == without_times(session_2(12.5))


@pytest.mark.parametrize(
    "odd",
    [
        {"active_skills": None},
        {"active_skills": ["a.b", []]},
        {"active_skills": [], "active_handlers": None, "response_mode": None},
        {"active_skills": [], "context": None, "intent_context": []},
        {"active_skills": [], "context": {"timeout": 1}},
    ],
)
def test_other_shapes_stay_as_they_are(odd: dict[str, Json]) -> None:
    """Whatever else a version or a skill writes is kept; no active skills are none."""
    assert {**odd, "active_skills": odd["active_skills"] or []} == without_times(odd)
