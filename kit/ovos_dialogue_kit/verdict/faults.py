"""Report what no turn may show, asked for or not, as mismatches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.transcript import (
    Fault,
    Reply,
    Transcript,
)
from ovos_dialogue_kit.script.model import FaultKind
from ovos_dialogue_kit.verdict.exchange import Exchange, is_allowed, mismatch_at
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["crash_mismatches", "fault_mismatches", "fault_words", "stray_mismatches"]

_WORDS: Mapping[FaultKind, str] = {
    "raised": "the skill raised an error",
    "no_end": "the turn did not end in time",
    "two_ends": "the turn ended more than once",
    "stray": "a reply reached a session that was not speaking",
    "session": "the turn changed the session",
    "lang": "the language differs",
    "crash": "the assistant crashed during the turn",
}


def fault_mismatches(exchange: Exchange, hidden: Collection[str]) -> Iterator[Mismatch]:
    """Yield a mismatch for each fault of a turn, except those of hidden kinds."""
    for fault in exchange.faults:
        if fault.kind in hidden:
            continue
        mismatch = replace(
            exchange.mismatch(fault.kind, fault_words(fault)), trace=fault.trace
        )
        if fault.kind == "no_end":
            expect = exchange.sent.expect
            mismatch = replace(
                mismatch,
                expected=expect.replies if expect else None,
                heard=exchange.happened.replies,
                since=exchange.happened.at,
            )
        yield mismatch


def stray_mismatches(
    fixture: Fixture, case: Case, transcript: Transcript
) -> Iterator[Mismatch]:
    """Yield the replies that reached a session which had no turn open."""
    for reply in transcript.strays:
        index = min(max(reply.turn, 0), len(case.turns) - 1)
        if is_allowed("stray", fixture, case.turns[index]):
            continue
        problem = _stray_words(reply, case.turns[index].session, case.sessions)
        yield replace(
            mismatch_at(fixture, case, index, "stray", problem),
            expected=(),
            heard=(reply,),
            leak=leak_hint(case, transcript, reply),
        )


def crash_mismatches(
    fixture: Fixture, case: Case, transcript: Transcript
) -> Iterator[Mismatch]:
    """Yield one mismatch if the replay ended early, at its last turn."""
    turns, replayed = case.turns, transcript.turns
    fault = transcript.crash
    if fault is None and len(replayed) < len(turns):
        fault = Fault("crash", "the transcript ends early")
    if fault is None:
        return
    lost = bool(replayed) and replayed[-1].end == "lost"
    index = min(len(replayed) - lost, len(turns) - 1)
    if is_allowed("crash", fixture, turns[index]):
        return
    left = len(turns) - index - 1
    notes = (("note", _not_replayed(left, len(turns))),) if left else ()
    mismatch = mismatch_at(fixture, case, index, "crash", fault_words(fault))
    heard = replayed[index].replies if lost else None
    yield replace(mismatch, heard=heard or None, trace=fault.trace, notes=notes)


def _stray_words(reply: Reply, speaker: str, sessions: Collection[str]) -> str:
    if reply.session == speaker:
        return "heard another reply after the turn had ended"
    if reply.session in sessions:
        return f"{reply.session} heard a reply although it was not speaking"
    return f'a reply went to "{reply.session}", which is not a session of this dialogue'


def fault_words(fault: Fault) -> str:
    """Return a fault in one line, in a skill author's words."""
    words = _WORDS[fault.kind]
    return f"{words}: {fault.detail}" if fault.detail else words


def _not_replayed(left: int, turns: int) -> str:
    if left == 1:
        return f"turn {turns} was not replayed"
    return f"turns {turns - left + 1} to {turns} were not replayed"
