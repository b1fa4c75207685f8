"""Tests of the limits of a fork."""

from __future__ import annotations

import resource

import pytest

from ovos_dialogue_kit.assistant.process.forked import limits_within

GIGABYTE = 1 << 30
NONE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "limits"),
    [
        (NONE, NONE, (3 * GIGABYTE, NONE)),
        (NONE, 9 * GIGABYTE, (3 * GIGABYTE, 9 * GIGABYTE)),
        (NONE, 2 * GIGABYTE, (2 * GIGABYTE, 2 * GIGABYTE)),
        (2 * GIGABYTE, NONE, (2 * GIGABYTE, 2 * GIGABYTE)),
        (8 * GIGABYTE, 9 * GIGABYTE, (3 * GIGABYTE, 8 * GIGABYTE)),
    ],
)
def test_limits_of_memory(soft: int, hard: int, limits: tuple[int, int]) -> None:
    """A fork may use two gigabytes more, but never more than its user may."""
    assert limits_within(3 * GIGABYTE, soft, hard) == limits
