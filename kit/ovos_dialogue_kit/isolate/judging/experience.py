"""Learn from the first schedules of a variant what the later ones need not replay.

Most of a search's time would go into sessions alone, replayed once more for each
schedule in which they speak at other moments, and into differences at places where
chance has made differences before. A replay is spared only where a schedule shows
nothing new: all sessions go through exactly what each of them has gone through alone
in every lesson, or a value is one that chance has given the session alone. Anything
else is replayed. So what is learned never makes a leak of a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.judging.comparisons import COMPARISONS
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.observation import (
    Observation,
    ValueKey,
    differing,
    errors_of_nobody,
    observe,
    oracle_of,
)
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import Json

__all__ = ["LESSONS", "Experience", "Lesson"]

LESSONS = 3
"""The number of schedules of a variant that are lessons, its first ones."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The knowledge from one schedule, or from several.

    ``alone`` is what a session has gone through alone. ``random`` has what sessions
    have gone through alone with several random seeds, if chance has made a difference
    to them; ``echoes`` are the sessions and places of echoes that it has made.
    ``number`` counts lessons from 0.
    """

    number: int = 0
    alone: dict[str, Observation] = field(default_factory=dict)
    random: dict[str, list[Observation]] = field(default_factory=dict)
    echoes: set[tuple[str, ValueKey]] = field(default_factory=set)

    def add_alone(self, scene: Scene) -> None:
        """Add what the sessions of a schedule go through alone."""
        for session in scene.sessions:
            speakers = speakers_of(scene.case, session)
            self.alone[session] = observe(scene.alone(session), speakers)

    def add_chance(self, leak: Leak, alone: Iterable[Observation]) -> None:
        """Add a difference by chance.

        Args:
            leak: the difference.
            alone: what its session goes through alone, with several random seeds.

        """
        if leak.oracle == "echo":
            self.echoes.add((leak.session, leak.key))
        elif leak.session not in self.random:
            self.random[leak.session] = [*alone]

    def is_usual(self, scene: Scene) -> bool:
        """Return True if all sessions go through what each of them does alone.

        Values that chance has given the session alone count as the same.
        """
        company = scene.company
        if company.crash or scene.outsiders or errors_of_nobody(company):
            return False
        return all(self._is_usual(session, scene) for session in scene.sessions)

    def _is_usual(self, session: str, scene: Scene) -> bool:
        if session not in self.alone:
            return False
        company = observe(scene.company, speakers_of(scene.case, session))
        alone = {**self.alone[session]}
        if company != alone:
            for comparison in COMPARISONS:
                comparison(scene, session, company, alone)
        return all(
            self.is_random(session, key, company.get(key))
            for key in differing(company, alone)
        )

    def is_random(self, session: str, key: ValueKey, value: Json) -> bool:
        """Return True if a value is one that chance has given the session alone.

        That is so where chance gives it several values.
        """
        if oracle_of(key) == "echo":
            return (session, key) in self.echoes
        values = [each.get(key) for each in self.random.get(session, ())]
        return value in values and any(each != values[0] for each in values)


class Experience:
    """The lessons of one variant; thread-safe.

    Whoever asks for them waits for all, so that it makes no difference how many
    assistants work at the same time.

    Args:
        at_any_time: what a session goes through alone may be learned, although it takes
            its turns at other times.

    """

    def __init__(self, *, at_any_time: bool) -> None:
        self._at_any_time = at_any_time
        self._lessons: list[Future[Lesson]] = [Future() for _ in range(LESSONS)]
        self._learned: Lesson | None = None

    @contextmanager
    def lesson(self, number: int) -> Iterator[Lesson]:
        """Yield the lesson with a number, from 0, to be completed in the block."""
        lesson = Lesson(number)
        try:
            yield lesson
        finally:
            self._lessons[number].set_result(lesson)

    def learned(self) -> Lesson:
        """Return all lessons as one; wait for those that are not complete."""
        self._learned = self._learned or self._together()
        return self._learned

    def _together(self) -> Lesson:
        first, *others = lessons = [each.result() for each in self._lessons]
        learned = Lesson()
        for session, seen in first.alone.items() if self._at_any_time else ():
            if all(each.alone.get(session) == seen for each in others):
                learned.alone[session] = seen
        for lesson in lessons:
            learned.echoes.update(lesson.echoes)
            for session, observations in lesson.random.items():
                learned.random.setdefault(session, []).extend(observations)
        return learned
