"""Trials: whether a difference is a leak or chance, and how certain that is."""

from __future__ import annotations

from math import comb
from random import Random

import pytest

from ovos_dialogue_kit.isolate.judging.trial import (
    LEVEL,
    RULES,
    SHUFFLED,
    Evidence,
    Pair,
    StoppingRules,
    tried,
)


def test_a_difference_that_is_always_there_is_a_leak() -> None:
    """One value always in company and another always alone are a leak after 13 seeds.

    The probability is that of Fisher's exact test: 1 in 10,400,600.
    """
    evidence = tried(("b", "a"), lambda _: ("b", "a"))
    assert Evidence("leak", 13, 13, 0, probability=1 / comb(26, 13)) == evidence
    assert evidence.probability < LEVEL


def test_a_value_that_is_always_there_alone_and_never_in_company() -> None:
    """A random value in company is a leak, if the session alone hears another one."""
    evidence = tried(("0", "a"), lambda number: (str(number), "a"))
    assert ("leak", 0, 13, True) == (
        evidence.kind,
        evidence.company,
        evidence.alone,
        evidence.is_absent,
    )


def test_a_difference_that_never_comes_again_costs_two_seeds() -> None:
    """Random numbers that are never the same are chance after two seeds."""
    asked: list[int] = []

    def again(number: int) -> Pair:
        asked.append(number)
        return number, -number

    assert Evidence("chance", 2) == tried((0, 0), again)
    assert [1, 2] == asked


def test_a_difference_that_is_there_often_takes_more_seeds() -> None:
    """A value in most replays in company and in none alone is a leak, with more seeds.

    13 seeds are not enough to be certain of it.
    """
    evidence = tried(("b", "a"), lambda number: ("b" if number % 5 else "a", "a"))
    assert ("leak", RULES.looks[1]) == (evidence.kind, evidence.seeds)
    assert evidence.probability <= LEVEL / 4


def test_what_cannot_be_decided() -> None:
    """A value that is a little more frequent in company is neither leak nor chance."""
    evidence = tried(
        ("b", "a"), lambda number: ("b" if number % 2 else "c", "a" * number)
    )
    assert Evidence("undecided", RULES.looks[-1]) == evidence


@pytest.mark.parametrize(
    ("looks", "times", "expected"),
    [
        ((11,), 11, ("undecided", 11)),  # 1.4e-6
        ((12,), 12, ("leak", 12)),  # 3.7e-7
        ((12, 13), 13, ("leak", 13)),  # 9.6e-8, and half as much is allowed
        ((15,), 13, ("undecided", 15)),  # 8.8e-7
    ],
)
def test_all_looks_together_are_wrong_once_in_a_million(
    looks: tuple[int, ...], times: int, expected: tuple[str, int]
) -> None:
    """Each look, at either value, has its share of the probability of an error."""
    found = tried(
        ("b", "a"), lambda n: ("b" if n <= times else "c", "d"), StoppingRules(looks)
    )
    assert (found.kind, found.seeds) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, ("chance", 8)),
        (2, ("chance", 13)),
        (4, ("chance", 26)),
        (5, ("undecided", 26)),
        (8, ("undecided", 52)),
        (13, ("leak", 13)),
    ],
)
def test_where_listeners_are_shuffled_less_is_given_up(
    times: int, expected: tuple[str, int]
) -> None:
    """A value that is there in the first replays only needs more of them."""
    found = tried(("b", "a"), lambda n: ("b" if n <= times else "c", "a" * n), SHUFFLED)
    assert (found.kind, found.seeds) == expected


@pytest.mark.parametrize(
    ("rules", "rarely", "every_other_time"),
    [
        (RULES, ("leak", 26), ("undecided", 26)),
        (SHUFFLED, ("leak", 26), ("leak", 52)),
    ],
)
def test_what_is_missing_sometimes_is_decided_later(
    rules: StoppingRules, rarely: tuple[str, int], every_other_time: tuple[str, int]
) -> None:
    """At the second look if it is missing once, at the third if every other time."""
    once = tried(("b", "a"), lambda n: ("b" if n > 1 else "c", "a" * n), rules)
    often = tried(("b", "a"), lambda n: ("b" if n % 2 else "c", "a" * n), rules)
    assert (once.kind, once.seeds) == rarely
    assert (often.kind, often.seeds) == every_other_time


def test_what_needs_no_seeds_has_none() -> None:
    """Such evidence is of no replays, and chance could explain it."""
    assert Evidence("leak") == Evidence("leak", 0, 0, 0, probability=1.0)


def test_the_last_look_is_the_end() -> None:
    """No more seeds are tried than the rules say."""
    asked: list[int] = []

    def again(number: int) -> Pair:
        asked.append(number)
        return ("b" if number % 2 else "c"), ("b" if number == 3 else f"d{number}")

    assert tried(("b", "a"), again, StoppingRules((3, 5, 8))).seeds == 8
    assert asked == [*range(1, 9)]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, Evidence("chance", 4)),
        (3, Evidence("chance", 8)),
        (6, Evidence("undecided", 13)),
        (13, Evidence("leak", 13, 13, 0, probability=1 / comb(26, 13))),
    ],
)
def test_what_is_far_from_clear_is_given_up(times: int, expected: Evidence) -> None:
    """A value a few times in company and never alone is not worth more seeds."""
    found = tried(("b", "a"), lambda n: ("b" if n <= times else "c", "a" * n))
    assert expected == found


@pytest.mark.parametrize(("rules", "often"), [(RULES, 0.9), (SHUFFLED, 0.6)])
def test_a_leak_that_is_there_often_is_not_given_up(
    rules: StoppingRules, often: float
) -> None:
    """Hardly any leak is given up that so many seeds could have decided."""
    chance = Random(1)  # noqa: S311  # not secret

    def pair(_: int) -> Pair:
        return "b" if chance.random() < often else "a", "a"

    def leaks(chosen: StoppingRules) -> int:
        found = (tried(("b", "a"), pair, chosen) for _ in range(400))
        return sum(evidence.kind == "leak" for evidence in found)

    assert leaks(rules) >= 0.97 * leaks(StoppingRules(rules.looks)) > 0


@pytest.mark.parametrize("sides", [2, 6, 40])
def test_a_die_is_no_leak(sides: int) -> None:
    """Whatever a die has shown first, 2,000 further trials of it find no leak."""
    chance = Random(sides)  # noqa: S311  # not secret

    def roll() -> bool:
        return chance.randrange(sides) == 0

    verdicts = [tried((True, False), lambda _: (roll(), roll())) for _ in range(2000)]
    assert "leak" not in {evidence.kind for evidence in verdicts}
