"""One difference between a script and what happened, as plain data.

``compare`` and ``judge`` make mismatches, ``render`` makes lines of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import FaultKind, ReplyExpectation
from ovos_dialogue_kit.verdict.turn_conditions import ConditionName

__all__ = ["Item", "Mismatch", "MismatchKind", "action_words"]

Item: TypeAlias = "ReplyExpectation | Reply | Mapping[str, Json]"
"""Something expected or heard: a reply, or values by the name of the condition."""

MismatchKind: TypeAlias = (
    Literal["reply", "no_reply", "within", "asks", "denied", "xfail"]
    | ConditionName
    | FaultKind
)
"""The part of a script that was not fulfilled; xfail: it passed although marked."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference between script and transcript in one turn, for one reason.

    ``turn`` is the turn's index from 0, ``None`` if it concerns the dialogue as a
    whole. ``said`` is what the session did, in words. ``expected`` and ``heard`` are
    ``None`` where the problem says it all; empty means nothing. ``parts`` are the parts
    of the expected replies that failed. ``since`` is when the turn began, in seconds of
    the assistant's clock, where the time of what was heard matters. ``focus`` is the
    index of the first item that differs, where expected and heard are compared one by
    one. ``without_hub`` are the turn's replies on the bus in memory, if a HiveMind hub
    makes a difference. ``notes`` are lines to be shown, each with its label.
    """

    mark: Mark
    turn: int | None
    session: str
    said: str
    kind: MismatchKind
    problem: str
    expected: tuple[Item, ...] | None = None
    heard: tuple[Item, ...] | None = None
    parts: frozenset[str] = field(default_factory=frozenset)
    since: float | None = None
    focus: int | None = None
    without_hub: tuple[Reply, ...] | None = None
    leak: str | None = None
    trace: str | None = None
    notes: tuple[tuple[str, str], ...] = ()


def action_words(turn: FixtureTurn) -> str:
    """Return in words what a session does: ``"hello"``, ``emits "x.y"``."""
    if turn.connects is not None:
        return f"{turn.said}s"
    if turn.message is None:
        return f"is silent for {turn.said}"
    if turn.message.get("type") == turn.said:
        return f'emits "{turn.said}"'
    return f'"{turn.said}"'
