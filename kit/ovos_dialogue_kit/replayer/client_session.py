"""Keep the session of a client, as a remote client does, and send it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.session_state import STATE
from ovos_dialogue_kit.script.model import ClientKind

__all__ = ["ClientSession"]

_CONTEXTS = frozenset({"context", "intent_context"})


class ClientSession:
    """The session that a client continues with each message that it hears.

    Args:
        speakers: the wire data with which each speaker of the session begins.
        kinds: the kinds of the speakers' clients, if they are not stateful.

    ``wire`` is the wire data of the next message. Where several speakers share the
    session, each keeps the fields that the script sets for that speaker.
    """

    def __init__(
        self,
        speakers: Mapping[str, Mapping[str, Json]],
        kinds: Mapping[str, ClientKind],
    ) -> None:
        self._starts = speakers
        self._kinds = kinds
        self.wire: dict[str, Json] = dict(next(iter(speakers.values())))
        self._own_fields = _differing_keys(speakers.values()) - STATE
        self._set: dict[str, Json] = {}
        self._before: dict[str, Json] = {}

    def override(self, overrides: Mapping[str, Json]) -> None:
        """Set fields for one message, and undo what the message before has set.

        A field that OVOS has changed since stays as it is.
        """
        fields = dict(self.wire)
        for key, value in self._set.items():
            if fields.get(key) == value:
                del fields[key]
                fields |= {key: self._before[key]} if key in self._before else {}
        self._set, self._before = dict(overrides), fields
        if overrides or fields != self.wire:
            self.wire = {**fields, **overrides}

    def put_into(self, context: Mapping[str, Json], speaker: str) -> dict[str, Json]:
        """Return a context with the session that a speaker's client sends, if any."""
        if self._kinds.get(speaker) == "sessionless":
            return {key: part for key, part in context.items() if key != "session"}
        return {**context, "session": self._sent_by(speaker)}

    def _sent_by(self, speaker: str) -> dict[str, Json]:
        start = self._starts[speaker]
        if self._kinds.get(speaker) == "stateless":
            return {**start, **self._set}
        if not self._own_fields:
            return self.wire
        own = self._own_fields - self._set.keys()
        fields = {key: start[key] for key in own if key in start}
        return {**{k: v for k, v in self.wire.items() if k not in own}, **fields}

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Merge the changes of an ``ovos.session.sync`` into the session.

        A field replaces the old one; intent context is merged entry by entry, and
        ``null`` removes an entry (OVOS-CONTEXT-1 §5.3).
        """
        merged = {**self.wire, **changes}
        for key in _CONTEXTS & changes.keys():
            entries = {**mapping_in(self.wire, key), **mapping_in(changes, key)}
            merged[key] = {k: v for k, v in entries.items() if v is not None}
        self.wire = merged


def _differing_keys(wires: Iterable[Mapping[str, Json]]) -> frozenset[str]:
    """Return the keys that do not have the same value in all of some wire data."""
    first, *others = wires
    keys = {key for wire in (first, *others) for key in wire}
    return frozenset(
        key for key in keys if any(wire.get(key) != first.get(key) for wire in others)
    )
