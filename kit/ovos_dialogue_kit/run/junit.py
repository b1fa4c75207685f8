"""Report a run as JUnit XML, which CI servers show: a suite for each script.

The format has no one owner; elements and attributes are those that pytest writes
(``xunit1``) and that Jenkins and GitLab read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.render.lines import render_dialogue, render_mismatches
from ovos_dialogue_kit.run.jobs import Result
from ovos_dialogue_kit.run.select import Plan
from ovos_dialogue_kit.visible import visible_lines

__all__ = ["OPENING", "junit_xml"]

OPENING = '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="kit replay"'
"""The text with which every such file of the kit begins."""

_CORE = "ovos-core"

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (2.2), and CR, which a parser would change."""


def junit_xml(plan: Plan, results: Sequence[Result]) -> str:
    """Return the text of a JUnit XML file.

    Each replay is a test case with the file and line of its dialogue, its engine and
    version of ovos-core as properties, and its mismatches as failure; ``broken`` is an
    error, ``xfailed`` a skip. What is wrong with a committed fixture fails a case of
    its own, as it fails the run.
    """
    root = ET.Element("testsuites", name="kit replay")
    by_script: dict[str, list[ET.Element]] = {}
    for result in results:
        by_script.setdefault(result.job.fixture.script, []).append(_case(result))
    for script, cases in by_script.items():
        root.append(_suite(script, cases))
    if plan.problems:
        root.append(_suite("fixtures", map(_fixture_case, plan.problems)))
    _count(root)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'  # begins with OPENING


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=_safe(name))
    suite.extend(cases)
    _count(suite)
    return suite


def _count(element: ET.Element) -> None:
    """Set the numbers of test cases below an element, and their time in seconds."""
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for name, child in (
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        element.set(name, str(sum(case.find(child) is not None for case in cases)))
    seconds = sum(float(case.get("time", "0")) for case in cases)
    element.set("time", f"{seconds:.3f}")


def _case(result: Result) -> ET.Element:
    fixture = result.job.fixture
    script = fixture.script.removesuffix(".dialogue.yaml")
    case = ET.Element(
        "testcase",
        classname=_safe(script.replace("/", ".")),
        name=_safe(result.job.name),
        file=_safe(fixture.script),
        line=str(fixture.line),
        time=f"{result.seconds:.3f}",
    )
    properties = ET.SubElement(case, "properties")
    for name, value in _facts(result).items():
        ET.SubElement(properties, "property", name=name, value=_safe(value))
    _add_outcome(case, result)
    return case


def _facts(result: Result) -> dict[str, str]:
    facts = {"engine": result.job.engine, "outcome": result.outcome}
    versions = result.transcript.versions if result.transcript else {}
    return facts | {name: versions[name] for name in (_CORE,) if name in versions}


def _add_outcome(case: ET.Element, result: Result) -> None:
    """Add the child that says why a case did not pass, if it did not."""
    if result.mismatches:
        text = render_mismatches(result.mismatches, result.job.place)
        _add(case, "failure", text, result.mismatches[0].kind)
        if result.transcript:
            reasons = result.skip_reasons
            heard = render_dialogue(
                result.job.case, result.transcript, reasons, wrong=result.wrong_turns
            )
            ET.SubElement(case, "system-out").text = _safe(heard)
    elif result.error:
        _add(case, "error", str(result.error), result.outcome)
    elif result.outcome in ("skipped", "xfailed"):
        message = _safe(str(result.reason))
        ET.SubElement(case, "skipped", type=result.outcome, message=message)


def _fixture_case(problem: KitError) -> ET.Element:
    """Return a failed case for what is wrong with a committed fixture."""
    path = problem.mark.path if problem.mark else ""
    case = ET.Element("testcase", classname="fixtures", name=_safe(path))
    _add(case, "failure", str(problem), "fixture")
    return case


def _add(case: ET.Element, tag: str, text: str, kind: str) -> None:
    """Add a failure or an error; its message is the first line of the text."""
    first = text.partition("\n")[0]
    child = ET.SubElement(case, tag, type=kind, message=_safe(first))
    child.text = _safe(text)


def _safe(text: str) -> str:
    """Return a text with escapes for what is hidden, and for what XML cannot hold."""
    return _NOT_XML.sub(lambda found: ascii(found[0])[1:-1], visible_lines(text))
