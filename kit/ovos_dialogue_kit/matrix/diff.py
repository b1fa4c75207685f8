"""Describe the differences between two transcripts of one dialogue.

What users notice is compared: what each session said and heard, and how its utterances
were routed. Times, ids, the state of sessions and white space in replies are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.render.values import flow, quoted
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript

__all__ = ["differences"]

_NOTHING = "(none)"


def differences(here: Transcript, there: Transcript) -> Iterator[str]:
    """Yield each difference in words: ``turn 1, a "hi": route stop, was intent``."""
    turns = {turn.index: turn for turn in there.turns}
    for turn in here.turns:
        other = turns.get(turn.index)
        if other is not None:
            yield from _turn_differences(turn, other)
    yield from _change("", "turns", len(here.turns), len(there.turns))
    yield from _change("", "strays", _texts(here.strays), _texts(there.strays))
    crashes = [each.crash.detail if each.crash else None for each in (here, there)]
    yield from _change("", "crash", *crashes)


def _turn_differences(turn: TurnTranscript, other: TurnTranscript) -> Iterator[str]:
    where = f"turn {turn.index + 1}, {turn.session} {quoted(turn.said)}: "
    ours, theirs = _facts(turn), _facts(other)
    for name, value in ours.items():
        yield from _change(where, name, value, theirs[name])


def _facts(turn: TurnTranscript) -> dict[str, Json]:
    """Return the compared values of a turn, by the names that scripts use."""
    kinds: list[Json] = [*sorted({fault.kind for fault in turn.faults})]
    return {
        "replies": _texts(turn.replies),
        "dialogs": [reply.dialog for reply in turn.replies],
        "asks": [reply.asks for reply in turn.replies],
        "route": turn.route,
        "intent": turn.intent,
        "skill": turn.skill,
        "slots": dict(turn.slots),
        "faults": kinds,
    }


def _texts(replies: Iterable[Reply]) -> list[Json]:
    return [" ".join(reply.text.split()) for reply in replies]


def _change(where: str, name: str, here: Json, there: Json) -> Iterator[str]:
    if here != there:
        yield f"{where}{name} {_shown(here)}, was {_shown(there)}"


def _shown(value: Json) -> str:
    if value is None or value in ([], {}):
        return _NOTHING
    if isinstance(value, list):
        return ", ".join(map(_shown_item, value))
    return flow(value)


def _shown_item(value: Json) -> str:
    return quoted(value) if isinstance(value, str) else _shown(value)
