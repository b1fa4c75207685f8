"""Tests of ``.ci/run``, with stand-ins for what it starts, and of the workflow."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from support.places import ROOT

FAKE = """#!/bin/sh
echo "$(basename "$0") $*"
case "$*" in *"$BROKEN"*) exit 3 ;; esac
"""
PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
for name in pip kit python tox; do cp "$FAKE" "$3/bin/$name"; done
"""
JOBS = (
    "cells of the matrix",
    "style and types",
    "the lowest versions of what the kit requires",
    "both transports",
)


def run_ci(folder: Path, broken: str) -> tuple[int, list[str]]:
    """Run it where each command prints itself, and one fails."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    for name in ("gcc", "swig", "apt-get", "sudo", "fake"):
        (bin_folder / name).write_text(FAKE)
    (bin_folder / "python3").write_text(PYTHON)
    for path in bin_folder.iterdir():
        path.chmod(0o755)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    environment = {
        **os.environ,
        "BROKEN": broken,
        "FAKE": str(bin_folder / "fake"),
        "PATH": os.pathsep.join([str(bin_folder), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [folder / ".ci" / "run"],
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout.splitlines()


def test_all_jobs_are_shown_and_the_tests_come_last(tmp_path: Path) -> None:
    """The output of each job is printed under its name, pytest's summary last."""
    status, shown = run_ci(tmp_path, "nothing")
    assert status == 0
    assert [line for line in shown if line[3:] in JOBS] == [f"== {job}" for job in JOBS]
    assert shown[-1] == "python -m pytest -n 2"
    assert any("run -e lint,types" in line for line in shown)


@pytest.mark.parametrize(
    ("broken", "job"),
    [
        ("-m ci", JOBS[0]),
        ("matrix", JOBS[0]),
        ("lint,types", JOBS[1]),
        ("-e floors", JOBS[2]),
        ("-e transports", JOBS[3]),
    ],
)
def test_a_job_that_fails_fails_the_run(tmp_path: Path, broken: str, job: str) -> None:
    """It is shown as such after the others; all tests run, and the run fails."""
    status, shown = run_ci(tmp_path, broken)
    assert status == 1
    assert [line for line in shown if "FAILED" in line] == [f"== FAILED: {job}"]
    assert shown[-1] == "python -m pytest -n 2"


@pytest.mark.parametrize("broken", ["replay skill/test", "pytest -n 2"])
def test_a_readme_command_that_fails_ends_the_run(tmp_path: Path, broken: str) -> None:
    """Its own exit code is that of the run."""
    status, shown = run_ci(tmp_path, broken)
    assert status == 3
    assert broken in shown[-1]


def test_the_workflow_runs_the_same_cells() -> None:
    """The cells of the workflow are those of ``.ci/run``: the label ci of tox."""
    path = ROOT / ".github" / "workflows" / "test.yml"
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    labels = settings["tox"]["labels"].replace("\\\n", "").splitlines()
    [cells] = [line.partition("=")[2] for line in labels if line.startswith("ci =")]
    assert jobs["cell"]["strategy"]["matrix"]["cell"] == cells.replace(",", "").split()


def test_every_environment_has_a_description() -> None:
    """``tox list`` says of each what it is for."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini", encoding="utf-8")
    environments = [name for name in settings if name.startswith("testenv")]
    assert [] == [name for name in environments if "description" not in settings[name]]
