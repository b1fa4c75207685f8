"""Replace words of a case by canaries, wherever the skill takes any words.

That is the value of a slot, an answer, or talk that matches nothing, if the session
still hears the same dialogs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.case_edit import is_utterance
from ovos_dialogue_kit.isolate.dialogues.other_words import (
    heard_alone,
    places_of,
    with_texts_alike,
)
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.replayer.transcript import TurnTranscript
from ovos_dialogue_kit.script.canary import make_canary

__all__ = [
    "canaries_in",
    "unsaid",
    "with_canaries",
]

_MOST_TURNS = 1000
"""Canaries with smaller numbers are known in a script; a turn's own has its number."""

_FREE_ROUTES = (None, "converse", "response", "fallback")


def canaries_in(turn: FixtureTurn) -> list[str]:
    """Return the canaries among the words of a turn, each once."""
    words = re.findall(r"\w+", json.dumps(turn.message, ensure_ascii=False).casefold())
    return [word for word in dict.fromkeys(words) if word in _known_canaries()]


@cache
def _known_canaries() -> frozenset[str]:
    return frozenset(map(make_canary, range(_MOST_TURNS)))


def unsaid(case: Case) -> Iterator[str]:
    """Yield canaries that no turn of a case says."""
    said = {word for turn in case.turns for word in canaries_in(turn)}
    return (word for word in map(make_canary, count()) if word not in said)


def with_canaries(case: Case, play: Play) -> Case:
    """Return a case with canaries wherever its sessions alone still hear the same."""
    words, names = unsaid(case), sessions_by_speaker(case)
    own_words = dict(zip(range(len(case.turns)), words, strict=False))
    for session in dict.fromkeys(names[turn.session] for turn in case.turns):
        own = [i for i, turn in enumerate(case.turns) if names[turn.session] == session]
        before = heard_alone(case, own, play)
        texts = {
            turn.index: found
            for turn in before
            if (
                found := list(
                    _canaried(case.turns[turn.index], turn, own_words[turn.index])
                )
            )
        }
        case = with_texts_alike(case, texts, own, play, before)
    return case


def _canaried(turn: FixtureTurn, happened: TurnTranscript, word: str) -> Iterator[str]:
    """Yield an utterance with a canary in place of all values, or of the longest.

    A value may be a word of the sentence, too; then its last place is its own.
    """
    if not is_utterance(turn) or canaries_in(turn):
        return
    values = [
        value
        for value in happened.slots.values()
        if isinstance(value, str) and places_of(value, turn.said)
    ]
    if values:
        values.sort(key=len, reverse=True)
        *_, (begin, end) = places_of(values[0], turn.said)
        texts = (
            _with(word, turn.said, values),
            _with(word, turn.said, values[:1]),
            turn.said[:begin] + word + turn.said[end:],
        )
        yield from dict.fromkeys(texts)
    elif happened.route in _FREE_ROUTES:
        yield word


def _with(word: str, said: str, values: Sequence[str]) -> str:
    for value in values:
        for begin, end in reversed(places_of(value, said)):
            said = said[:begin] + word + said[end:]
    return said
