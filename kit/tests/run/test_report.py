"""Report a run on a terminal."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from support.results import ERROR, results

from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.render.lines import Line, plain
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.report import SummaryReporter, TerminalReporter, run_summary
from ovos_dialogue_kit.run.select import Plan


def told(*listed: Result, quiet: bool = False, verbose: bool = False) -> str:
    """Return what a reporter shows of results, one after another."""
    shown: list[Line] = []
    reporter = TerminalReporter(shown.extend, quiet=quiet, verbose=verbose)
    reporter.started(Plan((), ()))
    for result in listed:
        reporter.result(result)
    reporter.finished(1.0, is_complete=True)
    return plain(shown)


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
        a.dialogue.yaml:8:7: turn 1, kitchen "hi": heard a different reply
          expected  "hi"
          heard     "HI"
          fixture   fixtures/loud.json
        a.dialogue.yaml:10:7: turn 2, kitchen "hi": heard a different reply
        """)


def test_skipped() -> None:
    """What was skipped says why."""
    assert told(results()["later"]) == "later [padacioso]  skipped: not today\n"


def test_a_reason_for_skipping_is_told_once() -> None:
    """Many dialogues skipped for one reason are one line, and with -v a line each."""
    later = results()["later"]
    assert told(later, later) == told(later)
    assert told(later, later, verbose=True) == f"{told(later)}\n{told(later)}"


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
    assert told(found["polite"], found["later"], found["known"], quiet=True) == ""
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
    assert run_summary(list(results().values()), 1.25) == (
        "5 dialogues: 1 passed, 1 failed, 1 skipped, 1 xfailed, 1 xpassed in 1.2 s"
    )


def test_summary_of_variants() -> None:
    """Where a dialogue is replayed more than once, both numbers are told."""
    result = results()["loud"]
    assert (
        run_summary([result, result], 0) == "2 replays of 1 dialogue: 2 failed in 0.0 s"
    )


def test_the_summary_comes_last() -> None:
    """Problems of committed fixtures come first, the counts when the run is over."""
    told: list[str] = []
    reporter = SummaryReporter(told.append)
    reporter.started(Plan((), (KitError("it is stale", hint="run it"),)))
    assert told == ["it is stale\n  run it"]
    reporter.result(results()["polite"])
    reporter.finished(1.0, is_complete=True)
    assert told[1:] == ["1 dialogue: 1 passed in 1.0 s"]


def test_an_interrupted_run_has_no_summary() -> None:
    """Counts of a part of the dialogues would look like those of all."""
    told: list[str] = []
    SummaryReporter(told.append).finished(1.0, is_complete=False)
    assert told == []
