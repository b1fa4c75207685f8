"""Make the sessions of a dialogue satellites of a HiveMind hub."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ovos_dialogue_kit.fixture.clients import client_ids, connections
from ovos_dialogue_kit.fixture.model import Case, session_id_of
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.bus import SPEAKER_KEY, Caught
from ovos_dialogue_kit.replayer.transcript import Fault
from ovos_dialogue_kit.script.model import Satellite

__all__ = [
    "Household",
    "HubClient",
    "bus_message_in",
    "foreign_words",
    "satellites_of",
]

_OF_EVERY_CLIENT = frozenset(
    {
        "recognizer_loop:utterance",
        "recognizer_loop:audio_output_start",
        "recognizer_loop:audio_output_end",
    }
)
"""The types of the messages that the kit sends in each dialogue."""


_PASSWORD = "kit-Correct-Horse-Battery-9"  # noqa: S105  # of the kit's own hubs


@dataclass(frozen=True, slots=True)
class HubClient:
    """A satellite, as its hub knows it: one connection, of one session or of several.

    ``clients`` has the ids of its clients by those of their sessions, ``speakers``
    their names in the script. ``wire`` are the data of the first session at the start,
    ``allowed`` the types of messages that it may send, ``rights`` what else the script
    says of it, ``password`` the one that belongs to its key.
    """

    clients: Mapping[str, str]
    speakers: tuple[str, ...]
    wire: Mapping[str, Json]
    allowed: frozenset[str]
    rights: Satellite
    password: str = _PASSWORD

    @property
    def session_id(self) -> str:
        """The id of the session in its hello."""
        return str(self.wire["session_id"])

    @property
    def client_id(self) -> str:
        """The id of the client whose session is in its hello."""
        return self.clients[self.session_id]

    @property
    def name(self) -> str:
        """The name in the hub's database."""
        return self.speakers[0]

    @property
    def key(self) -> str:
        """The access key."""
        return self.rights.key or f"key-of-{self.name}"

    @property
    def site_id(self) -> str:
        """The site in the satellite's hello; by default that of the client library."""
        return str(self.wire.get("site_id", "unknown"))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its clients."""
        return tuple(self.clients.values())

    def fault(self, detail: str, kind: Literal["hub", "refused"] = "hub") -> Caught:
        """Return a fault of the hub towards the satellite."""
        return Caught(Fault(kind, detail), self.client_id)

    def client_of(self, message: Mapping[str, Json]) -> str:
        """Return the id of the client for which the satellite is given a message."""
        return self.clients.get(session_id_of(message), self.client_id)


def satellites_of(case: Case) -> list[HubClient]:
    """Return the satellites of a case, one for each connection.

    Each may send what the script sends, and what the kit sends by itself, unless the
    script says what it may send.
    """
    types = {str(turn.message["type"]) for turn in case.turns if turn.message}
    speakers: dict[Hashable, list[str]] = {}
    for name, connection in connections(case).items():
        speakers.setdefault(connection, []).append(name)
    ids = client_ids(case)
    made = []
    for names in speakers.values():
        known = (case.satellites[name] for name in names if name in case.satellites)
        rights = next(known, Satellite())
        allowed = _OF_EVERY_CLIENT | types
        if rights.allowed is not None:
            allowed = frozenset(rights.allowed)
        wires = [case.sessions[name] for name in names]
        clients = {
            str(wire["session_id"]): ids[name]
            for name, wire in zip(names, wires, strict=True)
        }
        made.append(HubClient(clients, (*names,), wires[0], allowed, rights))
    return made


class Household:
    """The satellites of a dialogue: who sends a message, and who must not hear it.

    Args:
        satellites: all of a hub.

    ``by_name`` has them by their own names, ``by_client`` by the ids of their clients.
    """

    def __init__(self, satellites: Sequence[HubClient]) -> None:
        self.by_name = {each.name: each for each in satellites}
        self.by_client = {id_: each for each in satellites for id_ in each.ids}
        self._by_speaker = {name: each for each in satellites for name in each.speakers}
        self.learn({})

    def learn(self, peers: Mapping[str, str]) -> None:
        """Learn the names by which the hub knows the satellites, by their own names."""
        self._foreign = foreign_words([*self.by_name.values()], peers)

    def sender_of(self, message: Mapping[str, Json]) -> HubClient:
        """Return the satellite whose speaker has caused a message, else of its session.

        If there is none, it is the first one.
        """
        speaker = str(mapping_in(message, "context").get(SPEAKER_KEY))
        first = next(iter(self.by_name.values()))
        client = self.by_client.get(session_id_of(message), first)
        return self._by_speaker.get(speaker, client)

    def faults_in(
        self, satellite: HubClient, message: Mapping[str, Json], payload: str
    ) -> Iterator[Caught]:
        """Yield what is wrong if the hub gives a satellite a message.

        Args:
            satellite: to which it is given.
            message: what is given.
            payload: the same as it was serialised.

        """
        topic, session_id = message["type"], session_id_of(message)
        other = self.by_client.get(session_id)
        if other and session_id not in satellite.clients:
            yield satellite.fault(f'it gave the satellite "{topic}" of {other.name}')
        for words, what in self._foreign[satellite.name]:
            if words in payload:
                yield satellite.fault(f'in "{topic}", it told the satellite {what}')


def bus_message_in(frame: str) -> Mapping[str, Json] | None:
    """Return the bus message in what a hub sends; ``None`` if it is none.

    Whoever sends a message on OVOS's bus decides what is in it.
    """
    try:
        content = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("msg_type") != "bus":
        return None
    message = mapping_in(content, "payload")
    return message if isinstance(message.get("type"), str) else None


def foreign_words(
    satellites: Sequence[HubClient], peers: Mapping[str, str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what no message to a satellite may contain, with what it would tell.

    Args:
        satellites: all of a hub.
        peers: the names by which the hub knows them, if known, by their own names.

    Returns:
        By a satellite's name, parts of the others that it does not share.

    """
    said = json.dumps([(each.speakers, dict(each.wire)) for each in satellites])
    known = {
        each.name: dict(_words_of(each, peers.get(each.name), said))
        for each in satellites
    }
    return {
        own: tuple(
            (words, what)
            for other, theirs in known.items()
            if other != own
            for words, what in theirs.items()
            if words not in known[own]
        )
        for own in known
    }


def _words_of(
    satellite: HubClient, peer: str | None, said: str
) -> Iterator[tuple[str, str]]:
    """Yield what identifies a satellite in a serialised message.

    A key that is in what the sessions say of themselves, too, does not.
    """
    name, key = satellite.name, json.dumps(satellite.key)
    if key not in said:
        yield key, f"the key of {name}"
    if peer:
        yield peer, f"the peer id of {name}"
    if "site_id" in satellite.wire:
        site = json.dumps(satellite.site_id)
        yield f'"site_id": {site}', f"the site of {name}"
    place = mapping_in(mapping_in(satellite.wire, "location"), "coordinate")
    if "latitude" in place:
        latitude = json.dumps(place["latitude"])
        yield f'"latitude": {latitude}', f"the location of {name}"
