"""Try schedules on a team of assistants, in an order that its size does not change.

The first schedules of a search have a fresh copy of the assistant each. From then on,
several of a variant share a copy, one after another, each with sessions of its own. If
all sessions of one of them go through what each has gone through alone in the lessons,
nothing more is done about it; any other is replayed in a fresh copy, as if it had not
shared one. So what a schedule leaves behind never makes a leak in the next. Those with
shuffled listeners share a copy, too, and one random seed; one that is replayed gets
several, as its own may not show what that has shown. Where sharing saves little, as
with a skill that tells the time, it is given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import (
    Callable,
    Collection,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from queue import SimpleQueue
from threading import Event, Lock
from typing import TypeAlias

from ovos_dialogue_kit.assistant.protocol import Assistant
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.isolate.dialogues.alone import Play, PlayedSchedule
from ovos_dialogue_kit.isolate.dialogues.schedules import Schedule
from ovos_dialogue_kit.isolate.dialogues.shared_copy import SharedCopy, can_share
from ovos_dialogue_kit.isolate.dialogues.variants import Variant, VariantName
from ovos_dialogue_kit.isolate.judging.experience import LESSONS, is_judged_in_full
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, Judgement
from ovos_dialogue_kit.isolate.judging.observation import Oracle
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript

__all__ = ["Judged", "ScheduleTask", "Team", "judgements_of", "tasks_of", "until_over"]

_FRESH = 20
"""Schedules of a search that share no copy, its first ones."""

_AT_ONCE = 200
"""Schedules among which those that share a copy are chosen."""

_MOST_TURNS = 96
"""Turns in one copy: most of what there is to save."""

_SEEDS = 3
"""Orders of the listeners with which a schedule is replayed that has shared a copy."""

Judged: TypeAlias = "tuple[Judge, Judgement]"


class Team:
    """Assistants that take turns at replaying for one search.

    Args:
        assistants: booted with the same setup; each works for one thread at a time.
        fixture: the dialogue.
        deadline: the limit for each turn; see ``Options``.

    """

    def __init__(
        self,
        assistants: Sequence[Assistant],
        fixture: Fixture,
        deadline: float | None = None,
    ) -> None:
        self.size = len(assistants)
        self._fixture = fixture
        self._deadline = deadline
        self._idle: SimpleQueue[Assistant] = SimpleQueue()
        for assistant in assistants:
            self._idle.put(assistant)

    @contextmanager
    def one(self) -> Iterator[Play]:
        """Borrow an assistant; yields what replays on it."""
        assistant = self._idle.get()

        def play(case: Case, options: Options) -> Transcript:
            timed = replace(options, deadline=self._deadline)
            return assistant.replay(self._fixture, case, timed)

        try:
            yield play
        finally:
            self._idle.put(assistant)


class _Sharing:
    """Schedules of a variant that share a copy; thread-safe.

    They are replayed when the first of them is to be judged; ``has_shared`` is true if
    they have been.

    Args:
        judge: judges the variant.
        schedules: the schedules.
        before: those that shared a copy before them; if that saved little, these do not
            share one.

    """

    def __init__(
        self, judge: Judge, schedules: Sequence[Schedule], before: _Sharing | None
    ) -> None:
        self._judge = judge
        self._schedules = schedules
        self._before = before
        self._lock = Lock()
        self._usual: dict[Schedule, PlayedSchedule] | None = None
        self.has_shared = False

    def usual(self, play: Play) -> Mapping[Schedule, PlayedSchedule]:
        """Return the schedules that need not be judged, each with what happened."""
        with self._lock:
            if self._usual is None:
                self.has_shared = self._is_worth_it(play)
                self._usual = self._replayed(play) if self.has_shared else {}
                self._before = None
            return self._usual

    def _is_worth_it(self, play: Play) -> bool:
        """Return True if there is hope that most schedules need not be judged."""
        before = self._before
        if not self._judge.has_learned():
            return False
        return before is None or before.has_saved(play)

    def has_saved(self, play: Play) -> bool:
        """Return True if most schedules need not be judged."""
        return 2 * len(self.usual(play)) > len(self._schedules)

    def _replayed(self, play: Play) -> dict[Schedule, PlayedSchedule]:
        shared = SharedCopy(self._judge.variant.case, self._schedules)
        order_seed = self._schedules[0].order_seed
        options = Options(schedule=shared.steps, order_seed=order_seed, outgoing=True)
        whole = play(shared.case, options)
        if whole.crash:
            return {}
        parts = map(PlayedSchedule, self._schedules, shared.parts(whole))
        return {
            each.schedule: each for each in parts if self._judge.is_usual(each, play)
        }


@dataclass(frozen=True, slots=True)
class ScheduleTask:
    """A schedule to try; ``number`` is that among those of its variant, from 0."""

    judge: Judge
    schedule: Schedule
    number: int
    sharing: _Sharing | None = None

    def judged(self, play: Play, oracles: Collection[Oracle]) -> Judged:
        """Replay the schedule and judge it."""
        usual = self.sharing.usual(play) if self.sharing else {}
        if self.schedule in usual:
            return self.judge, Judgement(usual[self.schedule])
        judgement = self.judge.judgement(self.schedule, play, oracles, self.number)
        for schedule in self._others():
            if judgement.leak or judgement.error:
                break
            judgement = self.judge.judgement(schedule, play, oracles, self.number)
        return self.judge, judgement

    def _others(self) -> Iterator[Schedule]:
        """Yield the same with other orders of the listeners, if it has shared one."""
        seed = self.schedule.order_seed
        if seed is not None and self.sharing and self.sharing.has_shared:
            for number in range(1, _SEEDS):
                yield replace(self.schedule, order_seed=seed + number)


_Kind: TypeAlias = "tuple[Judge, bool]"
"""The judge of a variant, and if the listeners are in their own order."""


def tasks_of(
    plans: Iterator[tuple[Variant, Schedule]], judges: Mapping[VariantName, Judge]
) -> Iterator[ScheduleTask]:
    """Yield the tasks of a search, in the order of the plans."""
    counts = {name: count() for name in judges}
    latest: dict[_Kind, _Sharing] = {}
    numbered = (
        ScheduleTask(judges[variant.name], schedule, next(counts[variant.name]))
        for variant, schedule in plans
    )
    yield from islice(numbered, _FRESH)
    while some := [*islice(numbered, _AT_ONCE)]:
        sharing = dict(_sharing(some, latest))
        yield from (replace(task, sharing=sharing.get(id(task))) for task in some)


def _sharing(
    tasks: Sequence[ScheduleTask], latest: dict[_Kind, _Sharing]
) -> Iterator[tuple[int, _Sharing]]:
    """Yield tasks that share a copy, by their identity, and with whom they do."""
    waiting: dict[_Kind, list[ScheduleTask]] = {}
    for task in tasks:
        if _is_fit(task):
            kind = task.judge, task.schedule.order_seed is None
            waiting.setdefault(kind, []).append(task)
    for kind, fit in waiting.items():
        judge, _ = kind
        size = max(1, _MOST_TURNS // len(judge.variant.case.turns))
        for start in range(0, len(fit), size):
            some = fit[start : start + size]
            if len(some) > 1:
                schedules = [task.schedule for task in some]
                sharing = _Sharing(judge, schedules, latest.get(kind))
                latest[kind] = sharing
                yield from ((id(task), sharing) for task in some)


def _is_fit(task: ScheduleTask) -> bool:
    """Return True if a schedule may share a copy."""
    return (
        task.number >= LESSONS
        and not is_judged_in_full(task.number)
        and can_share(task.judge.variant.case)
    )


def judgements_of(
    tasks: Iterator[ScheduleTask],
    team: Team,
    oracles: Collection[Oracle],
    is_up: Callable[[], bool],
) -> Generator[Judged, None, None]:
    """Replay schedules on all assistants and yield how they are judged, in their order.

    When the generator is closed, what is under way ends with its present replay; so it
    does when the time is up.
    """
    is_closed = Event()

    def is_over() -> bool:
        return is_closed.is_set() or is_up()

    def look(task: ScheduleTask) -> Judged:
        with team.one() as play:
            return task.judged(until_over(is_over, play), oracles)

    waiting: deque[Future[Judged]] = deque()
    with ThreadPoolExecutor(team.size) as executor:
        try:
            while True:
                for task in islice(tasks, 2 * team.size - len(waiting)):
                    waiting.append(executor.submit(look, task))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            is_closed.set()


def until_over(is_over: Callable[[], bool], play: Play) -> Play:
    """Return a ``play`` that raises ``CancelledError`` once something is over."""

    def play_on(case: Case, options: Options) -> Transcript:
        if is_over():
            raise CancelledError
        return play(case, options)

    return play_on
