"""Add to what a session went through what only a comparison can tell.

Each comparison changes the observations of a session in company and alone: the scene,
the session, and both are its arguments.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.judging.observation import Observation, ValueKey, observe
from ovos_dialogue_kit.isolate.judging.outgoing import (
    listed,
    sent_to_session,
    time_of,
)
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json

__all__ = ["COMPARISONS", "own_news"]

_SPEAKING = ("reply", "stray", "message")
_PLACE = 3
"""Parts of the place of a reply, such as ``0, "reply", 0``."""

_OF_JSON = frozenset({"false", "null", "true"})
"""Words that nobody says: every reply has parts without a value."""

Moment: TypeAlias = "tuple[float, int]"
"""A time, and the place in the order of turns that do not overlap."""

_LAST: Moment = (math.inf, 0)
_NEVER: Moment = (math.inf, 1)


def _with_news_only(
    scene: Scene, session: str, company: Observation, alone: Observation
) -> None:
    """Leave of the device's screen what the session shows there on one side only."""
    here, there = _shown(company), _shown(alone)
    for seen, known in ((company, there), (alone, here)):
        for key in [key for key in seen if key[1] == "screen"]:
            others = known.get(key[2:], [])
            news = [value for value in listed(seen.pop(key)) if value not in others]
            if seen is company:
                news = own_news(scene, session, key, news)
            if news:
                seen[key] = news


def own_news(
    scene: Scene, session: str, key: ValueKey, news: Sequence[Json]
) -> list[Json]:
    """Return what is new at a place of the screen, but for what other sessions show.

    A skill has one set of values for the screen. Where turns overlap, code that works
    for one session may be the first to send a value that another session has just set;
    that is no leak if the other one shows it when it is alone, too.
    """
    others = [name for name in scene.sessions if name != session]
    for other in others if scene.has_overlaps and news else ():
        shown = _shown(observe(scene.alone(other), speakers_of(scene.case, other)))
        news = [value for value in news if value not in shown.get(key[2:], [])]
    return [*news]


def _shown(seen: Observation) -> dict[ValueKey, list[Json]]:
    """Return all values that a session shows on the screen, by their names."""
    shown: dict[ValueKey, list[Json]] = {}
    for key, values in seen.items():
        if key[1] == "screen":
            shown.setdefault(key[2:], []).extend(listed(values))
    return shown


def _with_orders(
    scene: Scene, _session: str, company: Observation, alone: Observation
) -> None:
    """Add the order of the replies of each turn that are the same in both.

    Where turns overlap, somebody may have to wait, so their order is not compared.
    """
    orders = [] if scene.has_overlaps else [_orders(company), _orders(alone)]
    for turn in orders[0].keys() & orders[1].keys() if orders else ():
        one, other = (each[turn] for each in orders)
        if sorted(one) == sorted(other):
            company[turn, "order"], alone[turn, "order"] = [*one], [*other]


def _orders(seen: Observation) -> dict[int, list[str]]:
    """Return what is heard in each turn, in its order."""
    orders: dict[int, list[str]] = {}
    for key, text in seen.items():
        if key[1] == "reply" and key[-1] == "text":
            orders.setdefault(int(key[0]), []).append(str(text))
    return orders


def _with_echoes(
    scene: Scene, session: str, company: Observation, alone: Observation
) -> None:
    """Add where a session hears or is sent a word that another session was told before.

    Only words that differ between company and alone count, on both sides alike: so
    chance makes an echo as often in company as alone. That is not so where chance
    decides who comes first: it does for all sessions of a company at once.
    """
    here, there = _words_by_place(company), _words_by_place(alone)
    if scene.is_shuffled or here == there:
        return
    moments, told = _moments(scene, session), _told_to_others(scene, session)
    for seen, own, other in ((company, here, there), (alone, there, here)):
        first = _first_told(own, moments)
        foreign = {word for word in first if told.get(word, _NEVER) <= first[word]}
        for place, words in own.items():
            if (words - other.get(place, set())) & foreign:
                at: ValueKey = (place[0], "echo", *place[1:])
                seen[at] = True


def _told_to_others(scene: Scene, session: str) -> dict[str, Moment]:
    """Return when each word is told to another session first, in company."""
    told: dict[str, Moment] = {}
    for other in scene.sessions:
        if other != session:
            seen = observe(scene.company, speakers_of(scene.case, other))
            first = _first_told(_words_by_place(seen), _moments(scene, other))
            told |= {w: min(at, told.get(w, _NEVER)) for w, at in first.items()}
    return told


def _first_told(
    words: Mapping[ValueKey, set[str]], moments: Mapping[ValueKey, Moment]
) -> dict[str, Moment]:
    """Return when each word is told first; at the end if its place has no moment."""
    first: dict[str, Moment] = {}
    for place, found in words.items():
        at = moments.get(place, _LAST)
        first |= {word: min(at, first.get(word, _NEVER)) for word in found}
    return first


def _moments(scene: Scene, session: str) -> dict[ValueKey, Moment]:
    """Return when each reply and message came in company, by its place.

    Turns that do not overlap may have the same time, but they have an order.
    """
    order = {
        turn: n for n, turn in enumerate(() if scene.has_overlaps else scene.taken)
    }
    speakers = speakers_of(scene.case, session)
    strays = (each for each in scene.company.strays if each.session in speakers)
    moments: dict[ValueKey, Moment] = {
        (-1, "stray", number): (stray.at, order.get(stray.turn, 0))
        for number, stray in enumerate(strays)
    }
    for turn in scene.company.turns:
        number = order.get(turn.index, 0)
        for n, reply in enumerate(turn.replies):
            moments[turn.index, "reply", n] = reply.at, number
        for n, message in enumerate(sent_to_session(turn)):
            moments[turn.index, "message", n] = time_of(message), number
    return moments


def _words_by_place(seen: Observation) -> dict[ValueKey, set[str]]:
    """Return the words of each reply and message, by its place."""
    found: dict[ValueKey, set[str]] = {}
    for key, value in seen.items():
        if key[1] in _SPEAKING and len(key) > _PLACE:
            text = value if isinstance(value, str) else json.dumps(value)
            words = {*re.findall(r"\w+", text.casefold())}
            found.setdefault(key[:_PLACE], set()).update(
                words if text is value else words - _OF_JSON
            )
    return found


COMPARISONS: tuple[Callable[[Scene, str, Observation, Observation], None], ...] = (
    _with_news_only,
    _with_orders,
    _with_echoes,
)
"""The comparisons of a session in company and alone, in the order they are made."""
