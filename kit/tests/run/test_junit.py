"""Tests of the JUnit XML of a run."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest
from support.actors import Troupe, fixtures
from support.results import ERROR, results

from ovos_dialogue_kit.errors import FixtureError, KitError, Mark
from ovos_dialogue_kit.run.assistants import Assistants
from ovos_dialogue_kit.run.jobs import Result, Settings, jobs_of
from ovos_dialogue_kit.run.junit import OPENING, junit_xml
from ovos_dialogue_kit.run.run_job import run_job
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.visible import visible

SKIPPING = """
skill: a.test
dialogues:
  d:
    - kitchen: bye
      skip: later
    - kitchen: mutter
      expect: ho
"""


def xml(*listed: Result, problems: tuple[KitError, ...] = ()) -> str:
    """Return the file of some results, each of which took half a second."""
    timed = [replace(result, seconds=0.5) for result in listed]
    return junit_xml(Plan((), problems), timed)


def case_of(result: Result) -> ET.Element:
    """Return the only test case of a file, as a parser reads it."""
    found = ET.fromstring(xml(result)).find("testsuite/testcase")  # noqa: S314  # our own
    assert found is not None
    return found


def on_core(result: Result, version: str) -> Result:
    assert result.transcript
    transcript = replace(result.transcript, versions={"ovos-core": version})
    return replace(result, transcript=transcript)


def moved(result: Result, script: str) -> Result:
    """Return the result as that of a dialogue in another script."""
    fixture = replace(result.job.fixture, script=script)
    return replace(result, job=replace(result.job, fixture=fixture))


def test_a_file() -> None:
    """A file has a suite per script and a case per replay with its properties."""
    found = results()
    no_assistant, skipped = (
        moved(each, "skill/test/b.dialogue.yaml")
        for each in (results(ERROR)["loud"], found["later"])
    )
    text = xml(on_core(found["polite"], "2.1.1"), no_assistant, found["loud"], skipped)
    assert text.startswith(OPENING)
    assert text == dedent("""\
        <?xml version="1.0" encoding="utf-8"?>
        <testsuites name="kit replay" tests="4" failures="1" errors="1" skipped="1" \
time="2.000">
          <testsuite name="a.dialogue.yaml" tests="2" failures="1" errors="0" \
skipped="0" time="1.000">
            <testcase classname="a" name="polite[hello-padacioso]" \
file="a.dialogue.yaml" line="3" time="0.500">
              <properties>
                <property name="engine" value="padacioso" />
                <property name="outcome" value="passed" />
                <property name="ovos-core" value="2.1.1" />
              </properties>
            </testcase>
            <testcase classname="a" name="loud[padacioso]" \
file="a.dialogue.yaml" line="7" time="0.500">
              <properties>
                <property name="engine" value="padacioso" />
                <property name="outcome" value="failed" />
              </properties>
              <failure type="reply" message="a.dialogue.yaml:8:7: turn 1, kitchen \
&quot;hi&quot;: heard a different reply">a.dialogue.yaml:8:7: turn 1, kitchen "hi": \
heard a different reply
          expected  "hi"
          heard     "HI"
          fixture   fixtures/loud.json
        a.dialogue.yaml:10:7: turn 2, kitchen "hi": heard a different reply</failure>
              <system-out>loud [padacioso]
          kitchen  "hi"  -&gt; "HI"
          kitchen  "hi"  -&gt; "HI"</system-out>
            </testcase>
          </testsuite>
          <testsuite name="skill/test/b.dialogue.yaml" tests="2" failures="0" \
errors="1" skipped="1" time="1.000">
            <testcase classname="skill.test.b" name="loud[padacioso]" \
file="skill/test/b.dialogue.yaml" line="7" time="0.500">
              <properties>
                <property name="engine" value="padacioso" />
                <property name="outcome" value="broken" />
              </properties>
              <error type="broken" message="the skill &quot;a.test&quot; did not load">\
the skill "a.test" did not load
          Traceback:
          boom</error>
            </testcase>
            <testcase classname="skill.test.b" name="later[padacioso]" \
