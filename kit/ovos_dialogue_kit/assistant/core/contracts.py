"""Require the internal names of OVOS that the kit replaces or reads.

OVOS does not promise these names. If one is renamed, replacing it changes nothing and
reading it finds nothing, so results would be wrong without an error. Each is therefore
required when an assistant boots.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from ovos_dialogue_kit.errors import AssistantError

__all__ = ["CONTRACTS", "Contract", "require_attribute", "require_contracts"]


@dataclass(frozen=True, slots=True)
class Contract:
    """One name, and the distribution and object that must have it.

    Args:
        distribution: what a user would install.
        owner: a module, or ``module:name`` of a class in one.
        attribute: the name.

    """

    distribution: str
    owner: str
    attribute: str


CONTRACTS = (
    # the bus in memory calls listeners in turn, and has no socket
    Contract("pyee", "pyee:EventEmitter", "_emit_run"),
    Contract("ovos-bus-client", "ovos_bus_client:MessageBusClient", "create_client"),
    Contract("ovos-bus-client", "ovos_bus_client:MessageBusClient", "on_message"),
    # an exception by which OVOS ends a handler is no fault of the skill
    Contract("ovos-workshop", "ovos_workshop.decorators.killable", "AbortEvent"),
)


def require_contracts() -> None:
    """Raise if a name of ``CONTRACTS`` is missing in what is installed.

    Raises:
        AssistantError: which one, and of which distribution.

    """
    for contract in CONTRACTS:
        module, _, name = contract.owner.partition(":")
        owner: object = import_module(module)
        if name:
            owner = getattr(owner, name)
        require_attribute(owner, contract.attribute, contract.distribution)


def require_attribute(owner: object, name: str, distribution: str) -> None:
    """Raise if an object of a distribution lacks an attribute that the kit relies on.

    Raises:
        AssistantError: it does.

    """
    if hasattr(owner, name):
        return
    whose = getattr(owner, "__name__", type(owner).__name__)
    raise AssistantError(
        f'the installed {distribution} has no "{whose}.{name}", on which the kit '
        "relies",
        hint=f"upgrade the kit, or install an older {distribution}: "
        "constraints/ lists versions that work together",
    )
