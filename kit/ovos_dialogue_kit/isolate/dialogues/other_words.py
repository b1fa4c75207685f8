"""Let a session say other words, if it alone still hears the same dialogs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.case_edit import with_texts
from ovos_dialogue_kit.replayer.replay_options import Options, Step
from ovos_dialogue_kit.replayer.transcript import TurnTranscript

__all__ = ["heard_alone", "places_of", "with_texts_alike"]


def with_texts_alike(
    case: Case,
    texts: Mapping[int, Sequence[str]],
    own: Sequence[int],
    play: Play,
    before: Sequence[TurnTranscript],
) -> Case:
    """Return a case with the first of its texts with which a session hears the same.

    The first texts of all turns are tried together, then those of each turn.

    Args:
        case: the case.
        texts: other texts by the index of the turn, at least one for each.
        own: the indices of the session's turns.
        play: replays cases.
        before: the session's turns, taken alone, with its own words.

    """
    if not texts:
        return case
    every = with_texts(case, {index: found[0] for index, found in texts.items()})
    if _is_alike(every, own, play, before):
        return every
    for index, found in texts.items():
        changes = (with_texts(case, {index: text}) for text in found)
        alike = (each for each in changes if _is_alike(each, own, play, before))
        case = next(alike, case)
    return case


def _is_alike(
    case: Case, own: Sequence[int], play: Play, before: Sequence[TurnTranscript]
) -> bool:
    return _shape_of(heard_alone(case, own, play)) == _shape_of(before)


def heard_alone(case: Case, own: Sequence[int], play: Play) -> Sequence[TurnTranscript]:
    """Return the turns of one session, taken alone."""
    steps = tuple(Step(index, case.turns[index].overlap) for index in own)
    return play(case, Options(schedule=steps)).turns


def _shape_of(turns: Sequence[TurnTranscript]) -> list[object]:
    """Return the parts of turns that replaced words must leave the same."""
    return [
        (turn.end, turn.route, turn.intent, [reply.dialog for reply in turn.replies])
        for turn in turns
    ]


def places_of(value: str, said: str) -> list[tuple[int, int]]:
    """Return where a value is in an utterance, as whole words."""
    if not value:
        return []
    pattern = rf"(?<!\w){re.escape(value)}(?!\w)"
    return [found.span() for found in re.finditer(pattern, said)]
