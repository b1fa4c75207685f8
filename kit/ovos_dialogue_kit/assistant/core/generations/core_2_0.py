"""Adapt to ovos-core 2.0 and 2.1, which load engine plugins on a bus message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ovos_dialogue_kit.assistant.core.generations.base import Generation
from ovos_dialogue_kit.replayer.dialect import Dialect

__all__ = [
    "GENERATION",
    "OPTIONAL",
    "PLUGINS",
    "engine",
    "engines",
    "has_plugin_stage",
    "is_ready",
    "start_with_plugins",
]

PLUGINS = {
    "adapt": "ovos-adapt-pipeline-plugin",
    "common_qa": "ovos-common-query-pipeline-plugin",
    "converse": "ovos-converse-pipeline-plugin",
    "fallback": "ovos-fallback-pipeline-plugin",
    "ocp": "ovos-ocp-pipeline-plugin",
    "padacioso": "ovos-padacioso-pipeline-plugin",
    "padatious": "ovos-padatious-pipeline-plugin",
    "stop": "ovos-stop-pipeline-plugin",
}
"""Stages of a pipeline (without their level) and the plugins that provide them."""

OPTIONAL = {name: PLUGINS[name] for name in ("common_qa", "ocp")}
"""Stages whose plugins ovos-core does not require."""


def start_with_plugins(
    bus: Any, stages: tuple[str, ...]
) -> Any:  # reasons for Any: see Generation
    """Create the intent service, which loads its plugins when a bus message arrives.

    Only the plugins of ``stages`` are loaded: others take seconds and use the network.
    """
    from ovos_core.intent_services import IntentService
    from ovos_plugin_manager.pipeline import OVOSPipelineFactory

    wanted = set(_plugins_of(stages))
    installed = OVOSPipelineFactory.get_installed_pipeline_ids
    OVOSPipelineFactory.get_installed_pipeline_ids = staticmethod(
        lambda: sorted(wanted.intersection(installed()))
    )
    return IntentService(bus)


def _plugins_of(stages: Iterable[str]) -> Iterable[str]:
    for stage in stages:
        name = re.sub("[_-](high|medium|low|legacy)$", "", stage)
        yield PLUGINS.get(name, name)


def is_ready(service: Any) -> bool:
    """Return True if the plugins are loaded."""
    return bool(service.status.state.name == "READY")


def has_plugin_stage(service: Any, stage: str) -> bool:
    """Return True if a loaded plugin provides a stage."""
    return service.get_pipeline_matcher(stage) is not None


def engines(service: Any) -> frozenset[str]:
    """Return the names of the stages whose plugins are loaded."""
    loaded = set(service.pipeline_plugins)
    return frozenset(name for name, plugin in PLUGINS.items() if plugin in loaded)


def engine(service: Any, name: str) -> Any:
    """Return the loaded plugin of an engine, ``None`` without one."""
    return service.pipeline_plugins.get(PLUGINS[name])


GENERATION = Generation(
    dialect=Dialect(stop_response_ends=True),
    start=start_with_plugins,
    is_ready=is_ready,
    engines=engines,
    engine=engine,
    has_stage=has_plugin_stage,
    train=("mycroft.skills.train",),
    plugins=OPTIONAL,
)
