"""Make other worlds for a case: a crowd, other settings of sessions, hours later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import cycle

from ovos_dialogue_kit.fixture.model import DEVICE, Case, FixtureTurn
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.dialogues.canaries import canaries_in, unsaid
from ovos_dialogue_kit.isolate.dialogues.case_edit import (
    is_of_one_session,
    twin_of,
    with_settings,
    with_speaker,
    with_text,
)
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.jsondata import Json
from ovos_dialogue_kit.replayer.replay_options import Options, Step

__all__ = [
    "as_crowd",
    "in_company",
    "with_fewer_settings",
    "with_other_settings",
    "with_pauses",
]

_CROWD = 24
"""Turns that a crowd takes at most, if the case itself has no more."""

_PAUSES = {"10m": 600.0, "6h": 6 * 3600.0}
"""Pauses, the longest last. The kit's day begins at noon; so six hours later it is
evening, and after three such pauses morning."""

_MOST_REPLIES = 50
"""Replies that may come in the pauses. With more, they are no longer made longer."""


def _place(city: str, latitude: float, longitude: float, zone: str, time: str) -> Json:
    return {
        "city": {"code": city, "name": city},
        "coordinate": {"latitude": latitude, "longitude": longitude},
        "timezone": {"code": zone, "name": time},
    }


_SETTINGS: Mapping[str, tuple[Json, Json]] = {
    "system_unit": ("metric", "imperial"),
    "time_format": ("full", "half"),
    "date_format": ("DMY", "MDY"),
    "location": (
        _place("Lisbon", 38.72, -9.14, "Europe/Lisbon", "Western European Time"),
        _place("Sydney", -33.87, 151.21, "Australia/Sydney", "Australian Eastern Time"),
    ),
}
"""Settings of a session, with two values that differ."""


def in_company(case: Case) -> Case:
    """Return a case of one session with a twin that says the same; others as is."""
    return _with_twins(case) if is_of_one_session(case) else case


def _with_twins(case: Case) -> Case:
    """Return a case with a twin for each session, which says the same."""
    speakers = list(dict.fromkeys(turn.session for turn in case.turns))
    twins: dict[str, tuple[str, dict[str, Json]]] = {}
    grown = case
    for name in speakers:
        twins[name] = twin_of(name, grown)
        grown = replace(grown, sessions={**grown.sessions, **dict([twins[name]])})
    words = unsaid(case)
    own = {word: next(words) for turn in case.turns for word in canaries_in(turn)}
    again = []
    for turn in case.turns:
        said = turn.said
        for word, other in own.items():
            said = said.replace(word, other)
        again.append(with_text(with_speaker(turn, *twins[turn.session]), said))
    return replace(grown, turns=(*case.turns, *again))


def as_crowd(case: Case) -> Case:
    """Return a case with more sessions, all of which say everything more often."""
    makers = cycle((_with_twins, _repeated))
    while len((larger := next(makers)(case)).turns) <= _CROWD:
        case = larger
    return case


def _repeated(case: Case) -> Case:
    return replace(case, turns=case.turns * 2)


def with_other_settings(case: Case) -> Case:
    """Return a case whose sessions have settings that differ, where it names none."""
    names = sessions_by_speaker(case)
    sessions = list(dict.fromkeys(names[turn.session] for turn in case.turns))
    wires: dict[str, Mapping[str, Json]] = {}
    for speaker, session in names.items():
        wire = case.sessions[speaker]
        if session in sessions and wire["session_id"] != DEVICE:
            number = sessions.index(session)
            chosen = {key: pair[number % 2] for key, pair in _SETTINGS.items()}
            own = {"site_id": _site_of(session), **chosen}
            wires[speaker] = {**own, **wire}
    return with_settings(case, wires)


def with_fewer_settings(case: Case) -> Iterator[Callable[[Case], Case]]:
    """Yield changes of a case that take settings from it: first all, then each."""
    names = sessions_by_speaker(case)
    settings = ("site_id", *_SETTINGS)

    def without(keys: Collection[str], case: Case) -> Case:
        wires = {
            speaker: {
                key: value
                for key, value in wire.items()
                if key not in keys
                or value not in _SETTINGS.get(key, (_site_of(names[speaker]),))
            }
            for speaker, wire in case.sessions.items()
        }
        return with_settings(case, wires)

    for keys in (settings, *((key,) for key in settings)):
        yield partial(without, keys)


def _site_of(session: str) -> str:
    return f"{session}_site"


def with_pauses(case: Case, play: Play) -> Case:
    """Return a case in which sessions are silent for hours before and after they speak.

    So what is due later comes, and whoever speaks after a pause does so at another time
    of day. The first session does not wait before. The pauses are shorter, or there are
    none, if too much would be heard.
    """
    names = sessions_by_speaker(case)
    last = {names[turn.session]: turn for turn in case.turns}
    found = case
    for said, seconds in _PAUSES.items():
        pauses = [
            FixtureTurn(turn.session, turn.line, turn.column, said, silence=seconds)
            for turn in last.values()
        ]
        longer = replace(case, turns=(*pauses[1:], *case.turns, *pauses))
        steps = tuple(Step(n, turn.overlap) for n, turn in enumerate(longer.turns))
        heard = play(longer, Options(schedule=steps))
        replies = sum(len(turn.replies) for turn in heard.turns) + len(heard.strays)
        if replies > _MOST_REPLIES + len(longer.turns):
            break
        found = longer
    return found
