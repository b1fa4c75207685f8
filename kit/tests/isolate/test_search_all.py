"""Searches of many dialogues."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from support.actors import fixtures
from support.toys import Answer, Skill, Toy, dialogue, separate, shared

from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.isolate import search_all as searching
from ovos_dialogue_kit.isolate.reports.report import search_text
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings
from ovos_dialogue_kit.isolate.search_all import (
    Timetable,
    search_all,
    share_of,
)
from ovos_dialogue_kit.replayer.replay_options import Options
from ovos_dialogue_kit.run.jobs import Job, Settings, jobs_of


def test_a_budget_is_shared() -> None:
    """A dialogue's schedules are shared by its cases; each gets at least 20 of them."""
    (fixture,) = fixtures(
        "skill: a.b\ndialogues:\n  x:\n    - a: (one|two)\n    - b: x\n"
    )
    jobs = [*jobs_of(fixture, Settings()), *jobs_of(dialogue("a: x"), Settings())]
    assert [50, 50, 100] == [share_of(job, 100) for job in jobs]
    assert [20, 20, 30] == [share_of(job, 30) for job in jobs]
    assert [1, 1, 1] == [share_of(job, 1) for job in jobs]


def test_the_time_is_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time left is shared by the jobs left; a late job has none."""
    clock = iter([100.0, 100.0, 101.0, 109.0, 112.0])
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=clock.__next__))
    table = Timetable.of(10.0, 4)
    assert [2.5, 3.0, 0.5, 0.0] == [table.share(number) for number in range(4)]


def test_without_limit_there_is_none() -> None:
    """Without a limit, a job has as many seconds as it takes."""
    assert Timetable.of(None, 2).share(0) is None


def test_no_time_is_a_limit_too() -> None:
    """Zero seconds are a limit, too."""
    assert 0.0 == Timetable.of(0.0, 2).share(0)


def test_a_search_for_which_no_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job without time is not searched, and no assistant is booted for it."""
    clock = iter([100.0, 111.0])
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=clock.__next__))
    jobs = jobs_of(dialogue("a: keep x", "b: keep y"), Settings())
    chosen = SearchSettings(Budget(30, 10.0))
    (done,) = search_all(jobs, Settings(), chosen, 1, boot=lambda _: separate())
    assert done.is_missed
    assert search_text(done) == 'a.dialogue.yaml:3:1: "x": skipped: no time was left'


def test_all_workers_search() -> None:
    """Each worker has an assistant, and all are closed at the end."""
    made: list[Toy] = []

    def boot(_: Setup) -> Toy:
        made.append(separate())
        return made[-1]

    jobs = jobs_of(dialogue("a: keep apple", "b: tell me"), Settings())
    list(search_all(jobs, Settings(), SearchSettings(Budget(60)), 2, boot))
    assert 2 == len(made)
    assert all(each.replays > 5 for each in made)
    assert not any(each.is_started for each in made)


def jobs_of_script(head: str = "", turn: str = "a: keep x") -> list[Job]:
    """Return the jobs of two dialogues, the second of which says it again."""
    lines = f"    - {turn}\n    - b: tell me\n"
    made = fixtures(f"skill: a.b\n{head}dialogues:\n  x:\n{lines}  y:\n{lines}")
    return [job for fixture in made for job in jobs_of(fixture, Settings())]


@pytest.mark.parametrize(("schedules", "busy"), [(20, 1), (21, 2), (40, 2), (41, 3)])
def test_no_more_assistants_work_than_are_needed(schedules: int, busy: int) -> None:
    """Each for twenty schedules; they are the same ones for the next dialogue."""
    made: list[Setup] = []

    def boot(setup: Setup) -> Toy:
        made.append(setup)
        return separate()

    settings = Settings(limits=Limits(boot=300.0))
    chosen = SearchSettings(Budget(schedules), oracles=("crash",))
    results = list(search_all(jobs_of_script(), settings, chosen, 4, boot))
    assert len(made) == busy
    assert {setup.limits.boot for setup in made} == {300.0}
    assert [each.findings.tried for each in results if each.findings] == [schedules] * 2
    assert [each.run for each in results] == [settings] * 2
    assert [each.settings for each in results] == [chosen] * 2


def test_the_settings_of_a_search_are_kept_to() -> None:
    """Those of the run, too: its engines and its deadline; progress is told."""
    toys: list[tuple[str, Toy]] = []
    told: list[int] = []

    def boot(setup: Setup) -> Toy:
        assert sum(toy.is_started for _, toy in toys) < 2  # those before have ended
        toys.append((setup.engine, separate()))
        return toys[-1][1]

    engines = ("adapt", "padacioso", "padatious")
    settings = Settings(engines=engines, options=Options(deadline=9.0))
    jobs = jobs_of(dialogue("a: keep x", "b: tell me"), settings)
    chosen = SearchSettings(Budget(2), seed=7, oracles=("crash",))
    results = list(search_all(jobs, settings, chosen, 1, boot, told.append))
    assert [engine for engine, _ in toys] == [*engines]
    assert all(toy.deadlines == {9.0} for _, toy in toys)
    found = [each.findings for each in results if each.findings]
    assert [(each.engine, each.seed, each.budget) for each in found] == [
        (engine, 7, 2) for engine in engines
    ]
    assert told == [1, 2] * 3


