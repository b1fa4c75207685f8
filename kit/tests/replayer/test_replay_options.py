"""Tests of the settings of one replay."""

from __future__ import annotations

import math

import pytest

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.replayer.replay_options import Options, Step

SECONDS = "a number of seconds above 0"
SEED = "a whole number, 0 or above"


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("deadline", -1.0, SECONDS),
        ("deadline", 0.0, SECONDS),
        ("deadline", math.inf, SECONDS),
        ("deadline", math.nan, SECONDS),
        ("order_seed", -1, SEED),
        ("chance_seed", -1, SEED),
    ],
)
def test_what_cannot_be_meant(name: str, value: object, wanted: str) -> None:
    """It is refused when the options are made."""
    with pytest.raises(KitError) as caught:
        Options(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value) == f'"{name}" must be {wanted}, not "{value}"'


def test_options_change_nothing_unless_they_say_so() -> None:
    """The least that is allowed differs from saying nothing."""
    usual = Options()
    assert usual.deadline is usual.order_seed is usual.schedule is None
    assert (usual.traced, usual.outgoing, usual.chance_seed) == (False, False, 0)
    assert not Step(1).overlap
    assert Options(deadline=0.001, order_seed=0, chance_seed=0) != usual
