"""Put a HiveMind hub between the assistant and its clients, in memory.

The hub's protocol, its bridge to OVOS and its database are the installed packages' own
classes; what is left out are its sockets, and with them handshake and encryption. Each
session of a dialogue is a satellite with a key of its own. It hears what the hub sends
to its connection, and nothing else.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from hivemind_bus_client.identity import NodeIdentity
from hivemind_bus_client.message import HiveMessage
from hivemind_core.database import ClientDatabase
from hivemind_core.protocol import HiveMindClientConnection, HiveMindListenerProtocol
from hivemind_ovos_agent_plugin import OVOSAgentProtocol
from hivemind_plugin_manager.database import AbstractDB
from ovos_bus_client.session import Session

from ovos_dialogue_kit.assistant.transports.hivemind.satellites import (
    Household,
    HubClient,
    bus_message_in,
    satellites_of,
)
from ovos_dialogue_kit.assistant.transports.hub import Hub
from ovos_dialogue_kit.assistant.transports.memory_bus import LoopbackClient, VirtualBus
from ovos_dialogue_kit.assistant.transports.memory_sockets import MemorySockets
from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import Caught, Heard
from ovos_dialogue_kit.replayer.dialect import DENIED
from ovos_dialogue_kit.replayer.session_state import both_names

__all__ = ["HiveMindBus", "MemoryHive"]

_BUS, _HELLO = "bus", "hello"
"""Types of messages between a satellite and its hub."""


class _Rows(AbstractDB):  # type: ignore[misc]  # untyped
    """A database plugin of HiveMind that keeps its rows in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, Any] = {}  # of ``Client``, which is untyped

    def add_item(self, client: Any) -> bool:
        self._rows[client.client_id] = client
        return True

    def search_by_value(self, key: str, val: object) -> list[Any]:
        return [row for row in self._rows.values() if getattr(row, key) == val]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Any:
        return iter(self._rows.values())


class _Database(ClientDatabase):  # type: ignore[misc]  # untyped
    """The hub's database of satellites, with the plugin above."""

    def __init__(self) -> None:
        self.db = _Rows()


class _Agent(OVOSAgentProtocol):  # type: ignore[misc]  # untyped
    """The hub's bridge to OVOS, which says which message it is passing on.

    ``passing`` is called with the function that passes a message on, and the message.
    """

    passing: Callable[[Callable[[str], None], str], None] | None = None

    def handle_internal_mycroft(self, message: str) -> None:
        """Give a message of the assistant to the satellites that it is for."""
        if self.passing:
            self.passing(super().handle_internal_mycroft, message)


class _AgentClient(LoopbackClient):
    """The hub's bus client, which knows what it has put on the bus."""

    def __init__(self, hub: Hub, sockets: MemorySockets) -> None:
        self.emitted: list[str] = []
        super().__init__(hub, sockets)  # which emits

    def emit(self, message: Any) -> None:  # a Message
        """Put a message on the bus."""
        self.emitted.append(message.msg_type)
        super().emit(message)


