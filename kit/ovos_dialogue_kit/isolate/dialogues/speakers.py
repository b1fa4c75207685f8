"""Tell which speakers of a case are one session.

Two speakers may share a session: two microphones of one household. They are alone and
in company together, and what one of them says is no secret from the other. Such a
session is called by the name of its first speaker.
"""

from __future__ import annotations

from collections.abc import Mapping

from ovos_dialogue_kit.fixture.clients import client_ids
from ovos_dialogue_kit.fixture.model import Case

__all__ = ["sessions_by_speaker", "speakers_of"]


def sessions_by_speaker(case: Case) -> Mapping[str, str]:
    """Return the name of the session of each speaker."""
    first: dict[str, str] = {}
    ids = client_ids(case)
    return {name: first.setdefault(client, name) for name, client in ids.items()}


def speakers_of(case: Case, session: str) -> tuple[str, ...]:
    """Return the speakers of a session; one that takes no part has its own name."""
    names = sessions_by_speaker(case)
    return tuple(name for name in names if names[name] == session) or (session,)
