"""Turn mismatches and transcripts into lines for people.

A line is a tuple of segments, each a style and a text, so that the command line can
colour what a report or a test shows as plain text. The styles are place, problem,
label, expected, heard, leak, quiet and the empty one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from ovos_dialogue_kit.fixture.model import DEVICE, Case, session_id_of
from ovos_dialogue_kit.render.columns import columns_of, filled
from ovos_dialogue_kit.render.shorten import shortened
from ovos_dialogue_kit.render.values import (
    flow,
    item_texts,
    item_words,
    quoted,
    relevant_trace,
    seconds,
)
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript, TurnTranscript
from ovos_dialogue_kit.verdict.faults import fault_words
from ovos_dialogue_kit.verdict.mismatch import Item, Mismatch, action_words
from ovos_dialogue_kit.visible import looks_like, revealed, visible

__all__ = [
    "AS_ABOVE",
    "Line",
    "labelled",
    "mismatch_lines",
    "mismatch_title",
    "plain",
    "render_dialogue",
    "render_mismatches",
    "transcript_lines",
]

Line: TypeAlias = "tuple[tuple[str, str], ...]"

AS_ABOVE = "the same error as above"

_INDENT = 2
_LABEL = 8
_WORDS = 6
_WIDEST = 40
"""Columns of what is said, beyond which replies are not aligned."""

_ALIKE = "texts that look the same differ in the characters that are escaped"

_WITHOUT_HUB = "heard on the bus in memory"

_ENDS = {"deadline": "(no end in time)", "lost": "(the assistant was lost)"}


def render_mismatches(
    mismatches: Sequence[Mismatch],
    fixture_path: str | None = None,
    *,
    verbose: bool = False,
) -> str:
    """Return ``mismatch_lines`` as one text without a final newline."""
    return plain(mismatch_lines(mismatches, fixture_path, verbose=verbose))


def render_dialogue(
    case: Case,
    transcript: Transcript,
    skipped: Mapping[int, str] | None = None,
    *,
    wrong: Collection[int | None] = (),
    verbose: bool = False,
) -> str:
    """Return ``transcript_lines`` as one text without a final newline."""
    lines = transcript_lines(case, transcript, skipped, wrong=wrong, verbose=verbose)
    return plain(lines)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as one text, without their styles; what is hidden is escaped."""
    texts = ("".join(text for _, text in line).rstrip() for line in lines)
    return "\n".join(map(visible, texts))


def mismatch_title(mismatch: Mismatch) -> str:
    """Return a mismatch in one line, without its place."""
    return f"{_turn(mismatch)}{mismatch.problem}"


def mismatch_lines(
    mismatches: Sequence[Mismatch],
    fixture_path: str | None = None,
    *,
    verbose: bool,
) -> list[Line]:
    """Return those of the first turn in full and each other in one line.

    Args:
        mismatches: those that ``compare`` and ``judge`` found.
        fixture_path: the committed fixture as users name it, ``None`` without one.
        verbose: show all in full, and all that was expected and heard, however much
            that is.

    """
    if not mismatches:
        return []
    first, *others = mismatches
    lines = [_head(first), *_details(first, verbose=verbose)]
    if fixture_path is not None:
        lines += labelled("fixture", [fixture_path], "quiet")
    for each in others:
        lines.append(_head(each))
        if verbose or each.turn == first.turn:
            lines += _details(each, verbose=verbose)
    return lines


def _head(mismatch: Mismatch) -> Line:
    place = ("place", f"{mismatch.mark}: ")
    return place, ("", _turn(mismatch)), ("problem", mismatch.problem)


def _turn(mismatch: Mismatch) -> str:
    if mismatch.turn is None:
        return ""
    return f"turn {mismatch.turn + 1}, {mismatch.session} {mismatch.said}: "


def _details(mismatch: Mismatch, *, verbose: bool) -> Iterator[Line]:
    """Yield the rows below a mismatch: expected, heard, and what explains it."""
    listed = max(len(mismatch.expected or ()), len(mismatch.heard or ())) > 1
    alike = _looks_equal(mismatch)
    for label, items in (("expected", mismatch.expected), ("heard", mismatch.heard)):
        if items is not None:
            lines: Iterable[str] = _items(mismatch, items, listed=listed)
            if alike:
                lines = map(revealed, lines)
            if not verbose:
                lines = shortened(list(lines), _more, mismatch.focus)
            yield from labelled(label, lines, label)
    if mismatch.without_hub is not None:
        plain_words = [item_words(one) for one in mismatch.without_hub]
        words = ", ".join(plain_words) or "(nothing)"
        yield from labelled("note", [f"{_WITHOUT_HUB}: {words}"])
    if alike:
        yield from labelled("note", [_ALIKE])
    if mismatch.leak:
        yield from labelled("leak", [mismatch.leak], "leak")
    for label, text in mismatch.notes:
        yield from labelled(label, [text])
    if mismatch.trace:
        yield from labelled("trace", relevant_trace(mismatch.trace), "quiet")


def _looks_equal(mismatch: Mismatch) -> bool:
    """Return True if a text that was expected looks like one that was heard."""
    expected, heard = (
        [text for item in items or () for text in item_texts(item)]
        for items in (mismatch.expected, mismatch.heard)
    )
    return any(looks_like(one, other) for one in expected for other in heard)


