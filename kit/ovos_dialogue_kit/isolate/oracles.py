"""Decide what is a leak, without being told what to expect.

An oracle judges the transcript of a schedule ("in company") against what each of its
sessions goes through alone; ``taint`` needs the former only. ``allow:`` in a script
switches an oracle off by its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.observation import (
    ORACLES,
    Observation,
    Oracle,
    ValueKey,
    differing,
    heard_by,
    observe,
    oracle_of,
    turn_of,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript

__all__ = ["Evidence", "Leak", "leaks_in"]

_HEARD = ("reply", "replies", "stray")


@dataclass(frozen=True, slots=True)
class Leak:
    """A trace of one session in another.

    ``turn`` is the index of the turn in which it shows, ``None`` if it shows in no turn
    of the session. ``key`` is the place in the session's observation; ``company`` and
    ``alone`` are the values there in company and alone. ``source`` is the index of the
    turn whose words were heard, where that is known.
    """

    oracle: Oracle
    session: str
    turn: int | None
    key: ValueKey
    company: Json = None
    alone: Json = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A transcript in company, and access to what it is compared with.

    ``alone`` returns the transcript of a session alone. ``varying`` returns those of
    some places at which a session differs by chance even alone; it is called only if a
    difference there would be a leak. ``taken`` are the indices of the turns that were
    taken. ``canaries`` maps words to the index of the turn that says them.
    """

    fixture: Fixture
    case: Case
    company: Transcript
    alone: Callable[[str], Transcript]
    varying: Callable[[str, Collection[ValueKey]], Collection[ValueKey]]
    canaries: Mapping[str, int]
    taken: Sequence[int]
    has_overlaps: bool = False


def leaks_in(
    evidence: Evidence, oracles: Collection[Oracle], about: str | None = None
) -> Iterator[Leak]:
    """Yield the leaks that a transcript shows, the most telling first.

    What is needed for comparison is replayed only when it is needed, so a caller who
    takes the first leak pays for no more.

    Args:
        evidence: the transcript in company, and access to those alone.
        oracles: the oracles to use.
        about: only leaks into this session; default: into any.

    """
    speakers = [name for name in _speakers(evidence) if about in {None, name}]
    for oracle in (each for each in ORACLES if each in oracles):
        for leak in _seen_by(oracle, speakers, evidence):
            if about in {None, leak.session}:
                yield leak


def _seen_by(
    oracle: Oracle, speakers: Sequence[str], evidence: Evidence
) -> Iterator[Leak]:
    """Yield the leaks that one oracle finds and the script does not allow."""
    if oracle == "taint":
        found = tainted_values(evidence)
    elif oracle == "stray":
        found = strays_to_outsiders(evidence)
    else:
        found = iter(())
    yield from (leak for leak in found if not _is_allowed(leak, evidence))
    if oracle != "taint" and _is_news(evidence):
        for session in speakers:
            yield from _different(oracle, session, evidence)


def _is_news(evidence: Evidence) -> bool:
    """Return True if no session alone crashes the assistant."""
    if not evidence.company.crash:
        return True
    return not any(evidence.alone(name).crash for name in _speakers(evidence))


def _speakers(evidence: Evidence) -> list[str]:
    return list(dict.fromkeys(evidence.case.turns[i].session for i in evidence.taken))


def _is_allowed(leak: Leak, evidence: Evidence) -> bool:
    names: set[str] = {leak.oracle}
    if leak.key[1:2] == ("fault",):
        names.add(str(leak.key[2]))
    turns, index = evidence.case.turns, _turn_of_allow(leak, evidence)
    marks = [evidence.fixture.marks]
    marks += [turns[index].marks] if index is not None and index < len(turns) else []
    return any(not names.isdisjoint(each.allow) for each in marks)


