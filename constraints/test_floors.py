"""Tests of the set that is installed to test the kit's lowest versions."""

import pytest

pytest.importorskip("tomllib", reason="tox -e floors runs on Python 3.11 and newer")

from floors import packages_with_floor, without

PYPROJECT = """
[project]
dependencies = ["click>=8.1", "ovos-core>=0.0.8", "padacioso", "PyYAML>=6"]
optional-dependencies = {html = ["jinja2>=3.1"], test = ["kit[html]"]}
"""


def test_what_has_a_floor() -> None:
    """Requirements by `>=` count, of extras too; OVOS keeps to the set."""
    assert packages_with_floor(PYPROJECT) == {"click", "pyyaml", "jinja2"}


def test_only_what_has_a_floor_is_left_out() -> None:
    """A set keeps all other lines, markers and comments included."""
    pins = ["# a set", "PyYAML==6.0.3", "zipp==4.1.2 ; python_version < '3.12'"]
    assert list(without(pins, {"pyyaml"})) == [pins[0], pins[2]]
