"""Results in words for a person, and as JSON for machines."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from textwrap import dedent

from support.actors import Troupe, fixtures

from ovos_dialogue_kit.errors import AssistantError
from ovos_dialogue_kit.fixture.serialize import fixture_to_json
from ovos_dialogue_kit.render.lines import plain
from ovos_dialogue_kit.replayer.options import Options
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run import result_json
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.report import Report, summary
from ovos_dialogue_kit.run.run import run

SCRIPT = """\
skill: a.test
dialogues:
  polite:
    - kitchen: (hi|hello)
    - bedroom: bye
      skip: nobody leaves
  loud:
    - kitchen: hi
      expect: hi
    - kitchen: hi
      expect: ho
  later:
    skip: not today
    turns: [kitchen: hi]
  known:
    xfail: {reason: deaf, strict: false}
    turns:
      - kitchen: hi
        expect: hi
  cured:
    xfail: {reason: deaf, strict: false}
    turns:
      - kitchen: hi
        expect: HI
"""

ERROR = AssistantError('the skill "a.test" did not load', hint="Traceback:\n  boom")


def results(error: AssistantError | None = None) -> dict[str, Result]:
    """Return the last result of each dialogue."""
    settings = Settings(options=Options())
    troupe = Troupe({"padacioso": error} if error else {})
    with Assistants(troupe) as assistants:
        return {
            fixture.dialogue: run(job, assistants, settings)
            for fixture in fixtures(SCRIPT)
            for job in jobs_of(fixture, settings, f"fixtures/{fixture.dialogue}.json")
        }


def told(*listed: Result, quiet: bool = False, verbose: bool = False) -> str:
    report = Report(quiet=quiet, verbose=verbose)
    return "\n".join(plain(report.lines(result)) for result in listed)


def test_passed() -> None:
    """What passed is shown as it was said and heard, with the turns left out."""
    assert told(results()["polite"]) == dedent("""\
        polite [hello, padacioso]
          kitchen  "hello"  -> "HELLO"
          bedroom  "bye"  skipped: nobody leaves
        """)


def test_failed() -> None:
    """What failed is shown, then the first mismatch in full, the others in a line."""
    assert told(results()["loud"]) == dedent("""\
        loud [padacioso]  failed
          kitchen  "hi"  -> "HI"
          kitchen  "hi"  -> "HI"
        a.dialogue.yaml:8:7: turn 1, kitchen "hi": heard another reply
          expected  "hi"
          heard     "HI"
          fixture   fixtures/loud.json
        a.dialogue.yaml:10:7: turn 2, kitchen "hi": heard another reply
        """)


def test_skipped() -> None:
    """What was skipped says why."""
    assert told(results()["later"]) == "later [padacioso]  skipped: not today\n"


def test_a_reason_for_skipping_is_told_once() -> None:
    """Many dialogues skipped for one reason are one line, and with -v a line each."""
    later = results()["later"]
    report = Report()
    assert report.lines(later)
    assert report.lines(later) == []
    report = Report(verbose=True)
    assert report.lines(later) == report.lines(later) != []


def test_xfailed() -> None:
    """What failed as announced says why."""
    assert told(results()["known"]) == dedent("""\
        known [padacioso]  xfailed: deaf
          kitchen  "hi"  -> "HI"
        """)


def test_xpassed() -> None:
    """What passed although it need not says so."""
    assert told(results()["cured"]) == dedent("""\
        cured [padacioso]  xpassed: deaf
          kitchen  "hi"  -> "HI"
        """)


def test_broken() -> None:
    """What had no assistant says why; the whole story is told once."""
    found = results(ERROR)
    assert told(found["polite"], found["loud"]) == dedent("""\
        polite [hello, padacioso]  broken
        a.dialogue.yaml:3:1: "polite": the skill "a.test" did not load
          Traceback:
            boom

        loud [padacioso]  broken
        a.dialogue.yaml:7:1: "loud": the skill "a.test" did not load
          the same error as above
        """)


def test_broken_without_a_hint() -> None:
    """An error that says it all is as short each time."""
    found = results(AssistantError("the bus is gone"))
    assert told(found["loud"], found["cured"], quiet=True) == dedent("""\
        a.dialogue.yaml:7:1: "loud": the bus is gone

        a.dialogue.yaml:20:1: "cured": the bus is gone
        """)


def test_quiet() -> None:
    """Who wants it quiet hears only of what went wrong."""
    found = results()
    assert told(found["polite"], found["later"], found["known"], quiet=True) == "\n\n"
    assert told(found["loud"], quiet=True).startswith("a.dialogue.yaml:8:7: turn 1")


def with_message(result: Result) -> Result:
    transcript = result.transcript
    assert isinstance(transcript, Transcript)
    turn = replace(transcript.turns[0], messages=({"type": "x.y", "data": {"n": 1}},))
    return replace(result, transcript=replace(transcript, turns=(turn,)))


def test_verbose() -> None:
    """Who asks for them sees the bus messages."""
    assert told(with_message(results()["cured"]), verbose=True) == dedent("""\
        cured [padacioso]  xpassed: deaf
          kitchen  "hi"  -> "HI"
            x.y {n: 1}
        """)


def test_summary() -> None:
    """The counts come in one order, without those that are nothing."""
    assert summary(list(results().values()), 1.25) == (
        "5 dialogues: 1 passed, 1 failed, 1 skipped, 1 xfailed, 1 xpassed in 1.2 s"
    )


def test_summary_of_variants() -> None:
    """Where a dialogue is replayed more than once, both numbers are told."""
    result = results()["loud"]
    assert summary([result, result], 0) == "2 replays of 1 dialogue: 2 failed in 0.0 s"


def test_json_of_a_failure() -> None:
    """A result is one line of JSON: its outcome, what was wrong, the transcript."""
    result = results()["loud"]
    text = result_json.dumps(result)
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
                "problem": "heard another reply",
                "turn": 0,
            },
            {
                "at": "a.dialogue.yaml:10:7",
                "kind": "reply",
                "problem": "heard another reply",
                "turn": 1,
            },
        ],
    }


def test_json_of_a_strict_xfail() -> None:
    """A mismatch of the dialogue as a whole has no turn."""
    script = SCRIPT.replace(", strict: false", "")
    fixture = next(each for each in fixtures(script) if each.dialogue == "cured")
    (job,) = jobs_of(fixture, Settings())
    with Assistants(Troupe()) as assistants:
        found = json.loads(result_json.dumps(run(job, assistants, Settings())))
    assert found["mismatches"] == [
        {
            "at": "a.dialogue.yaml:21:12",
            "kind": "xfail",
            "problem": 'passes, though marked xfail: "deaf"',
        }
    ]


def test_json_of_a_skip() -> None:
    """What is not there has no key."""
    assert result_json.dumps(results()["later"]) == (
        '{"case":"","dialogue":"later","engine":"padacioso","outcome":"skipped",'
        '"reason":"not today","script":"a.dialogue.yaml"}'
    )


def test_json_of_an_error() -> None:
    """What had no assistant says why."""
    found = json.loads(result_json.dumps(results(ERROR)["loud"]))
    assert found["error"] == 'the skill "a.test" did not load\n  Traceback:\n  boom'
