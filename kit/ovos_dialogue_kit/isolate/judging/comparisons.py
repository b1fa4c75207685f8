"""Add to what a session went through what only a comparison can tell.

Each comparison changes the observations of a session in company and alone: the scene,
the session, and both are its arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.judging.observation import Observation, ValueKey, observe
from ovos_dialogue_kit.isolate.judging.outgoing import listed
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json

__all__ = ["COMPARISONS", "words_in", "words_told"]

_SPEAKING = ("reply", "stray", "message")
_PLACE = len((0, "reply", 0))


def _with_news_only(
    _scene: Scene, _session: str, company: Observation, alone: Observation
) -> None:
    """Leave of the device's screen what the session shows there on one side only."""
    here, there = _shown(company), _shown(alone)
    for seen, known in ((company, there), (alone, here)):
        for key in [key for key in seen if key[1] == "screen"]:
            others = known.get(key[2:], [])
            news = [value for value in listed(seen.pop(key)) if value not in others]
            if news:
                seen[key] = news


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
    """Add where a session hears or is sent a word that another session was told.

    Only words that differ between company and alone count, on both sides alike: so
    chance makes an echo as often in company as alone. That is not so where chance
    decides who comes first: it does for all sessions of a company at once.
    """
    if scene.is_shuffled:
        return
    told = words_told(scene, session)
    here, there = _words_by_place(company), _words_by_place(alone)
    for place in {**here, **there}:
        one, other = here.get(place, set()), there.get(place, set())
        at: ValueKey = (place[0], "echo", *place[1:])
        if (one - other) & told:
            company[at] = True
        if (other - one) & told:
            alone[at] = True


def words_told(scene: Scene, session: str) -> set[str]:
    """Return the words that other sessions are told in company."""
    return {
        word
        for other in scene.sessions
        if other != session
        for word in words_in(observe(scene.company, speakers_of(scene.case, other)))
    }


def words_in(seen: Observation) -> set[str]:
    """Return all words that a session hears or is sent."""
    return {word for words in _words_by_place(seen).values() for word in words}


def _words_by_place(seen: Observation) -> dict[ValueKey, set[str]]:
    """Return the words of each reply and message, by its place."""
    found: dict[ValueKey, set[str]] = {}
    for key, value in seen.items():
        if key[1] in _SPEAKING and len(key) > _PLACE:
            text = value if isinstance(value, str) else json.dumps(value)
            words = found.setdefault(key[:_PLACE], set())
            words.update(re.findall(r"\w+", text.casefold()))
    return found


COMPARISONS: tuple[Callable[[Scene, str, Observation, Observation], None], ...] = (
    _with_news_only,
    _with_orders,
    _with_echoes,
)
"""The comparisons of a session in company and alone, in the order they are made."""