class MemoryHive:
    """A HiveMind hub on a bus in memory, without satellites.

    Args:
        hub: the bus in memory.
        sockets: make connections to it.
        own_ids: gets the satellites' own ids of sessions by those on the bus.

    """

    def __init__(
        self, hub: Hub, sockets: MemorySockets, own_ids: dict[str, str]
    ) -> None:
        self.own_ids = own_ids
        self.client = _AgentClient(hub, sockets)
        self.agent = _Agent(bus=self.client)
        self.database = _Database()
        self.protocol = HiveMindListenerProtocol(
            agent_protocol=self.agent, db=self.database, identity=NodeIdentity()
        )
        self.protocol.clients = {}  # of the class, so of all hubs, before 4.3

    def connect(
        self,
        satellite: HubClient,
        session: Mapping[str, Json],
        hear: Callable[[str], None],
        close: Callable[..., None],
    ) -> Any:  # a HiveMindClientConnection
        """Register a satellite and return its connection.

        Args:
            satellite: its name and rights.
            session: the session in its hello.
            hear: called with each message that it is given.
            close: called when the hub ends the connection.

        """
        row = self._row(satellite)
        connection = HiveMindClientConnection(
            key=satellite.key,
            send_msg=lambda payload, _is_binary: hear(payload),
            disconnect=close,
            sess=Session(satellite.session_id),
            name=f"kit::{row.client_id}::{row.name}",  # as hivemind-websocket-protocol
            handshake=SimpleNamespace(pubkey=""),  # else it makes an RSA key
            allowed_types=row.allowed_types,
            is_admin=row.is_admin,
            hm_protocol=self.protocol,
        )
        hello: dict[str, Json] = {
            "session": dict(session),
            "site_id": satellite.site_id,
        }
        self.receive(connection, _HELLO, hello)
        return connection

    def disconnect(self, connection: Any) -> None:
        """Notice that a satellite is gone, as when its socket is closed."""
        self.protocol.handle_client_disconnected(connection)

    def _row(self, satellite: HubClient) -> Any:  # of the database
        """Return the row of a satellite, which others with its key have, too."""
        if self.database.get_client_by_api_key(satellite.key) is None:
            rights = satellite.rights
            self.database.add_client(
                name=satellite.name,
                key=satellite.key,
                admin=rights.admin,
                allowed_types=sorted(satellite.allowed),
                skill_blacklist=[*rights.blacklisted_skills],
                intent_blacklist=both_names(rights.blacklisted_intents),
            )
        return self.database.get_client_by_api_key(satellite.key)

    def receive(self, connection: Any, kind: str, payload: Mapping[str, Json]) -> None:
        """Receive a message of a satellite, as it is after its decryption."""
        text = json.dumps({"msg_type": kind, "payload": payload})
        self.protocol.handle_message(HiveMessage(**json.loads(text)), connection)


@dataclass(slots=True)
class _End:
    """A satellite's end of its connection.

    ``why`` is set when the hub has closed it. ``is_away`` is True while the satellite
    has disconnected, ``was_denied`` once it was told that a message was refused.
    """

    satellite: HubClient
    connection: Any = None  # a HiveMindClientConnection
    why: str | None = None
    is_away: bool = False
    was_denied: bool = False


