"""Define the options that the command line and the pytest plugin share, each once.

An option is ``--engine`` for ``kit``; for pytest it is ``--kit-engine``, or the ini
value ``kit_engine``. Every test run imports this module where the kit is installed, so
the rest of the kit is imported only when there is a value to check.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ovos_dialogue_kit.assistant.transports.registry import Transport

__all__ = [
    "BOOT_TIMEOUT_OPTION",
    "BUS_OPTION",
    "DEADLINE_OPTION",
    "DIALOGUE_TIMEOUT_OPTION",
    "ENGINE_OPTION",
    "ORDER_SEED_OPTION",
    "PYTEST_OPTIONS",
    "SCHEDULES_OPTION",
    "SKILL_OPTION",
    "STRICT_ENGINES_OPTION",
    "TRAINING_TIMEOUT_OPTION",
    "TRANSFORMER_OPTION",
    "Option",
    "read_count",
    "read_seconds",
    "read_seed",
    "require_bus",
]


class Option:
    """An option of a run; one without a ``metavar`` is a flag.

    A plain class, because to make a dataclass or a named tuple takes twice as long as
    everything else in this module.

    Args:
        name: the name on the command line, without dashes.
        metavar: the word for its value in the help.
        help: the help text.
        read: turns the text that was given into a value, or raises ``ValueError`` with
            a sentence that says what the value must be.
        is_repeatable: it may be given several times.
        default: the text that is read if it is not given.

    """

    __slots__ = ("default", "help", "is_repeatable", "metavar", "name", "read")

    def __init__(  # noqa: PLR0913  # all of them plain facts
        self,
        name: str,
        metavar: str | None,
        help: str,  # noqa: A002  # as click and argparse call it
        read: Callable[[str], object] = str,
        *,
        is_repeatable: bool = False,
        default: str = "",
    ) -> None:
        self.name = name
        self.metavar = metavar
        self.help = help
        self.read = read
        self.is_repeatable = is_repeatable
        self.default = default

    def with_default(self, default: str) -> Option:
        """Return the same option with a different default."""
        return Option(
            self.name,
            self.metavar,
            self.help,
            self.read,
            is_repeatable=self.is_repeatable,
            default=default,
        )


def read_engine(text: str) -> str:
    """Return ``auto`` or the name of an engine, or of several joined by ``+``.

    Raises:
        ValueError: the kit does not know one of them.

    """
    from ovos_dialogue_kit.errors import near_name  # noqa: PLC0415
    from ovos_dialogue_kit.script.format.scalars import ENGINE  # noqa: PLC0415

    known = (*ENGINE.names, *ENGINE.exclusive)
    for name in ENGINE.parts(text):
        if not ENGINE.accepts(name):
            listed = ", ".join(known)
            problem = f'unknown engine "{name}"{near_name(name, known)}'
            raise ValueError(f"{problem}; known: {listed}")
    return text


def read_bus(text: str) -> str:
    """Return the name or the address of a bus.

    Raises:
        ValueError: there is no transport for it, an extra is missing, or the keys of a
            running hub are.

    """
    from ovos_dialogue_kit.assistant.transports.registry import transport_of  # noqa: PLC0415
    from ovos_dialogue_kit.errors import KitError  # noqa: PLC0415

    try:
        transport = transport_of(text)
    except KitError as error:
        raise ValueError(error.problem) from error
    if not transport.is_installed:
        raise ValueError(
            f'"{text}" needs {transport.needs.replace("_", "-")}, which is not '
            f'installed: pip install "ovos-dialogue-kit[{transport.extra}]"'
            f"{transport.otherwise}"
        )
    if transport.has_users_hub:
        from ovos_dialogue_kit.assistant.transports.hivemind.keys import load_keys  # noqa: PLC0415

        try:
            load_keys()
        except KitError as error:
            raise ValueError(str(error)) from error
    return text


def read_seconds(text: str) -> float:
    """Return a time in seconds.

    Raises:
        ValueError: it is not a number, not above 0, or infinite.

    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError(f'must be a number of seconds above 0, not "{text}"')
    return seconds


def read_count(text: str) -> int:
    """Return a number of things, one or more.

    Raises:
        ValueError: it is not a whole number above 0.

    """
    if not text.isdecimal() or not int(text):
        raise ValueError(f'must be a whole number above 0, not "{text}"')
    return int(text)


