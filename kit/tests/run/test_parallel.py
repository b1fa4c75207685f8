"""Tests of many jobs at once: their order, their assistants, and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event

import pytest
from support.actors import Actor, Troupe, fixtures

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.model import Case, Fixture
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.jobs import Job, Settings, jobs_of
from ovos_dialogue_kit.run.parallel import run_all


def jobs(count: int, *engines: str) -> list[Job]:
    names = "".join(f"  n{number}: [kitchen: hi]\n" for number in range(count))
    settings = Settings(engines=engines)
    return [
        job
        for fixture in fixtures(f"skill: a.test\ndialogues:\n{names}")
        for job in jobs_of(fixture, settings)
    ]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_order(workers: int) -> None:
    """Results come in the order of the jobs, whichever assistant replays them."""
    listed = jobs(120, "padacioso", "adapt")
    results = run_all(listed, Settings(), workers, Troupe())
    assert [result.job for result in results] == listed


@pytest.mark.parametrize(
    ("count", "workers", "played"),
    [
        pytest.param(50, 4, {50: 1}, id="few are not worth a second boot"),
        pytest.param(51, 4, {26: 1, 25: 1}, id="more are"),
        pytest.param(60, 1, {60: 1}, id="but not more than workers"),
        pytest.param(300, 2, {150: 2}, id="however many"),
    ],
)
def test_shares(count: int, workers: int, played: Mapping[int, int]) -> None:
    """A second assistant is booted only for enough jobs."""
    troupe = Troupe()
    list(run_all(jobs(count), Settings(), workers, troupe))
    sizes = [len(actor.played) for actor in troupe.actors]
    assert {size: sizes.count(size) for size in sizes} == played


def test_one_assistant_for_each_setup() -> None:
    """Jobs of one setup share an assistant, which ends with them."""
    troupe = Troupe()
    list(run_all(jobs(2, "padacioso", "adapt"), Settings(), 1, troupe))
    seen = [(actor.setup.engine, actor.played) for actor in troupe.actors]
    assert seen == [("padacioso", ["n0", "n1"]), ("adapt", ["n0", "n1"])]
    assert all(actor.is_closed for actor in troupe.actors)


class Busy(Actor):
    """An actor that speaks once, and then until it is closed."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.is_busy, self.ending = Event(), Event()

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        if self.played:
            self.is_busy.set()
            self.ending.wait()
            raise AssistantError("it was closed")
        return super().replay(fixture, case, options)

    def close(self) -> None:
        super().close()
        self.ending.set()


def test_stopping_early() -> None:
    """Closing the generator ends all assistants, busy ones too, and boots no more."""
    booted: list[Busy] = []

    def boot(setup: Setup) -> Busy:
        booted.append(Busy(setup))
        return booted[-1]

    results = run_all(jobs(3, "padacioso", "adapt"), Settings(), 1, boot)
    next(results)
    booted[0].is_busy.wait()
    results.close()
    assert [(each.setup.engine, each.is_closed) for each in booted] == [
        ("padacioso", True)
    ]


class Clumsy(Actor):
    """An actor with a bug."""

    def replay(
        self, fixture: Fixture, case: Case, options: Options | None = None
    ) -> Transcript:
        if fixture.dialogue == "n1":
            raise ZeroDivisionError
        return super().replay(fixture, case, options)


def test_mistakes_are_not_lost() -> None:
    """An exception of the kit itself is raised in place of its result."""
    clumsy = Clumsy(Setup(("a.test",)))
    results = run_all(jobs(3), Settings(), 1, lambda _: clumsy)
    assert next(results).outcome == "passed"
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert clumsy.is_closed
