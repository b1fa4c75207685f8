"""Describe the differences between two replays of one dialogue.

What users notice is compared: what each session said and heard, how its utterances were
routed and whether its turns ended in time. Times, ids, the state of sessions, bus
messages and white space in replies are not. Versions differ in the message that ends a
turn, which nobody hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.matrix.cells import Replayed
from ovos_dialogue_kit.render.values import flow, quoted
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript

__all__ = ["differences", "explained", "fails_alike"]

_NOTHING = "(none)"


def differences(here: Replayed, there: Replayed) -> list[str]:
    """Return each difference in words: ``turn 1, a "hi": route stop, was intent``.

    A turn that one of them skipped is not compared.
    """
    if here.transcript is None or there.transcript is None:
        return []
    found = []
    if here.fixture and there.fixture and here.fixture != there.fixture:
        found.append("it was replayed from a different fixture")
    for turn, other in _pairs(here, there):
        found += _turn_differences(turn, other)
    if here.turn_count != there.turn_count:
        found += _change("", "turns", here.turn_count, there.turn_count)
    elif here.known_turns != there.known_turns:
        found.append("it stopped at a different turn")
    return [*found, *_rest(here.transcript, there.transcript)]


def explained(here: Replayed, there: Replayed, name: str) -> Iterator[str]:
    """Yield the differences of two replays, after the reasons of their xfails.

    Args:
        here: a replay.
        there: the one it is compared with.
        name: the cell or the ovos-core of that.

    """
    found = differences(here, there)
    if found and here.why and here.outcome != "failed":
        yield f"xfail: {here.why}"
    if found and there.why and there.outcome != "failed" and there.why != here.why:
        yield f"xfail in {name}: {there.why}"
    yield from found


def fails_alike(here: Replayed, there: Replayed) -> bool:
    """Return True if two replays fail in the same turns for the same reasons."""
    if here.failures or there.failures:
        return here.failures == there.failures
    return here.why == there.why


def _pairs(
    here: Replayed, there: Replayed
) -> Iterator[tuple[TurnTranscript, TurnTranscript]]:
    """Yield the turns that both have, by their index in the script.

    If one has more turns than the other, those with the same words are paired: older
    versions of the kit numbered turns without the skipped ones.
    """
    ours, theirs = here.turns, there.turns
    if here.turn_count == there.turn_count:
        by_index = {turn.index: turn for turn in theirs}
        yield from ((t, by_index[t.index]) for t in ours if t.index in by_index)
        return
    acts = [*map(_act, ours)], [*map(_act, theirs)]
    matcher = SequenceMatcher(None, acts[0], acts[1], autojunk=False)
    for block in matcher.get_matching_blocks():
        for at in range(block.size):
            yield ours[block.a + at], theirs[block.b + at]


def _act(turn: TurnTranscript) -> tuple[str, str]:
    return turn.session, turn.said


def _turn_differences(turn: TurnTranscript, other: TurnTranscript) -> Iterator[str]:
    where = f"turn {turn.index + 1}, {turn.session} {quoted(turn.said)}: "
    ours, theirs = _facts(turn), _facts(other)
    if len(turn.replies) == len(other.replies):
        ours |= _details(turn.replies)
        theirs |= _details(other.replies)
    for name, value in ours.items():
        yield from _change(where, name, value, theirs[name])


def _facts(turn: TurnTranscript) -> dict[str, Json]:
    """Return the compared values of a turn, by the names that scripts use."""
    kinds: list[Json] = [*sorted({fault.kind for fault in turn.faults})]
    return {
        "session": turn.session,
        "said": turn.said,
        "replies": [_text(reply) for reply in turn.replies],
        "route": turn.route,
        "intent": turn.intent,
        "skill": turn.skill,
        "slots": dict(turn.slots),
        "end": turn.end if turn.end in ("deadline", "lost") else "in time",
        "faults": kinds,
    }


def _details(replies: Iterable[Reply]) -> dict[str, Json]:
    """Return the values of replies that only replies of one number share."""
    return {
        "dialogs": [reply.dialog for reply in replies],
        "data": [dict(reply.data or {}) for reply in replies],
        "languages": [reply.lang and reply.lang.lower() for reply in replies],
        "speakers": [reply.skill for reply in replies],
        "asks": [reply.asks for reply in replies],
    }


def _rest(here: Transcript, there: Transcript) -> Iterator[str]:
    """Yield the differences that belong to no turn."""
    strays: list[Json] = [
        [f"{stray.session}: {_text(stray)}" for stray in each.strays]
        for each in (here, there)
    ]
    yield from _change("", "strays", *strays)
    crashes = [each.crash.detail if each.crash else None for each in (here, there)]
    yield from _change("", "crash", *crashes)


def _text(reply: Reply) -> str:
    return " ".join(reply.text.split())


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