def _items(mismatch: Mismatch, items: Sequence[Item], *, listed: bool) -> list[str]:
    """Return a line for each item, numbered where there are several to be compared."""
    lines = [item_words(one, mismatch.parts, mismatch.since) for one in items]
    if listed:
        lines = [f"{number} {line}" for number, line in enumerate(lines, 1)]
    return lines or ["(nothing)"]


def labelled(label: str, texts: Iterable[str], style: str = "") -> Iterator[Line]:
    """Yield a label and its texts, one below the other."""
    for text in texts:
        padded = f"{'':{_INDENT}}{label:{_LABEL}}{'':{_INDENT}}"
        yield ("label", padded), (style, text)
        label = ""


def transcript_lines(
    case: Case,
    transcript: Transcript,
    skipped: Mapping[int, str] | None = None,
    *,
    wrong: Collection[int | None] = (),
    verbose: bool = False,
) -> list[Line]:
    """Return a line for each turn, with what was said and heard, and further reply.

    Times are seconds of the assistant's clock since the dialogue began; zero is left
    out.

    Args:
        case: the case that was replayed.
        transcript: what happened.
        skipped: why turns were skipped, by their indices.
        wrong: indices of the turns for which what the skills wrote is shown.
        verbose: show every reply, the bus messages that the transcript holds, and what
            the skills wrote in any turn.

    """
    variant = ", ".join(filter(None, (transcript.case, transcript.engine)))
    lines: list[Line] = [(("", transcript.dialogue), ("quiet", f" [{variant}]"))]
    acts = [visible(action_words(turn)) for turn in case.turns]
    speakers = [visible(turn.session) for turn in case.turns]
    names = max(map(columns_of, speakers), default=0)
    width = min(max(map(columns_of, acts), default=0), _WIDEST)
    happened = {turn.index: turn for turn in transcript.turns}
    reasons = skipped or {}
    for index, speaker in enumerate(speakers):
        said = f"  {filled(speaker, names)}  {filled(acts[index], width)}  "
        if index in happened:
            turn = happened[index]
            lines += _exchange(said, turn, verbose=verbose)
            lines += _strays(transcript, index, names)
            if verbose or index in wrong:
                lines += _words(turn, verbose=verbose)
            lines += _messages(case, turn) if verbose else ()
        elif index in transcript.skipped:
            reason = f": {reasons[index]}" if index in reasons else ""
            lines.append((("quiet", f"{said}skipped{reason}"),))
    if transcript.crash:
        lines.append((("problem", f"  {fault_words(transcript.crash)}"),))
    return lines


def _exchange(said: str, turn: TurnTranscript, *, verbose: bool) -> Iterator[Line]:
    """Yield the lines of a turn: its replies, then its faults."""
    heard = [
        ("heard", f"{_spoken(one)}{'  (asks)' if one.asks else ''}")
        for one in turn.replies
    ]
    if not verbose:
        heard = list(shortened(heard, lambda left: ("quiet", _more(left))))
    if not heard and turn.end != "lost":  # what is lost may have been something
        heard.append(("quiet", "(nothing)"))
    if turn.end in _ENDS:
        heard.append(("problem", _ENDS[turn.end]))
    heard += [("problem", f"({fault_words(fault)})") for fault in turn.faults]
    for style, text in heard:
        yield ("", said), ("quiet", "-> "), (style, text)
        said = filled("", columns_of(said))


def _more(left: int) -> str:
    return f"… {left} more"


def _strays(transcript: Transcript, index: int, names: int) -> Iterator[Line]:
    """Yield the replies heard during a turn by sessions that were not speaking."""
    for stray in transcript.strays:
        if stray.turn == index:
            words = f"-> {_spoken(stray)}  (stray)"
            speaker = filled(visible(stray.session), names)
            yield ("", f"  {speaker}  "), ("problem", words)


def _words(turn: TurnTranscript, *, verbose: bool) -> Iterator[Line]:
    """Yield what the skills printed and logged in a turn, and OVOS about them."""
    lines = [f"    {label:{_WORDS}}  {text}" for label, text in turn.words]
    for line in lines if verbose else shortened(lines, _more_words):
        yield (("quiet", line),)


def _more_words(left: int) -> str:
    return f"    {'':{_WORDS}}  {_more(left)}"


def _messages(case: Case, turn: TurnTranscript) -> Iterator[Line]:
    """Yield the bus messages of a turn, with the session if it is another one."""
    names = {wire.get("session_id"): name for name, wire in case.sessions.items()}
    own = case.sessions.get(turn.session, {}).get("session_id", DEVICE)
    for message in turn.messages:
        kind, data = message.get("type"), message.get("data")
        session = session_id_of(message)
        other = "" if session == own else f"  (of {names.get(session, session)})"
        yield (("quiet", f"    {kind} {flow(data)}{other}"),)


def _spoken(reply: Reply) -> str:
    time = f"{seconds(reply.at)}  " if round(reply.at, 3) else ""
    return f"{time}{quoted(reply.text)}"
