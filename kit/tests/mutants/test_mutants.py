"""Tests of what ``tox -e mutants`` is asked, and of the list of equivalents."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from mutants import forks
from mutants.choice import BadChoiceError, all_modules, chosen, touched
from mutants.equivalents import Equivalents
from mutants.forks import OUT_OF_TIME, begin_part, run_all
from mutants.mutant import Mutant
from mutants.score import report

import ovos_dialogue_kit

PACKAGE = Path(ovos_dialogue_kit.__file__).parent


def test_a_module_is_a_file_or_a_folder() -> None:
    """It is named by its path below the package, or by its whole path."""
    assert list(chosen(["verdict/judge.py"], PACKAGE)) == ["verdict/judge.py"]
    path = "kit/ovos_dialogue_kit/isolate/shrink.py"
    assert list(chosen([path], PACKAGE)) == ["isolate/shrink.py"]
    folder = list(chosen(["verdict/"], PACKAGE))
    assert "verdict/compare.py" in folder
    assert {each.partition("/")[0] for each in folder} == {"verdict"}
    assert list(chosen([], PACKAGE)) == all_modules(PACKAGE)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "verdct",
            '"verdct" is no module that decides verdicts; did you mean verdict?',
        ),
        (
            "verdict/compere.py",
            '"verdict/compere.py" is no module that decides verdicts; did you mean ',
        ),
        ("cli/output.py", '"cli/output.py" is no module that decides verdicts'),
    ],
)
def test_an_unknown_module(name: str, message: str) -> None:
    """The message names what is meant, if something is like it."""
    with pytest.raises(BadChoiceError) as caught:
        chosen([name], PACKAGE)
    assert str(caught.value).startswith(message)


def test_every_module_that_can_be_tried_exists() -> None:
    """No name of the list is left over from a module that has gone."""
    modules = all_modules(PACKAGE)
    assert [each for each in modules if not (PACKAGE / each).is_file()] == []
    assert len(modules) == len(set(modules)) > 40


def git(root: Path, *arguments: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *name, *arguments],  # noqa: S607  # whichever there is
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_what_has_changed_since_a_revision(tmp_path: Path) -> None:
    """The changed lines of a module; all of one whose tests have changed."""
    package = tmp_path / "kit" / "ovos_dialogue_kit"
    tests = tmp_path / "kit" / "tests" / "verdict"
    (package / "verdict").mkdir(parents=True)
    tests.mkdir(parents=True)
    for name in ("judge", "replies", "faults"):
        (package / "verdict" / f"{name}.py").write_text("a\nb\nc\nd\ne\n")
    (tests / "test_faults.py").write_text("a\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    (package / "verdict" / "judge.py").write_text("a\nb\nx\nd\n")
    (tests / "test_faults.py").write_text("b\n")
    modules = {
        f"verdict/{name}.py": lambda _: True for name in ("judge", "replies", "faults")
    }
    found = touched("HEAD", modules, tmp_path, package)
    assert list(found) == ["verdict/judge.py", "verdict/faults.py"]
    judge = found["verdict/judge.py"]
    assert [judge(range(line, line + 1)) for line in range(1, 6)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert found["verdict/faults.py"](range(9, 10))
    with pytest.raises(BadChoiceError, match='Git has no revision "nowhere"'):
        touched("nowhere", modules, tmp_path, package)


def mutant(scope: str = "judge", after: str = "a or b") -> Mutant:
    return Mutant(
        "verdict/judge.py",
        scope,
        range(1, 2),
        "a and b",
        after,
        at_import=False,
        source="",
        original="",
    )


def listed(folder: Path, *entries: str) -> Equivalents:
    path = folder / "equivalents.yaml"
    lines = "".join(f"- {{{entry}}}\n" for entry in entries)
    path.write_text(f"verdict/judge.py:\n{lines}", encoding="utf-8")
    return Equivalents.read(path)


ENTRY = "in: judge, from: a and b, to: a or b"


def test_an_equivalent_is_listed_with_its_reason(tmp_path: Path) -> None:
    """It is one of its module, its function and its change."""
    equivalents = listed(tmp_path, f"{ENTRY}, because: both are true")
    assert mutant() in equivalents
    assert mutant(scope="other") not in equivalents
    assert mutant(after="a") not in equivalents


def test_the_list_is_strict_both_ways(tmp_path: Path) -> None:
    """An entry that a test sees fails, and one that is no mutant."""
    equivalents = listed(tmp_path, f"{ENTRY}, because: both are true")
    one, other = mutant(), mutant(after="a")
    assert equivalents.unknown([one]) == []
    assert equivalents.seen([one, other], [False, True]) == []
    name = "verdict/judge.py | judge | a and b | a or b"
    assert equivalents.unknown([other]) == [f"equivalents.yaml: no such mutant: {name}"]
    assert equivalents.seen([one], [True]) == [
        f"equivalents.yaml: a test sees it: {name}"
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([ENTRY], "equivalents.yaml: an entry of verdict/judge.py needs"),
        (
            [f"{ENTRY}, because: "],
            "equivalents.yaml: an entry of verdict/judge.py needs",
        ),
        ([f"{ENTRY}, because: x"] * 2, "equivalents.yaml: twice: verdict/judge.py"),
    ],
)
def test_a_bad_list(tmp_path: Path, entries: list[str], message: str) -> None:
    """Each entry has a reason, and is there once."""
    with pytest.raises(BadChoiceError, match=message):
        listed(tmp_path, *entries)


def test_a_module_with_too_many_survivors_fails(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Equivalents do not count, and each survivor is told."""
    equivalents = listed(tmp_path, f"{ENTRY}, because: both are true")
    others = [mutant(after=str(number)) for number in range(100)]
    seen = [False, *[True] * 97, *[False] * 3]
    assert report([mutant(), *others], seen, equivalents, []) == 0
    table = capfd.readouterr().out.splitlines()
    assert table[-1].split() == ["verdict/judge.py", "101", "1", "3", "97.0%"]
    assert table[:3] == ["verdict/judge.py:1 judge", "    - a and b", "    + 97"]
    assert report([mutant(), *others], seen, equivalents, ["x"]) == 1
    seen[1] = False
    assert report([mutant(), *others], seen, equivalents, []) == 1


