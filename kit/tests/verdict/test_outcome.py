"""Tests of the outcomes that a dialogue can have."""

from __future__ import annotations

from ovos_dialogue_kit.verdict.outcome import BAD, NOT_REPLAYED, OUTCOMES


def test_each_outcome_is_good_or_bad_and_replayed_or_not() -> None:
    """Only a failure and what is broken make a run fail; what is skipped does not."""
    known = {each: (each in BAD, each not in NOT_REPLAYED) for each in OUTCOMES}
    assert known == {
        "passed": (False, True),
        "failed": (True, True),
        "broken": (True, False),
        "skipped": (False, False),
        "xfailed": (False, True),
        "xpassed": (False, True),
    }