file="skill/test/b.dialogue.yaml" line="12" time="0.500">
              <properties>
                <property name="engine" value="padacioso" />
                <property name="outcome" value="skipped" />
              </properties>
              <skipped type="skipped" message="not today" />
            </testcase>
          </testsuite>
        </testsuites>
        """)


def test_an_expected_failure_is_skipped() -> None:
    """An expected failure is a skipped case with its reason."""
    found = case_of(results()["known"]).find("skipped")
    assert found is not None
    assert found.attrib == {"type": "xfailed", "message": "deaf"}


def test_what_passes_although_marked_is_passed() -> None:
    """An xfail that passes and is not strict is a passed case."""
    case = case_of(results()["cured"])
    assert [child.tag for child in case] == ["properties"]
    assert case.find("properties/property[@name='outcome']").get("value") == "xpassed"


def test_a_failure_needs_no_transcript() -> None:
    """A failure without a transcript has no output; the first mismatch is its type."""
    loud = replace(results()["loud"], transcript=None)
    first, second = loud.mismatches
    loud = replace(loud, mismatches=(replace(first, kind="stray"), second))
    properties, failure = case_of(loud)
    assert (properties.tag, failure.tag) == ("properties", "failure")
    assert failure.get("type") == "stray"


def test_a_stale_fixture_fails() -> None:
    """A problem of a committed fixture is a failed case of its own."""
    stale = FixtureError("it is stale", Mark("fixtures/a/x.json"), hint="run it")
    root = ET.fromstring(xml(problems=(stale, KitError("odd"))))  # noqa: S314  # our own
    assert root.get("failures") == "2"
    suite = root.find("testsuite")
    assert suite is not None
    assert suite.get("name") == "fixtures"
    assert [case.attrib for case in suite] == [
        {"classname": "fixtures", "name": "fixtures/a/x.json"},
        {"classname": "fixtures", "name": ""},
    ]
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "fixture"
    assert failure.text == "fixtures/a/x.json:1:1: it is stale\n  run it"
    assert failure.get("message") == "fixtures/a/x.json:1:1: it is stale"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00\x1b[31m\x0b\x7f", "\\x00\\x1b[31m\\x0b\\x7f"),
        ("\x9b31m \u202e", "\\x9b31m \\u202e"),
        ("a\rb\r\n", "a\\rb\\r\n"),
        ("\ud800 \udfff \ufffe \uffff", "\\ud800 \\udfff \\ufffe \\uffff"),
        ("<&>\"' ]]> é 天 😀\t\n", "<&>\"' ]]> é 天 😀\\t\n"),
    ],
)
def test_any_text_is_valid_xml(text: str, shown: str) -> None:
    """A parser reads it with escapes where XML needs them, and as on a terminal."""
    result = results(ERROR)["loud"]
    broken = replace(result, error=type(ERROR)(f"x{text}"))
    fixture = replace(broken.job.fixture, dialogue=f"d{text}", script=f"s{text}")
    case = case_of(replace(broken, job=replace(broken.job, fixture=fixture)))
    assert case.get("name") == f"d{shown}[padacioso]"
    assert case.get("file") == f"s{shown}"
    error = case.find("error")
    assert error is not None
    assert error.text == f"x{visible(text)}".replace("\ufffe", r"\ufffe").replace(
        "\uffff", r"\uffff"
    )
    assert xml(result).encode("utf-8")


def test_skipped_turns_of_a_failure() -> None:
    """A failed case shows the turns that were skipped, too, and what a skill wrote."""
    fixture = fixtures(SKIPPING)[0]
    (job,) = jobs_of(fixture, Settings())
    with Assistants(Troupe()) as assistants:
        shown = case_of(run_job(job, assistants, Settings())).findtext("system-out")
    assert shown == (
        'd [padacioso]\n  kitchen  "bye"     skipped: later\n'
        '  kitchen  "mutter"  -> "MUTTER"\n    prints  hm'
    )
