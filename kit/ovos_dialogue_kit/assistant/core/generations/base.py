"""The questions that every generation of ovos-core answers in its own way."""

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
"""The intent engines, and the distribution that brings each."""


@dataclass(frozen=True)
class Generation:
    """One generation of ovos-core's API.

    Services are ``Any``: ovos-core is hardly annotated, and this is the place where
    that ends.

    Args:
        dialect: what its messages mean on the wire.
        start: makes the ``IntentService`` on a bus, with only the pipeline plugins that
            the given stages need.
        is_ready: whether the service has all its engines.
        engines: the names of the engines, and of the ``plugins``, that the service
            really has.
        plugins: stages that need a plugin which ovos-core may come without, and the
            distribution that brings it.
        settings: what goes into ``mycroft.conf`` for it.
        distributions: the engines, and what brings each.
        train: the messages that make it train, in order.
        is_trained: whether training is over that goes on beside the bus.

    """

    dialect: Dialect
    start: Callable[[Any, tuple[str, ...]], Any]
    is_ready: Callable[[Any], bool]
    engines: Callable[[Any], frozenset[str]]
    train: tuple[str, ...]
    distributions: Mapping[str, str] = field(default_factory=lambda: DISTRIBUTIONS)
    is_trained: Callable[[Any], bool] = lambda _: True
    plugins: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
