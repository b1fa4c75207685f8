"""Adapt to ovos-core 0.0.8 to 0.1, in which the engines are part of the service."""

from __future__ import annotations

from typing import Any

from ovos_dialogue_kit.assistant.core.generations.base import DISTRIBUTIONS, Generation
from ovos_dialogue_kit.assistant.core.generations.core_0_2 import (
    has_listed_stage,
    start_without_unasked,
)
from ovos_dialogue_kit.replayer.dialect import Dialect

__all__ = ["GENERATION"]


def _engine(service: Any, name: str) -> Any:
    return getattr(service, f"{name}_service")


def _engines(service: Any) -> frozenset[str]:
    return frozenset(name for name in DISTRIBUTIONS if _engine(service, name))


GENERATION = Generation(
    dialect=Dialect(lang=str.lower, may_decline=True, answers_late=True),
    start=start_without_unasked,
    is_ready=lambda _: True,
    transformers=("utterance", "metadata"),
    engines=_engines,
    engine=_engine,
    has_stage=has_listed_stage,
    distributions={
        **DISTRIBUTIONS,
        "padatious": "padatious",
        "adapt": "adapt-parser",
    },
    adapt_module="adapt.engine",
    train=(),  # padatious trains at "mycroft.skills.initialized"
)
