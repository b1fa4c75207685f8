"""Define a leak: where one session differs because of another."""

from __future__ import annotations

from dataclasses import dataclass

from ovos_dialogue_kit.isolate.judging.observation import Oracle, ValueKey
from ovos_dialogue_kit.jsondata import Json

__all__ = ["NOBODY", "Leak"]

NOBODY = ""
"""The session of errors that are raised by code that works for no session."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A trace of one session in another.

    ``turn`` is the index of the turn in which it shows, ``None`` if it shows in no turn
    of the session. ``key`` is the place in the session's observation; ``company`` and
    ``alone`` are the values there in company and alone. ``source`` is the index of the
    turn whose words were heard, where that is known.
    """

    oracle: Oracle
    session: str
    turn: int | None
    key: ValueKey
    company: Json = None
    alone: Json = None
    source: int | None = None