def _turn_of_allow(leak: Leak, evidence: Evidence) -> int | None:
    """Return the index of the turn whose ``allow:`` counts, as ``kit replay`` has it.

    That is the turn of the leak; for a crash, the last turn; for a stray, the turn
    during which it was heard. There is none for a stray that is missing.
    """
    if leak.turn is not None:
        return leak.turn
    if leak.key[1] == "crash":
        return evidence.taken[-1]
    strays = evidence.company.strays
    if leak.oracle != "taint" and leak.session in evidence.case.sessions:
        strays = tuple(stray for stray in strays if stray.session == leak.session)
    number = int(leak.key[2]) if len(leak.key) > len((-1, "stray")) else -1
    return strays[number].turn if strays and number < len(strays) else None


# -- taint ----------------------------------------------------------------------------


def tainted_values(evidence: Evidence) -> Iterator[Leak]:
    """Yield the places at which a session gets a word that only another one says."""
    for turn in evidence.company.turns:
        told = [(("reply", number), reply) for number, reply in enumerate(turn.replies)]
        places: list[tuple[ValueKey, Json]] = [
            ((turn.index, *at), _words(reply)) for at, reply in told
        ]
        places.append(((turn.index, "slot"), dict(turn.slots)))
        places.append(((turn.index, "session"), dict(turn.session_after)))
        yield from _tainted(evidence, turn.session, turn.index, places)
    for number, stray in enumerate(evidence.company.strays):
        place: ValueKey = (-1, "stray", number)
        yield from _tainted(evidence, stray.session, None, [(place, _words(stray))])


def _tainted(
    evidence: Evidence,
    session: str,
    turn: int | None,
    places: Iterable[tuple[ValueKey, Json]],
) -> Iterator[Leak]:
    for key, value in places:
        text = json.dumps(value, ensure_ascii=False).casefold()
        for word, source in evidence.canaries.items():
            if word in text and evidence.case.turns[source].session != session:
                yield Leak("taint", session, turn, key, value, source=source)


def _words(reply: Reply) -> Json:
    return [reply.text, dict(reply.data)] if reply.data else reply.text


# -- strays ---------------------------------------------------------------------------


def strays_to_outsiders(evidence: Evidence) -> Iterator[Leak]:
    """Yield what was said to sessions that take no part, such as the default one."""
    for number, stray in enumerate(evidence.company.strays):
        if stray.session not in evidence.case.sessions:
            key: ValueKey = (-1, "stray", number)
            yield Leak("stray", stray.session, None, key, stray.text)


# -- against the session alone --------------------------------------------------------


def _different(oracle: Oracle, session: str, evidence: Evidence) -> Iterator[Leak]:
    """Yield what differs from the session alone, and not by chance."""
    company = observe(evidence.company, session)
    alone = observe(evidence.alone(session), session)
    seen = [
        Leak(oracle, session, turn_of(key), key, company.get(key), alone.get(key))
        for key in _differing(company, alone)
        if oracle_of(key) == oracle and _counts(key, evidence)
    ]
    told = [leak for leak in seen if not _is_allowed(leak, evidence)]
    if told:
        varying = evidence.varying(session, [leak.key for leak in told])
        yield from (leak for leak in told if leak.key not in varying)


def _differing(company: Observation, alone: Observation) -> list[ValueKey]:
    """Return the places that differ; a reply that only came a turn later does not."""
    keys = differing(alone, company)
    if heard_by(company) == heard_by(alone):
        keys = [key for key in keys if key[1] not in _HEARD]
    return keys


def _counts(key: ValueKey, evidence: Evidence) -> bool:
    """Return True if a session can be judged by a difference at a place.

    Where turns overlap, session data keep changing after a turn has ended, so what the
    next turn begins with is a race. Only after the last turn is everything settled.
    """
    if evidence.company.crash:
        return key[1] == "crash"
    if key[1] == "session" and evidence.has_overlaps:
        session = evidence.case.turns[int(key[0])].session
        last = max(
            turn.index for turn in evidence.company.turns if turn.session == session
        )
        return key[0] == last
    return True