class HiveMindBus(VirtualBus):
    """The satellites' ends of a HiveMind hub in memory; a ``replayer.bus.Bus``.

    What is put on the assistant's bus and given to no satellite is heard, too, but
    marked as given to nobody.

    Args:
        hive: the hub; all satellites of the case are connected to it at once.
        case: the case.
        hub: the assistant's bus, whose driver the calling thread is.
        faults: returns what no code under test caught since it was last asked.
        traceback_of: returns the traceback of an exception that was logged.

    """

    def __init__(
        self,
        hive: MemoryHive,
        case: Case,
        hub: Hub,
        faults: Callable[[], list[Caught]],
        traceback_of: Callable[[str], str | None],
    ) -> None:
        super().__init__(hub, self._all_faults, traceback_of)
        self._other_faults = faults
        self._own_faults: list[Caught] = []
        self._hive = hive
        self._arrived: deque[Heard] = deque()
        self._passing: Heard | None = None
        self._is_given = False
        self._household = Household(satellites_of(case))
        self._ends = {
            name: _End(each) for name, each in self._household.by_name.items()
        }
        hive.agent.passing = self._pass
        for end in self._ends.values():
            self._connect(end, end.satellite.wire)
        peers = {name: end.connection.peer for name, end in self._ends.items()}
        self._household.learn(peers)

    def _connect(self, end: _End, session: Mapping[str, Json]) -> None:
        end.why, end.is_away = None, False
        connection = end.connection = self._hive.connect(
            end.satellite,
            session,
            lambda payload: self._give(end, payload),
            lambda *why: self._close(end, why),
        )
        for own_id in end.satellite.clients:
            if hasattr(connection, "session_namespace"):  # from 4.14 on
                self._hive.own_ids[f"{connection.session_namespace}:{own_id}"] = own_id

    def connect(self, client: str, session: Mapping[str, Json]) -> None:
        """Let the satellite of a client say hello again, with a new connection."""
        end = self._ends[self._household.by_client[client].name]
        is_first = client == end.satellite.client_id
        self._connect(end, session if is_first else end.satellite.wire)

    def disconnect(self, client: str) -> None:
        """Cut the connection of a client's satellite, and let the hub notice."""
        end = self._ends[self._household.by_client[client].name]
        end.is_away = True
        self._hive.disconnect(end.connection)

    def _close(self, end: _End, why: Iterable[object]) -> None:
        if end.why is None:
            end.why = ": ".join(map(str, why)) or "it gave no reason"

    # -- upwards --------------------------------------------------------------------

    def send(self, message: Mapping[str, Json]) -> None:
        """Let the satellite of the message's speaker send it to the hub."""
        end = self._end_of(message)
        if end.is_away:
            return
        topic = str(message["type"])
        if end.why is None:
            end.was_denied = False
            self._hive.client.emitted.clear()
            self._hive.receive(end.connection, _BUS, message)
            is_lost = topic not in self._hive.client.emitted and not end.was_denied
            if is_lost and end.why is None:
                dropped = f'it dropped "{topic}" and did not tell the satellite'
                self._own_faults.append(end.satellite.fault(dropped))
        if end.why is not None:
            detail = f'"{topic}": the hub has closed the connection: {end.why}'
            self._own_faults.append(end.satellite.fault(detail, "refused"))

    def _end_of(self, message: Mapping[str, Json]) -> _End:
        """Return the end of the satellite that sends, or has caused, a message."""
        return self._ends[self._household.sender_of(message).name]

    def _all_faults(self) -> list[Caught]:
        """Return the faults of the hub and all others since the last call."""
        own, self._own_faults = self._own_faults, []
        others = (
            replace(each, session_id=self._own_id(each.session_id))
            for each in self._other_faults()
        )
        return [*own, *others]

    def _own_id(self, session_id: str | None) -> str | None:
        """Return a satellite's own id of a session on the bus."""
        return self._hive.own_ids.get(session_id or "", session_id)

    # -- downwards ------------------------------------------------------------------

    def _receive(self, payload: str, sender: str | None) -> None:
        """Note a message on the assistant's bus; the hub gets it next."""
        is_unheard, sender = not self._hub.is_heard, self._own_id(sender)
        self._arrived.append(
            Heard(self.now, payload, is_unheard=is_unheard, sender=sender, given_to="")
        )

    def _pass(self, give: Callable[[str], None], payload: str) -> None:
        """Let the hub give a message to its satellites."""
        found = next((each for each in self._arrived if each.payload == payload), None)
        if found is None:  # it was sent before the dialogue
            return
        self._arrived.remove(found)
        self._passing, self._is_given = found, False
        try:
            give(payload)
        finally:
            if not self._is_given:
                missed = replace(found, payload=self._in_own_ids(payload))
                is_missed = self._is_away(missed.message)
                self._inbox.append(replace(missed, is_missed=is_missed))
            self._passing = None

    def _is_away(self, message: Mapping[str, Json]) -> bool:
        """Return True if the satellite for which a message is has disconnected."""
        return self._end_of(message).is_away

    def _give(self, end: _End, frame: str) -> None:
        """Receive what the hub sends to a satellite."""
        message = bus_message_in(frame)
        if message is None:
            return
        payload = json.dumps(message)
        self._is_given = True
        heard = self._passing or Heard(self.now, payload)
        client = end.satellite.client_of(message)
        heard = replace(heard, payload=payload, given_to=client)
        self._inbox.append(heard)
        end.was_denied |= heard.topic == DENIED
        self._own_faults += self._household.faults_in(end.satellite, message, payload)

    def _in_own_ids(self, payload: str) -> str:
        """Return a message with the satellites' own ids of their sessions."""
        for on_bus, own_id in self._hive.own_ids.items():
            payload = payload.replace(on_bus, own_id)
        return payload
