"""Kit and model agree; ``tox -e model`` tries all combinations."""

from __future__ import annotations

from collections import Counter

import pytest
from model import combinations
from model.dialogues import disagreements_of_dialogues
from model.expectations import disagreements_of_turns
from model.overlaps import disagreements_of_overlaps

pytestmark = pytest.mark.long


def test_expectations() -> None:
    """Of some expectations and turns, the kit says what the page says."""
    tried: Counter[str] = Counter()
    assert list(disagreements_of_turns(127, tried)) == []
    assert tried["combinations"] > 3_000


def test_outcomes() -> None:
    """Of some marks and courses of turns, the kit says what the page says."""
    tried: Counter[str] = Counter()
    assert list(disagreements_of_dialogues(193, tried)) == []
    assert tried["combinations"] > 1_500


def test_overlaps() -> None:
    """Replies and intents belong to the turns that the page says."""
    tried: Counter[str] = Counter()
    assert list(disagreements_of_overlaps(97, tried)) == []
    assert tried["combinations"] > 700


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command counts combinations, and is green without disagreements."""
    assert combinations.main(["--every", "499"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "disagreements" in line] == [
        "expectations: 259 combinations, 0 disagreements",
        "marks: 1,466 combinations, 0 disagreements",
        "overlaps: 141 combinations, 0 disagreements",
    ]
