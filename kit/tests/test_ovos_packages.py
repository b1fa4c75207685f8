"""Tests of which packages are those of OVOS."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.ovos_packages import (
    is_file_of_ovos,
    is_named_like_ovos,
    is_of_ovos,
)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("ovos_core.intent_services", True),
        ("ovos_plugin_manager", True),
        ("mycroft.skills", True),
        ("pyee", True),
        ("adapt.engine", True),
        ("adaptable", False),
        ("ovos_skill_repeater", False),
        ("skill_ovos_weather.rain", False),
        ("requests", False),
        ("", False),
    ],
)
def test_packages(module: str, expected: bool) -> None:  # noqa: FBT001  # a table
    """Engines and libraries count, skills of the same project do not."""
    assert is_of_ovos(module) is expected


def test_skills_of_the_same_projects_have_like_names() -> None:
    """They are imported again with OVOS."""
    assert is_named_like_ovos("ovos_skill_repeater")
    assert not is_named_like_ovos("skill_ovos_weather")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/usr/lib/python3/dist-packages/ovos_core/a.py", True),
        ("/x/site-packages/ovos_plugin_manager/b/a.py", True),
        ("/x/site-packages/padacioso/a.py", True),
        ("/home/me/ovos-workshop/ovos_workshop/skills/a.py", True),
        ("/home/me/ovos_things/my_skill/a.py", False),
        ("/x/site-packages/ovos_skill_radio/a.py", False),
        ("/x/site-packages/requests/a.py", False),
        ("a.py", False),
    ],
)
def test_files(path: str, expected: bool) -> None:  # noqa: FBT001  # a table
    """OVOS may be installed, or checked out beside a skill."""
    assert is_file_of_ovos(path) is expected
