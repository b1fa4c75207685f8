"""What the options and ini values of the pytest plugin mean, and which are wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest

from ovos_dialogue_kit.assistant.transport import transport_of
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.run.jobs import Settings
from ovos_dialogue_kit.script.format.scalars import ENGINES

__all__ = ["SCHEDULES", "is_shared", "schedules_of", "settings_of", "wants_isolation"]

SCHEDULES = 100
"""Schedules of each dialogue that are tried, if nothing else is asked for."""


def settings_of(config: pytest.Config) -> Settings:
    """Return what the person chose; an option comes before the ini value of its name.

    Raises:
        pytest.UsageError: a value is wrong.

    """
    schedules_of(config)
    bus = _given(config, "kit_bus") or "memory"
    try:
        transport = transport_of(bus)
    except KitError as error:
        raise _wrong("kit_bus", error.problem) from error
    order_seed = _checked_seed(_given(config, "kit_order_seed"))
    if order_seed is not None and not transport.controls_order:
        raise _wrong(
            "kit_order_seed",
            f'a bus that is not in memory ("{bus}") has its own order',
        )
    if is_shared(config) and not transport.can_share_process:
        raise _wrong(
            "kit_shared", f'a bus that is not in memory ("{bus}") has its own processes'
        )
    return Settings(
        engines=_checked_engines(_given(config, "kit_engine")),
        skills=tuple(dict.fromkeys(_given(config, "kit_skill"))),
        transformers=tuple(dict.fromkeys(_given(config, "kit_transformers"))),
        bus=bus,
        strict_engines=_given(config, "kit_strict_engines"),
        options=Options(
            deadline=_checked_seconds(_given(config, "kit_deadline")),
            order_seed=order_seed,
        ),
    )


def is_shared(config: pytest.Config) -> bool:
    """Say whether dialogues are to be replayed in pytest's own process."""
    return bool(_given(config, "kit_shared"))


def wants_isolation(config: pytest.Config) -> bool:
    """Say whether leaks are hunted in all dialogues, whatever their scripts say."""
    return bool(_given(config, "kit_isolate"))


def schedules_of(config: pytest.Config) -> int:
    """Return how many schedules of a dialogue are tried.

    Raises:
        pytest.UsageError: the value is wrong.

    """
    text = _given(config, "kit_isolate_schedules") or str(SCHEDULES)
    if not text.isdecimal() or not int(text):
        raise _wrong("kit_isolate_schedules", f'"{text}" is not a whole number above 0')
    return int(text)


def _given(config: pytest.Config, name: str) -> Any:  # text, texts or bool
    option = config.getoption(name)
    return config.getini(name) if option is None else option


def _checked_engines(values: Iterable[str]) -> tuple[str, ...]:
    for name in (name for value in values for name in value.split("+")):
        if name not in ENGINES:
            known = ", ".join(ENGINES)
            near = near_name(name, ENGINES)
            problem = f'unknown engine "{name}"{near}, known: {known}'
            raise _wrong("kit_engine", problem)
    return tuple(dict.fromkeys(values))


def _checked_seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise _wrong("kit_deadline", f'"{text}" is not a number of seconds above 0')
    return seconds


def _checked_seed(text: str) -> int | None:
    if text and not text.isdecimal():
        raise _wrong("kit_order_seed", f'"{text}" is not a whole number')
    return int(text) if text else None


def _wrong(name: str, problem: str) -> pytest.UsageError:
    flag = f"--{name.replace('_', '-')}"
    return pytest.UsageError(f"{flag} (or {name} in the ini file): {problem}")
