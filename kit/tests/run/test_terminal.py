"""Tests of a run on a terminal."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from support.results import ERROR, results

from ovos_dialogue_kit.errors import AssistantError, KitError
from ovos_dialogue_kit.render.lines import Line, plain
from ovos_dialogue_kit.replayer.transcript import Transcript
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.run.terminal import (
    SummaryReporter,
    TerminalReporter,
    is_nothing_replayed,
    run_summary,
)


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
    """A passed dialogue shows what was said and heard, and the skipped turns."""
    assert told(results()["polite"]) == dedent("""\
        polite [hello, padacioso]  a.dialogue.yaml:3
          kitchen  "hello"  -> "HELLO"
          bedroom  "bye"    skipped: nobody leaves
        """)


def test_failed() -> None:
    """A failed dialogue shows its first mismatch in full, the others in one line."""
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
    """A skipped dialogue shows the reason."""
    title = "later [padacioso]  a.dialogue.yaml:12  skipped: not today\n"
    assert told(results()["later"]) == title


def test_a_reason_for_skipping_is_told_once() -> None:
    """A reason to skip is shown once, with ``verbose`` for every dialogue."""
    later = results()["later"]
    assert told(later, later) == told(later)
    assert told(later, later, verbose=True) == f"{told(later)}\n{told(later)}"


def test_xfailed() -> None:
    """An expected failure shows the reason."""
    assert told(results()["known"]) == dedent("""\
        known [padacioso]  a.dialogue.yaml:15  xfailed: deaf
          kitchen  "hi"  -> "HI"
        """)


def test_xpassed() -> None:
    """A dialogue that passes although it is marked says so."""
    assert told(results()["cured"]) == dedent("""\
        cured [padacioso]  a.dialogue.yaml:20  xpassed: deaf
          kitchen  "hi"  -> "HI"
        """)


def test_broken() -> None:
    """A broken dialogue shows the error, and its whole text the first time only."""
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
    """An error without a hint is shown each time."""
    found = results(AssistantError("the bus is gone"))
    assert told(found["loud"], found["cured"], quiet=True) == dedent("""\
        a.dialogue.yaml:7:1: "loud": the bus is gone

        a.dialogue.yaml:20:1: "cured": the bus is gone
        """)


def test_quiet() -> None:
    """``quiet`` shows only failures."""
    found = results()
    assert told(found["polite"], found["later"], found["known"], quiet=True) == ""
    assert told(found["loud"], quiet=True).startswith("a.dialogue.yaml:8:7: turn 1")


def with_message(result: Result) -> Result:
    transcript = result.transcript
    assert isinstance(transcript, Transcript)
    turn = replace(transcript.turns[0], messages=({"type": "x.y", "data": {"n": 1}},))
    return replace(result, transcript=replace(transcript, turns=(turn,)))


def test_verbose() -> None:
    """``verbose`` shows the bus messages; those of the device are marked."""
    assert told(with_message(results()["cured"]), verbose=True) == dedent("""\
        cured [padacioso]  a.dialogue.yaml:20  xpassed: deaf
          kitchen  "hi"  -> "HI"
            x.y {n: 1}  (of default)
        """)


def test_verbose_failure() -> None:
    """``verbose`` shows all mismatches in full."""
    assert told(results()["loud"], verbose=True).splitlines()[-3:] == [
        'a.dialogue.yaml:10:7: turn 2, kitchen "hi": heard a different reply',
        '  expected  "ho"',
        '  heard     "HI"',
    ]


def test_styles() -> None:
    """What went wrong and where it did stand out, all else of a title is quiet."""
    found, broken = results(), results(ERROR)
    shown: list[Line] = []
    reporter = TerminalReporter(shown.extend, quiet=False, verbose=False)
    for result in (found["cured"], found["later"], broken["polite"], broken["loud"]):
        reporter.result(result)
    assert [[style for style, _ in line] for line in shown] == [
        *(["", "quiet", "quiet", "quiet"], ["", "quiet", "heard"], []),
        *(["", "quiet", "quiet", "quiet"], []),
        *(["", "quiet", "problem"], ["place", "", "problem"], ["quiet"], ["quiet"], []),
        *(["", "quiet", "problem"], ["place", "", "problem"], ["quiet"], []),
    ]


def test_what_a_skill_wrote_is_shown_where_it_failed() -> None:
    """A dialogue that passes shows it only verbosely."""
    written = "    prints  hm"
    for name, is_shown in (("loud", True), ("cured", False)):
        result = results()[name]
        transcript = result.transcript
        assert isinstance(transcript, Transcript)
        turns = (replace(transcript.turns[0], words=(("prints", "hm"),)),)
        result = replace(result, transcript=replace(transcript, turns=turns))
        assert (written in told(result).splitlines()) == is_shown
        assert told(result, verbose=True).splitlines()[2] == written


def test_summary() -> None:
    """Counts have a fixed order, and those of zero are left out."""
    assert run_summary(list(results().values()), 1.25) == (
        "5 dialogues: 1 passed, 1 failed, 1 skipped, 1 xfailed, 1 xpassed in 1.2 s"
    )


def test_summary_of_variants() -> None:
    """If a dialogue is replayed more than once, both numbers are shown."""
    result = results()["loud"]
    assert (
        run_summary([result, result], 0) == "2 replays of 1 dialogue: 2 failed in 0.0 s"
    )
    fixture = replace(result.job.fixture, script="b.dialogue.yaml")
    other = replace(result, job=replace(result.job, fixture=fixture))
    assert run_summary([result, other], 0) == "2 dialogues: 2 failed in 0.0 s"


def test_the_summary_comes_last() -> None:
    """Problems of committed fixtures come first, the counts last."""
    told: list[str] = []
    reporter = SummaryReporter(told.append)
    reporter.started(Plan((), (KitError("it is stale", hint="run it"),)))
    assert told == ["it is stale\n  run it"]
    reporter.result(results()["polite"])
    reporter.finished(1.0, is_complete=True)
    assert told[1:] == ["1 dialogue: 1 passed in 1.0 s"]


def told_of(*listed: Result) -> list[str]:
    """Return what the summary tells of results."""
    told: list[str] = []
    reporter = SummaryReporter(told.append)
    for result in listed:
        reporter.result(result)
    reporter.finished(1.0, is_complete=True)
    return told


def test_a_missing_engine_is_told_in_the_summary() -> None:
    """The count of its skips stands there, with the reason and the option."""
    missing = Result(
        results()["later"].job, "skipped", reason="no adapt (get it)", lacks_engine=True
    )
    assert told_of(results()["polite"], missing, missing, results()["later"]) == [
        "2 skipped: no adapt (get it); --strict-engines makes that an error",
        "4 replays of 2 dialogues: 1 passed, 3 skipped in 1.0 s",
    ]


def test_a_run_that_replays_nothing_says_why() -> None:
    """All reasons are counted, those of the script, too."""
    assert told_of(results()["later"]) == [
        "1 skipped: not today",
        "nothing was replayed",
        "1 dialogue: 1 skipped in 1.0 s",
    ]
    assert not is_nothing_replayed([])


def test_notes_are_told_once_at_the_start() -> None:
    """What no assistant takes is told before anything is replayed."""
    told: list[str] = []
    note = "requests for media do not reach a.test: pip install x"
    SummaryReporter(told.append).started(Plan((), (), (note,)))
    assert told == [f"note: {note}"]


def test_a_shared_assistant_is_told() -> None:
    """Dialogues on a running bus may depend on each other, so the summary says so."""
    told: list[str] = []
    reporter = SummaryReporter(told.append)
    result = results()["polite"]
    assert result.transcript
    for bus in ("memory", "real", "ws://a/core", "ws://a/core"):
        reporter.result(replace(result, transcript=replace(result.transcript, bus=bus)))
    reporter.finished(1.0, is_complete=True)
    assert told == [
        "all dialogues shared the assistant at ws://a/core",
        "4 replays of 1 dialogue: 4 passed in 1.0 s",
    ]


def test_why_dialogues_boot_for_themselves() -> None:
    """What a boot leaves is told once, because each dialogue takes longer then."""
    told: list[str] = []
    reporter = SummaryReporter(told.append)
    result = results()["polite"]
    assert result.transcript
    left = replace(result.transcript, leftovers=("a process", "an open pipe"))
    fixture = replace(result.job.fixture, skills=("a.test", "b.test"))
    job = replace(result.job, fixture=fixture)
    for transcript in (result.transcript, left, left):
        reporter.result(replace(result, job=job, transcript=transcript))
    reporter.finished(1.0, is_complete=True)
    note = (
        "note: each dialogue of a.test b.test takes a boot of its own, because booting "
        "leaves behind: a process, an open pipe"
    )
    assert told == [
        note,
        "3 replays of 1 dialogue: 3 passed in 1.0 s",
    ]


def test_a_run_that_ends_early() -> None:
    """An interrupted run shows how far it came, and the counts of that part."""
    told: list[str] = []
    result = results()["polite"]
    reporter = SummaryReporter(told.append)
    reporter.started(Plan([result.job] * 3, ()))
    reporter.finished(1.0, is_complete=False)
    reporter.result(result)
    reporter.finished(1.0, is_complete=False)
    assert told == [
        "the run ended early, after 0 of 3 replays",
        "the run ended early, after 1 of 3 replays: 1 passed",
    ]
