"""Adapt to ovos-core 2.2 and newer, whose topics move to ``ovos.*``.

The bus client bridges old and new topics.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from packaging.specifiers import SpecifierSet

from ovos_dialogue_kit.assistant.core.contracts import require_attribute
from ovos_dialogue_kit.assistant.core.generations.base import Generation
from ovos_dialogue_kit.assistant.core.generations.core_2_0 import (
    OPTIONAL,
    PLUGINS,
    engine,
    engines,
    has_plugin_stage,
    is_ready,
    start_with_plugins,
)
from ovos_dialogue_kit.replayer.dialect import Dialect

__all__ = ["GENERATION"]

_TRAINS_ASIDE = SpecifierSet(">=2.1.0a0")
"""Versions of ovos-padatious that train in a thread; so do some of 2.0."""


def _is_trained(service: Any) -> bool:
    """Return True if padatious has no thread left in which it trains.

    It starts one for every intent, which waits until no other has come for two seconds.

    Raises:
        AssistantError: the installed padatious hides that thread.

    """
    padatious = service.pipeline_plugins.get(PLUGINS["padatious"])
    if padatious is None:
        return True
    if _TRAINS_ASIDE.contains(version("ovos-padatious"), prereleases=True):
        require_attribute(padatious, "_background_trainer", "ovos-padatious")
    return getattr(padatious, "_background_trainer", None) is None


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
    start=start_with_plugins,
    is_ready=is_ready,
    engines=engines,
    engine=engine,
    has_stage=has_plugin_stage,
    train=("mycroft.skills.train",),
    is_trained=_is_trained,
    plugins=OPTIONAL,
    transformers=("utterance", "metadata", "intent", "typed_slots"),
    settings={
        "intents": {"ovos-padatious-pipeline-plugin": {"instant_train": True}},
    },
)
