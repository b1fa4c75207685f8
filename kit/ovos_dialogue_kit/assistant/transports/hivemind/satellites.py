"""Make each session of a dialogue a satellite of a HiveMind hub."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.script.model import Satellite

__all__ = ["HubClient", "foreign_words", "satellites_of"]

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
    """A satellite: the client of one session, as its hub knows it.

    ``speakers`` are the names that the session has in the script, ``wire`` its data at
    the start, ``allowed`` the types of messages that it may send, ``rights`` what else
    the script says of it, ``password`` the one that belongs to its key.
    """

    session_id: str
    speakers: tuple[str, ...]
    wire: Mapping[str, Json]
    allowed: frozenset[str]
    rights: Satellite
    password: str = _PASSWORD

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


def satellites_of(case: Case) -> list[HubClient]:
    """Return the satellites of a case, one for each session.

    Each may send what the script sends, and what the kit sends by itself, unless the
    script says what it may send.
    """
    types = {str(turn.message["type"]) for turn in case.turns if turn.message}
    speakers: dict[str, list[str]] = {}
    for name, wire in case.sessions.items():
        speakers.setdefault(str(wire["session_id"]), []).append(name)
    made = []
    for session_id, names in speakers.items():
        known = (case.satellites[name] for name in names if name in case.satellites)
        rights = next(known, Satellite())
        allowed = _OF_EVERY_CLIENT | types
        if rights.allowed is not None:
            allowed = frozenset(rights.allowed)
        wire = case.sessions[names[0]]
        made.append(HubClient(session_id, (*names,), wire, allowed, rights))
    return made


def foreign_words(
    satellites: Sequence[HubClient], peers: Mapping[str, str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what no message to a satellite may contain, with what it would tell.

    Args:
        satellites: all of a hub.
        peers: the names by which the hub knows them, if known, by their session's id.

    Returns:
        By a satellite's session id, parts of the others that it does not share.

    """
    known = {
        each.session_id: dict(_words_of(each, peers.get(each.session_id)))
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


def _words_of(satellite: HubClient, peer: str | None) -> Iterator[tuple[str, str]]:
    """Yield what identifies a satellite in a serialised message."""
    name = satellite.name
    yield satellite.key, f"the key of {name}"
    if peer:
        yield peer, f"the peer id of {name}"
    if "site_id" in satellite.wire:
        site = json.dumps(satellite.site_id)
        yield f'"site_id": {site}', f"the site of {name}"
    place = mapping_in(mapping_in(satellite.wire, "location"), "coordinate")
    if "latitude" in place:
        latitude = json.dumps(place["latitude"])
        yield f'"latitude": {latitude}', f"the location of {name}"
