"""Turn the options of a run into those of the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

from ovos_dialogue_kit.cli.output import written_to
from ovos_dialogue_kit.run.options import Option, read_count

__all__ = [
    "WritesHelp",
    "checked",
    "completed_with",
    "jobs_option",
    "paths_argument",
    "pattern_option",
    "processors",
    "run_option",
]

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]

_Command = TypeVar("_Command", bound=Callable[..., Any])  # any arguments, as click's


class WritesHelp(click.Command):
    """A command whose help page, too, is output that may not be written.

    ``click`` itself would exit with 1 if its reader has left.
    """

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # as click hands them on
    ) -> click.Context:
        """Read the arguments; ``--help`` and ``--version`` write their answers.

        Raises:
            OutputError: standard output cannot be written.

        """
        with written_to("stdout"):
            return super().make_context(info_name, args, parent, **extra)


def checked(read: Callable[[str], object]) -> Callable[..., object]:
    """Return a callback for click that reads, or refuses, the text of an option."""

    def value_of(
        context: click.Context,
        option: click.Parameter,
        given: str | tuple[str, ...] | None,
    ) -> object:
        try:
            if isinstance(given, tuple):
                return tuple(map(read, given))
            return None if given is None else read(given)
        except ValueError as error:
            raise click.BadParameter(str(error), context, option) from error

    return value_of


def completed_with(names: Callable[[], Iterable[str]]) -> Completer:
    """Return a function by which shells complete the value of an option.

    Args:
        names: returns the values there are; called only to complete one.

    """

    def complete(
        context: click.Context,  # noqa: ARG001  # as click calls it
        option: click.Parameter,  # noqa: ARG001
        incomplete: str,
    ) -> list[str]:
        return sorted(name for name in names() if name.startswith(incomplete))

    return complete


def _engines() -> Iterable[str]:
    from ovos_dialogue_kit.script.format.scalars import ENGINES
    from ovos_dialogue_kit.script.model import AUTO_ENGINE

    return (AUTO_ENGINE, *ENGINES)


def _buses() -> Iterable[str]:
    from ovos_dialogue_kit.assistant.transports.registry import TRANSPORTS

    return filter(None, (transport.name for transport in TRANSPORTS))


def _skills() -> Iterable[str]:
    from ovos_dialogue_kit.skill.installed import installed_skills

    return installed_skills()


_VALUES = {"engine": _engines, "bus": _buses, "skill": _skills}


def run_option(
    option: Option,
    parameter: str,
    help: str | None = None,  # noqa: A002  # as click calls it
) -> Callable[[_Command], _Command]:
    """Return the decorator that adds an option of a run to a command.

    Args:
        option: its definition.
        parameter: the name of the command's argument.
        help: replaces that of the definition.

    """
    flags = (f"--{option.name}", parameter)
    if not option.metavar:
        return click.option(*flags, is_flag=True, help=help or option.help)
    return click.option(
        *flags,
        metavar=option.metavar,
        multiple=option.is_repeatable,
        default=option.default or None,
        show_default=bool(option.default),
        callback=checked(option.read),
        shell_complete=completed_with(_VALUES.get(option.name, list)),
        help=help or option.help,
    )


def jobs_option(help: str) -> Callable[[_Command], _Command]:  # noqa: A002  # as click calls it
    """Return the decorator that adds ``--jobs``, for the argument ``workers``."""
    return click.option(
        "-j", "--jobs", "workers", metavar="N", callback=checked(read_count), help=help
    )


paths_argument = click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path)
)

pattern_option = click.option(
    "-k",
    "pattern",
    metavar="PATTERN",
    default="",
    help="Only dialogues whose name contains this; case and accents are ignored.",
)


def processors(bus: str) -> int:
    """Return the default number of assistants to run in parallel on a bus."""
    from ovos_dialogue_kit.assistant.transports.registry import transport_of

    jobs = transport_of(bus).default_jobs
    if jobs is not None:
        return jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
