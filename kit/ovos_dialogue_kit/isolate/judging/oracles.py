"""Decide what may be a leak, without being told what to expect.

An oracle judges the transcript of a schedule ("in company") against what each of its
sessions goes through alone; ``taint`` hardly needs that. Whether chance made the
difference is decided later; see ``trial``. ``allow:`` in a script switches an oracle
off by its name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from ovos_dialogue_kit.isolate.dialogues.speakers import (
    sessions_by_speaker,
    speakers_of,
)
from ovos_dialogue_kit.isolate.judging.allow import is_meant
from ovos_dialogue_kit.isolate.judging.comparisons import COMPARISONS, own_news
from ovos_dialogue_kit.isolate.judging.leak import NOBODY, Leak
from ovos_dialogue_kit.isolate.judging.observation import (
    ORACLES,
    Observation,
    Oracle,
    ValueKey,
    differing,
    errors_of_nobody,
    moved,
    observe,
    oracle_of,
    turn_of,
)
from ovos_dialogue_kit.isolate.judging.outgoing import (
    message_values,
    news_on_screen,
    sent_to_session,
)
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.transcript import Reply

__all__ = ["leaks_in", "observations"]

_ONLY_IN_COMPANY = ("echo", "screen")
"""The names of places where it tells nothing that there is no value in company."""


def leaks_in(
    scene: Scene, oracles: Collection[Oracle], about: str | None = None
) -> Iterator[Leak]:
    """Yield what may be leaks in a transcript, the most telling first.

    What is needed for comparison is replayed only when it is needed, so a caller who
    takes the first leak pays for no more.

    Args:
        scene: the transcript in company, and access to those alone.
        oracles: the oracles to use.
        about: only leaks into this session; default: into any.

    """
    known: dict[str, list[Leak]] = {}

    def different(session: str) -> list[Leak]:
        if session not in known:
            known[session] = list(_different(session, scene))
        return known[session]

    for oracle in (each for each in ORACLES if each in oracles):
        for leak in _seen_by(oracle, scene, about, different):
            if about in {None, leak.session} and not is_meant(leak, scene):
                yield leak


def _seen_by(
    oracle: Oracle,
    scene: Scene,
    about: str | None,
    different: Callable[[str], list[Leak]],
) -> Iterator[Leak]:
    """Yield what an oracle finds; ``different`` returns what differs in a session."""
    if oracle == "taint":
        yield from tainted_values(scene)
        return
    if not _is_news(scene):
        return
    others = scene.outsiders if oracle == "stray" else ()
    others = (NOBODY,) if oracle == "crash" else others
    for session in (*others, *scene.sessions):
        if about in {None, session}:
            yield from (leak for leak in different(session) if leak.oracle == oracle)


def _is_news(scene: Scene) -> bool:
    """Return True if no session alone crashes the assistant."""
    if not scene.company.crash:
        return True
    return not any(scene.alone(name).crash for name in scene.sessions)


# -- taint ----------------------------------------------------------------------------


def tainted_values(scene: Scene) -> Iterator[Leak]:
    """Yield the places at which a session gets a word that only another one says."""
    for turn in scene.company.turns:
        told = [(("reply", number), reply) for number, reply in enumerate(turn.replies)]
        places: list[tuple[ValueKey, Json]] = [
            ((turn.index, *at), _words(reply)) for at, reply in told
        ]
        for number, message in enumerate(sent_to_session(turn)):
            parts = {".".join(at): value for at, value in message_values(message)}
            places.append(((turn.index, "message", number), parts))
        places.append(((turn.index, "slot"), dict(turn.slots)))
        places.append(((turn.index, "session"), dict(turn.session_after)))
        yield from _tainted(scene, turn.session, turn.index, places)
    for session in scene.sessions:
        speakers = speakers_of(scene.case, session)
        for (at, *what), values in news_on_screen(scene.company, speakers).items():
            shown: ValueKey = (at, "screen", *what)
            if any(_tainted(scene, session, at, [(shown, values)])):
                own = own_news(scene, session, shown, values)
                yield from _tainted(scene, session, at, [(shown, own)])
    for number, stray in enumerate(scene.company.strays):
        place: ValueKey = (-1, "stray", number)
        yield from _tainted(scene, stray.session, None, [(place, _words(stray))])


def _tainted(
    scene: Scene,
    speaker: str,
    turn: int | None,
    places: Iterable[tuple[ValueKey, Json]],
) -> Iterator[Leak]:
    names = sessions_by_speaker(scene.case)
    session = names.get(speaker, speaker)
    for key, value in places:
        text = json.dumps(value, ensure_ascii=False).casefold()
        for word, source in scene.canaries.items():
            if word in text and names[scene.case.turns[source].session] != session:
                yield Leak("taint", session, turn, key, value, source=source)


def _words(reply: Reply) -> Json:
    return [reply.text, dict(reply.data)] if reply.data else reply.text


# -- against the session alone --------------------------------------------------------


def observations(scene: Scene, session: str) -> tuple[Observation, Observation]:
    """Return what a session went through in company and alone.

    For ``NOBODY`` these are the errors that are raised for no session. In company there
    may be as many as in all sessions alone, so fewer are returned as the same.
    """
    if session != NOBODY:
        speakers = speakers_of(scene.case, session)
        pair = observe(scene.company, speakers), observe(scene.alone(session), speakers)
        for comparison in COMPARISONS:
            comparison(scene, session, *pair)
        return pair
    company, total = errors_of_nobody(scene.company), Counter[ValueKey]()
    for each in scene.sessions if company else ():
        total.update(errors_of_nobody(scene.alone(each)))
    return {**company}, {key: min(total[key], company[key]) for key in company}


def _different(session: str, scene: Scene) -> Iterator[Leak]:
    """Yield what differs from the session alone."""
    company, alone = observations(scene, session)
    for key in _differing(company, alone, scene):
        if _counts(key, company, scene):
            seen = company.get(key), alone.get(key)
            yield Leak(oracle_of(key), session, turn_of(key), key, *seen)


def _differing(
    company: Observation, alone: Observation, scene: Scene
) -> list[ValueKey]:
    """Return the places that differ, but for what only came in another turn."""
    same = set(moved(company, alone))
    if scene.has_overlaps and _faults(company) == _faults(alone):
        same.update(key for key in (*company, *alone) if key[1] == "fault")
    return [key for key in differing(alone, company) if key not in same]


def _faults(seen: Observation) -> set[tuple[Json, str]]:
    """Return what went wrong in any turn, each kind and its words once."""
    return {
        (key[2], json.dumps(each))
        for key, value in seen.items()
        if key[1] == "fault" and isinstance(value, list)
        for each in value
    }


def _counts(key: ValueKey, company: Observation, scene: Scene) -> bool:
    """Return True if a session can be judged by a difference at a place.

    Where turns overlap, session data keep changing after a turn has ended, so what the
    next turn begins with is a race. Only after the last turn is everything settled.
    """
    if scene.company.crash:
        return key[1] == "crash"
    if key[1] in _ONLY_IN_COMPANY:
        return key in company
    if key[1] == "session" and scene.has_overlaps:
        names = sessions_by_speaker(scene.case)
        session = names[scene.case.turns[int(key[0])].session]
        turns = scene.company.turns
        own = (turn.index for turn in turns if names[turn.session] == session)
        return key[0] == max(own)
    return True
