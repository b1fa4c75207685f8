"""Fixtures made by hand, for tests that are not about scripts."""

from __future__ import annotations

from collections.abc import Sequence

from ovos_dialogue_kit.fixture.model import Case, Fixture, FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Transcript

SESSIONS = ("kitchen", "bedroom", "hall")


def turn(session: str, said: str, *, overlap: bool = False) -> FixtureTurn:
    """Return a turn.

    ``~2`` is a silence of two seconds, ``!a.b`` a bus message, ``=connect`` or
    ``=disconnect`` what a satellite does.
    """
    if said.startswith("~"):
        return FixtureTurn(session, 1, 1, said, silence=float(said[1:]))
    if said.startswith("="):
        return FixtureTurn(session, 1, 1, said[1:], connects=said == "=connect")
    context: dict[str, Json] = {"source": f"kit.{session}", "destination": ["skills"]}
    if said.startswith("!"):
        message: dict[str, Json] = {"type": said[1:], "data": {}, "context": context}
        return FixtureTurn(session, 1, 1, said[1:], message, overlap=overlap)
    data: dict[str, Json] = {"utterances": [said], "lang": "en-US"}
    message = {"type": "recognizer_loop:utterance", "data": data, "context": context}
    return FixtureTurn(session, 1, 1, said, message, overlap=overlap)


def dialogue(
    skill: str,
    *turns: tuple[str, str],
    overlap: Sequence[int] = (),
    clock: str = "virtual",
) -> Fixture:
    """Return a fixture of one case; ``overlap`` are the indices of such turns."""
    sessions: dict[str, dict[str, Json]] = {
        name: {"session_id": f"0000-{name}", "lang": "en-US", "site_id": name}
        for name in SESSIONS
    }
    made = (
        turn(name, said, overlap=index in overlap)
        for index, (name, said) in enumerate(turns)
    )
    case = Case("", sessions, tuple(made))
    return Fixture("x", "y", 1, (skill,), ("padacioso",), (case,), clock=clock)


def spoken(transcript: Transcript) -> list[list[str]]:
    """Return the texts heard in each turn."""
    return [[reply.text for reply in turn.replies] for turn in transcript.turns]
