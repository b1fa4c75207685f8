"""From a schedule that shows a leak to the smallest one that does: Hypothesis's work.

The smallest is the one with the fewest sessions, then turns, then changes of speaker,
then overlaps. Each of these is a choice that Hypothesis makes smaller: 0 leaves
something out or makes it plain, everything else keeps it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import zip_longest
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

from ovos_dialogue_kit.errors import KitError
from ovos_dialogue_kit.isolate.judge import Judge
from ovos_dialogue_kit.isolate.oracles import Leak
from ovos_dialogue_kit.isolate.schedules import Block, Schedule, tracks_of
from ovos_dialogue_kit.isolate.solo import Play
from ovos_dialogue_kit.isolate.worlds import World
from ovos_dialogue_kit.replay import Step

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["checked_hypothesis", "shrink"]

_TRIES = 400
_CHANCES = 2
"""Seeds of chance that a difference outlasts here; the result has to outlast more."""

_KEEP = 9
"""Of ten numbers nine keep what there is, so the first tries are near the schedule."""


def shrink(judge: Judge, schedule: Schedule, leak: Leak, play: Play) -> Schedule:
    """Return the smallest schedule that shows a leak to the same oracle.

    Args:
        judge: who says what leaks.
        schedule: shows the leak.
        leak: what was seen.
        play: replays schedules.

    Raises:
        KitError: Hypothesis is not installed.

    """
    hypothesis = checked_hypothesis()
    known = {schedule: True}

    def shows(smaller: Schedule) -> bool:
        if smaller not in known:
            leaks = judge.leaks(smaller, play, (leak.oracle,), chances=_CHANCES)
            known[smaller] = bool(leaks)
        return known[smaller]

    settings = hypothesis.settings(
        database=None,
        deadline=None,
        max_examples=_TRIES,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        smallest: Schedule = hypothesis.find(
            _smaller(judge.world, schedule),
            shows,
            settings=settings,
            random=Random(0),  # noqa: S311  # not secret
        )
    except hypothesis.errors.NoSuchExample:
        return schedule
    return smallest


def checked_hypothesis() -> ModuleType:
    """Return Hypothesis.

    Raises:
        KitError: it is not installed; the command that does so.

    """
    try:
        import hypothesis  # noqa: PLC0415  # an extra
        import hypothesis.errors  # noqa: PLC0415
    except ImportError as error:
        raise KitError(
            "leaks are made small by Hypothesis, which is not installed",
            hint='run "pip install ovos-dialogue-kit[isolate]"',
        ) from error
    return hypothesis


def _smaller(world: World, schedule: Schedule) -> SearchStrategy[Schedule]:
    """Return a strategy for what is left of a schedule when things are left out."""
    from hypothesis import strategies  # noqa: PLC0415  # an extra

    return strategies.composite(_draw)(world, schedule)


def _draw(draw: DrawFn, world: World, schedule: Schedule) -> Schedule:
    from hypothesis import strategies  # noqa: PLC0415  # an extra

    numbers = strategies.integers(0, _KEEP)

    def keeps() -> bool:
        return draw(numbers) > 0

    kept: set[Block] = set()
    for track in tracks_of(world.case).values():
        if keeps():
            kept.update(block for block in track if keeps())
    blocks = [block for block in _blocks(world, schedule) if block in kept]
    order = _plainer(world, blocks, keeps)
    overlapping = {step.turn for step in schedule.steps if step.overlap}
    order_seed = schedule.order_seed
    return Schedule(
        tuple(_steps(world, order, overlapping, keeps)),
        order_seed if order_seed is not None and keeps() else None,
    )


def _blocks(world: World, schedule: Schedule) -> list[Block]:
    """Return the blocks of a schedule in its order."""
    whole = {
        block[0]: block for track in tracks_of(world.case).values() for block in track
    }
    return [whole[turn] for turn in schedule.turns if turn in whole]


def _plainer(
    world: World, blocks: list[Block], keeps: Callable[[], bool]
) -> list[Block]:
    """Return an order with fewer changes of speaker, where the old one is not kept."""
    order: list[Block] = []
    speaker = ""
    left = list(blocks)
    while left:
        same = (b for b in left if world.case.turns[b[0]].session == speaker)
        plain = next(same, left[0])
        chosen = left[0] if plain == left[0] or keeps() else plain
        left.remove(chosen)
        order.append(chosen)
        speaker = world.case.turns[chosen[0]].session
    return order


def _steps(
    world: World,
    order: Sequence[Block],
    overlapping: Collection[int],
    keeps: Callable[[], bool],
) -> Iterator[Step]:
    """Yield the steps of an order, with those overlaps that are kept."""
    for block, after in zip_longest(order, order[1:]):
        yield from (Step(turn, overlap=True) for turn in block[:-1])
        turns = world.case.turns
        differs = after and turns[after[0]].session != turns[block[-1]].session
        overlap = bool(differs) and block[-1] in overlapping and keeps()
        yield Step(block[-1], overlap)
