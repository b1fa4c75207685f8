"""ovos-core 2.2 and newer: topics move to ``ovos.*``; the bus client bridges them."""

from __future__ import annotations

from ovos_dialogue_kit.assistant.generations.base import Generation
from ovos_dialogue_kit.assistant.generations.core_2_0 import (
    OPTIONAL,
    engines,
    is_ready,
    start,
)
from ovos_dialogue_kit.dialect import Dialect

__all__ = ["GENERATION"]

GENERATION = Generation(
    dialect=Dialect(
        reserved={
            "common_query": "common_query",
            "converse": "converse",
            "fallback": "fallback",
            "response": "response",
            "stop": "stop",
        }
    ),
    start=start,
    is_ready=is_ready,
    engines=engines,
    train=("mycroft.skills.train",),
    plugins=OPTIONAL,
    settings={
        "intents": {"ovos-padatious-pipeline-plugin": {"instant_train": True}},
    },
)
