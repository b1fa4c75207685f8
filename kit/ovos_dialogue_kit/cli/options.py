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
    from ovos_dialogue_kit.assistant.transport import transport_of
    from ovos_dialogue_kit.errors import KitError

    try:
        transport_of(value)
    except KitError as error:
        raise click.BadParameter(error.problem, context, option) from error
    return value


def processors(bus: str) -> int:
    """Return how many assistants may work at once."""
    from ovos_dialogue_kit.assistant.transport import transport_of

    jobs = transport_of(bus).default_jobs
    if jobs is not None:
        return jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
