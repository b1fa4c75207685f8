"""Tell which speakers of a case are one session.

Two speakers may share a session: two microphones of one household. They are alone and
in company together, and what one of them says is no secret from the other. Such a
session is called by the name of its first speaker.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from ovos_dialogue_kit.fixture.clients import client_ids, connections
from ovos_dialogue_kit.fixture.model import Case

__all__ = ["sessions_by_speaker", "speakers_of"]


def sessions_by_speaker(case: Case) -> Mapping[str, str]:
    """Return the name of the session of each speaker.

    Users of one bridge keep their order, as one session does, if that disconnects.
    """
    first: dict[Hashable, str] = {}
    ids, known = client_ids(case), connections(case)
    lost = {known[turn.session] for turn in case.turns if turn.connects is not None}
    return {
        name: first.setdefault(known[name] if known[name] in lost else client, name)
        for name, client in ids.items()
    }


def speakers_of(case: Case, session: str) -> tuple[str, ...]:
    """Return the speakers of a session; one that takes no part has its own name."""
    names = sessions_by_speaker(case)
    return tuple(name for name in names if names[name] == session) or (session,)
