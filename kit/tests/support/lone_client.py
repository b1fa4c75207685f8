"""A client alone, which hears what a test gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.dialogues import turn as turn_of
from support.planned_bus import SKILL

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.client import Client
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.live_turn import LiveTurn

HOUSE: dict[str, Json] = {"session_id": "0000-house", "lang": "en-US"}


class Alone:
    """A client of some speakers, and the turns that they take one after the other."""

    def __init__(
        self, *speakers: str, start: Mapping[str, Json] = HOUSE, **options: Any
    ) -> None:
        wires = {name: dict(start) for name in speakers or ("kitchen",)}
        options.setdefault("traceback_of", lambda _: None)
        options["dialect"] = Dialect((SKILL,), **options.pop("dialect", {}))
        self.client = Client(options.pop("wires", wires), **options)

    def take(self, said: str = "hi", speaker: str = "", **options: Any) -> LiveTurn:
        """Begin the next turn."""
        index = len(self.client.turns)
        fixture = turn_of(speaker or self.client.names[0], said)
        options = {"is_traced": False, **options}
        return self.client.begin(index, fixture, 0.0, 60.0, **options)

    def hear(self, *messages: Any, of: int | None = None, at: float = 1.0) -> None:
        """Hear messages, derived from a turn by default from the last one."""
        index = len(self.client.turns) - 1 if of is None else of
        for topic, data, *rest in messages:
            own = {"kit_session": self.client.names[0], "kit_turn": index}
            context = {**own, **(rest[0] if rest else {})}
            message = {"type": topic, "data": data, "context": context}
            self.client.listen()
            self.client.hear(at, topic, message)

    def details(self) -> list[list[str]]:
        """Return the faults of each turn."""
        return [[each.detail for each in turn.faults] for turn in self.client.turns]

    def ends(self) -> list[tuple[str | None, float | None]]:
        """Return how and when each turn has ended."""
        return [(turn.end, turn.ended) for turn in self.client.turns]
