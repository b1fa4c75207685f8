"""Scenes for oracles: what happened in company and alone, said in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from support.toys import dialogue

from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)


def happened(
    index: int, session: str, *texts: str | Reply, at: float = 0.0, **parts: object
) -> TurnTranscript:
    """Return a turn in which a session hears some texts."""
    replies = tuple(
        text if isinstance(text, Reply) else Reply(session, text, at, index)
        for text in texts
    )
    turn: dict[str, object] = {"said": "hi", "end": "handled", "ended": at, **parts}
    return TurnTranscript(index, session, at=at, replies=replies, **turn)  # type: ignore[arg-type]


def transcript(
    *turns: TurnTranscript, strays: Sequence[Reply] = (), crash: Fault | None = None
) -> Transcript:
    return Transcript(
        "x", "y", "", "e", "memory", turns, strays=tuple(strays), crash=crash
    )


def message(
    topic: str, at: float = 0.0, *, to_device: bool = False, **data: Json
) -> Mapping[str, Json]:
    """Return a message that leaves the assistant, for a session or for the device."""
    context: dict[str, Json] = {"session": {"session_id": "default"}}
    return {
        "type": topic,
        "data": data,
        "context": context if to_device else {"source": "skills"},
        "at": at,
    }


def scene(  # noqa: PLR0913  # each has its default
    company: Transcript,
    alone: Mapping[str, Transcript] | None = None,
    *script: str,
    head: str = "",
    canaries: Mapping[str, int] | None = None,
    has_overlaps: bool = False,
    is_shuffled: bool = False,
) -> Scene:
    """Return a scene; by default each session alone hears what it hears in company."""
    fixture = dialogue(
        *(script or [f"{turn.session}: hi" for turn in company.turns]), head=head
    )
    own = {
        turn.session: transcript(
            *(each for each in company.turns if each.session == turn.session)
        )
        for turn in company.turns
    }
    replays = {**own, **(alone or {})}
    return Scene(
        fixture=fixture,
        case=fixture.cases[0],
        company=company,
        alone=lambda session: replays.get(session, transcript()),
        canaries=canaries or {},
        taken=[turn.index for turn in company.turns],
        has_overlaps=has_overlaps,
        is_shuffled=is_shuffled,
    )