def test_an_assistant_that_does_not_boot() -> None:
    """That is the result, and the other dialogues are searched."""

    class Broken(Toy):
        def start(self) -> None:
            raise AssistantError("no")

    def boot(setup: Setup) -> Toy:
        is_broken = setup.engine == "adapt"
        return Broken(lambda: lambda *_: Answer()) if is_broken else separate()

    settings = Settings(engines=("adapt", "padacioso"))
    jobs = jobs_of(dialogue("a: keep x", "b: tell me"), settings)
    chosen = SearchSettings(Budget(2))
    broken, done = search_all(jobs, settings, chosen, 1, boot=boot)
    assert (str(broken.error), broken.findings) == ("no", None)
    assert (broken.job, broken.settings, broken.run) == (jobs[0], chosen, settings)
    assert (broken.is_missed, broken.has_leak) == (True, False)
    assert done.findings
    assert (done.error, done.is_missed, done.has_leak) == (None, False, False)


def test_a_leak_is_told() -> None:
    """A search with one has missed nothing."""
    [done] = search_all(
        jobs_of(dialogue("a: keep x", "b: tell me"), Settings()),
        Settings(),
        SearchSettings(Budget(9)),
        1,
        boot=lambda _: shared(),
    )
    assert (done.has_leak, done.is_missed) == (True, False)
    findings = done.findings
    assert findings
    lost = replace(findings, leaks=(), error=AssistantError("gone"))
    assert replace(done, findings=lost, error=lost.error).is_missed
    assert replace(done, findings=replace(findings, tried=0)).is_missed
    assert not replace(done, findings=replace(findings, leaks=())).has_leak


def test_an_assistant_that_is_lost() -> None:
    """What was found until then is told, with the error."""

    def make() -> Skill:
        raise AssistantError("gone")

    [job] = jobs_of(dialogue("a: keep x", "b: tell me"), Settings())
    chosen = SearchSettings(Budget(9))
    [lost] = search_all([job], Settings(), chosen, 1, boot=lambda _: Toy(make))
    assert lost.findings
    assert str(lost.error) == str(lost.findings.error) == "gone"


def never(_: Setup) -> Toy:
    raise AssertionError("an assistant is booted")


@pytest.mark.parametrize(
    ("head", "turn", "reason"),
    [
        ("skip: not yet\n", "a: hi", "not yet"),
        ("", "{a: hi, skip: broken}", None),
        ("", "a: {disconnect: true}", 'a "disconnect" needs a HiveMind hub: '),
    ],
)
def test_what_is_skipped_is_not_searched(
    head: str, turn: str, reason: str | None
) -> None:
    """A skipped dialogue, or one that this bus cannot replay; turns are left out."""
    boot = (lambda _: separate()) if reason is None else never
    chosen = SearchSettings(Budget(1))
    for done in search_all(
        jobs_of_script(head, turn), Settings(), chosen, 1, boot=boot
    ):
        assert not done.is_missed
        if reason is None:
            assert done.findings
            assert [turn.said for turn in done.job.case.turns] == ["tell me"]
            assert done.findings.case == done.job.case
        else:
            assert (done.skipped or "").startswith(reason)
            assert (done.findings, done.error) == (None, None)


def test_a_dialogue_all_of_whose_turns_are_skipped() -> None:
    """It is skipped for the reason of the first."""
    turns = "{a: hi, skip: broken}", "{b: ho, skip: another}"
    jobs = jobs_of(dialogue(*turns), Settings())
    [done] = search_all(jobs, Settings(), SearchSettings(Budget(1)), 1, boot=never)
    assert (done.skipped, done.is_missed) == ("broken", False)
    jobs = jobs_of(dialogue(*turns, head="skip: as a whole\n"), Settings())
    [done] = search_all(jobs, Settings(), SearchSettings(Budget(1)), 1, boot=never)
    assert done.skipped == "as a whole"


def test_the_time_that_is_left_is_that_of_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half of it for the first of two dialogues; each is told that it has none."""
    limits: list[float | None] = []

    def search(*given: Any, **_: object) -> Any:
        limits.append(given[3].budget.seconds)
        raise AssistantError("enough")

    monkeypatch.setattr(searching, "search", search)
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: 100.0))
    for seconds in (30.0, None):
        chosen = SearchSettings(Budget(30, seconds))
        list(
            search_all(
                jobs_of_script(), Settings(), chosen, 1, boot=lambda _: separate()
            )
        )
    assert limits == [15.0, 30.0, None, None]
