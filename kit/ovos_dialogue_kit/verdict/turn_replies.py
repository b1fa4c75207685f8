"""Compare all replies of a turn with those that its script lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal, TypeAlias

from ovos_dialogue_kit.counting import counted
from ovos_dialogue_kit.errors import near_name
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import ReplyExpectation, ReplyOrder
from ovos_dialogue_kit.verdict.equality import as_text
from ovos_dialogue_kit.verdict.exchange import Exchange
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import Mismatch, MismatchKind
from ovos_dialogue_kit.verdict.one_reply import dialog_lines, failing_parts
from ovos_dialogue_kit.verdict.reply_pairs import pair_replies

__all__ = ["denied_mismatch", "reply_mismatch"]

_OnlyPart: TypeAlias = Literal["within", "lang", "skill", "denied"]

_ONLY_PART: Mapping[_OnlyPart, str] = {
    "within": "came too late",
    "lang": "is in a different language",
    "skill": "is from a different skill",
    "denied": "must not be given",
}
"""The problem of a reply of which only this part failed."""


def reply_mismatch(exchange: Exchange) -> Mismatch | None:
    """Return how the replies of a turn differ from the expected ones, else ``None``.

    Unless the script says otherwise, as many replies as expected must be heard, in
    their order. If the turn did not end, those heard so far must be right, and missing
    ones are not reported here.
    """
    expect = exchange.sent.expect
    expected = expect.replies if expect else None
    if expect is None or expected is None:
        return None
    if expect.order != "exact":
        return _unordered_mismatch(exchange, expected, expect.order)
    heard = exchange.happened.replies
    due = expected[: len(heard)] if exchange.is_cut_short else expected
    failing = [
        failing_parts(one, reply, exchange.context)
        for one, reply in zip(due, heard, strict=False)
    ]
    if len(due) != len(heard):
        kind, problem = _count(len(heard), len(expected))
    elif any(failing):
        kind, problem = _different(expected, failing)
    else:
        return None
    parts = frozenset(chain.from_iterable(failing))
    first = next((n for n, failed in enumerate(failing) if failed), len(failing))
    wrong = [reply for reply, failed in zip(heard, failing, strict=False) if failed]
    return replace(
        exchange.mismatch(kind, problem),
        expected=expected,
        heard=heard,
        parts=parts,
        since=exchange.happened.at if "within" in parts else None,
        focus=first,
        leak=_leak(exchange, (*wrong, *heard[len(due) :]), expected),
        notes=tuple(_notes(exchange, expected)),
    )


def denied_mismatch(exchange: Exchange) -> Mismatch | None:
    """Return a mismatch with the replies of a turn that must not be given."""
    expect = exchange.sent.expect
    listed = expect.denied_replies if expect else ()
    heard = exchange.happened.replies
    given = [
        (one, n)
        for one in listed
        for n, reply in enumerate(heard)
        if not failing_parts(one, reply, exchange.context)
    ]
    if not given:
        return None
    denied = [one for one in listed if any(one is other for other, _ in given)]
    return replace(
        exchange.mismatch("denied", "a forbidden reply was given"),
        expected=tuple(ReplyExpectation(one.mark, denied=one) for one in denied),
        heard=tuple(heard[n] for n in sorted({n for _, n in given})),
    )


def _unordered_mismatch(
    exchange: Exchange, expected: Sequence[ReplyExpectation], order: ReplyOrder
) -> Mismatch | None:
    """Return which expected replies were not heard, and which replies are left over.

    With ``include`` any number may be left over.
    """
    heard = exchange.happened.replies
    context = exchange.context
    fitting = [
        [n for n, reply in enumerate(heard) if not failing_parts(one, reply, context)]
        for one in expected
    ]
    pairs = pair_replies(fitting)
    missing = [one for n, one in enumerate(expected) if n not in pairs]
    left = [reply for n, reply in enumerate(heard) if n not in pairs.values()]
    is_missing = bool(missing) and not exchange.is_cut_short
    if not is_missing and (not left or order == "include"):
        return None
    counts = len(heard), len(expected), len(missing)
    problem = _unordered(*counts, order) if is_missing else "heard an unexpected reply"
    return replace(
        exchange.mismatch("reply", problem),
        expected=tuple(missing),
        heard=tuple(left),
        leak=_leak(exchange, left, missing),
        notes=(*_paired(len(pairs)), *_notes(exchange, missing)),
    )


def _unordered(heard: int, expected: int, missing: int, order: ReplyOrder) -> str:
    """Return the problem where replies in any order are missing."""
    if not heard or (order == "any" and heard != expected):
        return _count(heard, expected)[1]
    if missing == expected == 1:
        return "the expected reply was not heard"
    return f"{missing} of {expected} expected replies not heard"


def _paired(pairs: int) -> Iterator[tuple[str, str]]:
    if pairs:
        yield "note", f"{counted(pairs, 'other reply', 'other replies')} as expected"


def _count(heard: int, expected: int) -> tuple[MismatchKind, str]:
    """Return kind and problem where the number of replies is wrong."""
    if not expected:
        return "no_reply", "heard a reply where none was expected"
    if not heard:
        return "reply", "heard nothing"
    return "reply", f"heard {counted(heard, 'reply', 'replies')} instead of {expected}"


def _different(
    expected: Sequence[ReplyExpectation], failing: Sequence[tuple[str, ...]]
) -> tuple[MismatchKind, str]:
    """Return kind and problem where a reply differs from the expected one."""
    first = next(index for index, parts in enumerate(failing) if parts)
    is_single = len(expected) == 1
    who = "the reply" if is_single else f"reply {first + 1} of {len(expected)}"
    parts = set(chain.from_iterable(failing))
    if parts == {"asks"}:
        does = "does not open" if expected[first].asks else "opens"
        return "asks", f"{who} {does} the microphone"
    for part, words in _ONLY_PART.items():
        if parts == {part}:
            return part, f"{who} {words}"
    return "reply", "heard a different reply" if is_single else f"{who} differs"


def _leak(
    exchange: Exchange,
    wrong: Sequence[Reply],
    expected: Sequence[ReplyExpectation],
) -> str | None:
    """Return the first hint at a leak among the wrong replies."""
    texts = [text for one in expected for text in _texts(one)]
    hints = (
        leak_hint(exchange.case, exchange.transcript, reply, texts) for reply in wrong
    )
    return next((hint for hint in hints if hint), None)


def _texts(expected: ReplyExpectation) -> Iterator[str]:
    """Yield the texts that a reply was expected to hold."""
    yield from (text for text in (expected.text, expected.contains) if text)
    yield from map(as_text, (expected.data or {}).values())
    for one in expected.any_of or ():
        yield from _texts(one)


def _notes(
    exchange: Exchange, expected: Sequence[ReplyExpectation]
) -> Iterator[tuple[str, str]]:
    """Yield labelled notes that may explain the mismatch."""
    if expected and exchange.happened.matched is False:
        yield "note", "no intent matched"
        yield from exchange.happened.nearest
    for name in dict.fromkeys(one.dialog for one in expected if one.dialog):
        if dialog_lines(name, exchange.context) == ():
            near = near_name(name, _known_dialogs(exchange))
            yield (
                "note",
                f'there is no "{name}.dialog" in {exchange.context.lang}{near}',
            )


def _known_dialogs(exchange: Exchange) -> list[str]:
    """Return the names of the dialogs that the transcript knows to exist."""
    transcript = exchange.transcript
    found = (
        key.rpartition("/")[0] for key, lines in transcript.dialogs.items() if lines
    )
    heard = (reply.dialog for turn in transcript.turns for reply in turn.replies)
    return sorted({*found, *(name for name in heard if name)})