def spin() -> int:
    while True:
        pass


def wait() -> int:
    os.read(os.pipe()[0], 1)
    return 0


def look_for_ever() -> int:
    while not select.select([], [], [], 0.02)[0]:
        pass
    return 0


def test_jobs_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that uses too much processor time is stopped, and those that are stuck."""
    monkeypatch.setattr(forks, "_IDLE_LOOKS", 2)
    works = spin, wait, look_for_ever, lambda: 0, lambda: 7
    jobs = [
        (number, work, 0.3 if work is spin else 60.0)
        for number, work in enumerate(works)
    ]
    ended = dict(run_all(jobs, 3))
    assert ended == {0: OUT_OF_TIME, 1: OUT_OF_TIME, 2: OUT_OF_TIME, 3: 0, 4: 7}


def test_a_job_that_waits_leaves_its_place() -> None:
    """In one place, the first of two can wait for the second."""
    reader, writer = os.pipe()
    works = (lambda: len(os.read(reader, 4)), lambda: os.write(writer, b"done") + 1)
    jobs = [(number, work, 60.0) for number, work in enumerate(works)]
    assert dict(run_all(jobs, 1)) == {0: 4, 1: 5}


def test_each_part_of_a_job_has_its_limit() -> None:
    """One that spins is stopped long before the whole of the job is out of time."""

    def work() -> int:
        for _ in range(3):
            begin_part(0.1)
        return spin()

    assert [*run_all([(0, work, 60.0)], 1)] == [(0, signal.SIGXCPU)]


def test_a_job_whose_parts_wait_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them may wait nearly as long as one that is stuck."""
    monkeypatch.setattr(forks, "_IDLE_LOOKS", 3)

    def work() -> int:
        for _ in range(5):
            begin_part(60.0)
            time.sleep(0.5)
        return 3

    assert [*run_all([(0, work, 60.0)], 1)] == [(0, 3)]
