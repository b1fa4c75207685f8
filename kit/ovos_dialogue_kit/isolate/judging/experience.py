"""Learn from the first schedules of a variant what the later ones need not replay.

Most of a search's time would go into sessions alone, replayed once more for each
schedule in which they speak at other moments, and into differences at places where
chance has made differences before. A replay is spared only where a schedule shows
nothing new: all sessions go through exactly what each of them has gone through alone
in every lesson, or a value is one that chance has given the session alone, or another
line of a dialog of which it has given several. Anything else is replayed. So what is
learned never makes a leak of a difference.

It could hide one: where another session chooses among values that chance gives, too.
So nothing is spared in the schedules with the numbers 8, 16, 32 and so on: what would
be seen in each schedule from some number on is seen before twice that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ovos_dialogue_kit.isolate.dialogues.speakers import speakers_of
from ovos_dialogue_kit.isolate.judging.comparisons import COMPARISONS
from ovos_dialogue_kit.isolate.judging.observation import (
    Observation,
    ValueKey,
    differing,
    errors_of_nobody,
    observe,
    oracle_of,
)
from ovos_dialogue_kit.isolate.judging.scene import Scene
from ovos_dialogue_kit.jsondata import json_line
from ovos_dialogue_kit.verdict.dialog_match import is_rendered_from

__all__ = ["LESSONS", "Experience", "Lesson", "is_judged_in_full"]

LESSONS = 3
"""The number of schedules of a variant that are lessons, its first ones."""

_AGAIN = 8
"""The number of the first schedule after the lessons in which nothing is spared."""


def is_judged_in_full(number: int) -> bool:
    """Return True if nothing is spared in a variant's schedule of a number, from 0."""
    return number == 0 or (number >= _AGAIN and number & (number - 1) == 0)


_SLOT = re.compile(r"\{+\s*(?:\w+:)?(\w+)")
"""A slot in a line of a dialog."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The knowledge from one schedule, or from several.

    ``alone`` is what a session has gone through alone. ``random`` has what sessions
    have gone through alone with several random seeds, if chance has made a difference
    to them; ``lines`` has the lines of each dialog, with its values, that any of them
    has heard then, and ``files`` those of each dialog's file. ``echoes`` are the
    sessions and places of echoes that chance has made. ``number`` counts from 0.
    """

    number: int = 0
    alone: dict[str, Observation] = field(default_factory=dict)
    random: dict[str, list[Observation]] = field(default_factory=dict)
    echoes: set[tuple[str, ValueKey]] = field(default_factory=set)
    lines: dict[str, set[str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def add_alone(self, scene: Scene) -> None:
        """Add what the sessions of a schedule go through alone."""
        for session in scene.sessions:
            speakers = speakers_of(scene.case, session)
            self.alone[session] = observe(scene.alone(session), speakers)

    def add_chance(self, session: str, alone: Sequence[Observation]) -> None:
        """Add what a session goes through alone, with several random seeds."""
        if session not in self.random and any(each != alone[0] for each in alone):
            self.random[session] = [*alone]
            for seen in alone:
                for key in seen:
                    if key[-1] == "text":
                        lines = self.lines.setdefault(_dialog_of(key[:-1], seen), set())
                        lines.add(str(seen[key]))

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
            self.is_random(session, key, company) for key in differing(company, alone)
        )

    def is_random(self, session: str, key: ValueKey, seen: Observation) -> bool:
        """Return True if a value is one that chance has given the session alone.

        That is so where chance gives it several values. Words that another session was
        told are then no echo, either.

        Args:
            session: the session.
            key: the place of the value.
            seen: what the session went through in company.

        """
        if oracle_of(key) == "echo":
            if (session, key) in self.echoes:
                return True
            key = (key[0], *key[2:], "text")
        values = [each.get(key) for each in self.random.get(session, ())]
        if seen.get(key) in values and any(each != values[0] for each in values):
            return True
        return key[-1] == "text" and self._is_line(key[:-1], seen)

    def _is_line(self, reply: ValueKey, seen: Observation) -> bool:
        """Return True if a reply is a line of a dialog, and chance chooses its line."""
        name, text = (seen.get((*reply, part)) for part in ("dialog", "text"))
        lines = self.lines.get(_dialog_of(reply, seen), ())
        if name is None or len(lines) <= 1:
            return False
        at = (*reply, "data")
        data = {str(key[-1]): seen[key] for key in seen if key[:-1] == at}
        filled = [
            line
            for line in self.files.get(str(name), ())
            if {*_SLOT.findall(line)} <= data.keys()
        ]
        return text in lines or is_rendered_from(filled, str(text), data)


def _dialog_of(reply: ValueKey, seen: Observation) -> str:
    """Return the dialog of a reply, with its values and language."""
    parts = {
        ".".join(map(str, at[len(reply) :])): value
        for at, value in seen.items()
        if at[: len(reply)] == reply and at[-1] not in {"text", "asks"}
    }
    return json_line(parts)


class Experience:
    """The lessons of one variant; thread-safe.

    Whoever asks for them waits for all, so that it makes no difference how many
    assistants work at the same time.

    Args:
        at_any_time: what a session goes through alone may be learned, although it takes
            its turns at other times.
        files: the lines of dialogs, by name.

    """

    def __init__(
        self, *, at_any_time: bool, files: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._files = files or {}
        self._at_any_time = at_any_time
        self._lessons: list[Future[Lesson]] = [Future() for _ in range(LESSONS)]
        self._learned: Lesson | None = None

    @contextmanager
    def lesson(self, number: int) -> Iterator[Lesson]:
        """Yield the lesson with a number, from 0, to be completed in the block."""
        lesson = Lesson(number, files=self._files)
        try:
            yield lesson
        finally:
            self._lessons[number].set_result(lesson)

    def known_in(self, number: int) -> Lesson:
        """Return what is known while a schedule is judged, by its number.

        In a lesson, that is what chance does, by the first one.
        """
        if is_judged_in_full(number):
            return Lesson()
        return (
            replace(self._lessons[0].result(), alone={})
            if number < LESSONS
            else self.learned()
        )

    def learned(self) -> Lesson:
        """Return all lessons as one; wait for those that are not complete."""
        self._learned = self._learned or self._together()
        return self._learned

    def _together(self) -> Lesson:
        first, *others = lessons = [each.result() for each in self._lessons]
        learned = Lesson(files=self._files)
        for session, seen in first.alone.items() if self._at_any_time else ():
            if all(each.alone.get(session) == seen for each in others):
                learned.alone[session] = seen
        for lesson in lessons:
            learned.echoes.update(lesson.echoes)
            for dialog, lines in lesson.lines.items():
                learned.lines.setdefault(dialog, set()).update(lines)
            for session, observations in lesson.random.items():
                learned.random.setdefault(session, []).extend(observations)
        return learned
