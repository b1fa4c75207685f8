"""Adapt to ovos-core 0.2 to 1.3, whose service has a fixed list of engine plugins."""

from __future__ import annotations

from typing import Any

from ovos_dialogue_kit.assistant.core.generations.base import DISTRIBUTIONS, Generation
from ovos_dialogue_kit.replayer.dialect import Dialect

__all__ = [
    "GENERATION",
    "UNASKED",
    "Unasked",
    "has_listed_stage",
    "start_without_unasked",
]

UNASKED = {
    "OCPPipelineMatcher": "ocp",
    "CommonQAService": "common_qa",
    "PersonaService": "persona",
}
"""Services that ovos-core starts even if no pipeline names their stages.

They train for seconds, and Persona uses the network.
"""


class Unasked:
    """A stand-in for a service that no stage of the pipeline names."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:  # stands for any method
        """Return a method that does nothing."""
        return lambda *_, **__: None


def start_without_unasked(
    bus: Any, stages: tuple[str, ...]
) -> Any:  # reasons for Any: see Generation
    """Create the intent service without the parts that no stage names.

    Before that, load the languages of Lingua Franca, as ovos-core's ``main`` does.
    """
    from ovos_config.locale import setup_locale
    from ovos_core import intent_services
    from ovos_utils import log

    # it reads the stack at each of 20,000 calls of functions that ovos-utils 0.6 and
    # newer call deprecated, which takes half a minute
    log.log_deprecation = lambda *_, **__: None

    for name, stage in UNASKED.items():
        if hasattr(intent_services, name) and not any(
            stage in wanted for wanted in stages
        ):
            setattr(intent_services, name, Unasked)
    setup_locale()
    return intent_services.IntentService(bus)


def has_listed_stage(service: Any, stage: str) -> bool:
    """Return True if the fixed list of the service has a stage."""
    from ovos_bus_client.session import Session

    return bool(service.get_pipeline(session=Session("kit", pipeline=[stage])))


def _engine(service: Any, name: str) -> Any:
    return getattr(service, f"_{name}_service")  # the public name warns


def _engines(service: Any) -> frozenset[str]:
    return frozenset(name for name in DISTRIBUTIONS if _engine(service, name))


GENERATION = Generation(
    dialect=Dialect(may_decline=True),
    start=start_without_unasked,
    is_ready=lambda _: True,
    transformers=("utterance", "metadata"),
    engines=_engines,
    engine=_engine,
    has_stage=has_listed_stage,
    train=("mycroft.skills.train",),
    settings={"intents": {"disable_padacioso": False}},
)
