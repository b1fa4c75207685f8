"""Generate schedules: orders in which the turns of several sessions can come.

A schedule keeps each session's own order. All orders are tried if they are few, else a
seeded sample, drawn without listing them all. They alternate with schedules in which
sessions speak before each other's turns have ended, or in which the listeners of a
message are called in another order; a real bus permits both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import TypeAlias

from ovos_dialogue_kit.fixture.model import Case
from ovos_dialogue_kit.isolate.dialogues.speakers import sessions_by_speaker
from ovos_dialogue_kit.replayer.replay_options import Step

__all__ = [
    "Schedule",
    "all_orders",
    "count_orders",
    "explore",
    "orders",
    "own_overlaps",
    "tracks_of",
]

_MOST_OPEN = 4
"""Turns, one after another, that the next one overlaps. A bus client has few threads to
call its listeners: if a handler waits in each, nobody gets the answer it waits for."""

FEW = 250
"""Up to this number, all orders are tried."""

Block: TypeAlias = "tuple[int, ...]"
Order: TypeAlias = "tuple[Block, ...]"
Tracks: TypeAlias = "Mapping[str, tuple[Block, ...]]"
"""The turns of each session in its own order.

Turns that a session takes before its last one has ended stay together, in a block.
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One interleaving of the turns, and the order of the listeners.

    ``order_seed`` shuffles the listeners of each message, and lets them interrupt each
    other between two steps of the skills' code; ``None`` leaves them as they
    subscribed.
    """

    steps: tuple[Step, ...]
    order_seed: int | None = None

    @property
    def turns(self) -> tuple[int, ...]:
        """The indices of the turns, in the order in which they are taken."""
        return tuple(step.turn for step in self.steps)


def tracks_of(case: Case) -> dict[str, tuple[Block, ...]]:
    """Return the turns of each session of a case, in its own order."""
    tracks: dict[str, list[Block]] = {}
    names = sessions_by_speaker(case)
    for index, turn in enumerate(case.turns):
        session = names[turn.session]
        track = tracks.setdefault(session, [])
        before = case.turns[index - 1] if index else None
        if before and before.overlap and names[before.session] == session:
            track[-1] = (*track[-1], index)
        else:
            track.append((index,))
    return {name: tuple(track) for name, track in tracks.items()}


def own_overlaps(case: Case) -> frozenset[int]:
    """Return the turns that the next one of their own session overlaps."""
    blocks = chain.from_iterable(tracks_of(case).values())
    return frozenset(turn for block in blocks for turn in block[:-1])


def count_orders(tracks: Tracks) -> int:
    """Return how many orders there are: 20 for two sessions of three turns each."""
    sizes = [len(track) for track in tracks.values()]
    return math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))


def all_orders(tracks: Tracks) -> Iterator[Order]:
    """Yield every order, the one with the sessions one after another first."""
    if not any(tracks.values()):
        yield ()
    for name, track in tracks.items():
        if track:
            for rest in all_orders({**tracks, name: track[1:]}):
                yield (track[0], *rest)


def orders(tracks: Tracks, random: Random) -> Iterator[Order]:
    """Yield all orders, each once; if they are many, they are drawn and not listed."""
    count = count_orders(tracks)
    if count <= FEW:
        listed = list(all_orders(tracks))
        random.shuffle(listed)
        yield from listed
        return
    seen: set[Order] = set()
    while len(seen) < count:
        order = _draw(tracks, random)
        if order not in seen:
            seen.add(order)
            yield order


def _draw(tracks: Tracks, random: Random) -> Order:
    """Draw an order; each is as likely as any other."""
    names = [name for name, track in tracks.items() for _ in track]
    random.shuffle(names)
    left = {name: iter(track) for name, track in tracks.items()}
    return tuple(next(left[name]) for name in names)


def explore(case: Case, seed: int) -> Iterator[Schedule]:
    """Yield schedules of all turns of a case without end, each one once.

    Plain orders alternate with those in which turns overlap or listeners are shuffled,
    until the plain ones are used up.
    """
    tracks = tracks_of(case)
    plain = (_schedule(order, case) for order in orders(tracks, Random(seed)))  # noqa: S311  # not secret
    others = _overlapping(case, tracks, Random(seed + 1))  # noqa: S311  # not secret
    all_of_them = _alternate(plain, others)
    seen: set[Schedule] = set()
    while True:
        schedule = next(all_of_them)
        if schedule not in seen:
            seen.add(schedule)
            yield schedule


def _alternate(
    plain: Iterator[Schedule], others: Iterator[Schedule]
) -> Iterator[Schedule]:
    for schedule in plain:
        yield schedule
        yield next(others)
    yield from others


def _schedule(
    order: Order,
    case: Case,
    overlaps: Sequence[bool] = (),
    order_seed: int | None = None,
) -> Schedule:
    """Return a schedule; ``overlaps`` is true for blocks that overlap the next one."""
    steps = []
    for number, block in enumerate(order):
        steps += [Step(turn, overlap=True) for turn in block[:-1]]
        overlap = bool(overlaps) and overlaps[number]
        steps.append(Step(block[-1], overlap and can_overlap(case, block[-1])))
    return Schedule(tuple(steps), order_seed)


def can_overlap(case: Case, turn: int) -> bool:
    """Return True if a turn can be open while others are taken; a silence cannot."""
    return case.turns[turn].silence is None


def _overlapping(case: Case, tracks: Tracks, random: Random) -> Iterator[Schedule]:
    """Yield random schedules without end; half of them shuffle the listeners."""
    while True:
        order = _draw(tracks, random)
        overlaps = _overlaps(case, order, random)
        order_seed = random.choice((None, random.randrange(1 << 16)))
        yield _schedule(order, case, overlaps, order_seed)


def _overlaps(case: Case, order: Order, random: Random) -> list[bool]:
    """Draw which turns another session overlaps, one for each block of an order."""
    share = random.choice((0.5, 1.0))
    names = sessions_by_speaker(case)
    sessions = [names[case.turns[block[0]].session] for block in order]
    following = chain(sessions[1:], sessions[-1:])
    overlaps: list[bool] = []
    for session, after in zip(sessions, following, strict=True):
        is_free = not all(overlaps[-_MOST_OPEN:]) or len(overlaps) < _MOST_OPEN
        overlaps.append(session != after and random.random() < share and is_free)
    return overlaps
