"""What tells a leak, without being told what to expect.

Each oracle looks at a transcript in company and, but for taint, at what each of its
sessions goes through alone. ``allow:`` in a script switches one off by its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.observation import (
    Observation,
    ValueKey,
    differing,
    heard_by,
    observe,
    oracle_of,
    turn_of,
)
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply, Transcript
from ovos_dialogue_kit.verdict.exchange import is_allowed

__all__ = ["ORACLES", "Evidence", "Leak", "foreign", "leaks_in", "strays_of_nobody"]

ORACLES = ("taint", "stray", "crash", "solo", "state")
"""The oracles, the ones whose word says most first.

- ``taint``: a session hears, or gets as a slot or as context, a word that only another
  session said.
- ``stray``: something is said to a session that is not speaking and that hears nothing
  at that time when it is alone, or to a session that takes no part.
- ``crash``: a handler raises, or the process ends, where it does not with the session
  alone.
- ``solo``: a session hears, matches or ends another way than it does alone.
- ``state``: its session data differ from those it has alone: active skills, response
  mode, blacklists, context …
"""

_HEARD = ("reply", "replies", "stray")


@dataclass(frozen=True, slots=True)
class Leak:
    """One session's trace in another.

    ``turn`` is the index of the turn in which it shows, ``None`` if in none of the
    session's. ``key`` is where it shows; ``company`` and ``alone`` are what is there in
    company and alone. ``source`` is the index of the turn whose words were heard, where
    that is known.
    """

    oracle: str
    session: str
    turn: int | None
    key: ValueKey
    company: Json = None
    alone: Json = None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A transcript in company, and how to get what it is compared with.

    ``alone`` returns a session's transcript alone. ``varying`` returns which of some
    values differ by chance when it is alone; it is asked only if something differs
    that counts. ``taken`` are the indices of the turns that were taken. ``canaries``
    maps words to the index of the turn that says them.
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
    evidence: Evidence, oracles: Collection[str], about: str | None = None
) -> Iterator[Leak]:
    """Yield the leaks that a transcript shows, the ones that say most first.

    What a session goes through alone, and what of it depends on chance, is asked for
    only when it is needed: whoever wants no more than the first leak pays for no more.

    Args:
        evidence: the transcript in company and those alone.
        oracles: the names of those to be asked.
        about: only leaks into this session; by default into any.

    """
    speakers = [name for name in _speakers(evidence) if about in {None, name}]
    for oracle in (name for name in ORACLES if name in oracles):
        for leak in _seen_by(oracle, speakers, evidence):
            if about in {None, leak.session}:
                yield leak


def _seen_by(
    oracle: str, speakers: Sequence[str], evidence: Evidence
) -> Iterator[Leak]:
    """Yield the leaks that one oracle sees and that the script does not allow."""
    if oracle == "taint":
        found = foreign(evidence)
    elif oracle == "stray":
        found = strays_of_nobody(evidence)
    else:
        found = iter(())
    yield from (leak for leak in found if not _is_allowed(leak, evidence))
    if oracle != "taint" and _is_news(evidence):
        for session in speakers:
            yield from _different(oracle, session, evidence)


def _is_news(evidence: Evidence) -> bool:
    """Say whether nobody brings the assistant down alone."""
    if not evidence.company.crash:
        return True
    return not any(evidence.alone(name).crash for name in _speakers(evidence))


def _speakers(evidence: Evidence) -> list[str]:
    return list(dict.fromkeys(evidence.case.turns[i].session for i in evidence.taken))


def _is_allowed(leak: Leak, evidence: Evidence) -> bool:
    names = {leak.oracle}
    if leak.key[1:2] == ("fault",):
        names.add(str(leak.key[2]))
    turns = evidence.case.turns
    return any(
        is_allowed(name, evidence.fixture, turns[leak.turn or 0]) for name in names
    )


# -- taint ----------------------------------------------------------------------------


def foreign(evidence: Evidence) -> Iterator[Leak]:
    """Yield where a session gets a word that only another session says."""
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


def strays_of_nobody(evidence: Evidence) -> Iterator[Leak]:
    """Yield what was said to a session that takes no part, such as the default one."""
    for number, stray in enumerate(evidence.company.strays):
        if stray.session not in evidence.case.sessions:
            key: ValueKey = (-1, "stray", number)
            yield Leak("stray", stray.session, None, key, stray.text)


# -- against the session alone --------------------------------------------------------


def _different(oracle: str, session: str, evidence: Evidence) -> Iterator[Leak]:
    """Yield what is another way than it is alone, and not by chance."""
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
    """Return the keys of what differs; what was merely heard a turn later does not."""
    keys = differing(alone, company)
    if heard_by(company) == heard_by(alone):
        keys = [key for key in keys if key[1] not in _HEARD]
    return keys


def _counts(key: ValueKey, evidence: Evidence) -> bool:
    """Say whether a difference is one that the session can be judged by.

    Where turns overlap, a session's data go on changing after a turn has ended, and
    what the next turn begins with is a matter of time; at the end all has come to rest.
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
