"""Check one reply against its expectation, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ovos_dialogue_kit.regex_search import is_found
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.script.model import ReplyExpectation
from ovos_dialogue_kit.verdict.dialog_match import is_rendered_from
from ovos_dialogue_kit.verdict.equality import (
    includes,
    same_language,
    same_text,
    squeeze,
)

__all__ = ["ReplyContext", "dialog_lines", "failing_parts"]


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """The facts beside a reply that are needed to check it.

    ``dialogs`` are the transcript's; ``lang`` is the language of the session that
    hears the reply; ``since`` is when its turn began, in seconds of the
    assistant's clock.
    """

    dialogs: Mapping[str, tuple[str, ...]]
    lang: str
    since: float


def failing_parts(
    expected: ReplyExpectation, reply: Reply, context: ReplyContext
) -> tuple[str, ...]:
    """Return the names of the parts of an expectation that the reply does not fulfil.

    ``regex`` is searched for anywhere in the text; it, ``text`` and ``contains`` are
    case-sensitive and ignore white space. ``dialog`` compares the dialog's name; for
    a reply without one, the text must be a variant of that ``.dialog`` file, and
    ``data`` what it was filled with. ``data`` needs the keys that it names, others are
    free. ``denied`` fails if any part
    of it holds.
    """
    return tuple(n for n, holds in _judged(expected, reply, context) if not holds)


def dialog_lines(name: str, context: ReplyContext) -> tuple[str, ...] | None:
    """Return the lines of a ``.dialog`` in the session's language.

    They are ``None`` if the transcript does not know them, ``()`` without such a file.
    """
    wanted = f"{name}/{context.lang}"
    for key, lines in context.dialogs.items():
        if same_language(wanted, key) and key.startswith(f"{name}/"):
            return lines
    return None


def _judged(
    expected: ReplyExpectation,
    reply: Reply,
    context: ReplyContext,
    outer: ReplyExpectation | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield each part that the script gives, and whether it holds.

    The ``data`` of an inner expectation are those of the ``dialog`` around it, unless
    it names another.
    """
    given = expected
    if outer and outer.dialog and expected.dialog is None:
        given = replace(expected, dialog=outer.dialog)
    for name, holds in _PARTS.items():
        if getattr(expected, name) is not None:
            yield name, holds(given, reply, context)


def _dialog(expected: ReplyExpectation, reply: Reply, context: ReplyContext) -> bool:
    name = str(expected.dialog)
    if reply.dialog is not None:
        return reply.dialog == name
    return is_rendered_from(dialog_lines(name, context) or (), reply.text)


def _data(expected: ReplyExpectation, reply: Reply, context: ReplyContext) -> bool:
    wanted = expected.data or {}
    if reply.dialog is None and expected.dialog is not None:
        # the dialog's lines were filled with it
        lines = dialog_lines(expected.dialog, context) or ()
        return is_rendered_from(lines, reply.text, wanted)
    return includes(wanted, reply.data or {})


def _any_of(expected: ReplyExpectation, reply: Reply, context: ReplyContext) -> bool:
    return any(
        not any(not holds for _, holds in _judged(each, reply, context, expected))
        for each in expected.any_of or ()
    )


def _within(expected: ReplyExpectation, reply: Reply, context: ReplyContext) -> bool:
    # a microsecond for what adding seconds as floats loses
    return reply.at - context.since <= (expected.within or 0.0) + 1e-6


def _denied(expected: ReplyExpectation, reply: Reply, context: ReplyContext) -> bool:
    denied: Any = expected.denied  # None never gets here, see _judged
    return not any(holds for _, holds in _judged(denied, reply, context, expected))


_PARTS: Mapping[str, Callable[[ReplyExpectation, Reply, ReplyContext], bool]] = {
    "dialog": _dialog,
    "data": _data,
    "text": lambda e, r, _: same_text(e.text, r.text),
    "regex": lambda e, r, _: is_found(str(e.regex), squeeze(r.text)),
    "contains": lambda e, r, _: squeeze(str(e.contains)) in squeeze(r.text),
    "any_of": _any_of,
    "skill": lambda e, r, _: e.skill == r.skill,
    "lang": lambda e, r, _: same_language(str(e.lang), r.lang),
    "asks": lambda e, r, _: e.asks == r.asks,
    "within": _within,
    "denied": _denied,
}
