"""Tests of the table of outcomes in the script reference, with every front end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from outcomes import MARKS, ROWS, Row
from support.actors import Actor, Troupe
from support.stage import ALONE, PLAIN

from ovos_dialogue_kit.assistant.setup import Setup
from ovos_dialogue_kit.cli import main
from ovos_dialogue_kit.run import parallel
from ovos_dialogue_kit.run.assistants import Assistants

_TURNS = {"right": ("hi", "HI"), "wrong": ("hi", "ho"), "crashes": ("crash", "HI")}
_CODES = {"failed": 1, "passed": 0, "skipped": 3, "xfailed": 0, "xpassed": 0}


def script_of(row: Row) -> str:
    """Return the script of a row."""
    (said, expected), (later, after) = _TURNS[row.first], _TURNS[row.second]
    return f"""\
skill: a.test
{MARKS.get(row.script, "")}
dialogues:
  hello:
    {MARKS.get(row.dialogue, "")}
    turns:
      - kitchen: {said}
        expect: {expected}
        {MARKS.get(row.turn, "")}
      - bedroom: {later}
        expect: {after}
"""


def _name(row: Row) -> str:
    marks = (row.script, row.dialogue, row.turn)
    told = (mark.replace("`", "") or "none" for mark in marks)
    return "-".join([*told, row.first, row.second])


@pytest.fixture(params=ROWS, ids=_name)
def row(request: pytest.FixtureRequest) -> Row:
    """A row of the table."""
    found: Row = request.param
    return found


def test_outcomes_of_kit_replay(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``kit replay`` has the outcome of the table, and an exit code to match."""
    (tmp_path / "tox.ini").touch()
    (tmp_path / "a.dialogue.yaml").write_text(script_of(row))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parallel, "Assistants", lambda _: Assistants(Troupe()))
    code = main(["replay", "-q", "-j", "1", "-o", "out.jsonl"])
    (line,) = Path("out.jsonl").read_text().splitlines()
    assert (json.loads(line)["outcome"], code) == (row.outcome, _CODES[row.outcome])


def test_outcomes_of_pytest(
    row: Row, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pytest has the outcome of the table."""
    monkeypatch.setattr(
        "ovos_dialogue_kit.pytest_plugin.run_state.Assistants",
        lambda: Assistants(_boot),
    )
    (pytester.path / "a.dialogue.yaml").write_text(script_of(row))
    plain = (*PLAIN.split(), *ALONE, "-p", "no:randomly")
    result = pytester.runpytest_inprocess(*plain)
    result.assert_outcomes(**{row.outcome: 1})


def _boot(setup: Setup) -> Actor:
    return Actor(setup)
