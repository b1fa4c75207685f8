"""Tests that the shortcuts give the same results as OVOS itself."""

from __future__ import annotations

import inspect
from copy import deepcopy
from typing import Any

import pytest
from ovos_utils.json_helper import merge_dict

from ovos_dialogue_kit.assistant.core.shortcuts import _merging, _stack


def test_the_stack_is_the_stack() -> None:
    """The frames are those of ``inspect.stack``, in its order."""

    def inner(argument: str) -> bool:
        slow = [record.frame for record in inspect.stack()]
        fast = [record.frame for record in _stack()]
        assert inspect.getargvalues(fast[0]).locals["argument"] == argument
        return slow == fast

    assert inner("x")


@pytest.mark.parametrize(
    ("base", "delta"),
    [
        ({}, {"a": 1, "b": {"c": []}}),
        ({"a": 1, "b": {"c": 1, "d": {"e": 2}}}, {"b": {"d": {"e": 3, "f": 4}}}),
        ({"a": {"b": 1}}, {"a": None}),
        ({"a": 0}, {"a": {"b": 1}}),
        ({"a": [1]}, {"a": [2], "b": ""}),
    ],
)
def test_settings_are_merged_as_ever(base: Any, delta: Any) -> None:
    """Later settings win, key by key."""
    expected = merge_dict(deepcopy(base), deepcopy(delta))
    assert expected == _merging(merge_dict)(base, delta)


def test_a_part_that_is_taken_over_stays_the_same_one() -> None:
    """OVOS hands out its own lists and mappings, and skills change them."""
    part: dict[str, Any] = {"list": []}
    merged = _merging(merge_dict)({}, {"part": part})
    assert merged["part"] is part
    again = _merging(merge_dict)(merged, {"part": part})
    assert again["part"] is part


def test_another_way_of_merging_is_left_to_ovos() -> None:
    """Only what is done often is done quickly."""
    merged = _merging(merge_dict)({"a": [1]}, {"a": [2]}, merge_lists=True)
    assert {"a": [1, 2]} == merged
