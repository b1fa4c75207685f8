"""Pair expected replies with those that were heard, in any order.

A reply may fulfil several expectations, and each may stand for only one of them, so
that taking the first that fits is not enough: this is a bipartite matching, found with
augmenting paths.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["pair_replies"]


def pair_replies(fitting: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return as many pairs as possible: the index of a reply for each expected one.

    Args:
        fitting: for each expected reply, the indices of those heard that fulfil it.

    """
    pairs: dict[int, int] = {}
    taken: dict[int, int] = {}
    for start in range(len(fitting)):
        came: dict[int, int] = {}
        heard = _free_reply(start, fitting, taken, came)
        while heard is not None:
            expected = came[heard]
            previous = pairs.get(expected)
            pairs[expected], taken[heard] = heard, expected
            heard = previous
    return pairs


def _free_reply(
    start: int,
    fitting: Sequence[Sequence[int]],
    taken: dict[int, int],
    came: dict[int, int],
) -> int | None:
    """Return a reply without a partner, reached by giving others a new partner.

    ``came`` gets the expected reply from which each reply was reached.
    """
    queue = [start]
    for expected in queue:
        for heard in fitting[expected]:
            if heard in came:
                continue
            came[heard] = expected
            if heard not in taken:
                return heard
            queue.append(taken[heard])
    return None
