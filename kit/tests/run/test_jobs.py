"""Tests of jobs, and of how they and their results are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.actors import Troupe, fixtures

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.assistant.setup import Limits, Setup
from ovos_dialogue_kit.errors import KitError, Mark
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import (
    Job,
    Result,
    Settings,
    SkippedTurn,
    from_here,
    installed_versions,
    job_from_here,
    jobs_of,
    notes_on,
)
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.script.model import RunMarks, Xfail

SCRIPT = """
skill: a.test
engine: [padacioso, adapt]
transformers: [upper]
dialogues:
  greeting:
    - kitchen: (hi|hello)
"""

WRONG = """
skill: a.test
dialogues:
  greeting:
    - kitchen: hi
      expect: bye
    - kitchen: ho
      expect: bye
"""


def marked(**marks: object) -> Job:
    """Return the job of a dialogue with marks."""
    (fixture,) = fixtures(WRONG)
    fixture = replace(fixture, marks=RunMarks(**marks))  # type: ignore[arg-type]
    return jobs_of(fixture, Settings())[0]


def test_jobs_are_cases_times_engines() -> None:
    """There is a job for each case and each engine, engines innermost."""
    (fixture,) = fixtures(SCRIPT)
    names = [job.name for job in jobs_of(fixture, Settings())]
    assert names == [
        "greeting[hi-padacioso]",
        "greeting[hi-adapt]",
        "greeting[hello-padacioso]",
        "greeting[hello-adapt]",
    ]


def test_titles() -> None:
    """A title has the variant, if there are several, but no engine."""
    (fixture,) = fixtures(SCRIPT)
    assert [job.title for job in jobs_of(fixture, Settings())] == [
        *("greeting[hi]", "greeting[hi]"),
        *("greeting[hello]", "greeting[hello]"),
    ]
    assert marked().title == "greeting"


def test_name_of_the_only_case() -> None:
    """The only case of a dialogue is named by its engine alone."""
    assert marked().name == "greeting[padacioso]"


def test_settings_replace() -> None:
    """The user's choices replace those of the script."""
    (fixture,) = fixtures(SCRIPT)
    settings = Settings(
        engines=("padatious",), skills=("b.test",), transformers=("norm",), bus="real"
    )
    job = jobs_of(fixture, settings, "fixtures/a/greeting.json")[0]
    assert job.place == "fixtures/a/greeting.json"
    assert job.setup(settings.bus, Limits(boot=1.0)) == Setup(
        skills=("b.test",),
        engine="padatious",
        transformers=("norm",),
        clock="real",
        bus="real",
        limits=Limits(boot=1.0),
    )
    [own, *_] = jobs_of(fixture, Settings())
    assert (own.fixture.skills, own.engine) == (("a.test",), "padacioso")
    assert own.fixture.transformers == ("upper",)
    assert own.generated == job.generated == fixture


def test_settings_twice() -> None:
    """A choice that is given twice counts once."""
    (fixture,) = fixtures(SCRIPT)
    twice = ("adapt", "adapt")
    jobs = jobs_of(fixture, Settings(engines=twice, skills=twice, transformers=twice))
    assert [job.name for job in jobs] == ["greeting[hi-adapt]", "greeting[hello-adapt]"]
    assert (jobs[0].fixture.skills, jobs[0].fixture.transformers) == (
        ("adapt",),
        ("adapt",),
    )


def test_jobs_of_no_skill() -> None:
    """Without any skill there is an error before anything is booted."""
    (fixture,) = fixtures(SCRIPT.replace("skill: a.test", ""))
    with pytest.raises(KitError) as caught:
        jobs_of(fixture, Settings())
    assert str(caught.value) == (
        "a.dialogue.yaml:6:1: the script does not name a skill\n"
        "  add `skill: <skill id>` to the script, or pass --skill (in pytest: "
        "--kit-skill)"
    )


def test_versions_of_what_is_named() -> None:
    """Versions are those of the installed distributions in a job's marks."""
    mark = Mark("a.dialogue.yaml")
    xfail = Xfail("", mark, when="click")
    job = marked(requires={"pytest": "", "no-such-thing": ""}, xfail=xfail)
    assert sorted(installed_versions(job)) == ["click", "pytest"]


def test_versions_of_nonsense() -> None:
    """An unreadable condition names no distribution; ``judge`` reports it."""
    job = marked(xfail=Xfail("", Mark("a.dialogue.yaml"), when="<<"))
    assert installed_versions(job) == {}


@pytest.mark.parametrize(
    ("settings", "skills", "engines"),
    [
        (Settings(), ("a.test",), ["padacioso", "adapt"]),
        (
            Settings(skills=("b.test", "c.test")),
            ("b.test", "c.test"),
            ["padacioso", "adapt"],
        ),
        (Settings(engines=("auto",)), ("a.test",), ["auto"]),
    ],
)
def test_notes(
    settings: Settings,
    skills: Sequence[str],
    engines: Sequence[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left out is asked for each engine, those of the user first."""

    def left_out(engine: str, skills: Sequence[str]) -> list[LeftOut]:
        return [LeftOut(engine, "it", skill) for skill in skills]

    monkeypatch.setattr("ovos_dialogue_kit.run.jobs.left_out", left_out)
    (fixture,) = fixtures(SCRIPT)
    assert notes_on(fixture, settings) == [
        LeftOut(engine, "it", skill) for engine in engines for skill in skills
    ]


def test_paths_are_seen_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the script, of the fixture and of every mismatch; all else stays."""
    (fixture,) = fixtures(WRONG)
    [job] = jobs_of(fixture, Settings(), "fixtures/a/greeting.json", tmp_path / "one")
    (tmp_path / "two").mkdir()
    monkeypatch.chdir(tmp_path / "two")
    with Assistants(Troupe()) as assistants:
        result = run_job(job, assistants, Settings())
    seen = from_here(result)
    script = "../one/a.dialogue.yaml"
    assert [str(each.mark) for each in seen.mismatches] == [
        f"{script}:5:7",
        f"{script}:7:7",
    ]
    shown = replace(
        job,
        fixture=replace(job.fixture, script=script),
        place="../one/fixtures/a/greeting.json",
        root=None,
    )
    assert job_from_here(job) == seen.job == shown
    assert seen == replace(result, job=shown, mismatches=seen.mismatches)
    bare = job_from_here(replace(job, place=None))
    assert (bare.place, bare.fixture.script) == (None, script)


def test_without_a_project_paths_stay_as_they_are() -> None:
    """They are those that the user gave."""
    result = Result(marked(), "passed", reason="none")
    assert from_here(result) == result
    assert job_from_here(result.job) == result.job


def test_results_that_differ_in_time_only_are_equal() -> None:
    """A time is no part of the verdict."""
    result = Result(marked(), "skipped", skipped_turns=(SkippedTurn(0, "later"),))
    assert result.seconds == 0
    assert replace(result, seconds=1.0) == result
    assert result.skip_reasons == {0: "later"}
    assert result != replace(result, skipped_turns=())
