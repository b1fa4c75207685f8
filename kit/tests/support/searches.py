"""Searches for leaks with toy skills for assistants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from support.toys import Answer, Skill, Stage, Toy, dialogue

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.fixture.model import Fixture
from ovos_dialogue_kit.isolate.dialogues.alone import Play
from ovos_dialogue_kit.isolate.judging.leak import Leak
from ovos_dialogue_kit.isolate.judging.leak_judge import Judge, PlayedSchedule, Trial
from ovos_dialogue_kit.isolate.judging.observation import ORACLES, Oracle
from ovos_dialogue_kit.isolate.reports.report import search_text
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings
from ovos_dialogue_kit.isolate.search_all import (
    SearchResult,
    search_all,
)
from ovos_dialogue_kit.run.jobs import Settings, jobs_of


def searched(
    assistant: Toy | Callable[[Setup], Toy],
    *turns: str,
    head: str = "",
    oracles: tuple[Oracle, ...] = ORACLES,
    fixture: Fixture | None = None,
    schedules: int = 40,
) -> SearchResult:
    """Return the result of a search in a dialogue, with a seed of 3."""
    fixture = fixture or dialogue(*turns, head=head)
    boot = (lambda _: assistant) if isinstance(assistant, Toy) else assistant
    jobs = jobs_of(fixture, Settings())
    chosen = SearchSettings(Budget(schedules), seed=3, oracles=oracles)
    (only,) = search_all(jobs, Settings(), chosen, 1, boot)
    return only


def leaks_of(
    judge: Judge,
    played: PlayedSchedule,
    play: Play,
    oracles: Collection[Oracle],
    about: str | None = None,
) -> Iterator[Leak]:
    """Yield the leaks that a schedule shows, those that chance does not make."""
    trial = Trial(judge, played, play)
    for leak in judge.differences(played, play, oracles, about):
        if trial.evidence(leak).kind == "leak":
            yield leak


def told(result: SearchResult) -> list[str]:
    """Return the lines of a report."""
    return search_text(result).splitlines()


def second(answer: Callable[[Stage], Answer]) -> Toy:
    """Return an assistant that treats the second session differently."""

    def make() -> Skill:
        seen: set[str] = set()

        def skill(stage: Stage, session: str, _: str) -> Answer:
            seen.add(session)
            if len(seen) > 1:
                return answer(stage)
            return Answer("fine", intent="greet", skill="x", matched=True)

        return skill

    return Toy(make)
