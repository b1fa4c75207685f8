"""Tests of the JSON lines of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from support.actors import Troupe, fixtures
from support.results import ERROR, SCRIPT, results

from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.jsondata import as_json
from ovos_dialogue_kit.replayer.transcript import Reply
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.result_json import (
    OPENINGS,
    JsonReporter,
    json_lines,
    result_line,
)
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import Plan


def test_json_of_a_failure() -> None:
    """A result is one line of JSON with outcome, mismatches and transcript."""
    result = results()["loud"]
    text = result_line(result)
    assert "\n" not in text
    found = json.loads(text)
    assert found.pop("report").splitlines()[1] == '  expected  "hi"'
    assert len(found.pop("transcript")["turns"]) == 2
    bytes_replayed = fixture_to_json(result.job.generated).encode()
    assert found.pop("fixture") == sha256(bytes_replayed).hexdigest()
    assert found == {
        "script": "a.dialogue.yaml",
        "dialogue": "loud",
        "case": "",
        "engine": "padacioso",
        "outcome": "failed",
        "skills": ["a.test"],
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


def test_json_of_what_is_heard_without_a_hub() -> None:
    """A mismatch has the replies on the bus in memory, in its words, too."""
    result = results()["loud"]
    first, second = result.mismatches
    reply = Reply("kitchen", "psst", 1.0, 0)
    mismatches = (replace(first, without_hub=(reply,)), replace(second, without_hub=()))
    found = json.loads(result_line(replace(result, mismatches=mismatches)))
    assert [[as_json(reply)], []] == [
        each["without_hub"] for each in found["mismatches"]
    ]
    assert '  note      heard on the bus in memory: "psst"' in found["report"]


def test_json_of_a_strict_xfail() -> None:
    """A mismatch of the whole dialogue has no turn."""
    script = SCRIPT.replace(", strict: false", "")
    fixture = next(each for each in fixtures(script) if each.dialogue == "cured")
    (job,) = jobs_of(fixture, Settings())
    with Assistants(Troupe()) as assistants:
        found = json.loads(result_line(run_job(job, assistants, Settings())))
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
        '"reason":"not today","script":"a.dialogue.yaml","skills":["a.test"]}'
    )


def test_json_of_skipped_turns() -> None:
    """Each has its index in the script and its reason."""
    found = json.loads(result_line(results()["polite"]))
    assert found["skipped"] == [{"turn": 1, "reason": "nobody leaves"}]


def test_json_of_an_error() -> None:
    """A broken replay has the text of its error."""
    found = json.loads(result_line(results(ERROR)["loud"]))
    assert found["error"] == 'the skill "a.test" did not load\n  Traceback:\n  boom'


def test_each_result_is_a_line() -> None:
    """A reporter writes each line at once; a file has the same lines."""
    written: list[str] = []
    reporter = JsonReporter(written.append)
    listed = list(results().values())
    plan = Plan([each.job for each in listed], ())
    reporter.started(plan)
    for result in listed:
        reporter.result(result)
    reporter.finished(1.0, is_complete=True)
    assert written == [result_line(result) for result in listed]
    assert all(line.startswith(OPENINGS[0]) for line in written)
    assert json_lines(plan, listed).splitlines() == written


def test_a_run_that_ended_early_has_a_last_line() -> None:
    """If results are missing, a last line says how many there are and should be."""
    result = results()["polite"]
    written: list[str] = []
    reporter = JsonReporter(written.append)
    plan = Plan((result.job,) * 3, ())
    reporter.started(plan)
    reporter.result(result)
    reporter.finished(1.0, is_complete=False)
    last = '{"incomplete":{"planned":3,"replays":1}}'
    assert written == [result_line(result), last]
    assert last.startswith(OPENINGS[1])
    assert json_lines(plan, [result]).splitlines() == written


def heard(text: str, value: float = 0.0) -> Result:
    """Return a result in which something else was heard."""
    result = results()["polite"]
    assert result.transcript
    [turn, *_] = result.transcript.turns
    [reply] = turn.replies
    turn = replace(turn, replies=(replace(reply, text=text, data={"n": value}),))
    return replace(result, transcript=replace(result.transcript, turns=(turn,)))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_are_texts(number: str) -> None:
    """Every reader of JSON can read a line, also where a skill speaks NaN."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    found = json.loads(result_line(heard("hi", float(number))), parse_constant=refuse)
    [turn] = found["transcript"]["turns"]
    assert turn["replies"][0]["data"] == {"n": number}


def test_a_result_is_one_line_for_every_reader() -> None:
    """Nothing in a line ends it, controls a terminal or cannot be encoded."""
    text = "a\u2028b\u2029c\x85d\x9be\u202ef\ud800g é"
    line = result_line(heard(text))
    assert line.splitlines() == [line]
    assert line.encode().decode() == line
    assert r"a\u2028b\u2029c\u0085d\u009be\u202ef\\ud800g é" in line
    [turn] = json.loads(line)["transcript"]["turns"]
    assert turn["replies"][0]["text"] == text.replace("\ud800", r"\ud800")
