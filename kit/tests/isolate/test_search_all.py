"""Searches of many dialogues."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support.actors import fixtures
from support.toys import Toy, dialogue, separate

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.isolate import search_all as searching
from ovos_dialogue_kit.isolate.reports.report import search_text
from ovos_dialogue_kit.isolate.search import Budget, SearchSettings
from ovos_dialogue_kit.isolate.search_all import (
    Timetable,
    search_all,
    share_of,
)
from ovos_dialogue_kit.run.jobs import Settings, jobs_of


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
    (done,) = search_all(jobs, Settings(), chosen, boot=lambda _: separate())
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
