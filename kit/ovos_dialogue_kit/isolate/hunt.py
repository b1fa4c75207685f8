"""The hunt: schedules of a dialogue, one after another, until one shows a leak.

The order in which schedules are tried and the one that is reported depend on the seed
alone, not on how many assistants work on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from queue import SimpleQueue

from ovos_dialogue_kit.assistant.options import Options
from ovos_dialogue_kit.errors import KitError, near_name
from ovos_dialogue_kit.fixture import Case, Fixture
from ovos_dialogue_kit.isolate.observe import Key
from ovos_dialogue_kit.isolate.oracles import ORACLES, Evidence, Leak, leaks_in
from ovos_dialogue_kit.isolate.schedules import (
    Schedule,
    count_orders,
    explore,
    tracks_of,
)
from ovos_dialogue_kit.isolate.solo import Play, Solos
from ovos_dialogue_kit.isolate.worlds import World, worlds_of
from ovos_dialogue_kit.replay import Step
from ovos_dialogue_kit.runner import Bootable
from ovos_dialogue_kit.transcript import Transcript

__all__ = ["Budget", "Finding", "Findings", "Judge", "Team", "checked_oracles", "hunt"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is tried: so many schedules, or seconds of real time."""

    schedules: int = 500
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak, made as small as possible.

    ``case`` holds only the turns that are needed, in the order that shows it;
    ``order_seed`` is what shuffles the listeners, if that is needed. ``company`` is the
    transcript of it, ``alone`` that of the session that is concerned, by itself.
    ``leaks`` is all that shows, ``leaks[0]`` what was looked for.
    """

    fixture: Fixture
    case: Case
    engine: str
    leaks: tuple[Leak, ...]
    company: Transcript
    alone: Transcript | None
    canaries: Mapping[str, int]
    order_seed: int | None = None

    @property
    def leak(self) -> Leak:
        """What was looked for."""
        return self.leaks[0]


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
        self.replays = 0
        self._fixture = fixture
        self._idle: SimpleQueue[Bootable] = SimpleQueue()
        for assistant in assistants:
            self._idle.put(assistant)

    @contextmanager
    def one(self) -> Iterator[Play]:
        """Take an assistant for a while."""
        assistant = self._idle.get()
        try:
            yield lambda case, options: self._play(assistant, case, options)
        finally:
            self._idle.put(assistant)

    def _play(self, assistant: Bootable, case: Case, options: Options) -> Transcript:
        self.replays += 1
        return assistant.replay(self._fixture, case, options)


class Judge:
    """Replays schedules of one world and says what leaks.

    Args:
        fixture: the dialogue.
        world: the variant of its case that is replayed.
        oracles: whom to ask.

    ``unjudged`` collects what differed by chance.
    """

    def __init__(
        self, fixture: Fixture, world: World, oracles: Collection[str]
    ) -> None:
        self.world = world
        self.unjudged: set[tuple[str, Key]] = set()
        self._fixture = fixture
        self._oracles = oracles
        self._solos = Solos(world.case)

    def company(self, schedule: Schedule, play: Play, chance: int = 0) -> Transcript:
        """Replay a schedule."""
        options = Options(
            schedule=schedule.steps,
            order_seed=schedule.order_seed,
            chance_seed=chance,
        )
        return play(self.world.case, options)

    def alone(self, company: Transcript, session: str, play: Play) -> Transcript:
        """Return what happens to a session without the others."""
        return self._solos.alone(company, session, play)

    def leaks(
        self,
        schedule: Schedule,
        play: Play,
        chance: int = 0,
        oracles: Collection[str] | None = None,
    ) -> list[Leak]:
        """Replay a schedule and return the leaks that it shows."""
        company = self.company(schedule, play, chance)

        def varying(session: str, keys: Collection[Key]) -> frozenset[Key]:
            found = self._solos.by_chance(
                company,
                session,
                play,
                keys,
                is_shuffled=schedule.order_seed is not None,
            )
            self.unjudged.update((session, key) for key in found)
            return found

        evidence = Evidence(
            fixture=self._fixture,
            case=self.world.case,
            company=company,
            alone=lambda session: self._solos.alone(company, session, play),
            varying=varying,
            canaries=self.world.canaries,
            has_overlaps=any(step.overlap for step in schedule.steps),
        )
        return leaks_in(evidence, self._oracles if oracles is None else oracles)

    def is_lasting(self, leak: Leak, schedule: Schedule, play: Play) -> bool:
        """Say whether a leak shows whatever chance decides."""
        return all(
            any(
                (other.oracle, other.session) == (leak.oracle, leak.session)
                for other in self.leaks(schedule, play, chance, (leak.oracle,))
            )
            for chance in (1, 2)
        )


@dataclass(slots=True)
class _Progress:
    """How far a hunt has come."""

    tried: int = 0
    seconds: float = 0.0
    told: Callable[[int], None] = field(default=lambda _: None)


def hunt(  # noqa: PLR0913  # each has a default that fits most
    fixture: Fixture,
    case: Case,
    assistants: Sequence[Bootable],
    *,
    engine: str = "",
    budget: Budget | None = None,
    seed: int = 0,
    oracles: Collection[str] = ORACLES,
    progress: Callable[[int], None] = lambda _: None,
) -> Findings:
    """Try schedules of a case until one shows a leak, and make that small.

    Args:
        fixture: the dialogue; what it allows is no leak.
        case: the variant of it. One of a single session gets a twin.
        assistants: booted for it, all with the same setup; all are used at once.
        engine: its name, for the report.
        budget: how much is tried.
        seed: decides which schedules are tried, and in which order.
        oracles: the names of those to be asked.
        progress: is told how many schedules have been tried.

    Raises:
        KitError: an oracle is unknown, or Hypothesis is not installed.
        AssistantError: an assistant's process is gone.

    """
    from ovos_dialogue_kit.isolate.shrink import shrink  # noqa: PLC0415  # an extra

    oracles = checked_oracles(oracles)
    budget = budget or Budget()
    team = Team(assistants, fixture)
    with team.one() as play:
        worlds = worlds_of(case, play)
    judges = [Judge(fixture, world, oracles) for world in worlds]
    state = _Progress(told=progress)
    found = _first(judges, team, budget, seed, state)
    findings: tuple[Finding, ...] = ()
    if found:
        judge, schedule, leak = found
        with team.one() as play:
            findings = (
                _finding(
                    fixture,
                    engine,
                    judge,
                    shrink(judge, schedule, leak, play),
                    leak,
                    play,
                ),
            )
    return Findings(
        fixture=fixture,
        case=worlds[0].case,
        engine=engine,
        seed=seed,
        tried=state.tried,
        orders=count_orders(tracks_of(worlds[0].case)),
        seconds=state.seconds,
        leaks=findings,
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
    budget: Budget,
    seed: int,
    state: _Progress,
) -> tuple[Judge, Schedule, Leak] | None:
    """Return the first schedule that shows a leak whatever chance decides."""
    began = time.monotonic()
    case = judges[0].world.case
    plans = ((judge, schedule) for schedule in explore(case, seed) for judge in judges)
    for judge, schedule, leaks in _tried(islice(plans, budget.schedules), team):
        state.tried += 1
        state.told(state.tried)
        state.seconds = time.monotonic() - began
        with team.one() as play:
            for leak in leaks:
                if judge.is_lasting(leak, schedule, play):
                    return judge, schedule, leak
        if budget.seconds is not None and state.seconds >= budget.seconds:
            break
    return None


def _tried(
    plans: Iterator[tuple[Judge, Schedule]], team: Team
) -> Iterator[tuple[Judge, Schedule, list[Leak]]]:
    """Replay schedules on all assistants and yield what leaks, in their order."""

    def leaks(judge: Judge, schedule: Schedule) -> list[Leak]:
        with team.one() as play:
            return judge.leaks(schedule, play)

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


def _finding(  # noqa: PLR0913, PLR0917  # one call
    fixture: Fixture,
    engine: str,
    judge: Judge,
    schedule: Schedule,
    leak: Leak,
    play: Play,
) -> Finding:
    """Return what the smallest schedule shows, its turns in their order."""
    world = reduced(judge.world, schedule)
    small = Judge(fixture, world, (leak.oracle,))
    again = Schedule(_in_order(schedule), schedule.order_seed)
    company = small.company(again, play)
    leaks = small.leaks(again, play)
    known = [each for each in leaks if each.session in world.case.sessions]
    alone = small.alone(company, known[0].session, play) if known else None
    return Finding(
        fixture=fixture,
        case=world.case,
        engine=engine,
        leaks=tuple(leaks) or (leak,),
        company=company,
        alone=alone,
        canaries=world.canaries,
        order_seed=schedule.order_seed,
    )


def _in_order(schedule: Schedule) -> tuple[Step, ...]:
    return tuple(
        replace(step, turn=number) for number, step in enumerate(schedule.steps)
    )


def reduced(world: World, schedule: Schedule) -> World:
    """Return a world with only the turns of a schedule, in its order."""
    turns = tuple(
        replace(world.case.turns[step.turn], overlap=step.overlap)
        for step in schedule.steps
    )
    speakers = {turn.session for turn in turns}
    sessions = {
        name: wire for name, wire in world.case.sessions.items() if name in speakers
    }
    places = {old: new for new, old in enumerate(schedule.turns)}
    canaries = {
        word: places[turn] for word, turn in world.canaries.items() if turn in places
    }
    return World(replace(world.case, sessions=sessions, turns=turns), canaries)


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
