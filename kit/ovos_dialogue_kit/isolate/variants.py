"""Make the variants of a case that are searched: as it is, and with canaries in it.

A case of one session gets a twin of it, so that there is company. Canaries replace
words that the skill accepts as they come (the value of a slot, an answer, talk that
matches nothing), wherever the session then still hears the same dialogs.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import count

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.alone import Play
from ovos_dialogue_kit.isolate.speakers import sessions_by_speaker
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import TurnTranscript
from ovos_dialogue_kit.script.canary import make_canary

__all__ = ["Variant", "in_company", "variants_of"]

_SHORTEST = 3
"""Characters of the shortest slot value that is replaced by a canary."""

_MOST_TURNS = 1000
"""Canaries with smaller numbers are known in a script; a turn's own has its number."""

_FREE_ROUTES = (None, "converse", "response", "fallback")


@dataclass(frozen=True, slots=True)
class Variant:
    """A case to search; ``canaries`` maps words to the turns that say them."""

    case: Case
    canaries: Mapping[str, int]


def variants_of(case: Case, play: Play) -> list[Variant]:
    """Return a case as it is and, if any can be put in, with canaries."""
    plain = _plain(in_company(case))
    changed = _with_canaries(plain, play)
    return [_variant(each) for each in dict.fromkeys((_Same(plain), _Same(changed)))]


@dataclass(frozen=True, slots=True)
class _Same:
    """A case, hashable: its hash depends on what is said."""

    case: Case

    def __hash__(self) -> int:
        return hash(tuple(turn.said for turn in self.case.turns))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.case == other.case


def _variant(same: _Same) -> Variant:
    """Return a variant with the canaries that one session alone says."""
    case = same.case
    names, first = sessions_by_speaker(case), dict[str, int]()
    sessions: dict[str, set[str]] = {}
    for index, turn in enumerate(case.turns):
        for word in _canaries_in(turn):
            first.setdefault(word, index)
            sessions.setdefault(word, set()).add(names[turn.session])
    own = {word: turn for word, turn in first.items() if len(sessions[word]) == 1}
    return Variant(case, own)


def _canaries_in(turn: FixtureTurn) -> list[str]:
    """Return the canaries among the words of a turn, each once."""
    words = re.findall(r"\w+", json.dumps(turn.message, ensure_ascii=False).casefold())
    return [word for word in dict.fromkeys(words) if word in _known_canaries()]


@cache
def _known_canaries() -> frozenset[str]:
    return frozenset(map(make_canary, range(_MOST_TURNS)))


def _unsaid(case: Case) -> Iterator[str]:
    """Yield canaries that no turn of a case says."""
    said = {word for turn in case.turns for word in _canaries_in(turn)}
    return (word for word in map(make_canary, count()) if word not in said)


def _plain(case: Case) -> Case:
    """Return a case without expectations and deadlines, which a search does not use.

    Who has to wait for somebody else may miss a deadline, and that is not a leak.
    """
    turns = (replace(turn, expect=None, within=None) for turn in case.turns)
    return replace(case, turns=tuple(turns))


def in_company(case: Case) -> Case:
    """Return a case of one session with a twin that says the same; others as is.

    The twin has an id of its own, and a site of its own if the script names one: in the
    same room, both may share what belongs to the room.
    """
    names = sessions_by_speaker(case)
    if len({names[turn.session] for turn in case.turns}) != 1:
        return case
    speakers = list(dict.fromkeys(turn.session for turn in case.turns))
    twins = {name: _twin_name(name, case) for name in speakers}
    wires = {twin: _twin_wire(case.sessions[name]) for name, twin in twins.items()}
    words = _unsaid(case)
    own = {word: next(words) for turn in case.turns for word in _canaries_in(turn)}
    again = []
    for turn in case.turns:
        said = turn.said
        for word, other in own.items():
            said = said.replace(word, other)
        twin = twins[turn.session]
        again.append(_with_text(_as(turn, twin, wires[twin]), said))
    sessions = {**case.sessions, **wires}
    return replace(case, sessions=sessions, turns=(*case.turns, *again))


