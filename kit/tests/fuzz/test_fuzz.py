"""Whatever is read means something or is an error with its place: a short trial.

``tox -e fuzz`` tries as many inputs as it is given, guided by coverage.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.mutations import mutants
from fuzz.project import Project, Reader
from fuzz.properties import fault_of
from fuzz.readers import READERS

from ovos_dialogue_kit.errors import KitError, Mark

CORPUS = Path(__file__).parent / "corpus"
INPUTS = 60
"""Inputs for each reader, beside the corpus and the seeds."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=f"{path.parent.name} {path.name}")
        for path in sorted(CORPUS.glob("*/*"))
    ],
)
def test_what_broke_once(path: Path, project: Project) -> None:
    """Every input that broke a reader once is read or refused now."""
    assert fault_of(READERS[path.parent.name], path.read_bytes(), project) is None


@pytest.mark.parametrize("name", READERS)
def test_random_inputs(name: str, project: Project) -> None:
    """So is every input made of good ones at random, and these are read."""
    reader = READERS[name]
    seeds = list(reader.seeds())
    for data in (*seeds, *mutants(seeds, seed=1, count=INPUTS)):
        assert fault_of(reader, data, project) is None, data


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ValueError("x"), "ValueError in test_fuzz.py, fail"),
        (UserWarning("x"), "UserWarning in test_fuzz.py, fail"),
        (KitError("x"), "no place: x"),
        (KitError("x", Mark("a", 2, 1)), None),
        (KitError("x", Mark("b", 9, 9)), None),
        (KitError("x", Mark("a", 3)), "no such place: x"),
        (KitError("x", Mark("a", 1, 4)), "no such place: x"),
    ],
)
def test_what_is_a_fault(error: Exception, fault: str | None, project: Project) -> None:
    """Any other error is a fault, and so is a place that the file does not have."""

    def fail(_: bytes, project: Project) -> None:
        project.texts = {"a": "12\n"}
        raise error

    assert fault_of(Reader(list, fail), b"", project) == fault


def test_a_slow_reader_is_a_fault(project: Project) -> None:
    """An input that takes too long is a fault, too."""
    assert fault_of(READERS["options"], b"", project, seconds=-1.0) == "too slow"
