"""Values of two replays, without what no two replays share."""

from __future__ import annotations

import tempfile

import pytest

from ovos_dialogue_kit.assistant.protocol import HOME_PREFIX
from ovos_dialogue_kit.isolate.judging.comparable import (
    text_without_places,
    timeless,
    without_places,
)
from ovos_dialogue_kit.jsondata import Json

HOME = f"{tempfile.gettempdir()}/{HOME_PREFIX}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HOME}a1_x/b and {HOME}c/d", "~/b and ~/d"),
        ("<A at 0x7f0012ab> 0xffff", "<A at 0x> 0x"),
        ("0xfff is no address, a0x7f0012 none either", None),
        ("nothing here", None),
    ],
)
def test_folders_and_addresses_have_one_name(text: str, expected: str | None) -> None:
    """Each of several in a text, and nothing that only looks like one."""
    assert text_without_places(text) == (expected or text)


def test_places_are_left_out_of_any_value() -> None:
    """Of texts in lists and mappings at any depth; other values stay."""
    value: Json = {"a": [f"{HOME}x", 1, None, {"b": "0x7f0012ab"}], "c": True}
    assert without_places(value) == {"a": ["~", 1, None, {"b": "0x"}], "c": True}


def test_times_are_left_out_of_any_value() -> None:
    """Numbers that only a clock shows, at any depth; smaller ones stay."""
    now = 1_700_000_000
    value: Json = {
        "at": now,
        "from": 1e9,
        "before": 999_999_999.5,
        "list": [now, 2, [float(now), "x"], {"at": now, "n": -5}],
        "text": str(now),
        "yes": True,
        "none": None,
    }
    assert timeless(value) == {
        "before": 999_999_999.5,
        "list": [2, ["x"], {"n": -5}],
        "text": str(now),
        "yes": True,
        "none": None,
    }
    assert timeless(now) == now  # alone, it is the value itself
