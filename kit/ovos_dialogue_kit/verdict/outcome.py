"""Name the outcomes that a dialogue can have, for every front end alike."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

__all__ = ["BAD", "NOT_REPLAYED", "OUTCOMES", "Outcome"]

Outcome: TypeAlias = Literal[
    "passed", "failed", "broken", "skipped", "xfailed", "xpassed"
]
"""broken: no assistant could replay it; xfailed: it failed as expected; xpassed: it
passed although it was expected to fail, which a strict xfail makes ``failed``."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""All outcomes, in the order of summaries."""

BAD: frozenset[Outcome] = frozenset({"failed", "broken"})
"""The outcomes that make a run fail."""

NOT_REPLAYED: frozenset[Outcome] = frozenset({"skipped", "broken"})
"""The outcomes of which there is no transcript."""
