"""Tests of which packages are those of OVOS."""

from __future__ import annotations

import pytest

from ovos_dialogue_kit.ovos_packages import is_of_ovos


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