def read_seed(text: str) -> int:
    """Return a seed for random numbers.

    Raises:
        ValueError: it is not a whole number, or below 0.

    """
    if not text.isdecimal():
        raise ValueError(f'must be a whole number, 0 or above, not "{text}"')
    return int(text)


def require_bus(bus: str, is_able: Callable[[Transport], bool]) -> None:
    """Refuse a bus whose transport lacks a capability.

    Raises:
        ValueError: it does; with the names of those that would do.

    """
    from ovos_dialogue_kit.assistant.transports.registry import TRANSPORTS, transport_of  # noqa: PLC0415

    if not is_able(transport_of(bus)):
        names = " or ".join(f'"{each.name}"' for each in TRANSPORTS if is_able(each))
        raise ValueError(f'works only with the bus {names}, not with "{bus}"')


ENGINE_OPTION = Option(
    "engine",
    "NAME",
    "Intent engine to use instead of the scripts' own; a+b combines two, auto stands "
    "for those that a device would use. May be repeated.",
    read_engine,
    is_repeatable=True,
)

SKILL_OPTION = Option(
    "skill",
    "ID",
    "Skill to load instead of the scripts' own. May be repeated.",
    is_repeatable=True,
)

TRANSFORMER_OPTION = Option(
    "transformer",
    "NAME",
    "Transformer to load instead of the scripts' own. May be repeated.",
    is_repeatable=True,
)

BUS_OPTION = Option(
    "bus",
    "BUS",
    "memory, real (the kit starts an ovos-messagebus), hivemind (each session is a "
    "satellite of a HiveMind hub), hivemind-memory (the same in memory) or the address "
    "of a running bus, ws://host:port/route, or hub, hivemind://host:port.",
    read_bus,
    default="memory",
)

DEADLINE_OPTION = Option(
    "deadline",
    "SECONDS",
    "Seconds of the assistant's clock within which a turn must end; by default 300 of "
    "virtual time or 30 of real time.",
    read_seconds,
)

BOOT_TIMEOUT_OPTION = Option(
    "boot-timeout",
    "SECONDS",
    "Seconds of real time within which an assistant must boot.",
    read_seconds,
    default="60",
)

TRAINING_TIMEOUT_OPTION = Option(
    "training-timeout",
    "SECONDS",
    "Seconds of the assistant's clock within which the engines must be trained; part "
    "of the boot.",
    read_seconds,
    default="60",
)

DIALOGUE_TIMEOUT_OPTION = Option(
    "dialogue-timeout",
    "SECONDS",
    "Seconds without progress after which a dialogue counts as hung: of processor "
    "time or, where it only waits, of real time.",
    read_seconds,
    default="60",
)

ORDER_SEED_OPTION = Option(
    "order-seed",
    "N",
    "Shuffle the listeners of each message, and let them interrupt each other between "
    "two steps of the skills' own code, as the threads of a real bus client may. By "
    "default they are called one after another, as they subscribed.",
    read_seed,
)

STRICT_ENGINES_OPTION = Option(
    "strict-engines", None, "Treat an engine that is not installed as an error."
)

SCHEDULES_OPTION = Option(
    "schedules",
    "N",
    "Number of schedules to try for each dialogue.",
    read_count,
    default="500",
)

PYTEST_OPTIONS = {
    "kit_engine": ENGINE_OPTION,
    "kit_skill": SKILL_OPTION,
    "kit_transformer": TRANSFORMER_OPTION,
    "kit_bus": BUS_OPTION,
    "kit_deadline": DEADLINE_OPTION,
    "kit_boot_timeout": BOOT_TIMEOUT_OPTION,
    "kit_training_timeout": TRAINING_TIMEOUT_OPTION,
    "kit_dialogue_timeout": DIALOGUE_TIMEOUT_OPTION,
    "kit_order_seed": ORDER_SEED_OPTION,
    "kit_strict_engines": STRICT_ENGINES_OPTION,
    "kit_shared": Option(
        "shared", None, "Replay in pytest's own process, where a debugger can stop."
    ),
    "kit_isolate": Option(
        "isolate", None, "Search all dialogues for leaks between their sessions."
    ),
    "kit_isolate_schedules": SCHEDULES_OPTION.with_default("100"),
}
"""The options of the pytest plugin by ini name; two of them are only for pytest."""
