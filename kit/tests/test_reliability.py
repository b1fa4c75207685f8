"""The page about reliability: each row has a test, and says what that asserts."""

from __future__ import annotations

import re

import pytest
from support.misdeeds import MISDEEDS, Misdeed
from support.places import ROOT, TESTS

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!---)(.*) \|$", PAGE, re.MULTILINE)
NAMED = {name: row for row in ROWS for name in re.findall(r"\| `([\w/.:]+)`$", row)}
"""The rows by the tests that they name; of several that name one, the last."""


def test_each_misdeed_has_a_row() -> None:
    """Nothing that is tried is missing on the page, and no row is without a test."""
    named = {name for name in NAMED if "." not in name}
    assert named == {misdeed.name for misdeed in MISDEEDS}


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=lambda misdeed: misdeed.name)
def test_each_row_says_what_is_shown(misdeed: Misdeed) -> None:
    """The words of a crash are those that its test expects."""
    row = NAMED[misdeed.name]
    shown = re.findall(r"`([^`]*)`", row.split(" | ")[1])
    if misdeed.crash:
        assert re.fullmatch(misdeed.crash, shown[0])
    if misdeed.fault:
        assert f"the failure: `{misdeed.fault}`" in row
    assert (misdeed.line is not None) == ("the skill's line" in row)


def test_each_row_has_a_test() -> None:
    """Every row of a table with a column of tests names one there."""
    tables = re.findall(r"\| test \|\n\|---.*\n((?:\|.*\n)+)", PAGE)
    rows = [row for table in tables for row in table.splitlines()]
    assert [row for row in rows if not re.search(r"\| `[\w/.:]+` \|$", row)] == []
    assert len(rows) > len(MISDEEDS)


@pytest.mark.parametrize("name", [name for name in NAMED if "." in name])
def test_the_test_of_a_row_exists(name: str) -> None:
    """It is a function of a file, or a file of them."""
    path, _, function = name.partition("::")
    begins = f"def {function}(" if function else "def test_"
    assert begins in (TESTS / path).read_text(encoding="utf-8")
