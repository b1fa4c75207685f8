"""What no turn may show, asked for or not, as mismatches in a skill author's words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.transcript import Fault, Reply, Transcript
from ovos_dialogue_kit.verdict.exchange import Exchange, blank_mismatch, is_allowed
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = ["crash_mismatches", "fault_mismatches", "fault_words", "stray_mismatches"]

_WORDS = {
    "raised": "the skill raised an error",
    "no_end": "the turn did not end in time",
    "two_ends": "the turn ended more than once",
    "stray": "a reply reached a session that was not speaking",
    "session": "the session did not survive the turn",
    "lang": "a reply is in another language",
    "crash": "the assistant did not survive the turn",
}


def fault_mismatches(exchange: Exchange, hidden: Collection[str]) -> Iterator[Mismatch]:
    """Yield the faults of a turn that count, but for the kinds that others explain."""
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
            blank_mismatch(fixture, case, index, "stray", problem),
            expected=(),
            heard=(reply,),
            leak=leak_hint(case, transcript, reply),
        )


def crash_mismatches(
    fixture: Fixture, case: Case, transcript: Transcript
) -> Iterator[Mismatch]:
    """Yield one mismatch if the replay broke off, at the turn that was the last."""
    turns, replayed = case.turns, transcript.turns
    fault = transcript.crash
    if fault is None and len(replayed) < len(turns):
        fault = Fault("crash", "its transcript ends early")
    if fault is None:
        return
    lost = bool(replayed) and replayed[-1].end == "lost"
    index = min(len(replayed) - lost, len(turns) - 1)
    if is_allowed("crash", fixture, turns[index]):
        return
    left = len(turns) - index - 1
    notes = (("note", _not_replayed(left, len(turns))),) if left else ()
    mismatch = blank_mismatch(fixture, case, index, "crash", fault_words(fault))
    heard = replayed[index].replies if lost else None
    yield replace(mismatch, heard=heard or None, trace=fault.trace, notes=notes)


def _stray_words(reply: Reply, speaker: str, sessions: Collection[str]) -> str:
    if reply.session == speaker:
        return "heard another reply after the turn had ended"
    if reply.session in sessions:
        return f"{reply.session}, who was not speaking, heard a reply"
    return f'a reply went to "{reply.session}", no session of this dialogue'


def fault_words(fault: Fault) -> str:
    """Return a fault as a skill author would put it, in a line."""
    words = _WORDS.get(fault.kind, fault.kind)
    if not fault.detail:
        return words
    return f"{words}: {fault.detail}"


def _not_replayed(left: int, turns: int) -> str:
    if left == 1:
        return f"turn {turns} was not replayed"
    return f"turns {turns - left + 1} to {turns} were not replayed"
