"""Report what no turn may show, asked for or not, as mismatches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.transcript import (
    UNKNOWN_ADDRESS,
    Fault,
    Reply,
    Transcript,
    TurnTranscript,
)
from ovos_dialogue_kit.script.model import FaultKind
from ovos_dialogue_kit.verdict.exchange import Exchange, is_allowed, mismatch_at
from ovos_dialogue_kit.verdict.leak_hint import leak_hint
from ovos_dialogue_kit.verdict.mismatch import Mismatch

__all__ = [
    "crash_mismatches",
    "fault_mismatches",
    "fault_words",
    "stray_mismatches",
    "unreplayed_mismatches",
    "unreplayed_turns",
]

_WORDS: Mapping[FaultKind, str] = {
    "raised": "the skill raised an error",
    "no_end": "the turn did not end in time",
    "two_ends": "the turn ended more than once",
    "stray": "a reply reached a session that was not speaking",
    "session": "the turn changed the session",
    "lang": "the language differs",
    "dialog": "the skill spoke a dialog that does not exist",
    "network": "a connection was refused",
    "hub": "the HiveMind hub failed the satellite",
    "refused": "the HiveMind hub refused a message",
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
        if fault.kind == "network":
            mismatch = replace(mismatch, notes=(("edit", _edit(fault)),))
        if fault.kind == "no_end":
            expect = exchange.sent.expect
            mismatch = replace(
                mismatch,
                expected=expect.replies if expect else None,
                heard=exchange.happened.replies,
                since=exchange.happened.at,
            )
        yield mismatch


def _edit(refused: Fault) -> str:
    """Return what to write in the script so that a connection is not refused."""
    host = refused.detail.partition(",")[0]
    hosts = "…" if host == UNKNOWN_ADDRESS else f'{{reason: …, hosts: ["{host}"]}}'
    return f"to allow it: allow: {{network: {hosts}}}"


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
    """Yield one mismatch if the replay ended early, at its last turn.

    If a crash is allowed there, the turns that it keeps from being replayed are the
    mismatch: nothing of them was checked.
    """
    replayed, rest = transcript.turns, unreplayed_turns(case, transcript)
    fault = transcript.crash
    if fault is None and rest:
        fault = Fault("crash", "the transcript ends early")
    if fault is None:
        return
    lost = next((turn for turn in reversed(replayed) if turn.end == "lost"), None)
    index = _crash_turn(lost, rest, len(case.turns))
    rest = tuple(each for each in rest if each > index)
    if is_allowed("crash", fixture, case.turns[index]):
        yield from unreplayed_mismatches(fixture, case, rest)
        return
    notes = (("note", _not_replayed(rest)),) if rest else ()
    mismatch = mismatch_at(fixture, case, index, "crash", fault_words(fault))
    heard = lost.replies if lost else None
    yield replace(mismatch, heard=heard or None, trace=fault.trace, notes=notes)


def _crash_turn(lost: TurnTranscript | None, rest: Sequence[int], count: int) -> int:
    """Return the turn that a crash belongs to: the lost one, else the next to come."""
    if lost:
        return lost.index
    return rest[0] if rest else count - 1


def unreplayed_turns(case: Case, transcript: Transcript) -> tuple[int, ...]:
    """Return the indices of the turns that a crash kept from being replayed."""
    known = {*transcript.skipped, *(turn.index for turn in transcript.turns)}
    return tuple(each for each in range(len(case.turns)) if each not in known)


def unreplayed_mismatches(
    fixture: Fixture, case: Case, rest: Sequence[int]
) -> Iterator[Mismatch]:
    """Yield one mismatch for turns that were not replayed after a known crash."""
    if rest:
        problem = f"{_not_replayed(rest)}, because the assistant had crashed"
        hint = "skip what follows the crash, or put it into another dialogue"
        mismatch = mismatch_at(fixture, case, rest[0], "crash", problem)
        yield replace(mismatch, notes=(("edit", hint),))


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


def _not_replayed(rest: Sequence[int]) -> str:
    first, last = rest[0] + 1, rest[-1] + 1
    if first == last:
        return f"turn {first} was not replayed"
    return f"turns {first} to {last} were not replayed"
