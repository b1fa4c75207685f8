"""Notes on what a run leaves out; ``test_device`` has one of each kind."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.assistant.device import LeftOut
from ovos_dialogue_kit.render.left_out import left_out_notes


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (1, "s0"),
        (2, "s0 and s1"),
        (4, "s0, s1, s2 and s3"),
        (5, "s0, s1, s2 and 2 others"),
    ],
)
def test_one_note_is_for_many_skills(number: int, names: str) -> None:
    """Each skill is named once, and of many only the first three."""
    skills = [f"s{index}" for index in range(number)]
    found = [LeftOut("media", "it", skill) for skill in skills * 2]
    note = f"requests for media do not reach {names}: pip install it"
    assert left_out_notes(found) == [note]


def test_each_thing_has_a_note() -> None:
    """It says what the skills lack, and the command that helps."""
    kinds = ("padatious", "keywords", "common_query", "media")
    assert left_out_notes(LeftOut(kind, f"for-{kind}", "s") for kind in kinds) == [
        (
            "padatious is installed, but is not used unless it is named: --engine "
            "padatious (in pytest: --kit-engine padatious)"
        ),
        "the keyword intents of s need Adapt: pip install for-keywords",
        "common queries do not reach s: pip install for-common_query",
        "requests for media do not reach s: pip install for-media",
    ]
