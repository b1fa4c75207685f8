"""Tests that the shortcuts give the same results as what they replace."""

from __future__ import annotations

import inspect

from ovos_dialogue_kit.assistant.core.shortcuts import _stack


def test_the_stack_is_the_stack() -> None:
    """The frames are those of ``inspect.stack``, in its order."""

    def inner(argument: str) -> bool:
        slow = [record.frame for record in inspect.stack()]
        fast = [record.frame for record in _stack()]
        assert inspect.getargvalues(fast[0]).locals["argument"] == argument
        return slow == fast

    assert inner("x")
