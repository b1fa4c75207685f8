"""Read and check the options and ini values of the pytest plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.setup import Limits
from ovos_dialogue_kit.assistant.transports.registry import Transport
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.run.options import PYTEST_OPTIONS, require_bus

__all__ = ["runs_in_process", "schedules_of", "settings_of", "wants_isolation"]


def settings_of(config: pytest.Config) -> Settings:
    """Return the settings of a run; an option overrides the ini value of its name.

    Raises:
        pytest.UsageError: a value is wrong.

    """
    schedules_of(config)
    bus = _value(config, "kit_bus")
    order_seed = _value(config, "kit_order_seed")
    if order_seed is not None:
        _require_bus(bus, lambda each: each.controls_order, "kit_order_seed")
    if runs_in_process(config):
        _require_bus(bus, lambda each: each.can_share_process, "kit_shared")
    return Settings(
        engines=_value(config, "kit_engine"),
        skills=_value(config, "kit_skill"),
        transformers=_value(config, "kit_transformer"),
        bus=bus,
        limits=Limits(
            boot=_value(config, "kit_boot_timeout"),
            training=_value(config, "kit_training_timeout"),
            dialogue=_value(config, "kit_dialogue_timeout"),
        ),
        strict_engines=_value(config, "kit_strict_engines"),
        options=Options(deadline=_value(config, "kit_deadline"), order_seed=order_seed),
    )


def runs_in_process(config: pytest.Config) -> bool:
    """Return True if dialogues are to be replayed in pytest's own process."""
    return bool(_value(config, "kit_shared"))


def wants_isolation(config: pytest.Config) -> bool:
    """Return True if all dialogues are to be searched for leaks."""
    return bool(_value(config, "kit_isolate"))


def schedules_of(config: pytest.Config) -> int:
    """Return the number of schedules to try for each dialogue.

    Raises:
        pytest.UsageError: the value is wrong.

    """
    schedules: int = _value(config, "kit_isolate_schedules")
    return schedules


def _value(config: pytest.Config, name: str) -> Any:  # as its option reads it
    """Return the value of an option; one without value or default is None."""
    option = PYTEST_OPTIONS[name]
    given = config.getoption(name)
    if given is None:
        given = config.getini(name)
    if not option.metavar:
        return given
    try:
        if option.is_repeatable:
            return tuple(dict.fromkeys(map(option.read, given)))
        text = given or option.default
        return option.read(text) if text else None
    except ValueError as error:
        raise _wrong(name, str(error)) from error


def _require_bus(bus: str, is_able: Callable[[Transport], bool], name: str) -> None:
    try:
        require_bus(bus, is_able)
    except ValueError as error:
        raise _wrong(name, str(error)) from error


def _wrong(name: str, problem: str) -> pytest.UsageError:
    flag = f"--{name.replace('_', '-')}"
    return pytest.UsageError(f"{flag} (or {name} in the ini file): {problem}")
