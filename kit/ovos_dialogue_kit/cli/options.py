"""Command-line options that several commands share, and their validation."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    pass

__all__ = ["checked_bus", "checked_engine", "processors"]


def checked_engine(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the engines that were given.

    Raises:
        click.BadParameter: the kit does not know one.

    """
    from ovos_dialogue_kit.errors import near_name
    from ovos_dialogue_kit.script.format.scalars import ENGINES

    for name in (name for value in values for name in value.split("+")):
        if name not in ENGINES:
            known = ", ".join(ENGINES)
            raise click.BadParameter(
                f'unknown engine "{name}"{near_name(name, ENGINES)}, known: {known}',
                context,
                option,
            )
    return values


def checked_bus(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return the bus that was given.

    Raises:
        click.BadParameter: it is neither a known bus nor the address of one.

    """
    if value in ("memory", "real") or value.startswith(("ws://", "wss://")):
        return value
    raise click.BadParameter(
        f'"{value}" is not memory, real or an address such as ws://127.0.0.1:8181/core',
        context,
        option,
    )


def processors(bus: str) -> int:
    """Return how many assistants may work at once."""
    if bus != "memory":
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
