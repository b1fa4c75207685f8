"""The transports between an assistant and its clients, and what each of them can do.

The rest of the kit asks for a capability, never for a name: a new transport is a new
entry of ``TRANSPORTS`` and the class that it names. Nothing here imports OVOS, so a
front end can refuse a bad choice before anything is booted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec

from ovos_dialogue_kit.errors import KitError, near_name

__all__ = ["TRANSPORTS", "Transport", "transport_of"]

_PACKAGE = "ovos_dialogue_kit.assistant.transports"


@dataclass(frozen=True, slots=True)
class Transport:
    """One way for an assistant and its clients to exchange messages.

    Args:
        name: the word by which a user chooses it; empty if they give an address.
        assistant: the class that replays on it, ``module:Class`` below ``transports``.
        schemes: how the addresses begin by which a user chooses it.
        has_own_assistant: the kit boots the skills itself. Otherwise whatever answers
            is tested, and others may be talking to it at the same time.
        is_virtual_time: its clock can jump; a script may still ask for a real one.
        is_forked: each case is replayed in a copy of the assistant's process.
        boots_once: the copies are those of a booted assistant; otherwise each of them
            boots, because it needs threads, which a copy does not have.
        controls_order: the kit decides which listener is called next, so it can shuffle
            listeners and explore schedules.
        can_share_process: it can run in the process of its user.
        has_hub: a HiveMind hub is between the assistant and its clients.
        needs_hub_environment: the hub runs in an environment of its own.
        default_jobs: assistants that run in parallel unless the user says how many;
            ``None`` is one for each processor.
        needs: the module of another package that it runs; empty if there is none.
        extra: the kit's extra that installs that package.
        otherwise: what to do where that cannot be installed; empty if it always can.

    """

    name: str
    assistant: str
    schemes: tuple[str, ...] = ()
    has_own_assistant: bool = True
    is_virtual_time: bool = False
    is_forked: bool = False
    boots_once: bool = False
    controls_order: bool = False
    can_share_process: bool = False
    has_hub: bool = False
    needs_hub_environment: bool = False
    default_jobs: int | None = 1
    needs: str = ""
    extra: str = ""
    otherwise: str = ""

    def is_meant_by(self, bus: str) -> bool:
        """Return whether a user who writes ``bus`` chooses this transport."""
        return bus == self.name if self.name else bus.startswith(self.schemes)

    @property
    def has_users_hub(self) -> bool:
        """True if the hub is the user's own, which has rights and keys of its own."""
        return self.has_hub and not self.has_own_assistant

    @property
    def is_installed(self) -> bool:
        """True if what it needs is installed."""
        return not self.needs or find_spec(self.needs) is not None


_MEMORY = Transport(
    name="memory",
    assistant=f"{_PACKAGE}.on_memory:MemoryBusAssistant",
    is_virtual_time=True,
    is_forked=True,
    boots_once=True,
    controls_order=True,
    can_share_process=True,
    default_jobs=None,
)
_REAL = Transport(
    name="real",
    assistant=f"{_PACKAGE}.on_websocket:OwnBusAssistant",
    is_forked=True,
    needs="ovos_messagebus",
    extra="bus",
)

TRANSPORTS = (
    _MEMORY,
    _REAL,
    replace(
        _MEMORY,
        name="hivemind-memory",
        assistant=f"{_PACKAGE}.hivemind.on_memory:MemoryHiveAssistant",
        can_share_process=False,
        has_hub=True,
        needs="hivemind_core",
        extra="hivemind",
        otherwise='; where that cannot be installed, use "hivemind", whose hub has an '
        "environment of its own",
    ),
    replace(
        _REAL,
        name="hivemind",
        assistant=f"{_PACKAGE}.hivemind.on_sockets:OwnHiveAssistant",
        has_hub=True,
        needs_hub_environment=True,
    ),
    Transport(
        name="",
        assistant=f"{_PACKAGE}.on_websocket:UserBusAssistant",
        schemes=("ws://", "wss://"),
        has_own_assistant=False,
    ),
    Transport(
        name="",
        assistant=f"{_PACKAGE}.hivemind.on_users_hub:UserHiveAssistant",
        schemes=("hivemind://", "hiveminds://"),
        has_own_assistant=False,
        has_hub=True,
        needs_hub_environment=True,
    ),
)
"""All transports, in the order in which they are offered to a user."""


def transport_of(bus: str) -> Transport:
    """Return the transport that a user chose with ``--bus`` or ``bus=``.

    Raises:
        KitError: there is no such transport, and it is not the address of a bus.

    """
    for transport in TRANSPORTS:
        if transport.is_meant_by(bus):
            return transport
    names = [transport.name for transport in TRANSPORTS if transport.name]
    raise KitError(
        f'unknown bus "{bus}"{near_name(bus, names)}; use {", ".join(names)} or an '
        "address such as ws://127.0.0.1:8181/core or hivemind://127.0.0.1:5678"
    )
