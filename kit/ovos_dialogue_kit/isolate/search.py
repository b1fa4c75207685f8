"""Try schedules of a dialogue, one after another, until one shows a leak.

The order in which schedules are tried and the one that is reported depend on the seed
alone, not on how many assistants work on them.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from queue import SimpleQueue
from threading import Event

from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.alone import Play
from ovos_dialogue_kit.isolate.finding import Finding, Sighting, finding_of
from ovos_dialogue_kit.isolate.leak_judge import Judge, Judgement
from ovos_dialogue_kit.isolate.observation import ORACLES, Oracle
from ovos_dialogue_kit.isolate.schedules import (
    Schedule,
    count_orders,
    explore,
    tracks_of,
)
from ovos_dialogue_kit.isolate.shrink import require_hypothesis
from ovos_dialogue_kit.isolate.variants import variants_of
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = [
    "Budget",
    "Findings",
    "SearchSettings",
    "read_oracles",
    "search",
    "until_over",
]


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a search: a number of schedules, and seconds of real time.

    Neither limits the shrinking of a leak that was found.
    """

    schedules: int = 500
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a search in one case.

    ``tried`` is the number of schedules that were replayed, ``orders`` how many there
    are without overlaps and shuffled listeners. ``seconds`` is the real time until the
    first leak was seen or, without one, until the end. ``unjudged`` are the places of
    random values, in words.
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
    """Assistants that take turns at replaying for one search.

    Args:
        assistants: booted with the same setup; each works for one thread at a time.
        fixture: the dialogue.

    """

    def __init__(self, assistants: Sequence[Assistant], fixture: Fixture) -> None:
        self.size = len(assistants)
        self._fixture = fixture
        self._idle: SimpleQueue[Assistant] = SimpleQueue()
        for assistant in assistants:
            self._idle.put(assistant)

    @contextmanager
    def one(self) -> Iterator[Play]:
        """Borrow an assistant; yields what replays on it."""
        assistant = self._idle.get()
        try:
            yield lambda case, options: assistant.replay(self._fixture, case, options)
        finally:
            self._idle.put(assistant)


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Settings of a search.

    ``oracles`` are the ones to use. ``seed`` decides which schedules are tried, and in
    which order.
    """

    budget: Budget = Budget()
    seed: int = 0
    oracles: tuple[Oracle, ...] = ORACLES


def search(  # noqa: PLR0913  # each has a default that fits most
    fixture: Fixture,
    case: Case,
    assistants: Sequence[Assistant],
    *,
    engine: str | None = None,
    budget: Budget | None = None,
    seed: int = 0,
    oracles: Collection[Oracle] = ORACLES,
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Try schedules of a case until one shows a leak, and shrink it.

    Args:
        fixture: the dialogue; what it allows is not a leak.
        case: the case to search in; a case of one session gets a twin of it.
        assistants: with the setup of the dialogue; all are used at the same time.
        engine: the engine of the assistants; default: the dialogue's first.
        budget: when to stop; default: ``Budget()``.
        seed: decides which schedules are tried, and in which order.
        oracles: the oracles to use.
        progress: called with the number of schedules tried so far.

    Raises:
        KitError: an oracle is unknown, or Hypothesis is not installed.
        AssistantError: an assistant's process is gone.

    """
    require_hypothesis()  # now, not when there is a leak
    engine = engine or fixture.engines[0]
    chosen = SearchSettings(budget or Budget(), seed, read_oracles(oracles))
    began = time.monotonic()
    for assistant in assistants:
        assistant.start()  # here: its process ends with the thread that starts it
    team = Team(assistants, fixture)
    with team.one() as play:
        judges = [Judge(fixture, variant) for variant in variants_of(case, play)]
    seconds = chosen.budget.seconds
    until = began + (math.inf if seconds is None else seconds)
    outcome = _first(judges, team, chosen, until, progress)
    seconds = time.monotonic() - began
    found: tuple[Finding, ...] = ()
    if outcome.sighting:
        with team.one() as play:
            found = (finding_of(fixture, engine, outcome.sighting, play),)
    return Findings(
        fixture=fixture,
        case=judges[0].variant.case,
        engine=engine,
        seed=seed,
        tried=outcome.tried,
        orders=count_orders(tracks_of(judges[0].variant.case)),
        seconds=seconds,
        leaks=found,
        unjudged=tuple(outcome.unjudged),
    )


def read_oracles(names: Collection[str]) -> tuple[Oracle, ...]:
    """Return oracles by their names, the most telling first.

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


@dataclass(slots=True)
class _Outcome:
    """The result of trying schedules: their number, and the first that leaks.

    ``unjudged`` are the places of random values, in words, each once, in the order of
    their first schedule.
    """

    tried: int = 0
    sighting: Sighting | None = None
    unjudged: dict[str, None] = field(default_factory=dict)


def _first(
    judges: Sequence[Judge],
    team: Team,
    chosen: SearchSettings,
    until: float,
    progress: Callable[[int], None],
) -> _Outcome:
    """Try schedules until the first that shows a leak with every random seed.

    At least one is tried, even if time is up.
    """
    schedules = explore(judges[0].variant.case, chosen.seed)
    plans = ((judge, schedule) for schedule in schedules for judge in judges)
    wanted = islice(plans, chosen.budget.schedules)
    outcome = _Outcome()
    with closing(_tried(wanted, team, chosen.oracles)) as judgements:
        for judge, schedule, judgement in judgements:
            outcome.tried += 1
            outcome.unjudged.update(dict.fromkeys(_unjudged(judge, judgement)))
            progress(outcome.tried)
            if judgement.leak:
                outcome.sighting = Sighting(judge, schedule, judgement.leak)
            if judgement.leak or time.monotonic() >= until:
                break
    return outcome


def _tried(
    plans: Iterator[tuple[Judge, Schedule]], team: Team, oracles: Collection[Oracle]
) -> Generator[tuple[Judge, Schedule, Judgement], None, None]:
    """Replay schedules on all assistants and yield what leaks, in their order.

    When the generator is closed, what is under way ends with its present replay.
    """
    is_over = Event()

    def look(judge: Judge, schedule: Schedule) -> Judgement:
        with team.one() as play:
            return judge.judgement(schedule, until_over(is_over, play), oracles)

    waiting: deque[tuple[Judge, Schedule, Future[Judgement]]] = deque()
    with ThreadPoolExecutor(team.size) as executor:
        try:
            while True:
                for judge, schedule in islice(plans, 2 * team.size - len(waiting)):
                    future = executor.submit(look, judge, schedule)
                    waiting.append((judge, schedule, future))
                if not waiting:
                    return
                judge, schedule, future = waiting.popleft()
                yield judge, schedule, future.result()
        finally:
            is_over.set()
            executor.shutdown(cancel_futures=True)


def until_over(is_over: Event, play: Play) -> Play:
    """Return a ``play`` that raises ``CancelledError`` once the event is set."""

    def play_on(case: Case, options: Options) -> Transcript:
        if is_over.is_set():
            raise CancelledError
        return play(case, options)

    return play_on


def _unjudged(judge: Judge, judgement: Judgement) -> Iterator[str]:
    """Yield the places of random values, in words."""
    turns = judge.variant.case.turns
    for session, key in sorted(judgement.unjudged, key=str):
        turn = int(key[0])
        said = f'"{turns[turn].said}"' if turn >= 0 else "(something nobody asked for)"
        what = ".".join(map(str, key[1:]))
        yield f"{session}, {said}: {what}"
