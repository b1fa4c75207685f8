"""Tests that what is kept is what OVOS would work out anew."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ovos_spec_tools import resources
from ovos_spec_tools import session as sessions

from ovos_dialogue_kit.assistant.core import known_results
from ovos_dialogue_kit.assistant.core.known_results import (
    _carrying,
    _once,
    carry_fields_fast,
    normalize_once,
    standardize_once,
)
from ovos_dialogue_kit.assistant.core.shortcuts import log_errors_only
from ovos_dialogue_kit.assistant.system.borrowed import borrowed
from ovos_dialogue_kit.assistant.system.own_folder import OwnFolder
from ovos_dialogue_kit.assistant.system.sandbox import Sandbox

HANDLER = {"skill_id": "a.b", "activated_at": 1.5}

FIELDS: list[tuple[str, Any]] = [
    ("session_id", "a"),
    ("session_id", ""),
    ("lang", "en-US"),
    ("lang", "en US"),
    ("lang", 5),
    ("lang", None),
    ("site_id", "kitchen"),
    ("pipeline", ["a", "b"]),
    ("pipeline", []),
    ("pipeline", ["a", ""]),
    ("pipeline", ["a", 1]),
    ("pipeline", "a"),
    ("secondary_langs", ["pt-PT", "en-GB"]),
    ("secondary_langs", ["pt-PT", "pt-PT"]),
    ("location", {"lat": 1, "lon": 2.5, "tz": "Europe/Lisbon", "city": "x"}),
    ("intent_context", {"a": None, "b": {"c": 1}}),
    ("active_handlers", [HANDLER, {"skill_id": "c", "activated_at": 2, "x": 1}]),
    ("active_handlers", [HANDLER, HANDLER]),
    ("active_handlers", []),
    ("active_handlers", [{"skill_id": "a.b"}]),
    ("active_handlers", [["a.b", 1.5]]),
    ("active_handlers", [{"skill_id": [], "activated_at": 1}]),
    ("active_handlers", "a.b"),
    ("converse_handlers", [HANDLER]),
    ("response_mode", {"skill_id": "a.b", "expires_at": 3}),
    ("system_unit", "metric"),
    ("active_skills", [["a.b", 1.5]]),
    ("tags", ["a", "b"]),
    ("is_speaking", False),
    ("unknown", {"a": [1]}),
]


@pytest.mark.parametrize(("name", "value"), FIELDS)
def test_fields_of_a_session(
    name: str,
    value: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One is carried, and warned of, each time as ovos-spec-tools does it."""
    monkeypatch.setattr(sessions.time, "time", lambda: 7.0)
    stock = sessions.carried_fields
    carry = _carrying(stock, sessions.Session)
    carrier = {"site_id": "x", name: value, "persona_id": "y"}
    theirs = stock(carrier)
    warnings = [*caplog.messages]
    for _ in range(2):
        caplog.clear()
        ours = carry(carrier)
        assert json.dumps(ours) == json.dumps(theirs)
        assert caplog.messages == warnings
        for key, carried in ours.items():
            assert (carried is carrier[key]) == (theirs[key] is carrier[key])


def test_a_field_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless too many are known; one that is carried as a copy is copied each time."""
    asked: list[str] = []

    def stock(carrier: Any) -> dict[str, Any]:
        asked.extend(carrier)
        return dict(carrier) if "lang" in carrier else {"pipeline": ["a"]}

    carry = _carrying(stock, sessions.Session)
    for _ in range(2):
        carry({"lang": "en-US", "pipeline": ["a"]})["pipeline"].append("b")
    assert asked == ["lang", "pipeline"]
    monkeypatch.setattr(known_results, "_MOST_TEXTS", 0)
    for _ in range(2):
        carry({"lang": "pt-PT"})
    assert asked == ["lang", "pipeline", "lang", "lang"]


def test_a_line_is_normalised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each way in which that is asked for, with the same result."""
    asked: list[str] = []
    stock = resources.normalize_for_match

    def normalize(text: str, **how: bool) -> str:
        asked.append(text)
        return stock(text, **how)

    monkeypatch.setattr(resources, "normalize_for_match", normalize)
    normalize_once()
    for _ in range(2):
        for how in ({}, {"strip_diacritics": True}):
            for text in ("Olá, mundo!", "stop"):
                found = resources.normalize_for_match(text, **how)
                assert found == stock(text, **how)
    assert asked == ["Olá, mundo!", "stop"] * 2


def test_sessions_are_carried_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is read twice makes no other for its fields."""
    monkeypatch.setattr(sessions, "carried_fields", sessions.carried_fields)
    carry_fields_fast()
    message = SimpleNamespace(context={"session": {"session_id": "a", "lang": "en-US"}})
    first = sessions.SessionManager.get(message)
    made: list[object] = []
    init = sessions.Session.__init__
    monkeypatch.setattr(
        sessions.Session,
        "__init__",
        lambda self, **fields: made.append(fields) or init(self, **fields),
    )
    del message._bound_session
    assert sessions.SessionManager.get(message) == first
    assert made == [message.context["session"]]


def test_a_tag_is_standardised_once() -> None:
    """If it is a text, and nothing else is asked."""
    asked: list[object] = []

    def stock(tag: Any, *, macro: bool = True) -> str:
        asked.append(tag)
        return f"{tag} {macro}"

    standardize = _once(stock)
    assert [standardize("a"), standardize("a")] == ["a True", "a True"]
    assert standardize("a", macro=False) == "a False"
    assert [standardize([]), standardize([])] == ["[] True", "[] True"]
    assert asked == ["a", "a", [], []]


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Any]:
    """A module of OVOS that has imported the function by name."""
    with borrowed(Sandbox(OwnFolder(tmp_path)).environment(os.environ), ()):
        log_errors_only()  # or each line looks at all modules, those of the tests too
        import_module("ovos_utils.lang")
        yield import_module("ovos_bus_client.session")


@pytest.mark.ovos
def test_tags_are_standardised_fast(
    imported: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever OVOS does it; the second time, langcodes is not asked."""
    places = {
        "standardize_lang_tag": "ovos_utils.lang",
        "standardize_lang": "ovos_spec_tools.language",
    }
    [name] = [name for name in places if hasattr(imported, name)]
    [other] = places.keys() - {name}
    monkeypatch.delattr(f"{places[other]}.{other}")  # not every version has both
    standardize_once()
    assert getattr(imported, name)("PT_pt") == "pt-PT"
    monkeypatch.setattr("langcodes.standardize_tag", None)
    assert getattr(imported, name)("PT_pt") == "pt-PT"
