"""Make the variants of a case that are searched: as it is, and with canaries in it.

A case of one session gets a twin of it, so that there is company. Canaries replace
words that the skill accepts as they come (the value of a slot, an answer, talk that
matches nothing), wherever the session then still hears the same dialogs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from ovos_dialogue_kit.fixture.model import Case, FixtureTurn
from ovos_dialogue_kit.isolate.alone import Play
from ovos_dialogue_kit.jsondata import Json, mapping_in
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import TurnTranscript
from ovos_dialogue_kit.script.canary import make_canary

__all__ = ["Variant", "variants_of"]

_SHORTEST = 3
"""Characters of the shortest slot value that is replaced by a canary."""

_FREE_ROUTES = (None, "converse", "response", "fallback")


@dataclass(frozen=True, slots=True)
class Variant:
    """A case to search; ``canaries`` maps words to the turns that say them."""

    case: Case
    canaries: Mapping[str, int]


def variants_of(case: Case, play: Play) -> list[Variant]:
    """Return a case as it is and, if any can be put in, with canaries."""
    plain = _plain(_in_company(case))
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
    turns = same.case.turns
    words = {make_canary(index): index for index in range(len(turns))}
    said = [str(turn.message or "").casefold() for turn in turns]
    canaries = {word: index for word, index in words.items() if word in said[index]}
    return Variant(same.case, canaries)


def _plain(case: Case) -> Case:
    """Return a case without expectations, which a search does not use."""
    return replace(case, turns=tuple(replace(turn, expect=None) for turn in case.turns))


def _in_company(case: Case) -> Case:
    """Return a case of one session with a twin that says the same; others as is."""
    speakers = {turn.session for turn in case.turns}
    if len(speakers) != 1:
        return case
    (name,) = speakers
    twin = next(
        f"{name}_{number}" for number in count(2) if f"{name}_{number}" not in speakers
    )
    session_id = str(case.sessions[name]["session_id"])
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, session_id))
    wire: dict[str, Json] = {**case.sessions[name], "session_id": own}
    start = len(case.turns)
    again = tuple(
        _with_text(
            _as(turn, twin, wire),
            turn.said.replace(make_canary(index), make_canary(start + index)),
        )
        for index, turn in enumerate(case.turns)
    )
    sessions = {**case.sessions, twin: wire}
    return replace(case, sessions=sessions, turns=(*case.turns, *again))


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
    for session in dict.fromkeys(turn.session for turn in case.turns):
        own = [i for i, turn in enumerate(case.turns) if turn.session == session]
        before = _alone(case, own, play)
        texts = {
            turn.index: found
            for turn in before
            if (found := list(_canaried(case.turns[turn.index], turn)))
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


def _canaried(turn: FixtureTurn, happened: TurnTranscript) -> Iterator[str]:
    """Yield an utterance with a canary in place of all values, then of the longest."""
    word = make_canary(happened.index)
    if not is_utterance(turn) or word in turn.said:
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
