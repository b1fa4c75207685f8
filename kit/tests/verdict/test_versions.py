"""Tests of which marks apply to the installed versions."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import pytest
from support.conversation import xfail
from support.dialogues import dialogue

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.script.model import RunMarks
from ovos_dialogue_kit.verdict.versions import (
    is_installed,
    named_versions,
    skip_reason,
    xfail_applies,
)

CORE = {"ovos_core": "2.1.1", "ovos-workshop": "8.0.0a2", "python": "3.11.4"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("ovos-core <3", True),
        ("ovos-core <2", False),
        ("ovos-core >=2.0,<2.1.1", False),
        ("Ovos_Core==2.1.*", True),
        ("ovos-core", True),
        ("ovos-workshop >=7.0", True),
        ("ovos-workshop >=8.0.0a1", True),
        ("ovos-workshop >=8", False),
        ("python <3.12", True),
        ("padatious >=0", False),
        ("padatious", False),
    ],
)
def test_a_condition_is_about_installed_versions(when: str, expected: bool) -> None:  # noqa: FBT001
    """Pre-releases count; a distribution that is not installed never applies."""
    assert is_installed(when, CORE) is expected


@pytest.mark.parametrize("when", ["", "ovos-core <<1", "<1.0", "ovos core"])
def test_a_condition_of_another_form_is_an_error(when: str) -> None:
    """A condition of another form is an error that shows the form."""
    with pytest.raises(KitError) as error:
        is_installed(when, CORE)
    assert str(error.value) == (
        f'"{when}" does not name a distribution and its versions\n'
        '  write it like "ovos-core >=1.3,<2.0"'
    )


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        (RunMarks(), None),
        (RunMarks(skip="too slow"), "too slow"),
        (RunMarks(skip="too slow", requires={"x": ">1"}), "too slow"),
        (RunMarks(skip=""), ""),
        (RunMarks(requires={"ovos-core": ">=1.3"}), None),
        (
            RunMarks(requires={"ovos-core": ">=1.3", "ovos-workshop": "<8.0.0a1"}),
            "needs ovos-workshop <8.0.0a1, but 8.0.0a2 is installed",
        ),
        (
            RunMarks(requires={"padatious": ">=1"}),
            "needs padatious >=1, but it is not installed",
        ),
    ],
)
def test_a_skip_has_its_reason(marks: RunMarks, reason: str | None) -> None:
    """``skip`` has its own reason; ``requires`` names what is missing."""
    assert reason == skip_reason(marks, CORE)


def test_an_xfail_may_be_for_some_versions() -> None:
    """An xfail without ``when`` applies to all versions."""
    assert not xfail_applies(None, CORE)
    assert xfail_applies(xfail().xfail, CORE)
    assert xfail_applies(xfail(when="ovos-core <3").xfail, CORE)
    assert not xfail_applies(xfail(when="ovos-core <2").xfail, CORE)


def test_versions_are_looked_up_for_what_the_marks_name() -> None:
    """Those of the dialogue and of each turn; one that is not installed has none."""
    fixture = dialogue("a.skill", ("a", "hi"), ("b", "hi"), ("a", "bye"))
    [case] = fixture.cases
    marks = [
        RunMarks(requires={"no-such-thing": ">1", "PyYAML": ">1"}),
        xfail(),
        xfail(when="pytest >1"),
    ]
    turns = [
        replace(turn, marks=each) for turn, each in zip(case.turns, marks, strict=True)
    ]
    case = replace(case, turns=tuple(turns))
    unreadable = RunMarks(xfail=xfail(when="<<").xfail, requires={"click": ">1"})
    assert named_versions(replace(fixture, marks=unreadable), case) == {
        name: version(name) for name in ("click", "PyYAML", "pytest")
    }
