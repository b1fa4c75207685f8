"""Change a case: other words in a turn, other settings of a session, a twin of one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.jsondata import Json, mapping_in

__all__ = [
    "is_of_one_session",
    "is_utterance",
    "twin_of",
    "with_settings",
    "with_speaker",
    "with_text",
    "with_texts",
]

_NUMBERED = re.compile(r"_\d+$")


def is_of_one_session(case: Case) -> bool:
    """Return True if one session takes all turns of a case."""
    names = sessions_by_speaker(case)
    return len({names[turn.session] for turn in case.turns}) == 1


def twin_of(name: str, case: Case) -> tuple[str, dict[str, Json]]:
    """Return name and session of a twin of a speaker.

    The twin has an id of its own, and a site of its own if the script names one: in the
    same room, both may share what belongs to the room.
    """
    known, wire = case.sessions, case.sessions[name]
    stem = _NUMBERED.sub("", name)
    stem = stem if stem in known else name
    number = next(n for n in count(2) if f"{stem}_{n}" not in known)
    twin = f"{stem}_{number}"
    session_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{wire['session_id']} {number}"))
    own: dict[str, Json] = {**wire, "session_id": session_id}
    if "site_id" in wire:
        own["site_id"] = f"{_NUMBERED.sub('', str(wire['site_id']))}_{number}"
    return twin, own


def with_speaker(turn: FixtureTurn, name: str, wire: Mapping[str, Json]) -> FixtureTurn:
    """Return a turn with another session as its speaker."""
    if turn.message is None:
        return replace(turn, session=name)
    own: dict[str, Json] = {"source": f"kit.{name}", "session": dict(wire)}
    message: dict[str, Json] = {
        **turn.message,
        "context": {**mapping_in(turn.message, "context"), **own},
    }
    return replace(turn, session=name, message=message)


def with_text(turn: FixtureTurn, text: str) -> FixtureTurn:
    """Return a turn with another utterance."""
    if text == turn.said or not is_utterance(turn) or turn.message is None:
        return turn
    said: list[Json] = [text]
    data: dict[str, Json] = {**mapping_in(turn.message, "data"), "utterances": said}
    return replace(turn, said=text, message={**turn.message, "data": data})


def is_utterance(turn: FixtureTurn) -> bool:
    """Return True if something is said in a turn."""
    message = turn.message
    return message is not None and message["type"] == "recognizer_loop:utterance"


def with_texts(case: Case, texts: Mapping[int, str]) -> Case:
    """Return a case with other utterances in some of its turns."""
    turns = tuple(
        with_text(turn, texts.get(index, turn.said))
        for index, turn in enumerate(case.turns)
    )
    return replace(case, turns=turns)


def with_settings(case: Case, wires: Mapping[str, Mapping[str, Json]]) -> Case:
    """Return a case with other sessions for some of its speakers."""
    turns = tuple(
        with_speaker(turn, turn.session, wires[turn.session])
        if turn.session in wires
        else turn
        for turn in case.turns
    )
    return replace(case, sessions={**case.sessions, **wires}, turns=turns)
