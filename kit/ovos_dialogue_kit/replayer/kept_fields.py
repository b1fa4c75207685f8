"""Check that a session keeps what its client has sent, in every turn and reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ovos_dialogue_kit.fixture.model import DEVICE, FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.bus import SPEAKER_KEY
from ovos_dialogue_kit.replayer.transcript import Fault, Reply

__all__ = ["KeptFields"]

_KEPT = ("site_id", "lang", "location")


class KeptFields:
    """The fields of a session that OVOS must keep, with all values that they may have.

    A field may have any value that a client of the session has sent, as OVOS takes that
    over.

    Args:
        speakers: the wire data with which each speaker of the session begins.

    """

    def __init__(self, speakers: Mapping[str, Mapping[str, Json]]) -> None:
        self._starts = speakers
        self._allowed = {
            name: {key: [_folded(wire[key])] for key in _KEPT if key in wire}
            for name, wire in speakers.items()
        }

    def allow(self, fixture: FixtureTurn) -> None:
        """Allow what a turn sends to be the session's from then on."""
        allowed = self._allowed[fixture.session]
        for lang in fixture.langs:
            allowed.setdefault("lang", []).append(_folded(lang))
        for key in _KEPT:
            if key in fixture.overrides:
                allowed.setdefault(key, []).append(_folded(fixture.overrides[key]))

    def faults_of_reply(
        self, reply: Reply, context: Mapping[str, Json], speaker: str
    ) -> Iterable[Fault]:
        """Yield what is wrong with the context and with the language of a reply."""
        probe = context.get(SPEAKER_KEY)
        is_device = self._starts[speaker].get("session_id") == DEVICE
        if probe not in self._starts and not (is_device and probe is None):
            what = "was lost" if probe is None else f'is that of "{probe}"'
            detail = f'in "{reply.text}", a key that the client put into the context'
            yield Fault("session", f"{detail} {what}")
        lang = self._starts[speaker].get("lang")
        allowed = self._allowed[speaker].get("lang", ())
        if reply.lang and _folded(reply.lang) not in allowed:
            detail = f'"{reply.text}" is in {reply.lang}, the session speaks {lang}'
            yield Fault("lang", detail)

    def lost(self, speaker: str, after: Mapping[str, Json]) -> Iterable[Fault]:
        """Yield a fault for each field of the session that a turn changed."""
        start, allowed = self._starts[speaker], self._allowed[speaker]
        for key in _KEPT if after else ():
            if key in start and _folded(after.get(key)) not in allowed[key]:
                detail = f"{key} was {start[key]}, is {after.get(key)}"
                yield Fault("lang" if key == "lang" else "session", detail)


def _folded(value: Json) -> Json:
    return value.lower() if isinstance(value, str) else value
