"""Kit and model tell the same of some cells; ``tox -e model`` tries many more."""

from __future__ import annotations

from collections import Counter

import pytest
from model import matrices
from model.matrices import disagreements_of_matrices

pytestmark = pytest.mark.long


def test_matrices() -> None:
    """Of random cells, the kit tells what its page says."""
    tried: Counter[str] = Counter()
    assert [] == list(disagreements_of_matrices(range(300), tried))
    assert 300 == tried["combinations"]


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints how much was tried, and ends with 0 if all agree."""
    assert 0 == matrices.main(["20"])
    assert "matrices: 20 tried, 0 disagreements" in capsys.readouterr().out
