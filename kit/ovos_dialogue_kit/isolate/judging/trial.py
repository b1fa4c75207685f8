"""Decide whether a difference is a leak or chance, by replays with other random seeds.

What a session hears in company and what it hears alone was different once. Chance may
do that, too: a skill rolls dice, or two threads race. So both are replayed again, with
seeds that were not used before. If only chance is at work, it makes no difference which
of these replays were in company. Fisher's exact test says how likely it then is that
the value of the first time is found in company as much more often than alone, or that
alone as much more often than in company, as it was found. If that is next to
impossible, it is a leak. A difference that does not come again costs two seeds, and one
that is far from clear is given up before the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Literal, TypeAlias

__all__ = [
    "LEVEL",
    "RULES",
    "SHUFFLED",
    "Decision",
    "Evidence",
    "Pair",
    "StoppingRules",
    "tried",
]

Decision: TypeAlias = Literal["leak", "chance", "undecided"]

Pair: TypeAlias = "tuple[object, object]"
"""A value that a session has in company, beside the one that it has alone."""

LEVEL = 1e-6
"""The probability at most with which chance alone makes one difference a leak."""

_FEWEST = 2
_LIKELY = 0.05
"""A difference that is given up is undecided if its probability is below that."""


@dataclass(frozen=True, slots=True)
class StoppingRules:
    """Rules for when to decide.

    After ``looks`` seeds it is decided, if possible. ``hopes`` maps a number of seeds
    to the probability above which the difference is given up: one that is a leak in
    most seeds is clearer by then.
    """

    looks: tuple[int, ...]
    hopes: Mapping[int, float] = field(default_factory=dict)


RULES = StoppingRules((13, 26), {4: 0.25, 8: 0.05, 13: 0.005})
"""With 13 seeds, one value always in company and never alone has a probability of
1 in 10,400,600."""

SHUFFLED = StoppingRules((13, 26, 52), {8: 0.25, 13: 0.1, 26: 0.01})
"""For shuffled listeners: there a leak may show in some orders only."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The result of a trial, and its evidence.

    ``company`` and ``alone`` are how many of ``seeds`` replays had the deciding value,
    which is that of the company or, if ``is_absent``, that of the session alone.
    ``probability`` is that of so clear a difference if it were chance.
    """

    kind: Decision
    seeds: int = 0
    company: int = 0
    alone: int = 0
    is_absent: bool = False
    probability: float = 1.0


@dataclass(slots=True)
class _Count:
    """The count of a value where it was found first, and on the other side."""

    value: object
    here: int = 0
    there: int = 0

    def add(self, here: object, there: object) -> None:
        self.here += here == self.value
        self.there += there == self.value

    def probability(self, seeds: int) -> float:
        """Return the probability of ``here`` or more, if both sides were alike."""
        found = self.here + self.there
        ways = (
            comb(found, k) * comb(2 * seeds - found, seeds - k)
            for k in range(self.here, min(found, seeds) + 1)
        )
        return sum(ways) / comb(2 * seeds, seeds)


def tried(
    first: Pair, again: Callable[[int], Pair], rules: StoppingRules = RULES
) -> Evidence:
    """Decide about a difference.

    Args:
        first: the values that were different.
        again: returns the values with another seed, by its number from 1.
        rules: after how many seeds it is decided, or given up.

    """
    company, alone = _Count(first[0]), _Count(first[1])
    enough = LEVEL / (2 * len(rules.looks))
    for seeds in range(1, rules.looks[-1] + 1):
        in_company, by_itself = again(seeds)
        company.add(in_company, by_itself)
        alone.add(by_itself, in_company)
        clearer = min((company, alone), key=lambda each: each.probability(seeds))
        probability = clearer.probability(seeds)
        if seeds in rules.looks and probability <= enough:
            return _leak(clearer, seeds, is_absent=clearer is alone)
        if seeds >= _FEWEST and clearer.here <= clearer.there:
            return Evidence("chance", seeds)
        if probability > rules.hopes.get(seeds, 1.0):
            return Evidence("chance" if probability > _LIKELY else "undecided", seeds)
    return Evidence("undecided", rules.looks[-1])


def _leak(decided: _Count, seeds: int, *, is_absent: bool) -> Evidence:
    here, there = decided.here, decided.there
    return Evidence(
        "leak",
        seeds,
        company=there if is_absent else here,
        alone=here if is_absent else there,
        is_absent=is_absent,
        probability=decided.probability(seeds),
    )
