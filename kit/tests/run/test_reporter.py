"""Tests of passing the results of a run to several reporters."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.results import results

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.reporter import FileReporter, report
from ovos_dialogue_kit.run.select import Plan

PLAN = Plan((), ())


class Diary:
    """Remembers its calls; fails at the end if it has an error.

    Args:
        pages: where it writes.
        error: raised by ``finished``.

    """

    def __init__(self, pages: list[str], error: KitError | None = None) -> None:
        self._pages = pages
        self._error = error

    def started(self, plan: Plan) -> None:
        assert plan is PLAN
        self._pages.append("started")

    def result(self, result: Result) -> None:
        self._pages.append(result.job.fixture.dialogue)

    def finished(self, seconds: float, *, is_complete: bool) -> None:
        self._pages.append(f"finished {is_complete} after {seconds} s")
        if self._error:
            raise self._error


def names(plan: Plan, listed: Sequence[Result]) -> str:
    done = " ".join(result.job.fixture.dialogue for result in listed)
    return f"{done} of {len(plan.jobs)}"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two seconds pass between any two looks at the clock."""
    clock = SimpleNamespace(monotonic=count(5, 2).__next__)
    monkeypatch.setattr("ovos_dialogue_kit.run.reporter.time", clock)


def interrupted(*listed: Result) -> Iterator[Result]:
    yield from listed
    raise KeyboardInterrupt


def test_each_reporter_gets_each_result() -> None:
    """All reporters are started first and finished last, in their order."""
    pages: list[str] = []
    polite = results()["polite"]
    found = report(PLAN, iter([polite]), [Diary(pages), Diary(pages)])
    assert found == (polite,)
    assert pages == [
        *("started", "started"),
        *("polite", "polite"),
        *["finished True after 2 s"] * 2,
    ]


def test_an_interrupt_finishes_the_reports() -> None:
    """After an interrupt all reporters are finished, as not complete."""
    pages: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        report(PLAN, interrupted(results()["polite"]), [Diary(pages)])
    assert pages == ["started", "polite", "finished False after 2 s"]


def test_a_report_that_fails_leaves_the_others_alone() -> None:
    """If one reporter fails at the end, the others are finished, too."""
    pages: list[str] = []
    broken = Diary(pages, KitError("the disk is full"))
    with pytest.raises(KitError, match=r"^the disk is full$"):
        report(PLAN, iter(()), [broken, Diary(pages)])
    assert pages == ["started"] * 2 + ["finished True after 2 s"] * 2


def test_a_file_has_all_results(tmp_path: Path) -> None:
    """A file is written at the end of the run, with its folder."""
    path = tmp_path / "made" / "names.txt"
    found = results()
    reporter = FileReporter(path, names, [""])
    reporter.started(Plan([each.job for each in found.values()], ()))
    reporter.result(found["polite"])
    reporter.result(found["loud"])
    assert not path.exists()
    reporter.finished(1.0, is_complete=True)
    assert path.read_text() == "polite loud of 5"


def test_a_file_is_written_as_far_as_the_run_came(tmp_path: Path) -> None:
    """After an interrupt a file has the results so far."""
    path = tmp_path / "names.txt"
    with pytest.raises(KeyboardInterrupt):
        report(
            PLAN, interrupted(results()["polite"]), [FileReporter(path, names, [""])]
        )
    assert path.read_text() == "polite of 0"


def test_a_file_of_an_earlier_run_is_cleared(tmp_path: Path) -> None:
    """An old report or an empty file is removed before a run."""
    path = tmp_path / "made" / "names.txt"
    reporter = FileReporter(path, names, ("polite", "loud"))
    for text in ("polite loud", "loud", ""):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        reporter.clear()
        assert not path.exists()
    reporter.clear()


def test_a_draft_of_a_killed_run_is_cleared(tmp_path: Path) -> None:
    """What a killed run has left beside the file is removed, too."""
    (tmp_path / ".names.txt.4000000.tmp").touch()
    (tmp_path / ".others.txt.4000000.tmp").touch()
    FileReporter(tmp_path / "names.txt", names, [""]).clear()
    assert [path.name for path in tmp_path.iterdir()] == [".others.txt.4000000.tmp"]


def test_what_is_no_report_is_not_cleared(tmp_path: Path) -> None:
    """A file with another beginning stays, and so does what is no file."""
    path, pipe = tmp_path / "names.txt", tmp_path / "pipe"
    path.write_text("polyglot")
    os.mkfifo(pipe)
    told = {
        path: f'"{path}" exists and is not a report of kit replay\n'
        "  remove it, or choose a different file",
        pipe: f'"{pipe}" is not a file\n  choose a different one',
    }
    for place, words in told.items():
        with pytest.raises(KitError) as raised:
            FileReporter(place, names, ("polite", "loud")).clear()
        assert str(raised.value) == words
        assert place.exists()


def test_a_place_that_cannot_be_written_is_told_before(tmp_path: Path) -> None:
    """Before a run it is known that its report cannot be written."""
    (tmp_path / "made").write_text("")
    with pytest.raises(KitError, match="cannot be written"):
        FileReporter(tmp_path / "made" / "names.txt", names, [""]).clear()
