"""Tests of the state of a session as every version of OVOS reads it."""

from __future__ import annotations

import pytest
from support.dialogues import turn

from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.client import Client
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.session_state import wire_of


def test_active_skills() -> None:
    """The first is the most recent, in the lists of all versions."""
    made = wire_of({"lang": "en-US", "active_skills": ["a.b", "c.d"]}, 100.0)
    handlers = [
        {"skill_id": "a.b", "activated_at": 100.0},
        {"skill_id": "c.d", "activated_at": 99.0},
    ]
    assert made == {
        "lang": "en-US",
        "active_skills": [["a.b", 100.0], ["c.d", 99.0]],
        "active_handlers": handlers,
        "converse_handlers": handlers,
    }


def test_response_mode() -> None:
    """A skill waits as long as OVOS lets it."""
    assert wire_of({"response_mode": "a.b"}, 100.0) == {
        "utterance_states": {"a.b": "response"},
        "response_mode": {"skill_id": "a.b", "expires_at": 400.0},
    }


def test_intent_context() -> None:
    """A skill's own key has its prefix for Adapt, one that is shared has none."""
    made = wire_of({"intent_context": {"my.skill:Name": "joe", "Town": "rome"}}, 100.0)
    assert made["intent_context"] == {
        "my.skill:Name": {"value": "joe", "expires_at": 220.0},
        "Town": {"value": "rome", "expires_at": 220.0},
    }
    context = made["context"]
    assert isinstance(context, dict)
    assert context["timeout"] == 120.0
    stack = context["frame_stack"]
    assert isinstance(stack, list)
    assert stack[0] == [
        {
            "entities": [
                {
                    "confidence": 1.0,
                    "data": [["joe", "my_skillName"]],
                    "key": "joe",
                    "match": "joe",
                    "origin": "",
                }
            ],
            "metadata": {},
        },
        100.0,
    ]
    assert '"Town"' in str(stack[1]).replace("'", '"')


def test_intents_are_blacklisted_by_both_of_their_names() -> None:
    """With and without the suffix of a file, each once; what is no list stays."""
    intents: list[Json] = ["a:x", "a:y.intent", "a:x.intent"]
    assert wire_of({"lang": "en-US", "blacklisted_intents": intents}, 0.0) == {
        "lang": "en-US",
        "blacklisted_intents": ["a:x", "a:x.intent", "a:y", "a:y.intent"],
    }
    for other in ([], "a:x", None):
        wire: dict[str, Json] = {"blacklisted_intents": other}
        assert wire_of(wire, 0.0) == wire


@pytest.mark.parametrize(
    "field",
    [
        "active_handlers",
        "active_skills",
        "context",
        "converse_handlers",
        "intent_context",
        "response_mode",
        "utterance_states",
    ],
)
def test_what_ovos_changes_belongs_to_the_session(field: str) -> None:
    """Of two speakers of a session, none has it for itself, as other fields."""
    wires: dict[str, dict[str, Json]] = {
        name: {"session_id": "x", field: name, "site_id": name}
        for name in ("sofa", "table")
    }
    client = Client(wires, dialect=Dialect(), traceback_of=lambda _: None)
    client.begin(0, turn("table", "hi"), 0.0, 1.0, is_traced=False)
    sent = mapping_in(client.message({"type": "x"}, "table"), "context")
    session = mapping_in(sent, "session")
    assert (session[field], session["site_id"]) == ("sofa", "table")
