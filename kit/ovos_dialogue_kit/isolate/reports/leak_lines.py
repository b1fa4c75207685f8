"""Tell a leak in lines: what was heard, whose it was, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ovos_dialogue_kit.errors import Mark
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.dialogues.from_skill import BUILT
from ovos_dialogue_kit.isolate.finding import Finding
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.isolate.judging.outgoing import message_values
from ovos_dialogue_kit.isolate.reports.leak_sentence import (
    leak_sentence,
    message_of,
    replies_of,
    speaker_at,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.render.lines import Line, labelled, plain, transcript_lines
from ovos_dialogue_kit.render.values import (
    flow,
    quoted,
    relevant_trace,
    reply_words,
)
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.verdict.leak_hint import leak_hint

__all__ = ["leak_head", "leak_lines", "leak_place", "place_of"]

_MEANINGS: Mapping[Oracle, str] = {
    "taint": "a session gets words that only another one has said",
    "stray": "something is said to a session that is not speaking",
    "crash": "an error is raised that is not raised when the session is alone",
    "solo": "its replies, intent or end of turn differ from when it is alone",
    "state": "its session data differ from when it is alone",
    "sent": "what it is sent besides speech differs from when it is alone",
    "echo": "a session gets a random value that another one was told",
}
"""What each oracle calls a leak, in a line."""


_VALUES = frozenset({"session", "slot", "route", "intent", "skill", "end", "screen"})


def leak_head(finding: Finding) -> Line:
    """Return the first line about a leak: where it is, and what."""
    fixture = finding.fixture
    place = place_of(fixture, Mark(fixture.script, *leak_place(finding)))
    return (
        place,
        ("", f'"{fixture.dialogue}": '),
        ("problem", leak_sentence(finding, finding.leak)),
    )


def leak_place(finding: Finding) -> tuple[int, int]:
    """Return line and column of a leak: those of its turn, or of the dialogue."""
    if finding.leak.turn is None:
        return finding.fixture.line, 1
    turn = finding.case.turns[finding.leak.turn]
    return turn.line, turn.column


def place_of(fixture: Fixture, mark: Mark | None = None) -> tuple[str, str]:
    """Return the place of a dialogue: in a script, or the skill it is made for."""
    if fixture.script.startswith(BUILT):
        return "place", f"{', '.join(fixture.skills)}: "
    return "place", f"{mark or Mark(fixture.script, fixture.line)}: "


def leak_lines(finding: Finding) -> Iterator[Line]:
    """Yield the lines that follow: values, evidence, order of turns and script."""
    leak = finding.leak
    yield from labelled(
        "heard", _heard(finding.company, leak) or ["(nothing)"], "heard"
    )
    if finding.alone:
        alone = _alone(finding.alone, leak) or ["(nothing)"]
        yield from labelled("alone", alone, "expected")
    yield from labelled("leak", _sources(finding, leak), "leak")
    trace = _trace(finding)
    yield from labelled("trace", relevant_trace(trace) if trace else (), "quiet")
    yield from labelled("oracle", [f"{leak.oracle}: {_MEANINGS[leak.oracle]}"])
    yield from labelled("evidence", _evidence(finding))
    order = plain(transcript_lines(finding.case, finding.company)[1:]).splitlines()
    yield from labelled("order", [line.strip() for line in order])
    if finding.order_seed is not None:
        seed = f"(seed {finding.order_seed})"
        mixed = f"listeners are shuffled and interrupt each other {seed}"
        yield from labelled("", [mixed])
    how = _shown_by(finding)
    kind = "smallest script that shows it"
    if finding.not_shrunk:
        kind = f"not shrunk, as {finding.not_shrunk}"
    yield from labelled("script", [f"{kind} ({how}):", ""])
    for line in finding.script.splitlines():
        yield (("", f"    {line}"),)
    yield ()


def _shown_by(finding: Finding) -> str:
    """Return the command that fails on the script of a leak."""
    if not finding.is_confirmed:
        return "with `kit isolate` only"
    seed = finding.order_seed
    option = "" if seed is None else f" --order-seed {seed}"
    return f"`kit replay{option}` fails on it"


def _evidence(finding: Finding) -> list[str]:
    """Return how certain it is that a leak is not chance."""
    evidence = finding.evidence
    if evidence.kind == "undecided":
        return ["seen once: it could not be tried again with other random seeds"]
    if not evidence.seeds:
        return []
    what = "as alone in" if evidence.is_absent else "in"
    seeds = evidence.seeds
    odds = f"{1 / evidence.probability:,.0f}"
    company = f"{what} {evidence.company} of {seeds} replays with the others"
    alone = f"in {evidence.alone} of {seeds} alone"
    return [f"{company}, {alone} (by chance: 1 in {odds})"]


def _message_words(message: Mapping[str, Json]) -> str:
    """Return the type of a message and the values that are compared."""
    values = {".".join(at): v for at, v in message_values(message) if at != ("type",)}
    return f"{message['type']}  {flow(values)}"


def _heard(transcript: Transcript, leak: Leak) -> list[str]:
    """Return what happened at the place of a leak."""
    if leak.session == NOBODY:
        return [str(leak.key[-1])]
    if leak.key[1] == "crash":
        return [transcript.crash.detail if transcript.crash else "(no crash)"]
    place = leak.key[2:] if leak.key[1] == "echo" else leak.key[1:]
    if place[0] == "message":
        message = message_of(transcript, leak.turn, place[1])
        return [_message_words(message)] if message else []
    if leak.key[1] in _VALUES:
        return [f"{'.'.join(map(str, leak.key[1:]))}: {flow(leak.company)}"]
    return _listed(replies_of(transcript, leak))


def _alone(transcript: Transcript, leak: Leak) -> list[str]:
    if leak.key[1] in _VALUES:
        return [flow(leak.alone)] if leak.oracle != "taint" else []
    return _heard(transcript, leak)


def _listed(replies: Iterable[Reply]) -> list[str]:
    return [reply_words(each) for each in replies]


def _sources(finding: Finding, leak: Leak) -> list[str]:
    """Return the words that leaked and where they were said, if that is known."""
    if leak.source is not None:
        word = next((w for w, t in finding.canaries.items() if t == leak.source), "")
        return [_said(finding, word, leak.source)]
    if leak.oracle == "crash":
        return []  # what OVOS says of an error is nobody's
    if leak.oracle == "echo":
        return _told(finding, leak)
    replies = replies_of(finding.company, leak)
    turns = finding.alone.turns if finding.alone else ()
    heard_alone = [turn.replies for turn in turns]
    heard_alone += [finding.alone.strays] if finding.alone else []
    alone = [reply.text for each in heard_alone for reply in each]
    case, company = finding.case, finding.company
    hints = (leak_hint(case, company, reply, alone) for reply in replies)
    known = _words(leak.session, *alone)
    own = [turn.said for turn in finding.case.turns if turn.session == leak.session]
    heard = _words(*(reply.text for reply in replies)) - known - _words(*own)
    foreign = [
        _said(finding, word, index)
        for index, turn in enumerate(finding.case.turns)
        if turn.session != leak.session
        for word in sorted(heard & _words(turn.said), key=_how_telling)[-1:]
    ]
    found = [*filter(None, hints), *foreign][:1]
    return [_without_line(hint, finding) for hint in found]


def _without_line(hint: str, finding: Finding) -> str:
    """Leave out the line if the script was made for the search, as nobody sees it."""
    is_built = finding.fixture.script.startswith(BUILT)
    return hint.partition(" (line ")[0] if is_built else hint


def _told(finding: Finding, leak: Leak) -> list[str]:
    """Return the word that another session was told, and when."""
    here, there = (
        _words(*_heard(each, leak)) if each else set()
        for each in (finding.company, finding.alone)
    )
    for turn in finding.company.turns:
        told = _words(*(each.text for each in turn.replies))
        words = sorted((here - there) & told, key=_how_telling)
        if words and turn.session != leak.session:
            word = quoted(words[-1])
            return [f"{word} was told to {turn.session} in turn {turn.index + 1}"]
    return []


def _said(finding: Finding, word: str, turn: int) -> str:
    return f"{quoted(word)} was said by {speaker_at(finding, turn)} in turn {turn + 1}"


def _how_telling(word: str) -> tuple[bool, int, str]:
    """Return what makes a word more telling than others: a digit, then its length."""
    return any(map(str.isdigit, word)), len(word), word


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text.casefold())}


def _trace(finding: Finding) -> str | None:
    """Return the traceback of an error that is not there when the session is alone."""
    leak = finding.leak
    if leak.oracle != "crash":
        return None
    here, alone = (
        [
            fault
            for turn in (transcript.turns if transcript else ())
            if leak.turn in {None, turn.index}
            for fault in turn.faults
        ]
        for transcript in (finding.company, finding.alone)
    )
    if leak.company is None:
        here, alone = alone, here
    known = {fault.detail for fault in alone}
    told = [fault for fault in here if fault.detail not in known] or here
    told += [finding.company.crash] if finding.company.crash else []
    return next((fault.trace for fault in told if fault.trace), None)
