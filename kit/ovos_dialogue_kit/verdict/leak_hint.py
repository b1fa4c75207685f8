"""Find the words of another session in a wrong reply.

This is a hint beside a mismatch that is one anyway; it takes ``isolate`` to prove a
leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.verdict.equality import as_text, squeeze

__all__ = ["leak_hint"]

_SHORTEST = 2
"""Characters of a text below which finding it may be chance."""

_FIRST_IDEOGRAPH = "\u2e80"
"""From here on Unicode has scripts that put no spaces between words."""


_TOLD = "told to"


@dataclass(frozen=True, slots=True)
class _Source:
    """Words that belong to a session, and the turn they come from."""

    text: str
    session: str
    turn: int
    how: str


def leak_hint(
    case: Case, transcript: Transcript, reply: Reply, expected: Iterable[str] = ()
) -> str | None:
    """Return which words of a reply are another session's and where they come from.

    Candidates are the words that other sessions said, sent in another message or were
    told, up to the turn during which the reply was heard; the longest wins, then the
    earliest. Words that the session of the reply said itself, or
    that are expected, are no leak. Case and white space do not count.

    Args:
        case: the case that was replayed.
        transcript: what happened.
        reply: the reply that is wrong.
        expected: texts that the reply was expected to hold.

    """
    sources = [s for s in _sources(case, transcript) if s.turn <= reply.turn]
    own = [s.text for s in sources if s.session == reply.session and s.how != _TOLD]
    own.extend(expected)
    heard = [reply.text, *_leaves(dict(reply.data or {}))]
    leaked = [
        source
        for source in sources
        if source.session != reply.session
        and any(_holds(text, source.text) for text in heard)
        and not any(_holds(text, source.text) for text in own)
    ]
    if not leaked:
        return None
    best = max(leaked, key=lambda source: len(source.text))  # the first of these
    line = case.turns[best.turn].line
    return (
        f'"{best.text}" was {best.how} {best.session} in turn {best.turn + 1}'
        f" (line {line})"
    )


def _sources(case: Case, transcript: Transcript) -> Iterator[_Source]:
    for happened in transcript.turns:
        turn, index = case.turns[happened.index], happened.index
        how, texts = _sent(turn)
        told = (text for reply in happened.replies for text in _told(reply))
        for words, texts_of in ((how, texts), (_TOLD, told)):
            for text in map(squeeze, texts_of):
                if len(text) >= _SHORTEST:
                    yield _Source(text, turn.session, index, words)


def _sent(turn: FixtureTurn) -> tuple[str, Iterable[str]]:
    if turn.message is None:
        return "sent by", ()
    if turn.message.get("type") == turn.said:
        return "sent by", _leaves(turn.message.get("data"))
    return "said by", (turn.said,)


def _told(reply: Reply) -> Iterator[str]:
    """Yield the texts that are about the session; a dialog's wording is not."""
    if reply.dialog is None:
        yield reply.text
    yield from _leaves(dict(reply.data or {}))


def _leaves(value: Json) -> Iterator[str]:
    """Yield the texts and numbers in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield as_text(value)


def _holds(text: str, words: str) -> bool:
    """Return True if a text holds these words as words, not as parts of others."""
    text, words = squeeze(text).casefold(), squeeze(words).casefold()
    start = text.find(words)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(words) :][:1]
        if not any(c.isalnum() and c < _FIRST_IDEOGRAPH for c in around):
            return True
        start = text.find(words, start + 1)
    return False
