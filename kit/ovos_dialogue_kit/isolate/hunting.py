"""The hunt: schedules of a dialogue, one after another, until one shows a leak.

The order in which schedules are tried and the one that is reported depend on the seed
alone, not on how many assistants work on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue

from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.fixture import Case, Fixture
from ovos_dialogue_kit.isolate.finding import Finding, Sighting, finding_of
from ovos_dialogue_kit.isolate.judge import Judge
from ovos_dialogue_kit.isolate.oracles import ORACLES, Leak
from ovos_dialogue_kit.isolate.schedules import (
    Schedule,
    count_orders,
    explore,
    tracks_of,
)
from ovos_dialogue_kit.isolate.shrink import checked_hypothesis
from ovos_dialogue_kit.isolate.solo import Play
from ovos_dialogue_kit.isolate.worlds import worlds_of
from ovos_dialogue_kit.runner import Bootable

__all__ = ["Budget", "Findings", "Hunt", "checked_oracles", "hunt"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is tried: so many schedules, or seconds of real time."""

    schedules: int = 500
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a hunt came to.

    ``tried`` are the schedules that were replayed, of which ``orders`` at most are
    plain ones. ``seconds`` is the real time until the first leak was seen or, without
    one, the hunt was over. ``unjudged`` says what depends on chance.
    """

    fixture: Fixture
    case: Case
    engine: str
    seed: int
    tried: int
    orders: int
    seconds: float
    leaks: tuple[Finding, ...] = ()
    unjudged: tuple[str, ...] = ()


class Team:
    """Assistants that take turns at replaying for one hunt.

    Args:
        assistants: booted with the same setup; each works for one thread at a time.
        fixture: the dialogue.

    """

    def __init__(self, assistants: Sequence[Bootable], fixture: Fixture) -> None:
        self.size = len(assistants)
        self._fixture = fixture
        self._idle: SimpleQueue[Bootable] = SimpleQueue()
        for assistant in assistants:
            self._idle.put(assistant)

    @contextmanager
    def one(self) -> Iterator[Play]:
        """Take an assistant for a while."""
        assistant = self._idle.get()
        try:
            yield lambda case, options: assistant.replay(self._fixture, case, options)
        finally:
            self._idle.put(assistant)


@dataclass(frozen=True, slots=True)
class Hunt:
    """What is hunted for, and how long.

    ``oracles`` are the names of those to be asked. ``seed`` decides which schedules are
    tried, and in which order.
    """

    budget: Budget = Budget()
    seed: int = 0
    oracles: tuple[str, ...] = ORACLES


def hunt(  # noqa: PLR0913  # each has a default that fits most
    fixture: Fixture,
    case: Case,
    assistants: Sequence[Bootable],
    *,
    engine: str | None = None,
    budget: Budget | None = None,
    seed: int = 0,
    oracles: Collection[str] = ORACLES,
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Try schedules of a case until one shows a leak, and make that small.

    Args:
        fixture: the dialogue; what it allows is no leak.
        case: the variant of it. One of a single session gets a twin.
        assistants: all with the setup that it needs; all are used at once.
        engine: the one of the assistants; by default the first of the dialogue's.
        budget: how much is tried.
        seed: decides which schedules are tried, and in which order.
        oracles: the names of those to be asked.
        progress: is told how many schedules have been tried.

    Raises:
        KitError: an oracle is unknown, or Hypothesis is not installed.
        AssistantError: an assistant's process is gone.

    """
    checked_hypothesis()  # now, not when there is a leak
    engine = engine or fixture.engines[0]
    chosen = Hunt(budget or Budget(), seed, checked_oracles(oracles))
    began = time.monotonic()
    for assistant in assistants:
        assistant.start()  # here: its process ends with the thread that starts it
    team = Team(assistants, fixture)
    with team.one() as play:
        judges = [Judge(fixture, world) for world in worlds_of(case, play)]
    tried, sighting = _first(judges, team, chosen, progress)
    seconds = time.monotonic() - began
    found: tuple[Finding, ...] = ()
    if sighting:
        with team.one() as play:
            found = (finding_of(fixture, engine, sighting, play),)
    return Findings(
        fixture=fixture,
        case=judges[0].world.case,
        engine=engine,
        seed=seed,
        tried=tried,
        orders=count_orders(tracks_of(judges[0].world.case)),
        seconds=seconds,
        leaks=found,
        unjudged=_unjudged(judges),
    )


def checked_oracles(names: Collection[str]) -> tuple[str, ...]:
    """Return the names of oracles in their order.

    Raises:
        KitError: one is unknown.

    """
    for name in names:
        if name not in ORACLES:
            raise KitError(
                f'unknown oracle "{name}"{near_name(name, ORACLES)}',
                hint=f"known: {', '.join(ORACLES)}",
            )
    return tuple(name for name in ORACLES if name in names)


def _first(
    judges: Sequence[Judge],
    team: Team,
    chosen: Hunt,
    progress: Callable[[int], None],
) -> tuple[int, Sighting | None]:
    """Return the first schedule that shows a leak, and how many were tried.

    A leak shows whatever chance decides.
    """
    until = time.monotonic() + (chosen.budget.seconds or float("inf"))
    schedules = explore(judges[0].world.case, chosen.seed)
    plans = ((judge, schedule) for schedule in schedules for judge in judges)
    wanted = islice(plans, chosen.budget.schedules)
    tried = 0
    for judge, schedule, leaks in _tried(wanted, team, chosen.oracles):
        tried += 1
        progress(tried)
        with team.one() as play:
            for leak in leaks:
                if judge.is_lasting(leak, schedule, play):
                    return tried, Sighting(judge, schedule, leak)
        if time.monotonic() >= until:
            break
    return tried, None


def _tried(
    plans: Iterator[tuple[Judge, Schedule]], team: Team, oracles: Collection[str]
) -> Iterator[tuple[Judge, Schedule, list[Leak]]]:
    """Replay schedules on all assistants and yield what leaks, in their order."""

    def leaks(judge: Judge, schedule: Schedule) -> list[Leak]:
        with team.one() as play:
            return judge.leaks(schedule, play, oracles)

    waiting: list[tuple[Judge, Schedule, Future[list[Leak]]]] = []
    with ThreadPoolExecutor(team.size) as executor:
        try:
            while True:
                for judge, schedule in islice(plans, 2 * team.size - len(waiting)):
                    future = executor.submit(leaks, judge, schedule)
                    waiting.append((judge, schedule, future))
                if not waiting:
                    return
                judge, schedule, future = waiting.pop(0)
                yield judge, schedule, future.result()
        finally:
            executor.shutdown(cancel_futures=True)


def _unjudged(judges: Sequence[Judge]) -> tuple[str, ...]:
    """Return what depends on chance, in words, each once."""
    told: dict[str, None] = {}
    for judge in judges:
        turns = judge.world.case.turns
        for session, key in sorted(judge.unjudged, key=str):
            turn = int(key[0])
            said = f'"{turns[turn].said}"' if turn >= 0 else "what it was not asked for"
            what = ".".join(map(str, key[1:]))
            told[f"{session}, {said}: {what}"] = None
    return tuple(told)
