"""Make the variants of a case that are searched: one table, a row for each kind.

A case of one session gets a twin of it, so that there is company. Each variant changes
what a leak may need to be seen: the words, the settings of the sessions, the time of
day, how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Literal, TypeAlias

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.canaries import canaries_in, with_canaries
from ovos_dialogue_kit.isolate.dialogues.known_words import KnownWords, with_other_words
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule, explore
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.isolate.dialogues.worlds import (
    as_crowd,
    in_company,
    with_other_settings,
    with_pauses,
)

__all__ = ["Variant", "VariantName", "plans_of", "variants_of"]

VariantName: TypeAlias = Literal[
    "plain", "canaries", "words", "settings", "pauses", "crowd"
]
"""A kind of variant.

- ``plain``: as the script has it, but for the twin of a session that is alone.
- ``canaries``: with canaries, words that nobody else says.
- ``words``: all but the first session say other words that the skill knows.
- ``settings``: the sessions have different units, formats, places and sites.
- ``pauses``: after its turns, each session is silent for hours; not in real time.
- ``crowd``: with more sessions and more turns, which say the same again.
"""

_ORDER: tuple[VariantName, ...] = (
    *("plain", "canaries", "words", "settings"),
    *("plain", "canaries", "pauses"),
    *("plain", "canaries", "crowd"),
)
"""Which variant each schedule is tried in, again and again."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A case to search; ``canaries`` maps words to the turns that say them."""

    case: Case
    canaries: Mapping[str, int]
    name: VariantName


def variants_of(
    case: Case, play: Play, words: KnownWords, *, is_real_time: bool
) -> list[Variant]:
    """Return a case as it is, and those variants of it that differ.

    Args:
        case: the case.
        play: replays it, to see if a session still hears the same.
        words: the words that the skills know.
        is_real_time: a silence of hours takes hours, so there are no pauses.

    """
    plain = _plain(in_company(case))
    changed = with_canaries(plain, play)
    made: Mapping[VariantName, Callable[[], Case]] = {
        "plain": lambda: plain,
        "canaries": lambda: changed,
        "words": lambda: with_other_words(plain, play, words),
        "settings": lambda: with_other_settings(plain),
        "pauses": lambda: changed if is_real_time else with_pauses(changed, play),
        "crowd": lambda: as_crowd(changed),
    }
    found: list[Variant] = []
    for name, make in made.items():
        different = make()
        if all(different != each.case for each in found):
            found.append(_variant(name, different))
    return found


def plans_of(
    variants: Sequence[Variant], seed: int
) -> Iterator[tuple[Variant, Schedule]]:
    """Yield schedules without end, each with the variant to try it in."""
    schedules = {each.name: explore(each.case, seed) for each in variants}
    named = {each.name: each for each in variants}
    for name in cycle(
        filter(named.__contains__, _ORDER)
    ):  # pragma: no branch  # endless
        yield named[name], next(schedules[name])


def _variant(name: VariantName, case: Case) -> Variant:
    """Return a variant with the canaries that one session alone says."""
    names, first = sessions_by_speaker(case), dict[str, int]()
    sessions: dict[str, set[str]] = {}
    for index, turn in enumerate(case.turns):
        for word in canaries_in(turn):
            first.setdefault(word, index)
            sessions.setdefault(word, set()).add(names[turn.session])
    own = {word: turn for word, turn in first.items() if len(sessions[word]) == 1}
    return Variant(case, own, name)


def _plain(case: Case) -> Case:
    """Return a case without expectations and deadlines, which a search does not use.

    Who has to wait for somebody else may miss a deadline, and that is not a leak.
    """
    turns = (replace(turn, expect=None, within=None) for turn in case.turns)
    return replace(case, turns=tuple(turns))
