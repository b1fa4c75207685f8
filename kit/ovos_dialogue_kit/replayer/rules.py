"""Define the rules by which a case is replayed on an assistant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.dialect import Dialect
from ovos_dialogue_kit.replayer.session_state import wire_of

__all__ = ["REAL_DEADLINE", "VIRTUAL_DEADLINE", "Rules"]

VIRTUAL_DEADLINE = 300.0
"""Seconds of virtual time after which a turn must have ended."""

REAL_DEADLINE = 30.0
"""Seconds of real time after which a turn must have ended."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for replaying a case.

    Args:
        dialect: interprets the assistant's messages, also those of its skills.
        pipeline: converts the stages in a fixture to the stage ids of the assistant.
        deadline: seconds of the assistant's clock that a turn may take.
        is_traced: keep all bus messages.
        is_watching: keep those that leave the assistant.
        epoch: when the dialogue begins, in seconds since the epoch.

    """

    dialect: Dialect
    pipeline: Callable[[list[str] | None], list[str]]
    deadline: float = VIRTUAL_DEADLINE
    is_traced: bool = False
    is_watching: bool = False
    epoch: float = 0.0

    def wire_of(self, wire: Mapping[str, Json], at: float = 0.0) -> dict[str, Json]:
        """Return a session of a fixture, or some of its fields, as wire data.

        Args:
            wire: the session, without a pipeline if it has the default one.
            at: the time in seconds since the dialogue began.

        """
        found = wire_of(self.dialect.in_lang(wire), self.epoch + at)
        stages = _stages(wire)
        return {**found, "pipeline": [*self.pipeline(stages)]} if stages else found

    def start_of(self, wire: Mapping[str, Json]) -> dict[str, Json]:
        """Return the session of a fixture as wire data, always with a pipeline."""
        return {**self.wire_of(wire), "pipeline": [*self.pipeline(_stages(wire))]}


def _stages(wire: Mapping[str, Json]) -> list[str] | None:
    stages = wire.get("pipeline")
    return [str(stage) for stage in stages] if isinstance(stages, list) else None
