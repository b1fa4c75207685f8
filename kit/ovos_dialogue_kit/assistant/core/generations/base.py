"""Define what every generation of ovos-core has to provide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ovos_dialogue_kit.replayer.dialect import Dialect

__all__ = ["DISTRIBUTIONS", "Generation"]

DISTRIBUTIONS = {
    "padacioso": "padacioso",
    "padatious": "ovos-padatious",
    "adapt": "ovos-adapt-parser",
}
"""The intent engines, and the distribution that provides each."""


@dataclass(frozen=True)
class Generation:
    """One generation of ovos-core's API.

    Services are ``Any``, because ovos-core has hardly any annotations; other modules of
    the kit see only the types of this class.

    Args:
        dialect: how its bus messages are read.
        start: creates the ``IntentService`` on a bus, with only the pipeline plugins
            that the given stages need.
        is_ready: returns True once a service has all its engines.
        engines: returns the names of the engines, and of the ``plugins``, that a
            service has loaded.
        engine: returns the loaded plugin of an engine, ``None`` without one.
        train: topics of the messages that start the training, in order.
        distributions: the distribution that provides each engine.
        is_trained: returns True once training that goes on in a thread is over.
        plugins: stages whose plugin ovos-core does not require, and the distribution
            that provides each.
        transformers: the kinds of transformer plugins that it runs.
        has_stage: returns True if a service has a stage that the kit does not know.
        settings: its part of ``mycroft.conf``.
        adapt_module: the module with Adapt's ``IntentDeterminationEngine``.

    """

    dialect: Dialect
    start: Callable[[Any, tuple[str, ...]], Any]
    is_ready: Callable[[Any], bool]
    engines: Callable[[Any], frozenset[str]]
    has_stage: Callable[[Any, str], bool]
    engine: Callable[[Any, str], Any]
    train: tuple[str, ...]
    distributions: Mapping[str, str] = field(default_factory=lambda: DISTRIBUTIONS)
    is_trained: Callable[[Any], bool] = lambda _: True
    plugins: Mapping[str, str] = field(default_factory=dict)
    transformers: tuple[str, ...] = ("utterance", "metadata", "intent")
    settings: Mapping[str, object] = field(default_factory=dict)
    adapt_module: str = "ovos_adapt.engine"
