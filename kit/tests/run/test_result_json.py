"""Tests of the JSON lines of a run."""

from __future__ import annotations

import json
from hashlib import sha256

from support.actors import Troupe, fixtures
from support.results import ERROR, SCRIPT, results

from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Settings, jobs_of
from ovos_dialogue_kit.run.result_json import JsonReporter, json_lines, result_line
from ovos_dialogue_kit.run.run import run
from ovos_dialogue_kit.run.select import Plan


def test_json_of_a_failure() -> None:
    """A result is one line of JSON with outcome, mismatches and transcript."""
    result = results()["loud"]
    text = result_line(result)
    assert "\n" not in text
    found = json.loads(text)
    assert found.pop("report").splitlines()[1] == '  expected  "hi"'
    assert len(found.pop("transcript")["turns"]) == 2
    bytes_replayed = fixture_to_json(result.job.fixture).encode()
    assert found.pop("fixture") == sha256(bytes_replayed).hexdigest()
    assert found == {
        "script": "a.dialogue.yaml",
        "dialogue": "loud",
        "case": "",
        "engine": "padacioso",
        "outcome": "failed",
        "mismatches": [
            {
                "at": "a.dialogue.yaml:8:7",
                "kind": "reply",
                "problem": "heard a different reply",
                "turn": 0,
            },
            {
                "at": "a.dialogue.yaml:10:7",
                "kind": "reply",
                "problem": "heard a different reply",
                "turn": 1,
            },
        ],
    }


def test_json_of_a_strict_xfail() -> None:
    """A mismatch of the whole dialogue has no turn."""
    script = SCRIPT.replace(", strict: false", "")
    fixture = next(each for each in fixtures(script) if each.dialogue == "cured")
    (job,) = jobs_of(fixture, Settings())
    with Assistants(Troupe()) as assistants:
        found = json.loads(result_line(run(job, assistants, Settings())))
    assert found["mismatches"] == [
        {
            "at": "a.dialogue.yaml:21:12",
            "kind": "xfail",
            "problem": 'passes although it is marked xfail: "deaf"',
        }
    ]


def test_json_of_a_skip() -> None:
    """Keys without a value are left out."""
    assert result_line(results()["later"]) == (
        '{"case":"","dialogue":"later","engine":"padacioso","outcome":"skipped",'
        '"reason":"not today","script":"a.dialogue.yaml"}'
    )


def test_json_of_an_error() -> None:
    """A broken replay has the text of its error."""
    found = json.loads(result_line(results(ERROR)["loud"]))
    assert found["error"] == 'the skill "a.test" did not load\n  Traceback:\n  boom'


def test_each_result_is_a_line() -> None:
    """A reporter writes each line at once; a file has the same lines."""
    written: list[str] = []
    reporter = JsonReporter(written.append)
    listed = list(results().values())
    reporter.started(Plan((), ()))
    for result in listed:
        reporter.result(result)
    reporter.finished(1.0, is_complete=True)
    assert written == [result_line(result) for result in listed]
    assert json_lines(Plan((), ()), listed).splitlines() == written