def _twin_name(name: str, case: Case) -> str:
    names = (f"{name}_{number}" for number in count(2))
    return next(each for each in names if each not in case.sessions)


def _twin_wire(wire: Mapping[str, Json]) -> dict[str, Json]:
    session_id = str(uuid.uuid5(uuid.NAMESPACE_URL, str(wire["session_id"])))
    own: dict[str, Json] = {**wire, "session_id": session_id}
    return own | ({"site_id": f"{wire['site_id']}_2"} if "site_id" in wire else {})


def _as(turn: FixtureTurn, name: str, wire: Mapping[str, Json]) -> FixtureTurn:
    """Return a turn with another session as its speaker."""
    if turn.message is None:
        return replace(turn, session=name)
    own: dict[str, Json] = {"source": f"kit.{name}", "session": dict(wire)}
    message: dict[str, Json] = {
        **turn.message,
        "context": {**mapping_in(turn.message, "context"), **own},
    }
    return replace(turn, session=name, message=message)


def _with_text(turn: FixtureTurn, text: str) -> FixtureTurn:
    """Return a turn with another utterance."""
    if text == turn.said or not is_utterance(turn) or turn.message is None:
        return turn
    said: list[Json] = [text]
    data: dict[str, Json] = {**mapping_in(turn.message, "data"), "utterances": said}
    return replace(turn, said=text, message={**turn.message, "data": data})


def is_utterance(turn: FixtureTurn) -> bool:
    """Return True if something is said in a turn."""
    message = turn.message
    return message is not None and message["type"] == "recognizer_loop:utterance"


# -- canaries -------------------------------------------------------------------------


def _with_canaries(case: Case, play: Play) -> Case:
    """Return a case with canaries wherever its sessions alone still hear the same."""
    words, names = _unsaid(case), sessions_by_speaker(case)
    own_words = dict(zip(range(len(case.turns)), words, strict=False))
    for session in dict.fromkeys(names[turn.session] for turn in case.turns):
        own = [i for i, turn in enumerate(case.turns) if names[turn.session] == session]
        before = _alone(case, own, play)
        texts = {
            turn.index: found
            for turn in before
            if (
                found := list(
                    _canaried(case.turns[turn.index], turn, own_words[turn.index])
                )
            )
        }
        changed = _changed(case, {index: found[0] for index, found in texts.items()})
        if _shape(_alone(changed, own, play)) == _shape(before):
            case = changed
            continue
        for index, found in texts.items():
            for text in found:
                changed = _changed(case, {index: text})
                if _shape(_alone(changed, own, play)) == _shape(before):
                    case = changed
                    break
    return case


def _changed(case: Case, texts: Mapping[int, str]) -> Case:
    turns = tuple(
        _with_text(turn, texts.get(index, turn.said))
        for index, turn in enumerate(case.turns)
    )
    return replace(case, turns=turns)


def _alone(case: Case, own: Sequence[int], play: Play) -> Sequence[TurnTranscript]:
    steps = tuple(Step(index, case.turns[index].overlap) for index in own)
    return play(case, Options(schedule=steps)).turns


def _shape(turns: Sequence[TurnTranscript]) -> list[object]:
    """Return what must stay the same when words are replaced."""
    return [
        (turn.end, turn.route, turn.intent, [reply.dialog for reply in turn.replies])
        for turn in turns
    ]


def _canaried(turn: FixtureTurn, happened: TurnTranscript, word: str) -> Iterator[str]:
    """Yield an utterance with a canary in place of all values, then of the longest."""
    if not is_utterance(turn) or _canaries_in(turn):
        return
    values = [
        value
        for value in happened.slots.values()
        if isinstance(value, str) and len(value) >= _SHORTEST and value in turn.said
    ]
    if values:
        values.sort(key=len, reverse=True)
        texts = (_with(word, turn.said, values), _with(word, turn.said, values[:1]))
        yield from dict.fromkeys(texts)
    elif happened.route in _FREE_ROUTES:
        yield word


def _with(word: str, said: str, values: Sequence[str]) -> str:
    for value in values:
        said = said.replace(value, word)
    return said
