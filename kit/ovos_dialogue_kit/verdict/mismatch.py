"""One thing that went another way than its script says, as plain data.

``compare`` and ``marks`` make mismatches, ``render`` makes words of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import ReplyExpectation

__all__ = ["Item", "Mismatch", "act"]

Item: TypeAlias = "ReplyExpectation | Reply | Mapping[str, Json]"
"""What was expected or heard: a reply, or values by the name of the condition."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What differs in one turn, for one reason.

    ``turn`` is the turn's index, ``None`` if it concerns the dialogue as a whole.
    ``said`` is what the session did, in words. ``kind`` is one of reply, no_reply,
    within, asks, skill, lang, denied, the names of ``conditions.CONDITIONS``, those of
    ``transcript.Fault.kind``, and xfail (it passed). ``expected`` and ``heard`` are
    ``None`` where the problem says it all; empty means nothing. ``parts`` are the parts
    of the expected replies that failed. ``since`` is when the turn began, where the
    time of what was heard matters. ``notes`` are lines to be shown, with their label.
    """

    mark: Mark
    turn: int | None
    session: str
    said: str
    kind: str
    problem: str
    expected: tuple[Item, ...] | None = None
    heard: tuple[Item, ...] | None = None
    parts: frozenset[str] = field(default_factory=frozenset)
    since: float | None = None
    leak: str | None = None
    trace: str | None = None
    notes: tuple[tuple[str, str], ...] = ()


def act(turn: FixtureTurn) -> str:
    """Return in words what a session does: ``"hello"``, ``emits "x.y"``."""
    if turn.message is None:
        return f"is silent for {turn.said}"
    if turn.message.get("type") == turn.said:
        return f'emits "{turn.said}"'
    return f'"{turn.said}"'
